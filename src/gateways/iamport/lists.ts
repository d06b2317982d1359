// i'mport's answers about several payments: a status list for the sweep, all attempts of an order,
// many at once (iamport.md §3.2).
// Must not know: rows, cursors, retries. What is not shown proves nothing, and half a list is none.
import { Failure } from '../../domain/failures.ts'
import type { Evidence, ListAsked, ListPage } from '../../domain/gateway.ts'
import type { GatewayRef, MerchantUid } from '../../domain/ids.ts'
import { countOf, fieldsOf, listOf, PAGE_FIELDS, type OnMissing } from './fields.ts'
import { isOwnCode, unreadable } from './schema.ts'
import { refusedRead, segment, type IamportCall, type Reply, type Session } from './session.ts'
import { isReadable, readElement, type Reading } from './translate.ts'

const PAGE_SIZE = 100
/** 100 pages of 100: whoever tries out stolen cards on one order makes thousands of attempts. */
const ATTEMPTS_AT_MOST = 10_000
/**
 * i'mport's longest range (iamport.md §3.2). A longer one would be answered with 400, as an empty
 * list may be.
 */
const LONGEST_RANGE_SECONDS = 90 * 86_400
/** A day less, for seconds are rounded outwards. */
export const LONGEST_RANGE_MS = (LONGEST_RANGE_SECONDS - 86_400) * 1_000
const NOT_FOUND = '-1'

/** The answer of "no such payment", in i'mport's own words (iamport.md §3.1). */
export const saysNotFound = ({ status, code }: No): boolean => status === 404 && code === NOT_FOUND

/**
 * The range is that of the final status' time. Ascending by the time of the last change. Throws
 * RangeError, Failure.
 */
export async function list(reading: Reading, session: Session, asked: ListAsked): Promise<ListPage> {
  const { status, page, size } = asked
  const route = `/payments/status/${status}`
  const query = `${rangeOf(asked)}&page=${page}&limit=${size}&sorting=updated&include_sandbox=true`
  const call = { route, path: `${route}?${query}` }
  const reply = await session.ask(call)
  if (reply.kind === 'no') return emptyPage(reading, reply, call, page)
  const read = pageOf(reply.response ?? null, reading.onMissing)
  // Without its place: the sentence about a payment stays the same on whichever page it comes.
  const elements = read.wires.map((wire) => readElement(reading, wire, 'response.list[]'))
  return {
    listed: elements.filter(isReadable),
    unreadable: elements.flatMap((element) => (isReadable(element) ? [] : [element])),
    total: read.total,
    more: read.wires.length > 0 && hasMore(read, page, size),
  }
}

function rangeOf({ from, to, page, size }: ListAsked): string {
  const [first, last] = [Math.floor(from.getTime() / 1000), Math.ceil(to.getTime() / 1000)]
  if (!(last >= first && last - first <= LONGEST_RANGE_SECONDS))
    throw new RangeError('a list asks for a range of 90 days at most')
  if (!(Number.isSafeInteger(page) && page >= 1 && Number.isSafeInteger(size) && size >= 1 && size <= PAGE_SIZE))
    throw new RangeError('a list asks for a page from 1 on, of 1 to 100 elements')
  return `from=${first}&to=${last}`
}

/**
 * A page beyond the data is answered with 400 (iamport.md §13); whether an empty first one is too
 * is not known: noted.
 */
function emptyPage(reading: Reading, reply: No, call: IamportCall, page: number): ListPage {
  if (!saysNoMore(reply)) throw refusedRead(reply, call)
  if (page === 1) reading.onMissing('page', `an empty list, for the first page was answered with HTTP ${reply.status}`)
  return { listed: [], unreadable: [], total: null, more: false }
}

type No = Extract<Reply, { kind: 'no' }>
const saysNoMore = ({ status, code }: No): boolean => (status === 400 || status === 404) && isOwnCode(code)

type Page = { readonly wires: readonly unknown[]; readonly total: number | null; readonly next: number | null }

/** The elements stay unread, so that one cannot hide the others. */
function pageOf(response: unknown, onMissing: OnMissing): Page {
  const fields = fieldsOf(PAGE_FIELDS, response, 'response', onMissing)
  const total = fields.lenient('total', null, countOf)
  return {
    wires: fields.needed('list', (value) => {
      const wires = total === 0 ? (listOf(value) ?? []) : listOf(value)
      if (wires === undefined) throw new RangeError('it is not a list')
      return wires
    }),
    total,
    next: fields.lenient('next', null, countOf),
  }
}

/** `next` is a page number, 0 on the last page (iamport.md §3.2). */
function hasMore({ wires, total, next }: Page, page: number, size: number): boolean {
  if (next !== null) return next > 0
  return total === null ? wires.length >= size : page * size < total
}

/**
 * All attempts, oldest first, so that a new one cannot shift the pages; each once. No `extension`
 * on this route. Throws a Failure rather than half of them, for what it lacks may be the paid one.
 */
export async function lookByOrder(
  reading: Reading,
  session: Session,
  merchantUid: MerchantUid,
): Promise<readonly Evidence[]> {
  const found: Found = { reading, merchantUid, attempts: new Map(), shown: new Set() }
  let size = PAGE_SIZE
  let said: Said = { total: null, promised: false }
  for (let offset = 0; offset < ATTEMPTS_AT_MOST;) {
    // A smaller page may begin a little before the place where the last one ended: each attempt
    // counts once.
    const page = Math.floor(offset / size) + 1
    const read = await askAttempts(found, session, page, size)
    if (read === 'tooLarge') {
      size = Math.floor(size / 2)
      continue
    }
    if (read === 'noMore') return wholeOrThrow(found, said)
    take(found, read, (page - 1) * size)
    const more = read.wires.length > 0 && hasMore(read, page, size)
    said = { total: read.total ?? said.total, promised: more && read.next !== null }
    if (!more) return wholeOrThrow(found, said)
    offset = page * size
  }
  throw unreadable('response.next', `the order has more than ${ATTEMPTS_AT_MOST} attempts`)
}

type Found = {
  readonly reading: Reading
  readonly merchantUid: MerchantUid
  readonly attempts: Map<GatewayRef, Evidence>
  /** Every element once, whosever it is. */
  readonly shown: Set<string>
}

async function askAttempts({ reading, merchantUid }: Found, session: Session, page: number, size: number) {
  const query = `page=${page}&limit=${size}&sorting=started&include_sandbox=true`
  const call = {
    route: '/payments/findAll/{merchant_uid}',
    path: `/payments/findAll/${segment(merchantUid)}?${query}`,
  }
  const reply = await unlessTooLarge(session.ask(call), size)
  if (reply === 'tooLarge') return reply
  if (reply.kind === 'yes') return pageOf(reply.response ?? null, reading.onMissing)
  if (page === 1 ? saysNotFound(reply) : saysNoMore(reply)) return 'noMore'
  throw refusedRead(reply, call)
}

function take({ reading, merchantUid, attempts, shown }: Found, { wires }: Page, offset: number): void {
  for (const [index, wire] of wires.entries()) {
    const element = readElement(reading, wire, `response.list[${index}]`)
    shown.add(element.gatewayRef ?? `#${offset + index}`)
    // Evidence is filed under the order that it names itself (design.md §5): another's is none of
    // this order's.
    if (isReadable(element)) {
      if (element.merchantUid === merchantUid) attempts.set(element.gatewayRef, element)
      continue
    }
    const named = element.merchantUid ?? merchantUid
    if (element.ours && named === merchantUid)
      throw new Failure('gatewayAnswerUnreadable', element.why, { gatewayRef: element.gatewayRef })
  }
}

/** What the pages so far say: how many attempts there are, and that there is a further page. */
type Said = { readonly total: number | null; readonly promised: boolean }

/**
 * The end was said by the last page, by an empty one, or by one that is not there: all that was
 * counted must be shown.
 */
function wholeOrThrow({ attempts, shown }: Found, { total, promised }: Said): readonly Evidence[] {
  if (total !== null && shown.size < total)
    throw unreadable('response.total', `it counts ${total} attempts of the order, and ${shown.size} are shown`)
  if (total === null && promised) throw unreadable('response.next', 'it promises a page of attempts that did not come')
  return [...attempts.values()]
}

/** A question of one thing cannot be made smaller: then the Failure stays. */
export async function unlessTooLarge(asked: Promise<Reply>, things: number): Promise<Reply | 'tooLarge'> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof Failure && error.kind === 'gatewayAnswerTooLarge' && things > 1) return 'tooLarge'
    throw error
  }
}

// What PortOne says of payments: of one order, of its transactions, and as lists (portone.md §5,
// §6).
// Must not know: rows, cursors, retries. What is not shown proves nothing.
import { z } from 'zod'
import { Failure } from '../../domain/failures.ts'
import type { Evidence, ListAsked, ListedStatus, ListPage } from '../../domain/gateway.ts'
import type { GatewayRef, MerchantUid } from '../../domain/ids.ts'
import { saidNo, pathStep, notReadable, type Exchange, type PortoneCall } from './exchange.ts'
import { transactionOf } from './ref.ts'
import { evidenceOf, evidenceOfTransaction, isEvidence, shapedBy, readListed, type StoreReading } from './translate.ts'

const NOT_FOUND = 'PAYMENT_NOT_FOUND'
const PAGE_SIZE = 100
/** `(number + 1) × size` is at most that (portone.md §6). */
const LISTED_AT_MOST = 60_000
/** A day less than the 90 that a list looks back by itself; a longest range is not documented. */
export const LIST_RANGE_MS = 89 * 86_400_000

/**
 * The order shows one transaction; another one is asked for among all of them. Throws `cannotLook`
 * where they do not show it either.
 */
export async function lookAtRef(
  reading: StoreReading,
  exchange: Exchange,
  ref: GatewayRef,
): Promise<Evidence | undefined> {
  const transaction = transactionOf(ref)
  if (transaction === undefined) return undefined
  const shown = await payment(reading, exchange, transaction.paymentId)
  if (shown === undefined || shown.gatewayRef === ref) return shown
  const all = await transactions(reading, exchange, transaction.paymentId)
  const other = all?.find(({ gatewayRef }) => gatewayRef === ref)
  if (other) return other
  throw new Failure(
    'cannotLook',
    `PortOne shows another attempt of ${transaction.paymentId} than ${ref}, and does not list this one; compare its console`,
    { gatewayRef: ref },
  )
}

/**
 * The payment first, for it alone shows tickets; then the attempts that it does not show, as far as
 * they are listed.
 */
export async function lookAtOrder(
  reading: StoreReading,
  exchange: Exchange,
  order: MerchantUid,
): Promise<readonly Evidence[]> {
  const shown = await payment(reading, exchange, order)
  if (shown === undefined) return []
  const all = (await transactions(reading, exchange, order)) ?? []
  return [shown, ...all.filter(({ gatewayRef }) => gatewayRef !== shown.gatewayRef)]
}

/** undefined where it is not known. Throws a Failure. */
export async function payment(
  reading: StoreReading,
  exchange: Exchange,
  paymentId: string,
): Promise<Evidence | undefined> {
  const path = `/payments/${pathStep(paymentId)}?${storeQuery(exchange)}`
  const call = { route: '/payments/{paymentId}', path }
  const reply = await exchange.ask(call)
  if (reply.kind === 'no') {
    if (reply.status === 404 && reply.type === NOT_FOUND) return undefined
    throw saidNo(reply, call)
  }
  const evidence = evidenceOf(reading, reply.json)
  if (evidence && evidence.merchantUid !== paymentId)
    throw notReadable('id', 'it is another payment than the one asked for')
  return evidence
}

const LISTED = z.object({ items: z.array(z.unknown()) })

/**
 * undefined where the call is not there: it may change or end without notice (portone.md §2). One
 * that cannot be read hides no other.
 */
async function transactions(
  reading: StoreReading,
  exchange: Exchange,
  paymentId: string,
): Promise<readonly Evidence[] | undefined> {
  const path = `/payments/${pathStep(paymentId)}/transactions?${storeQuery(exchange)}`
  const reply = await exchange.ask({ route: '/payments/{paymentId}/transactions', path })
  const { data } = LISTED.safeParse(reply.kind === 'yes' ? reply.json : undefined)
  if (data === undefined) {
    reading.onMissing('transactions', 'the one attempt that the payment shows')
    return undefined
  }
  return data.items
    .flatMap((wire) => readTransaction(reading, wire) ?? [])
    .filter(({ merchantUid }) => merchantUid === paymentId)
}

function readTransaction(reading: StoreReading, wire: unknown): Evidence | undefined {
  try {
    return evidenceOfTransaction(reading, wire, 'items[]')
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    reading.onMissing('transactions.items[]', 'nothing: what cannot be read is left out')
    return undefined
  }
}

const STATUSES = {
  paid: ['PAID'],
  cancelled: ['CANCELLED', 'PARTIAL_CANCELLED'],
  failed: ['FAILED'],
} as const satisfies Record<ListedStatus, readonly string[]>

const PAGE = z.object({
  items: z.array(z.unknown()),
  page: z.object({ totalCount: z.int().nonnegative() }).nullish().catch(null),
})

/**
 * By the time of the status, ascending: V2 alone, this store alone, Paymentwall alone. Throws
 * RangeError, Failure.
 */
export async function listPage(reading: StoreReading, exchange: Exchange, asked: ListAsked): Promise<ListPage> {
  const { page, size } = asked
  if (!(Number.isSafeInteger(page) && page >= 1 && Number.isSafeInteger(size) && size >= 1 && size <= PAGE_SIZE))
    throw new RangeError('a list asks for a page from 1 on, of 1 to 100 elements')
  if (page * size > LISTED_AT_MOST)
    throw notReadable('page', `more than ${LISTED_AT_MOST} payments are listed, and no further page is given`)
  const call = listCall(exchange.storeId, asked)
  const reply = await exchange.ask(call)
  if (reply.kind === 'no') throw saidNo(reply, call)
  const { items, page: about } = shapedBy(PAGE, reply.json, '')
  const elements = items.flatMap((wire) => readListed(reading, wire, 'items[]') ?? [])
  return {
    listed: elements.filter(isEvidence),
    unreadable: elements.flatMap((element) => (isEvidence(element) ? [] : [element])),
    // Whether it counts the page or the range is not said, so that it may only promise more.
    total: null,
    more: items.length >= size || (items.length > 0 && (about?.totalCount ?? 0) > page * size),
  }
}

function listCall(storeId: string, { status, from, to, page, size }: ListAsked): PortoneCall {
  const requestBody = JSON.stringify({
    page: { number: page - 1, size },
    filter: {
      storeId,
      version: 'V2',
      pgProvider: ['PAYMENTWALL'],
      status: STATUSES[status],
      timestampType: 'STATUS_CHANGED_AT',
      from: new Date(Math.floor(from.getTime() / 1_000) * 1_000).toISOString(),
      until: new Date(Math.ceil(to.getTime() / 1_000) * 1_000).toISOString(),
      sortBy: 'STATUS_CHANGED_AT',
      sortOrder: 'ASC',
    },
  })
  // A filter of a GET stands in the address, for fetch gives a GET no body (portone.md §2).
  return { route: '/payments', path: `/payments?${new URLSearchParams({ requestBody }).toString()}` }
}

/** Whether the secret may read this store at all: the smallest list. Throws a Failure. */
export async function proveStore(exchange: Exchange): Promise<void> {
  const now = new Date()
  const call = listCall(exchange.storeId, { status: 'paid', from: now, to: now, page: 1, size: 1 })
  const reply = await exchange.ask(call)
  if (reply.kind === 'no') throw saidNo(reply, call)
}

const storeQuery = ({ storeId }: Exchange): string => new URLSearchParams({ storeId }).toString()

// i'mport's V1 REST API behind the gateway port: look, list, register, cancel (iamport.md §3, §4).
// Must not know: rows, sagas, retries, the environment. What a failed call means is said in session.ts.
import { Failure } from '../../domain/failures.ts'
import type { Evidence, Gateway, ListedStatus, ListPage, Order, RegisterAnswer } from '../../domain/gateway.ts'
import type { GatewayName, GatewayRef, MerchantUid } from '../../domain/ids.ts'
import { printMoney, toMajor } from '../../domain/money.ts'
import { cancelPayment } from './cancel.ts'
import { pageSchema, parse, plain, preparedSchema, unreadable } from './schema.ts'
import { createSession, type Call, type Reply, type Session, type SessionOptions } from './session.ts'
import { preparedMoney, toEvidence } from './translate.ts'

const PAGE_SIZE = 100
const PAGES_AT_MOST = 50
const NOT_FOUND = '-1'

export type IamportOptions = SessionOptions & { readonly name: GatewayName }

/** One i'mport account. Throws RangeError for an address that is none; asks nothing yet. */
export function createIamportGateway(options: IamportOptions): Gateway {
  const { name } = options
  const session = createSession(options)
  return {
    name,
    register: (order) => register(session, order),
    look: (ref) => look(name, session, ref),
    lookByOrder: (merchantUid) => lookByOrder(name, session, merchantUid),
    cancel: (request) => cancelPayment(name, session, request),
    list: (status, from, to, page) => list(name, session, status, from, to, page),
  }
}

/** Test-channel payments may answer 404 unless asked for (iamport.md §3.1). */
async function look(name: GatewayName, session: Session, ref: GatewayRef): Promise<Evidence | undefined> {
  const query = 'extension=true&include_sandbox=true'
  const call = { route: '/payments/{imp_uid}', path: `/payments/${segment(ref)}?${query}` }
  const response = found(await session.ask(call), call)
  if (response === undefined) return undefined
  const evidence = toEvidence(name, response, 'response')
  if (evidence.gatewayRef !== ref) throw unreadable('response.imp_uid', 'it is another payment than the one asked for')
  return evidence
}

/** All attempts, oldest first, so that a new one cannot shift the pages; each once. No `extension` on this route. */
async function lookByOrder(name: GatewayName, session: Session, merchantUid: MerchantUid): Promise<Evidence[]> {
  const attempts = new Map<GatewayRef, Evidence>()
  for (let page = 1; page <= PAGES_AT_MOST; page += 1) {
    const query = `page=${page}&limit=${PAGE_SIZE}&sorting=started&include_sandbox=true`
    const call = {
      route: '/payments/findAll/{merchant_uid}',
      path: `/payments/findAll/${segment(merchantUid)}?${query}`,
    }
    const response = found(await session.ask(call), call)
    if (response === undefined && page === 1) return []
    // A later page that is missing after all must not make a paid order look unpaid: parse refuses the undefined.
    const { list, next } = parse(pageSchema, response, 'response')
    for (const [place, wire] of list.entries()) {
      const evidence = toEvidence(name, wire, `response.list[${place}]`)
      // Evidence is filed under the order that it names itself (design.md §5): another's is none of this order's.
      if (evidence.merchantUid === merchantUid) attempts.set(evidence.gatewayRef, evidence)
    }
    if (!next) return [...attempts.values()]
  }
  throw unreadable('response.next', `the order has more than ${PAGES_AT_MOST} pages of attempts`)
}

/** The range is that of the final status' time, 90 days at most (iamport.md §3.2). */
async function list(
  name: GatewayName,
  session: Session,
  status: ListedStatus,
  from: Date,
  to: Date,
  page: number,
): Promise<ListPage> {
  const range = `from=${Math.floor(from.getTime() / 1000)}&to=${Math.ceil(to.getTime() / 1000)}`
  const query = `${range}&page=${page}&limit=${PAGE_SIZE}&sorting=updated&include_sandbox=true`
  const call = { route: `/payments/status/${status}`, path: `/payments/status/${status}?${query}` }
  const response = found(await session.ask(call), call)
  if (response === undefined) return { listed: [], more: false, unreadable: 0 }
  const { list: wires, next } = parse(pageSchema, response, 'response')
  const listed = wires.flatMap((wire, place) => readable(name, wire, `response.list[${place}]`))
  return { listed, more: Boolean(next), unreadable: wires.length - listed.length }
}

/** One payment that cannot be read must not hide the others: it is counted. */
function readable(name: GatewayName, wire: unknown, at: string): Evidence[] {
  try {
    return [toEvidence(name, wire, at)]
  } catch (error) {
    if (error instanceof Failure) return []
    throw error
  }
}

/** Refused or already registered look alike, so a no is followed by reading what is registered (iamport.md §3.3). */
async function register(session: Session, order: Order): Promise<RegisterAnswer> {
  const { merchantUid, currency } = order
  const amount = majorOf(order)
  if (amount === undefined)
    return { kind: 'refused', said: `${printMoney(order)} is more than i'mport's numbers carry` }
  const body = { merchant_uid: merchantUid, amount, currency }
  const answer = await session.ask({ route: '/payments/prepare', path: '/payments/prepare', body })
  if (answer.kind === 'yes') return { kind: 'registered' }
  const path = `/payments/prepare/${segment(merchantUid)}`
  const before = await session.ask({ route: '/payments/prepare/{merchant_uid}', path })
  if (before.kind === 'no') return { kind: 'refused', said: answer.said }
  const registered = parse(preparedSchema, before.response, 'response')
  const money = preparedMoney(registered)
  if (money?.amount === order.amount && money.currency === currency) return { kind: 'registered' }
  const there = money ? printMoney(money) : plain(`${registered.amount} without a usable currency`, 100)
  return { kind: 'refused', said: `${merchantUid} is registered already with ${there}, not with ${printMoney(order)}` }
}

function majorOf(order: Order): number | undefined {
  try {
    return toMajor(order)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** The response, or undefined for a 404 that i'mport itself said (iamport.md §3.1). Any other no is a Failure. */
function found(reply: Reply, { route }: Call): unknown {
  if (reply.kind === 'yes') return reply.response ?? null
  const { status, code, said } = reply
  if (status === 404 && code === NOT_FOUND) return undefined
  const sentence = `i'mport refused to answer ${route} (HTTP ${status}, code ${code}): ${said}. Nothing was changed.`
  throw new Failure('gatewayRefused', sentence, { route, status, code })
}

/** One step of a path. URLs resolve `.` and `..`, encoded too, so these two ids cannot be asked about. */
function segment(id: string): string {
  if (id === '.' || id === '..') throw new Failure('gatewayRefused', `"${id}" cannot be an id at i'mport.`, { id })
  return encodeURIComponent(id)
}

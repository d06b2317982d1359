// The buyers and the checkout of a run: each order is opened, paid and asked back as planned, whatever is down meanwhile; what was
// answered is kept, for the checkout is sure of that.
// Must not know: faults, rows.
import { setTimeout as pause } from 'node:timers/promises'
import { BUYER, type Answer, type Shop } from '../support/shop.ts'
import type { Ear } from './listening.ts'
import type { PlannedOrder, PlannedRefund } from './plan.ts'

export type AskedRefund = {
  readonly refundId: string
  readonly merchantUid: string
  readonly amount: number | null
  /** `taken`, or the code of the refusal. */
  readonly answer: string
  readonly atMs: number
}
export type Ledger = {
  /** When the order was answered for. */
  readonly opened: Map<string, number>
  readonly refunds: Map<string, AskedRefund>
  /**
   * Refunds that were answered for, whose rows a restore has lost, and that were refused when they were asked for again: their
   * money is back already, as somebody else's move.
   */
  readonly lost: Set<string>
  /** Of payments that were made in the window. */
  readonly paid: { readonly merchantUid: string; readonly impUid: string }[]
  /** Orders that were opened once more after a restore, for their rows may have been lost. */
  readonly reopened: Set<string>
  /** Orders that were asked for and are not answered for yet. */
  readonly opening: Set<string>
  /** What a customer could not get done. */
  readonly stuck: string[]
}
export type Customers = {
  readonly ledger: Ledger
  /** All of them, each at his time; resolves when the last has what he wanted. */
  readonly served: Promise<void>
  /** The database went back: whoever waits for an answer now asks again by himself, for a row that may have been lost. */
  wentBack(): void
  /** What was answered for since then is asked again, as a checkout does whose partner's database went back. */
  askAgain(sinceMs: number): Promise<number>
  /** From here on nobody tries for longer than this. */
  hurry(limitMs: number): void
  readonly counts: { open: number; done: number }
}

const BETWEEN_TRIES_MS = 1_000
const HEAR_MS = 5_000
const REVIEW_MS = 4_000
const AT_ONCE = 40

type Deps = { readonly shop: Shop; readonly ear: Ear; readonly now: () => number }

export function serveAll(deps: Deps, sales: readonly PlannedOrder[]): Customers {
  const ledger: Ledger = {
    opened: new Map(),
    refunds: new Map(),
    paid: [],
    reopened: new Set(),
    opening: new Set(),
    lost: new Set(),
    stuck: [],
  }
  const counts = { open: 0, done: 0 }
  let giveUpAtMs = Infinity
  const patient = (what: string, ask: () => Promise<boolean>) => until(what, ask, () => deps.now() > giveUpAtMs)
  const one = async (order: PlannedOrder) => {
    await pause(Math.max(0, order.atMs - deps.now()))
    counts.open += 1
    try {
      await serve({ ...deps, ledger, patient }, order)
    } catch (error) {
      ledger.stuck.push(`${order.merchantUid}: ${error instanceof Error ? error.message : String(error)}`)
    }
    counts.open -= 1
    counts.done += 1
  }
  const byId = new Map(sales.map((order) => [order.merchantUid, order]))
  const askAgain = async (sinceMs: number) => {
    const orders = [...ledger.opened].filter(([, atMs]) => atMs >= sinceMs).map(([id]) => id)
    const refunds = [...ledger.refunds.values()].filter(({ atMs, answer }) => atMs >= sinceMs && answer === 'taken')
    await inTurns(orders, async (id) => {
      ledger.reopened.add(id)
      const order = byId.get(id)
      if (order) await open({ ...deps, ledger, patient }, order)
    })
    await inTurns(refunds, (refund) => askRefund({ ...deps, ledger, patient }, refund.merchantUid, refund))
    return orders.length + refunds.length
  }
  return {
    ledger,
    counts,
    served: Promise.all(sales.map(one)).then(() => undefined),
    askAgain,
    wentBack: () => ledger.opening.forEach((id) => ledger.reopened.add(id)),
    hurry: (limitMs) => void (giveUpAtMs = deps.now() + limitMs),
  }
}

type Serving = Deps & { readonly ledger: Ledger; patient(what: string, ask: () => Promise<boolean>): Promise<void> }

async function serve(serving: Serving, order: PlannedOrder): Promise<void> {
  const { merchantUid } = order
  await open(serving, order)
  await buy(serving, order)
  if (order.buyer === 'paysLess') return
  const impUidOf = () => serving.ledger.paid.find((each) => each.merchantUid === merchantUid)?.impUid
  if (order.buyer === 'reviewed') await pause(REVIEW_MS)
  await serving.patient(`${merchantUid} was never accepted`, async () => {
    if ((await serving.shop.payment(merchantUid)).accepted) return true
    // The review is the gateway's people's, whom no `kill -9` forgets; it says 409 once it is over.
    if (order.buyer === 'reviewed')
      await serving.shop.sim.control('POST', `/payments/${impUidOf()}/approve`, {}).catch(() => 'asked again below')
    await serving.ear.heard(merchantUid, HEAR_MS)
    return (await serving.shop.payment(merchantUid)).accepted
  })
  const taken = order.console
  const impUid = impUidOf()
  if (taken !== null && impUid !== undefined)
    await serving.shop.sim.consoleCancel(impUid, taken, '관리자페이지취소').catch(() => 'nothing is left of it')
  for (const refund of order.refunds) {
    await pause(refund.afterMs)
    await askRefund(serving, merchantUid, refund)
  }
}

async function open({ shop, ledger, patient, now }: Serving, { merchantUid, amount }: PlannedOrder): Promise<void> {
  const body = { merchantUid, amount, currency: 'KRW', name: 'Gold pack', buyer: BUYER }
  ledger.opening.add(merchantUid)
  await patient(`${merchantUid} was never opened`, async () => {
    const answer = await shop.call('POST', '/payments', body)
    return [200, 201].includes(answer.status) || refused(answer, merchantUid)
  })
  ledger.opening.delete(merchantUid)
  ledger.opened.set(merchantUid, now())
}

/** The buyer in the window: a click whose answer was lost is made again, and may pay twice. */
async function buy(serving: Serving, order: PlannedOrder): Promise<void> {
  const { buyer, amount } = order
  if (buyer === 'declinedFirst') {
    const gatewayRef = await click(serving, order, { outcome: 'declined' })
    // One that fails at once is told by nobody but the browser that comes back.
    await serving.patient(`${order.merchantUid} never came back`, async () => {
      const path = `/payments/${order.merchantUid}/returned`
      return (await serving.shop.call('POST', path, { gatewayRef })).status < 300
    })
  }
  if (buyer === 'paysTwice') await click(serving, order, {})
  const paying =
    buyer === 'paysLess' ? { amount: amount - 100 } : buyer === 'reviewed' ? { outcome: 'approvedLate' } : {}
  await click(serving, order, paying)
}

async function click({ shop, ledger, patient }: Serving, order: PlannedOrder, paying: object): Promise<string> {
  const { merchantUid, method, ending } = order
  let impUid = ''
  await patient(`${merchantUid} could not be paid`, async () => {
    const paid = await shop.sim.control('POST', '/pay', { merchantUid, method, outcome: 'paid', ...paying })
    impUid = String(Object(paid).impUid)
    return true
  })
  await patient(`the desk was never told how to treat ${merchantUid}`, async () => {
    if (ending)
      await shop.sim.control('PUT', `/payments/${impUid}/script`, { ending: ending.ending, after: ending.afterMs })
    return true
  })
  ledger.paid.push({ merchantUid, impUid })
  return impUid
}

const FINAL = new Set(['refundExceedsBalance', 'refundBlocked', 'conflict', 'paymentNotPaid'])

async function askRefund(
  { shop, ledger, patient, now }: Serving,
  merchantUid: string,
  { refundId, amount }: Pick<PlannedRefund, 'refundId' | 'amount'>,
): Promise<void> {
  const body = { refundId, reason: 'customer request', ...(amount !== null && { amount }) }
  let [answer, unpaid] = ['taken', 0]
  await patient(`${refundId} was never taken`, async () => {
    const { status, body: said } = await shop.call('POST', `/payments/${merchantUid}/refunds`, body)
    const code = String(Object(said).code)
    if (status === 200 || status === 202) return true
    // Its payment may be on its way to rows that went back.
    if (code === 'paymentNotPaid' && (unpaid += 1) < 30) return false
    if (!FINAL.has(code)) return false
    answer = code
    return true
  })
  if (answer !== 'taken' && ledger.refunds.get(refundId)?.answer === 'taken') ledger.lost.add(refundId)
  ledger.refunds.set(refundId, { refundId, merchantUid, amount, answer, atMs: now() })
}

function refused({ status, body }: Answer, what: string): false {
  if (status >= 400 && status < 500) throw new Error(`${what} was refused: ${status} ${JSON.stringify(body)}`)
  return false
}

/** Again and again, whatever fails: an API that was killed answers nothing, or a 502 from the balancer. */
async function until(what: string, ask: () => Promise<boolean>, over: () => boolean): Promise<void> {
  for (;;) {
    const [done, said] = await ask().then(
      (answer) => [answer, 'not yet'] as const,
      (error: unknown) => [false, String(error)] as const,
    )
    if (done) return
    if (over()) throw new Error(`${what}: ${said}`)
    await pause(BETWEEN_TRIES_MS)
  }
}

export async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const left = [...items]
  const turn = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await work(next)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, turn))
}

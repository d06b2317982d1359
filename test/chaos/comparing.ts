// Whether all books agree once it is quiet, check by check: every difference is one sentence.
// Must not know: where the facts come from, what happened before. Pure.
import type { TakenNotice } from './listening.ts'

export type NoticeRow = {
  readonly id: string
  readonly merchantUid: string
  readonly number: number
  readonly state: string
}
export type Facts = {
  /** What agreement.ts says of the gateway, the desk and the journal against the rows. */
  readonly gateway: readonly string[]
  readonly desk: readonly string[]
  readonly journal: readonly string[]
  readonly theirPayments: readonly { readonly merchantUid: string; readonly paid: number; readonly returned: number }[]
  /** Of each ticket at the desk the refund that it names. */
  readonly tickets: readonly string[]
  readonly payments: readonly { readonly merchantUid: string; readonly state: string; readonly accepted: boolean }[]
  readonly refunds: readonly RefundFact[]
  readonly noticeRows: readonly NoticeRow[]
  readonly taken: readonly TakenNotice[]
  readonly forged: readonly string[]
  /** Hints that no look has answered, and how often each order was hinted at, by what was kept. */
  readonly unlooked: readonly string[]
  readonly kept: ReadonlyMap<string, number>
  /** How often a hint about it was answered with 200. */
  readonly answered: ReadonlyMap<string, number>
  readonly openSagas: readonly string[]
  readonly running: readonly { readonly id: string; readonly failing: boolean }[]
  /** Open rows whose next step is past, and by how much. */
  readonly overdue: readonly string[]
  /** Warnings and pages that were written for people, by what each is about. */
  readonly told: ReadonlySet<string>
  readonly opened: readonly string[]
  /** What the checkout asked for and was answered for. */
  readonly asked: readonly { readonly refundId: string; readonly merchantUid: string; readonly amount: number | null }[]
  /** What customers could not get done, and processes that ended by themselves. */
  readonly stuck: readonly string[]
  readonly fallen: readonly string[]
  /** The database went back: numbers of notices may have gaps. */
  readonly restored: boolean
  /** Orders that the checkout opened once more then: one whose row was lost begins anew at 1. */
  readonly reopened: ReadonlySet<string>
  /** Refunds whose rows were lost then, and that could not be asked for again or were never the checkout's. */
  readonly lost: ReadonlySet<string>
}
export type RefundFact = {
  readonly refundId: string
  readonly merchantUid: string
  readonly state: string
  readonly amount: number
  readonly attention: string
}
export type Check = { readonly name: string; readonly compared: number; readonly differences: readonly string[] }

export function compare(facts: Facts): readonly Check[] {
  return [
    {
      name: 'the gateway’s payments and our attempts',
      compared: facts.theirPayments.length,
      differences: facts.gateway,
    },
    { name: 'the desk’s tickets and our calls', compared: facts.tickets.length, differences: facts.desk },
    { name: 'second tickets', compared: facts.tickets.length, differences: secondTickets(facts) },
    {
      name: 'the journal and the rows',
      compared: facts.refunds.length + facts.payments.length,
      differences: facts.journal,
    },
    { name: 'the checkout’s orders and refunds, and the rows', ...withTheCheckout(facts) },
    { name: 'notices: signatures', compared: facts.taken.length, differences: facts.forged },
    {
      name: 'notices: numbers and order',
      compared: facts.taken.length,
      differences: [...undelivered(facts), ...outOfOrder(facts)],
    },
    { name: 'notices: the last one and the rows', compared: facts.taken.length, differences: lastTold(facts) },
    { name: 'forgotten hints', compared: sum(facts.answered.values()), differences: forgotten(facts) },
    { name: 'sagas asleep', compared: facts.openSagas.length, differences: asleep(facts) },
    { name: 'what differs, and no person was told', ...untold(facts) },
    { name: 'customers left waiting', compared: facts.opened.length, differences: facts.stuck },
    { name: 'processes that ended by themselves', compared: facts.fallen.length, differences: facts.fallen },
  ]
}

export const differencesOf = (checks: readonly Check[]): readonly string[] =>
  checks.flatMap(({ name, differences }) => differences.map((each) => `${name}: ${each}`))

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((all, each) => all + each, 0)

/** Nobody tries a refund again in a run, so each has one ticket at most, whatever our rows say. */
function secondTickets({ tickets }: Facts): readonly string[] {
  const counts = new Map<string, number>()
  for (const refundId of tickets) counts.set(refundId, (counts.get(refundId) ?? 0) + 1)
  return [...counts].filter(([, count]) => count > 1).map(([id, count]) => `${id} has ${count} tickets`)
}

function withTheCheckout({ opened, asked, payments, refunds }: Facts): Omit<Check, 'name'> {
  const orders = new Set(payments.map(({ merchantUid }) => merchantUid))
  const rows = new Map(refunds.map((row) => [row.refundId, row]))
  const lost = opened.filter((id) => !orders.has(id)).map((id) => `order ${id} was answered for and has no row`)
  const wrong = asked.flatMap(({ refundId, merchantUid, amount }) => {
    const row = rows.get(refundId)
    if (!row) return [`refund ${refundId} was answered for and has no row`]
    if (row.merchantUid !== merchantUid) return [`refund ${refundId} of ${merchantUid} stands under ${row.merchantUid}`]
    return amount !== null && row.amount !== amount ? [`refund ${refundId} of ${amount} stands as ${row.amount}`] : []
  })
  return { compared: opened.length + asked.length, differences: [...lost, ...wrong] }
}

function undelivered({ noticeRows, taken }: Facts): readonly string[] {
  const heard = new Map(taken.map((notice) => [notice.id, notice.number]))
  return noticeRows.flatMap(({ id, merchantUid, number, state }) => {
    if (state !== 'delivered') return [`notice ${number} of ${merchantUid} is ${state}`]
    if (!heard.has(id))
      return [`notice ${number} of ${merchantUid} counts as delivered, and the checkout never took it`]
    return heard.get(id) === number ? [] : [`notice ${number} of ${merchantUid} was taken as ${heard.get(id)}`]
  })
}

/** After a restore an order's numbers go on by a thousand higher than the dump had them. */
const RAISED_AT_LEAST = 900

/** From 1 on without a gap, in the order of their numbers; after a restore with the one that it makes. */
function outOfOrder({ taken, restored, reopened }: Facts): readonly string[] {
  const last = new Map<string, number>()
  const mayBegin = new Set(reopened)
  const wrong: string[] = []
  for (const { merchantUid, number } of taken) {
    const before = last.get(merchantUid) ?? 0
    const follows = number === before + 1 || (restored && number > before + RAISED_AT_LEAST)
    if (!follows && !(number === 1 && mayBegin.delete(merchantUid)))
      wrong.push(`${merchantUid}: ${number} came after ${before}`)
    last.set(merchantUid, number)
  }
  return wrong
}

function lastTold({ taken, payments, refunds }: Facts): readonly string[] {
  const payment = new Map(taken.map((notice) => [notice.merchantUid, notice.paymentState]))
  const refund = new Map(
    taken.flatMap((notice) => (notice.refund ? [[notice.refund.refundId, notice.refund.state]] : [])),
  )
  return [
    ...payments
      .filter(({ merchantUid, state }) => state !== (payment.get(merchantUid) ?? 'opening'))
      .map(
        ({ merchantUid, state }) => `${merchantUid} is ${state}, last told as ${payment.get(merchantUid) ?? 'nothing'}`,
      ),
    ...refunds
      .filter(({ refundId, state }) => state !== refund.get(refundId))
      .map(({ refundId, state }) => `${refundId} is ${state}, last told as ${refund.get(refundId) ?? 'nothing'}`),
  ]
}

/** Of an order whose row a restore has lost hints may be counted as those about orders that nobody knows. */
function forgotten({ unlooked, answered, kept, reopened }: Facts): readonly string[] {
  const lost = [...answered].filter(([order, times]) => (kept.get(order) ?? 0) < times && !reopened.has(order))
  return [
    ...unlooked.map((subject) => `no look has answered ${subject}`),
    ...lost.map(([order, times]) => `${times} hints about ${order} got a 200, ${kept.get(order) ?? 0} were kept`),
  ]
}

function asleep({ openSagas, running, overdue }: Facts): readonly string[] {
  const runs = new Set(running.map(({ id }) => id))
  const open = new Set(openSagas)
  return [
    ...openSagas.filter((id) => !runs.has(id)).map((id) => `${id} is open, and nothing runs`),
    ...running.filter(({ id }) => !open.has(id)).map(({ id }) => `${id} runs, and its row is closed`),
    ...running.filter(({ failing }) => failing).map(({ id }) => `${id} fails at its task again and again`),
    ...overdue,
  ]
}

/**
 * A refund that did not end as refunded, and an order of which another amount went back than was asked for here: somebody must
 * have been told of it, or of something else about that order. One that was overtaken before it had a ticket is told to the
 * checkout alone, by its notice, so that it asks again (design.md §4).
 */
function untold({ asked, refunds, theirPayments, told, tickets }: Facts): Omit<Check, 'name'> {
  const orderOf = new Map(refunds.map(({ refundId, merchantUid }) => [refundId, merchantUid]))
  const toldOrders = new Set(
    [...told].flatMap((saga) => (saga.startsWith('payment:') ? [saga.slice(8)] : (orderOf.get(saga.slice(7)) ?? []))),
  )
  const ids = new Set(asked.map(({ refundId }) => refundId))
  const filed = new Set(tickets)
  const unsettled = refunds.filter(
    ({ refundId, state }) =>
      ids.has(refundId) && state !== 'refunded' && (state !== 'superseded' || filed.has(refundId)),
  )
  const wanted = new Map<string, number>()
  for (const { merchantUid, amount } of refunds) wanted.set(merchantUid, (wanted.get(merchantUid) ?? 0) + amount)
  const returned = new Map<string, number>()
  for (const each of theirPayments)
    returned.set(each.merchantUid, (returned.get(each.merchantUid) ?? 0) + each.returned)
  const moved = [...returned].filter(([id, amount]) => amount > (wanted.get(id) ?? 0))
  return {
    compared: unsettled.length + moved.length,
    differences: [
      ...unsettled
        .filter(({ merchantUid }) => !toldOrders.has(merchantUid))
        .map(({ refundId, state, attention }) => `${refundId} is ${state} at ${attention}, and nobody was told`),
      ...moved
        .filter(([id]) => !toldOrders.has(id))
        .map(
          ([id, amount]) => `${amount} of ${id} went back, ${wanted.get(id) ?? 0} were asked for, and nobody was told`,
        ),
    ],
  }
}

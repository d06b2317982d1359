// One turn of one contestant: a burst of payments, their refunds, payments at a steady rate, refunds that wait, a kill -9, a backlog.
// Must not know: who it is.
import { setTimeout as pause } from 'node:timers/promises'
import {
  askAll,
  aSecondOf,
  eachOf,
  idsOf,
  killed,
  openAll,
  paymentOf,
  paying,
  refunding,
  refundOf,
  timed,
  type Flow,
  type Scene,
} from './acts.ts'
import type { Contestant, Spent } from './contestants.ts'
import type { Measures } from './numbers/measures.ts'
import { percentile } from './numbers/statistics.ts'

export type Turn = Scene & {
  readonly orders: number
  /** Begins the ids of its orders, which no other turn uses. */
  readonly prefix: string
  readonly say: (line: string) => void
}

const EVERY_MS = 100
/** What follows the last row is its sagas', too; Postgres counts what it did within a second. */
const SETTLE_MS = 2_000
const IDLE_MS = 6_000
/** Longer than Temporal waits for the worker that had a saga before any other may take it. */
const FORGOTTEN_MS = 10_000
const REST_MS = 4_000
const KB = 1_024

/** Payments and refunds that nobody measures: what is compiled and connected once is paid for here. */
export async function warmUp(turn: Turn): Promise<void> {
  const ids = idsOf(`${turn.prefix}-w`, turn.orders)
  for (const { ask, end } of [paying(turn, ids), refunding(turn, ids)]) {
    await ask()
    await end()
  }
}

export async function takeTurn(turn: Turn): Promise<Measures> {
  const { contestant, prefix, orders, say } = turn
  const burst = idsOf(`${prefix}-b`, orders)
  const steady = idsOf(`${prefix}-s`, orders)
  const restedMb = contestant.memoryMb()
  say('nothing comes')
  const rest = await aSecondOf(contestant, REST_MS)
  say(`${orders} payments at once`)
  const payments = await measured({ ...turn, rest }, burst, paying(turn, burst))
  say(`${orders} refunds at once`)
  const refunds = await measured({ ...turn, rest }, burst, refunding(turn, burst))
  say(`${orders} payments at ${1_000 / EVERY_MS} a second`)
  const latencies = await steadily(turn, steady)
  const waited = await waiting(turn, steady)
  return {
    paymentsASecond: payments.aSecond,
    paymentAllMs: payments.app + payments.server + payments.postgres,
    paymentAppMs: payments.app,
    paymentPostgresMs: payments.postgres,
    paymentStatements: payments.statements,
    paymentWrites: payments.writes,
    paymentWalKb: payments.wal / KB,
    refundsASecond: refunds.aSecond,
    refundAllMs: refunds.app + refunds.server + refunds.postgres,
    refundAppMs: refunds.app,
    refundPostgresMs: refunds.postgres,
    refundStatements: refunds.statements,
    refundWrites: refunds.writes,
    refundWalKb: refunds.wal / KB,
    ...(contestant.temporal && { paymentServerMs: payments.server, refundServerMs: refunds.server }),
    ...latencies,
    restedMb,
    ...waited,
    ...(await eventsOf(contestant, burst)),
  }
}

/**
 * A saga's share. The pauses are no part of the time; what is done in them is part of the cost, less what is done anyway while
 * nothing happens.
 */
async function measured(
  { contestant, rest }: Turn & { readonly rest: Spent },
  ids: readonly string[],
  { ask, end }: Flow,
): Promise<Spent & { readonly aSecond: number }> {
  const before = await contestant.spent()
  const asking = await timed(ask)
  await pause(SETTLE_MS)
  const ending = await timed(end)
  await pause(SETTLE_MS)
  const after = await contestant.spent()
  const anyway = (2 * SETTLE_MS) / 1_000
  return {
    aSecond: (ids.length * 1_000) / (asking + ending),
    ...eachOf((key) => Math.max(0, after[key] - before[key] - rest[key] * anyway) / ids.length),
  }
}

/** Milliseconds from each webhook to its answer and to its row, each sent in its time whatever became of those before it. */
async function steadily(turn: Turn, ids: readonly string[]): Promise<Measures> {
  const { contestant, gateway } = turn
  await openAll(turn, ids)
  await pause(SETTLE_MS)
  const began = performance.now()
  const told = await Promise.all(
    ids.map(async (id, index) => {
      await pause(began + index * EVERY_MS - performance.now())
      return { id, ...(await gateway.pay(id, contestant.api)) }
    }),
  )
  await contestant.rows.all(ids.map(paymentOf))
  const taken = told.map(({ takenMs }) => takenMs)
  const booked = told.map(({ id, sentAt }) => contestant.rows.at(paymentOf(id)) - sentAt)
  return {
    ackP50Ms: percentile(taken, 0.5),
    ackP99Ms: percentile(taken, 0.99),
    rowP50Ms: percentile(booked, 0.5),
    rowP99Ms: percentile(booked, 0.99),
  }
}

/**
 * Killed twice: the first time behind a refund whose saga was in the killed program's memory, the second time behind one whose saga
 * was not, for the program had been killed before.
 */
async function waiting(turn: Turn, ids: readonly string[]): Promise<Measures> {
  const { contestant, say } = turn
  say(`${ids.length} refunds that wait`)
  await askAll(turn, ids)
  await pause(SETTLE_MS)
  const idle = await aSecondOf(contestant, IDLE_MS)
  const waitingMb = contestant.memoryMb()
  const [first = '', second = '', ...others] = ids.toReversed()
  say('kill -9, and the first refund behind it')
  const restartKnownMs = await killed(turn, first)
  await pause(FORGOTTEN_MS)
  say('kill -9 again')
  const restartMs = await killed(turn, second)
  await pause(SETTLE_MS)
  say(`the other ${others.length} at once`)
  const backlogMs = await timed(refunding(turn, others).end)
  await pause(SETTLE_MS)
  return {
    waitingMb,
    idleAppMs: idle.app,
    ...(contestant.temporal && { idleServerMs: idle.server }),
    idlePostgresMs: idle.postgres,
    restartKnownS: restartKnownMs / 1_000,
    restartS: restartMs / 1_000,
    backlogASecond: (others.length * 1_000) / backlogMs,
  }
}

async function eventsOf(contestant: Contestant, ids: readonly string[]): Promise<Measures> {
  const [id = ''] = ids
  const [payment, refund] = [await contestant.events(paymentOf(id)), await contestant.events(refundOf(id))]
  return {
    ...(payment !== undefined && { paymentEvents: payment }),
    ...(refund !== undefined && { refundEvents: refund }),
  }
}

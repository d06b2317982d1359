// One turn of one contestant: a burst of payments, their refunds, payments at a steady rate, refunds that wait, a kill -9, a backlog.
// Must not know: who it is.
import { setTimeout as pause } from 'node:timers/promises'
import type { Contestant, Spent } from './contestants.ts'
import type { Gateway } from './gateway.ts'
import type { Measures } from './numbers/measures.ts'
import { percentile } from './numbers/statistics.ts'

export type Turn = {
  readonly contestant: Contestant
  readonly gateway: Gateway
  readonly orders: number
  /** Begins the ids of its orders, which no other turn uses. */
  readonly prefix: string
  readonly say: (line: string) => void
}

const LANES = 16
const EVERY_MS = 100
/** What follows the last row is its sagas', too; Postgres counts what it did within a second. */
const SETTLE_MS = 2_000
const IDLE_MS = 6_000
/** Longer than Temporal waits for the worker that had a saga before any other may take it. */
const FORGOTTEN_MS = 10_000
const REST_MS = 4_000
const KB = 1_024
const ORDER = {
  amount: 1_990,
  currency: 'USD',
  name: 'Gold pack',
  buyer: { name: 'Ann Roe', email: 'ann@example.com' },
}

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
    ...(contestant.onTemporal && { paymentServerMs: payments.server, refundServerMs: refunds.server }),
    ...latencies,
    restedMb,
    ...waited,
    ...(await eventsOf(contestant, burst)),
  }
}

const idsOf = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`)
const paymentOf = (id: string): string => `payment:${id}`
const refundOf = (id: string): string => `refund:r-${id}`

/** The two halves of a flow: until the gateway knows of all, and from its first webhook to the last row. */
type Flow = { readonly ask: () => Promise<void>; readonly end: () => Promise<void> }

function paying(turn: Turn, ids: readonly string[]): Flow {
  const { contestant, gateway } = turn
  return {
    ask: () => openAll(turn, ids),
    end: async () => {
      await each(ids, (id) => gateway.pay(id, contestant.api))
      await contestant.rows.all(ids.map(paymentOf))
    },
  }
}

function refunding(turn: Turn, ids: readonly string[]): Flow {
  const { contestant, gateway } = turn
  return {
    ask: () => askAll(turn, ids),
    end: async () => {
      await each(ids, (id) => gateway.complete(id, contestant.api))
      await contestant.rows.all(ids.map(refundOf))
    },
  }
}

async function openAll({ contestant, gateway }: Turn, ids: readonly string[]): Promise<void> {
  await each(ids, (merchantUid) => post(`${contestant.api}/payments`, { merchantUid, ...ORDER }))
  await gateway.prepared.all(ids)
}

async function askAll({ contestant, gateway }: Turn, ids: readonly string[]): Promise<void> {
  const ask = (id: string) =>
    post(`${contestant.api}/payments/${id}/refunds`, { refundId: `r-${id}`, reason: 'too small' })
  await each(ids, ask)
  await gateway.filed.all(ids)
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
  const [first, second, ...others] = ids.toReversed()
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
    ...(contestant.onTemporal && { idleServerMs: idle.server }),
    idlePostgresMs: idle.postgres,
    restartKnownS: restartKnownMs / 1_000,
    restartS: restartMs / 1_000,
    backlogASecond: (others.length * 1_000) / backlogMs,
  }
}

/** Milliseconds from kill -9 to the row of a refund whose ticket is done meanwhile; started again at once. */
function killed({ contestant, gateway }: Turn, id = ''): Promise<number> {
  return timed(async () => {
    await contestant.kill9()
    await contestant.spawn()
    await gateway.complete(id, contestant.api)
    await contestant.rows.all([refundOf(id)])
  })
}

async function aSecondOf(contestant: Contestant, ms: number): Promise<Spent> {
  const [before, from] = [await contestant.spent(), performance.now()]
  await pause(ms)
  const after = await contestant.spent()
  const seconds = (performance.now() - from) / 1_000
  return eachOf((key) => (after[key] - before[key]) / seconds)
}

const eachOf = (number: (key: keyof Spent) => number): Spent => ({
  app: number('app'),
  server: number('server'),
  postgres: number('postgres'),
  wal: number('wal'),
  statements: number('statements'),
  writes: number('writes'),
})

async function eventsOf(contestant: Contestant, ids: readonly string[]): Promise<Measures> {
  const [id = ''] = ids
  const [payment, refund] = [await contestant.events(paymentOf(id)), await contestant.events(refundOf(id))]
  return {
    ...(payment !== undefined && { paymentEvents: payment }),
    ...(refund !== undefined && { refundEvents: refund }),
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

async function each(ids: readonly string[], work: (id: string) => Promise<unknown>): Promise<void> {
  const left = [...ids]
  const lane = async () => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) await work(id)
  }
  await Promise.all(Array.from({ length: LANES }, lane))
}

async function post(url: string, body: object): Promise<void> {
  const message = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(url, message)
  const text = await response.text()
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`)
}

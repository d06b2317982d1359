// What is done with a contestant: shops open and ask for refunds, buyers pay, the desk does its tickets, 16 at once; somebody kills it.
// And how long a piece of work takes, or what it costs. Must not know: in which order, what comes of it.
import { setTimeout as pause } from 'node:timers/promises'
import type { Contestant, Spent } from './contestants.ts'
import type { Gateway } from './gateway.ts'

export type Scene = { readonly contestant: Contestant; readonly gateway: Gateway }

const LANES = 16
const UNAVAILABLE = 503
const AGAIN_MS = 2_000
const MOST_TRIES = 15
const ORDER = {
  amount: 1_990,
  currency: 'USD',
  name: 'Gold pack',
  buyer: { name: 'Ann Roe', email: 'ann@example.com' },
}

export const idsOf = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`)
export const paymentOf = (id: string): string => `payment:${id}`
export const refundOf = (id: string): string => `refund:r-${id}`

/** The two halves of a flow: until the gateway knows of all, and from its first webhook to the last row. */
export type Flow = { readonly ask: () => Promise<void>; readonly end: () => Promise<void> }

export function paying(scene: Scene, ids: readonly string[]): Flow {
  const { contestant, gateway } = scene
  return {
    ask: () => openAll(scene, ids),
    end: async () => {
      await each(ids, (id) => gateway.pay(id, contestant.api))
      await contestant.rows.all(ids.map(paymentOf))
    },
  }
}

export function refunding(scene: Scene, ids: readonly string[]): Flow {
  const { contestant, gateway } = scene
  return {
    ask: () => askAll(scene, ids),
    end: async () => {
      await each(ids, (id) => gateway.complete(id, contestant.api))
      await contestant.rows.all(ids.map(refundOf))
    },
  }
}

export async function openAll(scene: Scene, ids: readonly string[]): Promise<void> {
  await each(ids, (id) => open(scene, id))
  await scene.gateway.prepared.all(ids)
}

export async function askAll(scene: Scene, ids: readonly string[]): Promise<void> {
  await each(ids, (id) => ask(scene, id))
  await scene.gateway.filed.all(ids)
}

/** Orders from their opening to a ticket, each by itself, so that some are paid while others are opened. Tells of each that has one. */
export const bringToWait = (scene: Scene, ids: readonly string[], waits: (id: string) => void): Promise<void> =>
  each(ids, async (id) => {
    const { contestant, gateway } = scene
    await open(scene, id)
    await gateway.prepared.all([id])
    await gateway.pay(id, contestant.api)
    await contestant.rows.all([paymentOf(id)])
    await ask(scene, id)
    await gateway.filed.all([id])
    waits(id)
  })

const open = ({ contestant }: Scene, merchantUid: string) =>
  post(`${contestant.api}/payments`, { merchantUid, ...ORDER })
const ask = ({ contestant }: Scene, id: string) =>
  post(`${contestant.api}/payments/${id}/refunds`, { refundId: `r-${id}`, reason: 'too small' })

/** Milliseconds from kill -9 to the row of a refund whose ticket is done meanwhile; started again at once. */
export function killed({ contestant, gateway }: Scene, id: string): Promise<number> {
  return timed(async () => {
    await contestant.kill9()
    await contestant.spawn()
    await gateway.complete(id, contestant.api)
    await contestant.rows.all([refundOf(id)])
  })
}

export async function aSecondOf(contestant: Contestant, ms: number): Promise<Spent> {
  const [before, from] = [await contestant.spent(), performance.now()]
  await pause(ms)
  const after = await contestant.spent()
  const seconds = (performance.now() - from) / 1_000
  return eachOf((key) => (after[key] - before[key]) / seconds)
}

export const eachOf = (number: (key: keyof Spent) => number): Spent => ({
  app: number('app'),
  server: number('server'),
  postgres: number('postgres'),
  wal: number('wal'),
  statements: number('statements'),
  writes: number('writes'),
})

export async function timed(work: () => Promise<void>): Promise<number> {
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

/** What is kept and goes on by itself is asked for again, as the answer says. */
async function post(url: string, body: object): Promise<void> {
  const message = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  for (let triesLeft = MOST_TRIES; ; triesLeft -= 1) {
    const response = await fetch(url, message)
    const text = await response.text()
    if (response.ok) return
    if (response.status !== UNAVAILABLE || triesLeft === 1)
      throw new Error(`${url} answered ${response.status}: ${text}`)
    await pause(AGAIN_MS)
  }
}

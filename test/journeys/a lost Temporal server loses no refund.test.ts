// Promise 8: a hundred refunds in every state that a request can lead to, then all that Temporal knew is thrown away.
// Must not know: how a saga is found again. The report counts what became of each state.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { createTestDatabase } from '../support/database.ts'
import { eventually, startShop, type OwnShop } from '../support/shop.ts'

const CANCEL = 'POST /payments/cancel'
const AT_ONCE = 10
type Asked = { readonly merchantUid: string; readonly refundId: string }
type State = 'ticketOpen' | 'unknown' | 'refused' | 'blocked' | 'refunded' | 'requested'

/** How many of each state, the fault that leads there, and whether its saga must run again. */
const PLAN: readonly { state: State; count: number; faults?: object; method?: string; open: boolean }[] = [
  { state: 'ticketOpen', count: 35, open: true },
  { state: 'refunded', count: 10, method: 'paypal', open: false },
  { state: 'blocked', count: 10, method: 'mobilegateway', open: true },
  { state: 'unknown', count: 15, faults: { cancel: 'lostAnswer' }, open: true },
  { state: 'refused', count: 15, faults: { cancel: 'refuse' }, open: true },
  { state: 'requested', count: 15, faults: { cancel: 'accept', reads: 'error500' }, open: true },
]

test('a hundred refunds go on from their rows, and none gets a second ticket', { timeout: 900_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'paymentwall-saga-'))
  const database = await createTestDatabase()
  // A crowd of a hundred may be slow: only the lost answers shall be lost.
  const environment = { DATA_DIR: folder, CANCEL_TIMEOUT: '15s', ...database.environment }
  onTestFinished(async () => {
    await database.drop()
    await rm(folder, { recursive: true, force: true })
  })
  const first = await startShop(environment)
  const asked = new Map<State, readonly Asked[]>()
  for (const step of PLAN) asked.set(step.state, await reach(first, step))
  await sql`update refunds set created_at = created_at - interval '1 hour', state_since = state_since - interval '1 hour'`.execute(
    first.db,
  )
  await first.close()
  await Promise.all(['', '-wal', '-shm'].map((end) => rm(join(folder, `temporal.db${end}`), { force: true })))

  const second = await startShop(environment)
  onTestFinished(second.close)
  await second.sim.faults({ cancel: 'accept', reads: 'ok' })
  await report(second, asked)
})

async function reach(
  shop: OwnShop,
  { state, count, faults, method }: (typeof PLAN)[number],
): Promise<readonly Asked[]> {
  const orders = await chunked(count, () => shop.paid(method === undefined ? {} : { method }))
  if (faults) await shop.sim.faults(faults)
  const asked = await chunked(count, async (index) => {
    const merchantUid = orders[index]?.merchantUid ?? ''
    const { refundId } = await shop.askRefund(merchantUid)
    return { merchantUid, refundId }
  })
  for (const { refundId } of asked)
    await eventually(async () => (await shop.refund(refundId)).state, 120_000).toBe(state)
  return asked
}

async function report(shop: OwnShop, asked: ReadonlyMap<State, readonly Asked[]>): Promise<void> {
  const of = (state: State) => asked.get(state) ?? []
  for (const { refundId } of of('requested'))
    await eventually(async () => (await shop.refund(refundId)).state, 120_000).toBe('ticketOpen')
  for (const { state, open } of PLAN) {
    const found = await Promise.all(of(state).map(({ refundId }) => statusOf(shop, refundId)))
    process.stdout.write(
      `${state}: ${found.filter((status) => status === 'RUNNING').length} of ${found.length} run again\n`,
    )
    if (!open) expect(found.filter((status) => status === 'RUNNING')).toEqual([])
    else for (const { refundId } of of(state)) await eventually(() => statusOf(shop, refundId), 120_000).toBe('RUNNING')
  }
  const waiting = [...of('ticketOpen'), ...of('unknown'), ...of('requested')]
  for (const { merchantUid, refundId } of waiting) {
    const tickets = await shop.sim.tickets(merchantUid)
    expect(tickets, `tickets of ${refundId}`).toHaveLength(1)
    await shop.sim.complete(tickets[0]?.id ?? '')
  }
  for (const { refundId } of waiting)
    await eventually(async () => (await shop.refund(refundId)).state, 120_000).toBe('refunded')
  for (const { merchantUid } of [...of('refused'), ...of('blocked')])
    expect(await shop.sim.tickets(merchantUid)).toEqual([])
  // Only those that had filed nothing asked for a cancel: one call each.
  expect(await shop.sim.callsOf(CANCEL)).toBe(of('requested').length)
}

const statusOf = ({ client }: OwnShop, refundId: string): Promise<string> =>
  client.workflow
    .getHandle(`refund:${refundId}`)
    .describe()
    .then(
      ({ status }) => status.name,
      () => 'none',
    )

/** So many results, ten at a time, in order. */
async function chunked<T>(count: number, make: (index: number) => Promise<T>): Promise<readonly T[]> {
  const made: T[] = []
  while (made.length < count) {
    const next = Array.from({ length: Math.min(AT_ONCE, count - made.length) }, (_, offset) =>
      make(made.length + offset),
    )
    made.push(...(await Promise.all(next)))
  }
  return made
}

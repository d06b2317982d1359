// Promise 8: a hundred refunds in every state, then all that Temporal knew is thrown away.
// Must not know: how a saga is found again. The report counts what became of each state.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { createMigratedDatabase, crowd } from '../support/database.ts'
import { eventually, startShop, type OwnShop } from '../support/shop.ts'

const CANCEL = 'POST /payments/cancel'
const AT_ONCE = 10
const AMOUNT = 19_000
type Asked = { readonly merchantUid: string; readonly refundId: string }
type State = Awaited<ReturnType<OwnShop['refund']>>['state']
type Step = {
  readonly state: State
  readonly count: number
  readonly method?: string
  /** Set before the refunds are asked for. */
  readonly faults?: object
  /** What people or the gateway do to each refund once it has got as far as `via`. */
  readonly via?: State
  readonly act?: (shop: OwnShop, asked: Asked & { readonly impUid: string }) => Promise<void>
  /** Once its tickets are at the desk, the next steps wait for it no longer. */
  readonly later?: true
  /** Its saga must run again. */
  readonly open: boolean
}

/** Every state of a refund, and what leads there. */
const PLAN: readonly Step[] = [
  // First, for its calls wait for an answer while all the others happen.
  { state: 'unknown', count: 12, faults: { cancel: 'lostAnswer' }, later: true, open: true },
  { state: 'ticketOpen', count: 25, open: true },
  { state: 'refunded', count: 8, method: 'paypal', open: false },
  { state: 'reversed', count: 8, method: 'paypal', via: 'refunded', act: takeBack, open: true },
  { state: 'settledElsewhere', count: 6, via: 'ticketOpen', act: payByBank, open: false },
  { state: 'superseded', count: 6, via: 'ticketOpen', act: cancelInConsole, open: false },
  { state: 'blocked', count: 8, method: 'mobilegateway', open: true },
  { state: 'refused', count: 10, faults: { cancel: 'refuse' }, open: true },
  { state: 'withdrawn', count: 5, faults: { cancel: 'refuse' }, via: 'refused', act: withdraw, open: false },
  { state: 'requested', count: 12, faults: { cancel: 'accept', reads: 'error500' }, open: true },
]

test(
  'refunds in every state, a hundred of them on Postgres, go on from their rows, and none gets a second ticket',
  { timeout: 900_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'paymentwall-saga-'))
    const database = await createMigratedDatabase(folder)
    // A crowd of a hundred may be slow: only the lost answers shall be lost.
    const environment = { DATA_DIR: folder, CANCEL_TIMEOUT: '15s', ...database.environment }
    onTestFinished(async () => {
      await database.drop()
      await rm(folder, { recursive: true, force: true })
    })
    const first = await startShop(environment)
    const asked = new Map<State, readonly Asked[]>()
    for (const step of PLAN) asked.set(step.state, await reach(first, step))
    for (const { state, later } of PLAN) if (later) await allAre(first, asked.get(state) ?? [], state)
    await sql`update refunds set created_at = created_at - interval '1 hour', state_since = state_since - interval '1 hour'`.execute(
      first.db,
    )
    await first.close()
    await Promise.all(['', '-wal', '-shm'].map((end) => rm(join(folder, `temporal.db${end}`), { force: true })))

    const second = await startShop(environment)
    onTestFinished(second.close)
    await second.sim.faults({ cancel: 'accept', reads: 'ok' })
    await report(second, asked)
  },
)

async function reach(
  shop: OwnShop,
  { state, count: whole, faults, method, via, act, later }: Step,
): Promise<readonly Asked[]> {
  const count = crowd(whole)
  await shop.sim.faults({ cancel: 'accept' })
  const orders = await chunked(count, () => shop.paid(method === undefined ? {} : { method }))
  if (faults) await shop.sim.faults(faults)
  const asked = await chunked(count, async (index) => {
    const { merchantUid, impUid } = orders[index] ?? { merchantUid: '', impUid: '' }
    const { refundId } = await shop.askRefund(merchantUid)
    return { merchantUid, impUid, refundId }
  })
  if (via && act) {
    await allAre(shop, asked, via)
    await chunked(count, (index) => act(shop, asked[index] ?? { merchantUid: '', impUid: '', refundId: '' }))
  }
  if (later)
    for (const { merchantUid } of asked) await eventually(() => shop.sim.tickets(merchantUid), 120_000).toHaveLength(1)
  else await allAre(shop, asked, state)
  return asked
}

async function allAre(shop: OwnShop, asked: readonly Asked[], wanted: State): Promise<void> {
  for (const { refundId } of asked)
    await eventually(async () => (await shop.refund(refundId)).state, 120_000).toBe(wanted)
}

/** The gateway takes back a cancel that it had booked: two looks that are ten minutes apart say so. */
async function takeBack(shop: OwnShop, { impUid, refundId }: Asked & { readonly impUid: string }): Promise<void> {
  await shop.sim.control('POST', `/payments/${impUid}/reverse`, {})
  await person(shop, `/refunds/${refundId}/recheck`, {})
  const missing = () =>
    sql`update cancel_entries set missing_since = missing_since - interval '11 minutes'
      where refund_id = ${refundId} and missing_since is not null`.execute(shop.db)
  await eventually(async () => (await missing()).numAffectedRows).toBe(1n)
  await person(shop, `/refunds/${refundId}/recheck`, {})
}

async function payByBank(shop: OwnShop, { refundId }: Asked): Promise<void> {
  const settled = { outcome: 'settledElsewhere', reason: 'paid back by bank' }
  expect(await shop.person(`/refunds/${refundId}/resolve`, settled)).toMatchObject({ status: 200 })
}

async function cancelInConsole(shop: OwnShop, { impUid }: { readonly impUid: string }): Promise<void> {
  await shop.sim.consoleCancel(impUid, AMOUNT, '관리자페이지취소')
}

async function withdraw(shop: OwnShop, { refundId }: Asked): Promise<void> {
  await person(shop, `/refunds/${refundId}/withdraw`, { reason: 'the customer keeps it' })
}

async function person(shop: OwnShop, path: string, body: object): Promise<void> {
  expect(await shop.call('POST', path, body), path).toMatchObject({ status: 200 })
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
  for (const { merchantUid } of [...of('refused'), ...of('withdrawn'), ...of('blocked')])
    expect(await shop.sim.tickets(merchantUid)).toEqual([])
  for (const state of ['reversed', 'settledElsewhere', 'superseded', 'refused', 'blocked', 'withdrawn'] as const)
    for (const { refundId } of of(state)) expect(await shop.refund(refundId)).toMatchObject({ state })
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

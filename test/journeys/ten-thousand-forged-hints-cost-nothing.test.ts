// Ten thousand forged webhooks, on Postgres, against ten open refunds, and a fifth of them on the embedded database: some looks at the gateway, some rows, and nothing at Temporal.
// Must not know: how fast a machine is. What is counted are calls, events and rows; the only clock is in the bound on spaced looks.
import { sql } from 'kysely'
import { expect, vi } from 'vitest'
import { expectWithin } from '../support/budget.ts'
import { crowd } from '../support/database.ts'
import { eventually, shopTest, type OwnShop } from '../support/shop.ts'

const REFUNDS = 10
/** Many times more than rows and looks may come of them, on either database. */
const FORGED = crowd(10_000)
const AT_ONCE = 40
const SPACING_S = 5
/** References that an order does not know, looked at within ten minutes. */
const UNLINKED_LOOKS = 5
/** Different hints that wait for one look, and one row that stands for all others. */
const WAITING_ROWS = 6
const A_SENDER_A_MINUTE = 60
/** Of a refund whose ticket is completed before its first checkpoint, flood or not (design.md §12). */
const REFUND_BUDGET = { actions: 7, events: 22 }
const LOOKS = ['GET /payments/:imp_uid', 'GET /payments/findAll/:merchant_uid']
const ELSE = /^POST \/users\/getToken$|^GET \/users\/pg$|^GET \/payments(\/status\/|$)/
/** The Schedule runs by the clock, whatever hints say. */
const SAGAS = 'WorkflowType != "sweep"'
const LIMIT_MS = 600_000

const test = shopTest({ LOOK_SPACING: `${SPACING_S}s` })
vi.setConfig({ testTimeout: 2 * LIMIT_MS })

type Waiting = Awaited<ReturnType<OwnShop['paidThenRefunded']>>
type Sent = { readonly body: string; readonly about: 'known' | 'nobody' | 'unreadable' }

const forged = (imp_uid: string, merchant_uid: string, more: object = {}): string =>
  JSON.stringify({ imp_uid, merchant_uid, status: 'cancelled', ...more })

/** One of each kind in turn, about one refund after the other: the buyer's own ids, and what a stranger may invent. */
function forgery(index: number, waiting: readonly Waiting[]): Sent {
  const one = waiting[index % REFUNDS]
  const other = waiting[(index + 1) % REFUNDS]
  if (!one || !other) throw new RangeError('there is no refund to lie about')
  const { impUid, merchantUid } = one
  const kinds: readonly Sent[] = [
    { about: 'known', body: forged(impUid, merchantUid) },
    { about: 'known', body: forged(impUid, merchantUid, { cancellation_id: `cncl_${index}` }) },
    { about: 'known', body: forged(`imp_invented${index}`, merchantUid) },
    { about: 'known', body: forged(impUid, other.merchantUid) },
    { about: 'known', body: forged(impUid, `nobody-${index}`) },
    { about: 'nobody', body: forged(`imp_nobody${index}`, `nobody-${index}`) },
    { about: 'nobody', body: forged('imp_nobody', 'nobody') },
    { about: 'unreadable', body: `{"imp_uid":"${impUid}","merchant_uid":${index}` },
  ]
  return kinds[Math.floor(index / REFUNDS) % kinds.length] ?? neverHappens()
}

function neverHappens(): never {
  throw new RangeError('there is no such kind of forgery')
}

type Answers = Map<string, number>

/** As fast as they go; answers with how many of each kind got which status. */
async function send({ api }: OwnShop, hints: readonly Sent[]): Promise<Answers> {
  const answers: Answers = new Map()
  const queue = hints.values()
  const worker = async () => {
    for (const { body, about } of queue) {
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(`${api}/webhooks/iamport`, { method: 'POST', headers, body })
      await answer.arrayBuffer()
      const key = `${about} ${answer.status}`
      answers.set(key, (answers.get(key) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return answers
}

/** Looks of one subject within so many seconds: at 0 s, and 5, 15, 35, 75 … s later. */
const spacedLooks = (seconds: number): number => 1 + Math.floor(Math.log2(seconds / SPACING_S + 1))

/** The events of every run of every saga. */
async function history({ client, events }: OwnShop): Promise<Record<string, number>> {
  const runs: Record<string, number> = {}
  for await (const { workflowId, runId } of client.workflow.list({ query: SAGAS }))
    runs[`${workflowId} ${runId}`] = (await events(workflowId, runId)).length
  return runs
}

async function quiet({ db, client }: OwnShop): Promise<boolean> {
  const pending = db.selectFrom('outbox').select('id').where('state', '=', 'pending')
  // Notices wait for good: nobody is to be told.
  if ((await pending.where('kind', '=', 'wake').execute()).length > 0) return false
  for await (const run of client.workflow.list({ query: `${SAGAS} AND ExecutionStatus = "Running"` })) {
    const { raw } = await client.workflow.getHandle(run.workflowId, run.runId).describe()
    if (raw.pendingWorkflowTask || (raw.pendingActivities ?? []).length > 0) return false
  }
  return true
}

/** Looks, and all other calls but for the token, the account, and what the sweep asks that every start begins with. */
async function gatewayCalls({ sim }: OwnShop): Promise<{ looks: number; others: number }> {
  const calls = Object.entries(await sim.calls()).filter(([route]) => !ELSE.test(route))
  const count = (wanted: boolean) =>
    calls.reduce((all, [route, times]) => (LOOKS.includes(route) === wanted ? all + times : all), 0)
  return { looks: count(true), others: count(false) }
}

type Inbox = { rows: number; kept: number; unreadable: number; refused: number; waiting: number }

async function inboxOf({ db }: OwnShop): Promise<Inbox> {
  const because = (reason: string) => sql`parked_because is not distinct from ${reason}`
  const { rows } = await sql<Inbox>`
    select count(*)::int as rows, count(*) filter (where state = 'received')::int as waiting,
      coalesce(sum(times) filter (where not ${because('flood')}), 0)::int as kept,
      coalesce(sum(times) filter (where ${because('unreadable')}), 0)::int as unreadable,
      coalesce(sum(times) filter (where ${because('flood')}), 0)::int as refused
    from inbox where source = 'webhook'`.execute(db)
  return rows[0] ?? { rows: 0, kept: 0, unreadable: 0, refused: 0, waiting: 0 }
}

/** How many of a kind were answered, with this status where one is given. */
const answered = (answers: Answers, about: Sent['about'], status = ''): number =>
  [...answers].reduce((all, [key, count]) => (key.startsWith(`${about} ${status}`) ? all + count : all), 0)

async function believed({ db }: OwnShop, but: Waiting) {
  const refunds = await db.selectFrom('refunds').select(['refundId', 'state', 'version']).orderBy('refundId').execute()
  const payments = await db.selectFrom('payments').select(['merchantUid', 'state', 'version']).execute()
  const journal = await db.selectFrom('journal').select('id').where('merchantUid', '!=', but.merchantUid).execute()
  return {
    refunds: refunds.filter(({ refundId }) => String(refundId) !== but.refundId),
    payments: payments.filter(({ merchantUid }) => String(merchantUid) !== but.merchantUid).length,
    journal: journal.length,
  }
}

async function stateOf(shop: OwnShop, but: Waiting) {
  const runs = await history(shop)
  const own = `refund:${but.refundId} `
  const others = Object.fromEntries(Object.entries(runs).filter(([run]) => !run.startsWith(own)))
  return { believed: await believed(shop, but), events: others, runs: Object.keys(runs).length }
}

test(`${FORGED} forged hints cost Temporal nothing, and the one true hint among them is heard`, async ({
  shop,
  sim,
}) => {
  const waiting = await Promise.all(Array.from({ length: REFUNDS }, () => shop.paidThenRefunded()))
  const [honest] = waiting
  if (!honest) throw new Error('there is no refund')
  const [ticket] = await sim.tickets(honest.merchantUid)
  await eventually(() => quiet(shop), LIMIT_MS).toBe(true)
  const before = { ...(await stateOf(shop, honest)), calls: await gatewayCalls(shop), inbox: await inboxOf(shop) }
  const hints = Array.from({ length: FORGED }, (_, index) => forgery(index, waiting))
  const began = performance.now()

  const flood = send(shop, hints)
  await eventually(async () => (await inboxOf(shop)).kept, LIMIT_MS).toBeGreaterThan(FORGED / 10)
  await sim.complete(ticket?.id ?? '')
  const answers = await flood
  const floodSeconds = (performance.now() - began) / 1_000
  await eventually(() => shop.refund(honest.refundId), LIMIT_MS).toMatchObject({ state: 'refunded' })
  await eventually(() => quiet(shop), LIMIT_MS).toBe(true)
  const calls = await gatewayCalls(shop)
  const seconds = (performance.now() - began) / 1_000

  const told = answered(answers, 'known', '200') + answered(answers, 'nobody', '200')
  const onePerOrder = 2 * spacedLooks(seconds) + UNLINKED_LOOKS * Math.ceil(seconds / 600)
  // The true hint's look brought news, so that the looks of its payment began anew.
  const mostLooks = REFUNDS * onePerOrder + spacedLooks(seconds)
  const mostRows = (mostLooks + 2 * REFUNDS) * WAITING_ROWS + A_SENDER_A_MINUTE * Math.ceil(1 + seconds / 60)
  const looks = calls.looks - before.calls.looks
  const rows = (await inboxOf(shop)).rows - before.inbox.rows
  console.info({ answers: Object.fromEntries(answers), floodSeconds, seconds, looks, mostLooks, rows, mostRows })

  // Temporal: nothing but the end of the one refund, in the run that waited for it.
  const after = await stateOf(shop, honest)
  expect(after).toEqual({ believed: before.believed, events: before.events, runs: before.runs })
  expectWithin(REFUND_BUDGET, await shop.events(`refund:${honest.refundId}`))
  // The gateway: a handful of looks an order, and nothing is asked of it.
  expect(looks).toBeLessThanOrEqual(mostLooks)
  expect(calls.others).toBe(before.calls.others)
  // Whose account it is, is asked before looks, and never more often than they are.
  expect((await shop.sim.calls())['GET /users/pg'] ?? 0).toBeLessThanOrEqual(calls.looks)
  // The inbox: few rows, in which every 200 is kept, and all others are counted.
  expect(rows).toBeLessThanOrEqual(mostRows)
  expect(answered(answers, 'known', '200')).toBe(answered(answers, 'known'))
  expect(answered(answers, 'unreadable', '400')).toBe(answered(answers, 'unreadable'))
  expect(answered(answers, 'nobody', '503')).toBe(answered(answers, 'nobody') - answered(answers, 'nobody', '200'))
  await eventually(async () => (await inboxOf(shop)).refused, LIMIT_MS).toBeGreaterThan(0)
  await eventually(async () => {
    const { kept, refused } = await inboxOf(shop)
    return kept + refused - before.inbox.kept
  }, LIMIT_MS).toBe(FORGED + 1)
  const { kept, unreadable } = await inboxOf(shop)
  expect(kept - before.inbox.kept).toBe(told + unreadable + 1)
  const alerts = await shop.db.selectFrom('outbox').select('id').where('target', '=', 'inbox').execute()
  expect(alerts).toHaveLength(1)
  // And each of them is answered: those that wait for their turn now, too.
  await shop.db.updateTable('looks').set({ notBefore: null }).execute()
  await eventually(async () => (await inboxOf(shop)).waiting, LIMIT_MS).toBe(0)
  expect((await stateOf(shop, honest)).events).toEqual(before.events)
})

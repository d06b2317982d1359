// Promise 10, by trial: with keys and the defaults, whoever reaches Temporal without a proof tries every command, signal,
// termination and reset on a saga in each state, in an order that is drawn. SEED repeats the same draws.
// Must not know: what the program does about it, only what must be so afterwards.
import { sql } from 'kysely'
import { expect, onTestFinished } from 'vitest'
import { ordersInEveryState, refundsInEveryState, strayMoney, type Subject } from './everyState.ts'
import { chanceOf } from '../support/seeded.ts'
import { eventually, exchange, fresh, shopTest, startShop, type OwnShop } from '../support/shop.ts'
import { startRefundSaga } from '../support/starts.ts'
import { superviseNow } from '../support/sweepNow.ts'
import { everythingAgainst, startsOfAStranger, type Stranger } from './unprovedClient.ts'

const KEYS = { shop: 'key-of-shop-0123456789', mina: 'key-of-mina-0123456789', joon: 'key-of-joon-0123456789' }
const LIMIT = 10_000
const AMOUNTS = { below: 9_000, above: 19_000 }
const CANCEL = 'POST /payments/cancel'
const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1_000_000))
const KEYED = {
  API_KEYS: `shop:checkout:${KEYS.shop},mina:ops:${KEYS.mina},joon:approver:${KEYS.joon}`,
  APPROVAL_LIMIT: `KRW:${LIMIT}`,
  PARTIAL_REFUNDS: 'yes',
  SECOND_PAYMENT_POLICY: 'hold',
  CANCEL_TIMEOUT: '8s',
  OVERDUE_AFTER: '1s',
}
/** A task that was handed to a run that is gone, its steps' tries and a look that waits for its turn may come one after the other. */
const PAGED_MS = 120_000
const test = shopTest(KEYED)
/** Whatever is sent: a look, a name. A snooze is asked for until far beyond the page. */
const ALLOWED = new Set(['recheck', 'acknowledge'])

test(`everything is tried in every state, and no money is accepted or sent, no refund closed, no page silenced (SEED=${SEED})`, async ({
  shop,
  sim,
}) => {
  const staff = { shop, key: KEYS.mina }
  const orders = await ordersInEveryState(staff, AMOUNTS)
  const money = [...orders, await strayMoney(staff, AMOUNTS)]
  const refunds = await refundsInEveryState(staff, AMOUNTS)
  const subjects = [...refunds, ...money]
  const before = await Promise.all(subjects.map((subject) => shownOf(shop, subject)))
  const calls = await sim.callsOf(CANCEL)
  const stranger = { shop, readingKey: KEYS.mina, spentProof: await spentProof(shop, refunds[0]?.id ?? '') }

  const tried = await Promise.all(subjects.map((subject, index) => tryAll(subject, stranger, SEED + index)))

  expect(tried.flatMap(({ wrong }) => wrong)).toEqual([])
  for (const what of ['reset', 'terminate', 'cancel'])
    expect(tried.filter(({ sent }) => sent.includes(what)).length, `runs that took a ${what}`).toBeGreaterThan(5)
  expect(await Promise.all(subjects.map((subject) => shownOf(shop, subject)))).toEqual(before)
  expect(await sim.callsOf(CANCEL), 'nothing was sent').toBe(calls)
  await sim.faults({ reads: 'ok' })
  await pagesCome(shop, refunds)
})

/** `wrong`: what went through that must not, with the whole sequence, so that it can be read. */
async function tryAll(subject: Subject, stranger: Stranger, seed: number) {
  const sent: string[] = []
  const wrong: string[] = []
  for (const { name, send } of everythingAgainst(subject, stranger, chanceOf(seed))) {
    const told = await send()
    if (told !== 'nobody there') sent.push(name)
    if (typeof told !== 'string' && 'answer' in told && !ALLOWED.has(name))
      wrong.push(`${subject.name}: ${sent.join(', ')} → ${told.answer}`)
  }
  return { sent, wrong }
}

/** All that must not change. An owner may, and what reminds; a page stays one. */
async function shownOf(shop: OwnShop, { kind, id, merchantUid, name }: Subject): Promise<object> {
  const { payment, refunds } = await shop.order(merchantUid)
  const { state, accepted, returned, reserved, attempts } = payment
  return {
    name: `${kind} ${id} (${name})`,
    payment: { state, accepted, returned, reserved },
    attempts: attempts.map((each) => ({ state: each.state, accepted: each.accepted, returned: each.returned })),
    refunds: refunds.map((each) => ({
      state: each.state,
      amount: each.amount,
      blockedBecause: each.blockedBecause,
      tickets: each.tickets,
      pages: each.attention === 'page',
      snoozedUntil: each.snoozedUntil,
    })),
  }
}

/** Used up by its own command before. */
async function spentProof(shop: OwnShop, refundId: string): Promise<string> {
  const asked = { workflowId: `refund:${refundId}`, command: 'acknowledge', args: { owner: 'mina' } }
  const minted = await exchange(shop.api, 'POST', '/proofs/commands', asked, KEYS.mina)
  const proof = String(Object(minted.body).proof)
  const args: [object] = [{ ...asked.args, proof }]
  await shop.client.workflow.getHandle(asked.workflowId).executeUpdate<unknown, [object]>('acknowledge', { args })
  return proof
}

/** Eight days pass, with every saga ended from outside: each open refund pages all the same. */
async function pagesCome(shop: OwnShop, refunds: readonly Subject[]): Promise<void> {
  const { db, client } = shop
  const pages = (id: string) =>
    db
      .selectFrom('outbox')
      .select('id')
      .where('kind', '=', 'alert')
      .where('target', '=', `refund:${id}`)
      .where(sql<boolean>`payload ->> 'level' = 'page'`)
      .execute()
  const open = []
  for (const { id } of refunds) {
    const { nextCheckpoint } = await shop.refund(id)
    if (nextCheckpoint) open.push({ id, pages: (await pages(id)).length })
    await client.workflow
      .getHandle(`refund:${id}`)
      .terminate('by a stranger')
      .catch(() => undefined)
  }
  expect(open.length).toBeGreaterThan(5)
  const ago = sql`interval '8 days'`
  await sql`update refunds set waiting_since = waiting_since - ${ago}, state_since = state_since - ${ago},
    last_checkpoint_at = last_checkpoint_at - ${ago}, next_checkpoint_at = next_checkpoint_at - ${ago},
    snoozed_until = snoozed_until - ${ago}, version = version + 1`.execute(db)
  await superviseNow(shop)
  for (const each of open)
    await eventually(async () => (await pages(each.id)).length, PAGED_MS).toBeGreaterThan(each.pages)
}

test(`starts of a stranger pay back no more than the limit of one payment, however they are cut (SEED=${SEED})`, async ({
  shop,
  sim,
}) => {
  const chance = chanceOf(SEED)
  const { merchantUid } = await shop.paid({ amount: AMOUNTS.above })
  const start = async (amount: number) => {
    const refundId = fresh('cut')
    await startRefundSaga(shop.client, { refundId, merchantUid, amount, reason: 'cut' }, `refund:${refundId}`)
    return refundId
  }
  const first = await start(1_000 + chance.below(LIMIT / 2))
  await eventually(() => shop.refund(first).catch(() => undefined)).toMatchObject({ state: 'ticketOpen' })
  const ids = await Promise.all([2_500, 3_000, 4_000, 5_000].map((amount) => start(amount + chance.below(500))))
  const states = () => Promise.all(ids.map((id) => stateOf(shop, id)))
  await eventually(states).not.toContain('requested')
  const sum = (await sim.tickets(merchantUid)).reduce((total, { amount }) => total + amount, 0)
  expect(sum).toBeLessThanOrEqual(LIMIT)
})

/** `none`: its start was refused, for no more of the payment is left. */
async function stateOf(shop: OwnShop, id: string): Promise<string> {
  const { status } = await shop.client.workflow.getHandle(`refund:${id}`).describe()
  if (status.name === 'FAILED') return 'none'
  return shop.refund(id).then(
    ({ state }) => state,
    () => 'requested',
  )
}

test('where starts are to be proved, a stranger starts nothing', async () => {
  const shop = await startShop({ ...KEYED, TEMPORAL_STARTS: 'proved' })
  onTestFinished(shop.close)
  const paid = await shop.paid({ amount: AMOUNTS.above })
  const rows = () =>
    Promise.all(
      (['payments', 'refunds', 'attempts', 'tickets'] as const).map(async (table) =>
        Number(
          (
            await shop.db
              .selectFrom(table)
              .select(({ fn }) => fn.countAll().as('count'))
              .execute()
          )[0]?.count,
        ),
      ),
    )
  const before = await rows()
  const starts = startsOfAStranger(shop, paid, fresh)
  for (const { name, send } of starts) expect(await send(), name).toBe('sent')
  const ended = async () => (await shop.client.workflow.count(`ExecutionStatus = 'Failed'`)).count
  await eventually(ended).toBe(starts.length)
  expect(await rows()).toEqual(before)
  expect(await shop.sim.callsOf(CANCEL)).toBe(0)
})

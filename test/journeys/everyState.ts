// A saga in each state that the program and its gateway lead to, in a shop with keys: refunds, orders, money without an order.
// Must not know: what is then tried on them.
import { sql } from 'kysely'
import { expect } from 'vitest'
import { REFUND_STATE_NAMES } from '../../src/domain/refund.ts'
import { paymentSaga, refundSaga, straySaga, type Saga } from '../support/doors.ts'
import { eventually, exchange, fresh, type OwnShop } from '../support/shop.ts'
import { aged } from '../support/situations.ts'
import { startRefundSaga } from '../support/starts.ts'

const CANCEL = 'POST /payments/cancel'

/** Of somebody who may look, decide and try again below the limit. */
export type Staff = { readonly shop: OwnShop; readonly key: string }
export type Subject = Saga & { readonly name: string; readonly merchantUid: string }

/** Below the limit of a single refund, and above it. */
export type Amounts = { readonly below: number; readonly above: number }

/** A command with a key, in the situation that its person sees. */
async function does({ shop, key }: Staff, path: string, fields: object): Promise<void> {
  expect(await exchange(shop.api, 'POST', path, fields, key), path).toMatchObject({ status: 200 })
}
const seeing = async ({ shop }: Staff, path: string, fields: object) => ({ seen: await shop.seen(path), ...fields })

type Asked = { readonly merchantUid: string; readonly impUid: string; readonly refundId: string }

async function asked({ shop }: Staff, amount: number, state: string, method?: string): Promise<Asked> {
  const order = await shop.paid({ amount, ...(method !== undefined && { method }) })
  const { refundId } = await shop.askRefund(order.merchantUid)
  await eventually(() => shop.refund(refundId)).toMatchObject({ state })
  return { ...order, refundId }
}

async function reversed(staff: Staff, amount: number): Promise<Asked> {
  const { shop } = staff
  const refund = await asked(staff, amount, 'refunded', 'paypal')
  const { impUid, refundId } = refund
  await shop.sim.control('POST', `/payments/${impUid}/reverse`, {})
  await does(staff, `/refunds/${refundId}/recheck`, {})
  const missing = () =>
    sql`update cancel_entries set missing_since = missing_since - interval '11 minutes'
      where refund_id = ${refundId} and missing_since is not null`.execute(shop.db)
  await eventually(async () => (await missing()).numAffectedRows).toBe(1n)
  await does(staff, `/refunds/${refundId}/recheck`, {})
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'reversed', attention: 'page' })
  return refund
}

async function pastPage(staff: Staff, amount: number): Promise<Asked> {
  const refund = await asked(staff, amount, 'ticketOpen')
  await aged(staff.shop, refund.refundId)
  return refund
}

async function resolved(staff: Staff, amount: number): Promise<Asked> {
  const refund = await asked(staff, amount, 'ticketOpen')
  const path = `/refunds/${refund.refundId}/resolve`
  await does(staff, path, await seeing(staff, path, { outcome: 'settledElsewhere', reason: 'paid back by bank' }))
  return refund
}

async function overtaken(staff: Staff, amount: number): Promise<Asked> {
  const refund = await asked(staff, amount, 'ticketOpen')
  await staff.shop.sim.consoleCancel(refund.impUid, amount, '관리자페이지취소')
  await eventually(() => staff.shop.refund(refund.refundId)).toMatchObject({ state: 'superseded' })
  return refund
}

/** Started in Temporal above the limit: it waits for an approver. */
async function toApprove({ shop }: Staff, amount: number): Promise<Asked> {
  const order = await shop.paid({ amount })
  const refundId = fresh('refund')
  const input = { refundId, merchantUid: order.merchantUid, reason: 'by a client' }
  await startRefundSaga(shop.client, input, `refund:${refundId}`)
  const blocked = { state: 'blocked', blockedBecause: 'approvalNeeded' }
  await eventually(() => shop.refund(refundId).catch(() => undefined)).toMatchObject(blocked)
  return { ...order, refundId }
}

async function withdrawn(staff: Staff, amount: number): Promise<Asked> {
  const refund = await asked(staff, amount, 'refused')
  await does(staff, `/refunds/${refund.refundId}/withdraw`, { reason: 'the customer keeps it' })
  return refund
}

/**
 * The gateway’s faults are everybody’s: they are set for one kind after the other. The last one stays: the gateway cannot
 * be read, so that what is asked for stays as it is.
 */
export async function refundsInEveryState(staff: Staff, { below, above }: Amounts): Promise<readonly Subject[]> {
  const { shop } = staff
  const { sim } = shop
  const named = async (name: string, made: Promise<Asked>): Promise<Subject> => {
    const { refundId, merchantUid } = await made
    return { ...refundSaga(refundId), name, merchantUid }
  }
  const calls = await sim.callsOf(CANCEL)
  await sim.faults({ cancel: 'lostAnswer' })
  const unknown = named('unknown', asked(staff, below, 'unknown'))
  // It is given up after a while; what was lost is lost once the call has come.
  await eventually(() => sim.callsOf(CANCEL)).toBeGreaterThan(calls)
  await sim.faults({ cancel: 'refuse' })
  const refused = await Promise.all([
    named('refused', asked(staff, below, 'refused')),
    named('withdrawn', withdrawn(staff, below)),
  ])
  await sim.faults({ cancel: 'accept' })
  const usual = await Promise.all([
    named('ticketOpen', asked(staff, below, 'ticketOpen')),
    named('past the page', pastPage(staff, below)),
    named('refunded', asked(staff, below, 'refunded', 'paypal')),
    named('reversed', reversed(staff, below)),
    named('settledElsewhere', resolved(staff, below)),
    named('superseded', overtaken(staff, below)),
    named('blocked', asked(staff, below, 'blocked', 'mobilegateway')),
    named('to be approved', toApprove(staff, above)),
    unknown,
  ])
  const order = await shop.paid({ amount: below })
  await sim.faults({ cancel: 'accept', reads: 'error500' })
  const { refundId } = await shop.askRefund(order.merchantUid)
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'requested' })
  const requested = { ...refundSaga(refundId), name: 'requested', merchantUid: order.merchantUid }
  const all = [...usual, ...refused, requested]
  expect(all.map(({ name }) => name)).toEqual(expect.arrayContaining([...REFUND_STATE_NAMES]))
  return all
}

export async function ordersInEveryState({ shop }: Staff, { above }: Amounts): Promise<readonly Subject[]> {
  const { sim } = shop
  const until = async (merchantUid: string, state: string): Promise<Subject> => {
    await eventually(() => shop.payment(merchantUid)).toMatchObject({ state })
    return { ...paymentSaga(merchantUid), name: state, merchantUid }
  }
  const opened = async () => (await shop.open({ amount: above })).merchantUid
  const after = async (state: string, act: (merchantUid: string) => Promise<unknown>) => {
    const merchantUid = await opened()
    await act(merchantUid)
    return until(merchantUid, state)
  }
  const declined = async (merchantUid: string) => {
    const gatewayRef = await sim.pay(merchantUid, { outcome: 'declined' })
    await shop.call('POST', `/payments/${merchantUid}/returned`, { gatewayRef })
  }
  const returned = async (merchantUid: string) => {
    const impUid = await sim.pay(merchantUid)
    await until(merchantUid, 'paid')
    await sim.consoleCancel(impUid, above)
  }
  // No test waits for half an hour.
  const pastItsTime = async (merchantUid: string) => {
    await until(merchantUid, 'prepared')
    await sql`update payments set expires_at = clock_timestamp(), version = version + 1 where merchant_uid = ${merchantUid}`.execute(
      shop.db,
    )
    await shop.wake(`payment:${merchantUid}`)
  }
  return Promise.all([
    after('prepared', () => Promise.resolve()),
    after('expired', pastItsTime),
    after('declined', declined),
    after('closed', (merchantUid) => shop.call('POST', `/payments/${merchantUid}/close`, { reason: 'sold out' })),
    after('paid', (merchantUid) => sim.pay(merchantUid)),
    after('quarantined', (merchantUid) => sim.pay(merchantUid, { amount: above - 1_000 })),
    after('cancelled', returned),
  ])
}

/** A second payment that nobody has decided on. */
export async function strayMoney({ shop }: Staff, { above }: Amounts): Promise<Subject> {
  const { merchantUid } = await shop.paid({ amount: above })
  const ref = await shop.sim.pay(merchantUid)
  await eventually(async () => (await shop.payment(merchantUid)).attempts.length).toBe(2)
  return { ...straySaga(ref), name: 'stray', merchantUid }
}

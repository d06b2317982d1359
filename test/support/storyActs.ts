// What happens to an order's money in a story: the buyer, the desk, the console, a bank, people
// here. Each says what the gateway tells of it.
// Must not know: what becomes of a webhook, or of the order.
import { expect } from 'vitest'
import { openBriefly } from './brief.ts'
import { eventually, exchange, fresh, type OwnShop } from './shop.ts'
import type { Act, Hint, Phase, Story, Tale } from './stories.ts'

const told = ({ merchantUid }: Tale, ref: string | undefined, status: string): readonly Hint[] => [
  { imp_uid: ref ?? '', merchant_uid: merchantUid, status },
]
type Paying = Parameters<OwnShop['sim']['pay']>[1]

export const pays =
  (shown: Paying = {}): Act =>
  async (tale) => {
    const ref = await tale.shop.sim.pay(tale.merchantUid, shown)
    tale.refs.push(ref)
    return told(tale, ref, 'paid')
  }

/** A one-off failure sends no webhook; the buyer's browser comes back. */
export const isDeclined =
  (outcome: 'declined' | 'approvedLate' = 'declined'): Act =>
  async (tale) => {
    const ref = await tale.shop.sim.pay(tale.merchantUid, { outcome })
    tale.refs.push(ref)
    const returned = { gatewayRef: ref }
    expect(await tale.shop.call('POST', `/payments/${tale.merchantUid}/returned`, returned)).toMatchObject({
      status: 202,
    })
    return []
  }

const atTheGateway =
  (what: string, status: string, input: object = {}): Act =>
  async (tale) => {
    const [first] = tale.refs
    await tale.shop.sim.control('POST', `/payments/${first}/${what}`, input)
    return told(tale, first, status)
  }
/** The fraud review of the first attempt ends well. */
export const isApproved = atTheGateway('approve', 'paid')
export const isCancelledInTheConsole = (amount: number): Act => atTheGateway('consoleCancel', 'cancelled', { amount })
export const isChargedBack = atTheGateway('chargeback', 'cancelled')

const openTicket = async ({ shop, merchantUid }: Tale, number = 0) => {
  const open = (await shop.sim.tickets(merchantUid)).filter(({ state }) => state === 'open')[number]
  if (!open) throw new Error(`${merchantUid} has no open ticket`)
  return open
}
const completes =
  (which: typeof openTicket): Act =>
  async (tale) => {
    const { id, impUid } = await which(tale)
    await tale.shop.sim.complete(id)
    return told(tale, impUid, 'cancelled')
  }
export const deskCompletes = completes((tale) => openTicket(tale))
/**
 * The story where a cancel is carried out at once: what the desk would bring comes with the call.
 */
export function toldAtOnce(story: Story): Story {
  const phases = story.phases.flatMap((phase, number): Phase[] => {
    if (phase.do === deskCompletes) return []
    const after = story.phases[number + 1]
    return [after?.do === deskCompletes ? { ...phase, shows: after.shows } : phase]
  })
  return { ...story, phases }
}
/** Of two open tickets the one that was opened later. */
export const deskCompletesLast = completes((tale) => openTicket(tale, 1))
/** Not a word of it to anybody. */
export const deskRefuses: Act = async (tale) => {
  await tale.shop.sim.refuse((await openTicket(tale)).id)
  return []
}

/** Another program with the merchant's keys asks for all of it back, and gives no reason. */
export const isAskedBackElsewhere: Act = async ({ shop, refs }) => {
  const keys = { imp_key: 'sim-key', imp_secret: 'sim-secret' }
  const token = await exchange(shop.simulator, 'POST', '/users/getToken', keys)
  const access = String(Object(Object(token.body).response).access_token)
  const asked = await exchange(shop.simulator, 'POST', '/payments/cancel', { imp_uid: refs[0] }, access)
  expect(asked).toMatchObject({ status: 200, body: { code: 0 } })
  return []
}

export const checkoutAsks: Act = async ({ shop, merchantUid }) => {
  await shop.askRefund(merchantUid)
  return []
}
export const checkoutAsksFor =
  (amount: number): Act =>
  async ({ shop, merchantUid }) => {
    await shop.askRefund(merchantUid, { amount })
    return []
  }
export const checkoutMayNotAsk: Act = async ({ shop, merchantUid }) => {
  expect(await shop.requestRefund(merchantUid)).toMatchObject({ status: 409, body: { code: 'paymentNotPaid' } })
  return []
}

export const checkoutCloses: Act = async ({ shop, merchantUid }) => {
  const closed = await shop.call('POST', `/payments/${merchantUid}/close`, { reason: 'sold out' })
  expect(closed).toMatchObject({ status: 200 })
  return []
}

/**
 * A saga that did not answer in time may have done it all the same: it is asked again, which is
 * safe.
 */
async function asPerson(shop: OwnShop, path: string, body: object): Promise<void> {
  let answer = await shop.call('POST', path, body)
  const lost = answer.status === 503
  while (answer.status === 503) answer = await shop.call('POST', path, body)
  if (!lost || answer.status !== 409) expect(answer).toMatchObject({ status: 200, body: { answer: 'done' } })
}

export const personDoes =
  (what: 'accept' | 'refund', reason: string): Act =>
  async ({ shop, merchantUid }) => {
    const path = `/payments/${merchantUid}/${what}`
    await asPerson(shop, path, { reason })
    expect(await shop.call('POST', path, { reason })).toMatchObject({ status: 409, body: { code: 'updateRejected' } })
    return []
  }
/** Of the money that was paid last, which has a saga of its own. */
export const personRefundsTheStray =
  (reason: string): Act =>
  async ({ shop, refs }) => {
    await asPerson(shop, `/strays/iamport/main/${refs.at(-1)}/refund`, { reason })
    return []
  }
export const personSaysNoTicketLives: Act = async ({ shop, merchantUid }) => {
  const { refunds } = await shop.order(merchantUid)
  const wrote = { outcome: 'refused', reason: 'the desk said no', evidence: 'mail of today', ticketDead: true }
  await asPerson(shop, `/refunds/${refunds[0]?.refundId}/resolve`, wrote)
  return []
}

export const oneAfterTheOther =
  (...acts: readonly Act[]): Act =>
  async (tale) => {
    const hints: Hint[] = []
    for (const act of acts) hints.push(...(await act(tale)))
    return hints
  }

/** The sale is closed while the buyer pays: who was first decides what it is. */
export const isPaidWhileItIsClosed: Act = async (tale) => {
  const close = () => tale.shop.call('POST', `/payments/${tale.merchantUid}/close`, { reason: 'sold out' })
  const closes = async () => {
    let answer = await close()
    while (answer.status === 503) answer = await close()
    return answer
  }
  const [closed, hints] = await Promise.all([closes(), pays()(tale)])
  expect([200, 409]).toContain(closed.status)
  tale.branch = closed.status === 200 ? 'closed' : 'paid'
  return hints
}

type Opening = {
  readonly amount?: number
  readonly currency?: string
  readonly channel?: 'live' | 'test'
  readonly latePolicy?: 'hold' | 'refund' | 'accept'
}
/** Asked for again where it took too long: that is safe. */
export const order =
  (shown: Opening = {}) =>
  async (shop: OwnShop): Promise<string> => {
    const merchantUid = fresh('order')
    const buyer = { name: 'Ann Roe', email: 'ann@example.com' }
    const body = { merchantUid, amount: 19_000, currency: 'KRW', name: 'Gold pack', buyer, ...shown }
    await eventually(async () => (await shop.call('POST', '/payments', body)).status).toBeLessThan(300)
    return merchantUid
  }

/** Nobody opens it here. */
export const nobodysOrder = (): Promise<string> => Promise.resolve(fresh('nobody'))

export const closedOrder =
  (shown: Opening = {}) =>
  async (shop: OwnShop): Promise<string> => {
    const merchantUid = await order(shown)(shop)
    const closed = await shop.call('POST', `/payments/${merchantUid}/close`, { reason: 'sold out' })
    expect(closed).toMatchObject({ status: 200 })
    return merchantUid
  }

/** An order whose time is over, waited for. */
export const expiredOrder =
  (latePolicy: 'hold' | 'refund' | 'accept') =>
  async (shop: OwnShop): Promise<string> => {
    const merchantUid = await openBriefly(shop, 1_000, { latePolicy })
    const handle = shop.client.workflow.getHandle(`payment:${merchantUid}`)
    expect(await handle.result()).toEqual({ state: 'expired' })
    await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'expired' })
    return merchantUid
  }

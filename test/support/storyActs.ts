// What happens to an order's money in a story: the buyer, the desk, the console, a bank, people
// here. Each says what the gateway tells of it.
// Must not know: what becomes of a webhook, or of the order.
import { expect } from 'vitest'
import { signed } from '../../src/gateways/paymentwall/signature.ts'
import { openBriefly } from './brief.ts'
import { BUYER, eventually, exchange, fresh, gatewayToken, type OwnShop } from './shop.ts'
import type { Act, Hint, PaidAt, Phase, Story, Tale } from './stories.ts'

/** What Paymentwall signs of each, `type` or `type.reason`; nothing that can be said again of a part. */
type Signed = '0' | '2.1' | '2.9'
function told(tale: Tale, ref: string | undefined, status: string, signed: Signed | undefined): readonly Hint[] {
  const { gateway, merchantUid } = tale
  const said = gateway === 'paymentwall/main' ? signed : status
  return said === undefined ? [] : [{ imp_uid: ref ?? '', merchant_uid: merchantUid, status: said }]
}
/** The simulator's at Paymentwall itself. */
const PROJECT = { key: '1111aaaa2222bbbb3333cccc4444dddd', secret: '0f1e2d3c4b5a69788796a5b4c3d2e1f0' }
type Paying = Parameters<OwnShop['sim']['pay']>[1]

export const pays =
  (shown: Paying = {}): Act =>
  async (tale) => {
    const paid = await tale.shop.sim.pay(tale.merchantUid, { ...(await inItsWindow(tale)), ...shown })
    const ref = refOf(tale, paid)
    tale.refs.push(ref)
    return told(tale, ref, 'paid', '0')
  }

/** A reference of PortOne's names the order, too. */
const refOf = ({ gateway, merchantUid }: Tale, impUid: string): string =>
  gateway === 'portone/main' ? `${merchantUid}:${impUid}` : impUid
const simulatedOf = (ref = ''): string => ref.split(':').at(-1) ?? ''

/** The widget's address says what is paid and by whom; through i'mport the order was registered. */
async function inItsWindow({ shop, gateway, merchantUid }: Tale): Promise<Paying> {
  if (gateway === 'iamport/main') return {}
  if (gateway === 'portone/main') return { gateway: 'portone', uid: 'buyer-77' }
  const { amount, currency } = await shop.payment(merchantUid)
  return { gateway: 'paymentwall', uid: 'buyer-77', amount, currency }
}

/** A one-off failure sends no webhook; the buyer's browser comes back. */
export const isDeclined =
  (outcome: 'declined' | 'approvedLate' = 'declined'): Act =>
  async (tale) => {
    const failed = await tale.shop.sim.pay(tale.merchantUid, { ...(await inItsWindow(tale)), outcome })
    const ref = refOf(tale, failed)
    tale.refs.push(ref)
    const returned = { gatewayRef: ref }
    expect(await tale.shop.call('POST', `/payments/${tale.merchantUid}/returned`, returned)).toMatchObject({
      status: 202,
    })
    return []
  }

const atTheGateway =
  (what: string, status: string, signed: Signed | undefined, input: object = {}): Act =>
  async (tale) => {
    const [first] = tale.refs
    await tale.shop.sim.control('POST', `/payments/${simulatedOf(first)}/${what}`, input)
    return told(tale, first, status, signed)
  }
/** The fraud review of the first attempt ends well. */
export const isApproved = atTheGateway('approve', 'paid', '0')
export const isCancelledInTheConsole = (amount: number): Act =>
  atTheGateway('consoleCancel', 'cancelled', undefined, { amount })
export const isChargedBack = atTheGateway('chargeback', 'cancelled', '2.1')

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
    return told(tale, refOf(tale, impUid), 'cancelled', '2.9')
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
export const isAskedBackElsewhere: Act = async ({ shop, gateway, refs }) => {
  if (gateway === 'paymentwall/main') {
    const ticket = signed({ key: PROJECT.key, ref: refs[0] ?? '', type: '1' }, PROJECT.secret, 3)
    const body = new URLSearchParams(ticket)
    const filed = await fetch(`${shop.simulator}/developers/api/ticket`, { method: 'POST', body })
    expect(await filed.json()).toEqual({ result: 1 })
    return []
  }
  if (gateway === 'portone/main') {
    const [paymentId] = (refs[0] ?? '').split(':')
    const asked = await fetch(`${shop.simulator}/payments/${paymentId}/cancel`, {
      method: 'POST',
      headers: { authorization: 'PortOne sim-portone-secret', 'content-type': 'application/json' },
      body: JSON.stringify({ reason: 'asked elsewhere' }),
    })
    expect(await asked.json()).toMatchObject({ cancellation: { status: 'REQUESTED' } })
    return []
  }
  const access = await gatewayToken(shop.simulator)
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
 * A saga that did not answer in time may have done it all the same: it is asked again, by who
 * still saw the same.
 */
async function asPerson(shop: OwnShop, path: string, body: object): Promise<void> {
  const asked = { seen: await shop.seen(path), ...body }
  let answer = await shop.call('POST', path, asked)
  const lost = answer.status === 503
  while (answer.status === 503) answer = await shop.call('POST', path, asked)
  if (!lost || answer.status !== 409) expect(answer).toMatchObject({ status: 200, body: { answer: 'done' } })
}

export const personDoes =
  (what: 'accept' | 'refund', reason: string): Act =>
  async ({ shop, merchantUid }) => {
    const path = `/payments/${merchantUid}/${what}`
    await asPerson(shop, path, { reason })
    expect(await shop.person(path, { reason })).toMatchObject({ status: 409, body: { code: 'updateRejected' } })
    return []
  }
/** Of the money that was paid last, which has a saga of its own. */
export const personRefundsTheStray =
  (reason: string): Act =>
  async ({ shop, gateway, refs }) => {
    await asPerson(shop, `/strays/${gateway}/${refs.at(-1)}/refund`, { reason })
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
  async (shop: OwnShop, gateway: PaidAt): Promise<string> => {
    const merchantUid = fresh('order')
    const body = { merchantUid, amount: 19_000, currency: 'KRW', name: 'Gold pack', gateway, buyer: BUYER, ...shown }
    await eventually(async () => (await shop.call('POST', '/payments', body)).status).toBeLessThan(300)
    return merchantUid
  }

/** Nobody opens it here. */
export const nobodysOrder = (): Promise<string> => Promise.resolve(fresh('nobody'))

export const closedOrder =
  (shown: Opening = {}) =>
  async (shop: OwnShop, gateway: PaidAt): Promise<string> => {
    const merchantUid = await order(shown)(shop, gateway)
    const closed = await shop.call('POST', `/payments/${merchantUid}/close`, { reason: 'sold out' })
    expect(closed).toMatchObject({ status: 200 })
    return merchantUid
  }

/** An order whose time is over, waited for. */
export const expiredOrder =
  (latePolicy: 'hold' | 'refund' | 'accept') =>
  async (shop: OwnShop, gateway: PaidAt): Promise<string> => {
    const merchantUid = await openBriefly(shop, 1_000, { latePolicy, gateway })
    const handle = shop.client.workflow.getHandle(`payment:${merchantUid}`)
    expect(await handle.result()).toEqual({ state: 'expired' })
    await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'expired' })
    return merchantUid
  }

// Stories of an order's money, told all at once under one way in which webhooks fare, phase by
// phase; and what came of each, as short lines.
// Must not know: which stories there are, nor what ought to come of them. The same phases are told
// whatever becomes of the webhooks.
import { sql } from 'kysely'
import { Webhook } from 'standardwebhooks'
import { expect } from 'vitest'
import { z } from 'zod'
import { gatewayRef } from '../../src/domain/ids.ts'
import * as answers from '../../src/http/resources/answers.ts'
import { underWay } from './agreement.ts'
import type { openCheckout } from './checkout.ts'
import { eventually, fresh, type OwnShop } from './shop.ts'
import { sweepNow } from './sweepNow.ts'

export type Hint = { readonly imp_uid: string; readonly merchant_uid: string; readonly status: string }
/** Where orders are paid: through i'mport, at Paymentwall itself, or through PortOne's V2. */
export const PAID_AT = ['iamport/main', 'paymentwall/main', 'portone/main'] as const
export type PaidAt = (typeof PAID_AT)[number]
/** One order under way: its attempts, and every webhook that the gateway had reason to send. */
export type Tale = {
  readonly shop: OwnShop
  readonly story: Story
  readonly gateway: PaidAt
  readonly merchantUid: string
  readonly refs: string[]
  readonly hints: Hint[]
  /** Which way a race went. */
  branch: string
}
/** Something happens; the answer names what the gateway tells of it by webhook. */
export type Act = (tale: Tale) => Promise<readonly Hint[]>
type Told<T> = T | ((tale: Tale) => T)
export type Phase = {
  readonly do: Act
  /** The line that the order shows once it has settled. */
  readonly shows: Told<string>
  /** No webhook may bring this, so a sweep does, always. */
  readonly sweeps?: boolean
  /** May happen before we have seen what came before it: the story ends the same. */
  readonly blind?: boolean
}
export type Ending = {
  /** `payment | attempts | refunds`, as GET shows them. */
  readonly shown: string
  /** Tickets at the desk. */
  readonly tickets: string
  /** What was decided about the order's money, and why, as the journal tells it. */
  readonly why: readonly string[]
  /** As the checkout took them, in the order of their numbers, none missing and none twice. */
  readonly notices: string
  /** How often the checkout delivered. */
  readonly deliveries: number
  readonly alerts: string
  /** The sagas of the order and of its refunds: ended, or still waiting. */
  readonly sagas: string
}
export type Story = {
  readonly name: string
  readonly open: (shop: OwnShop, gateway: PaidAt) => Promise<string>
  readonly phases: readonly Phase[]
  readonly ends: Told<Ending>
  /** Cancel calls that reach the gateway. */
  readonly cancels: number
  /** It is about the channel, so it cannot be told where the gateway says nothing of it. */
  readonly channels?: boolean
  /**
   * It is about a ticket that stays open, so it cannot be told where a gateway carries out each
   * cancel at once.
   */
  readonly waits?: boolean
}
export type Checkout = Awaited<ReturnType<typeof openCheckout>>

export type Mode = {
  readonly name: string
  readonly webhooks: 'deliver' | 'duplicate' | 'delay' | 'reorder' | 'drop'
  /** Lost for good: one sweep follows each phase. */
  readonly sweeps?: boolean
  /** By whoever knows the order's ids, before each phase. */
  readonly before?: (tale: Tale) => Promise<unknown>
  readonly after?: (tale: Tale, hints: readonly Hint[]) => Promise<unknown>
}

/** Once more to our receiver: by whoever knows the ids, or by Paymentwall, which alone can sign. */
function post(tale: Tale, hints: readonly Hint[]): Promise<unknown> {
  const { shop, gateway } = tale
  return Promise.all(
    hints.map((hint) => {
      if (gateway === 'iamport/main') return shop.hint(hint)
      if (gateway === 'portone/main') return postSigned(shop, hint)
      const [type = '', reason] = hint.status.split('.')
      return shop.sim.control('POST', `/payments/${hint.imp_uid}/pingback`, { type, ...(reason && { reason }) })
    }),
  )
}
const TYPES: Readonly<Record<string, string>> = { paid: 'Paid', cancelled: 'Cancelled' }
/** As PortOne signs it, under an id of its own: a repeat of it would be known by its id. */
async function postSigned(shop: OwnShop, { imp_uid: ref, merchant_uid: paymentId, status }: Hint): Promise<void> {
  const data = { storeId: 'store-simulator', paymentId, transactionId: ref.split(':').at(-1) }
  const type = `Transaction.${TYPES[status] ?? status}`
  const body = JSON.stringify({ type, timestamp: new Date().toISOString(), data })
  expect(await sendSigned(shop, body, SIGNED_BY)).toMatchObject({ status: 200 })
}

const SIGNED_BY = 'whsec_c2ltdWxhdG9yLXdlYmhvb2stc2VjcmV0LTE='
const STRANGERS = `whsec_${Buffer.from('a secret of somebody else').toString('base64')}`

async function sendSigned(shop: OwnShop, body: string, secret: string): Promise<Response> {
  const id = fresh('msg')
  const at = new Date()
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  }
  return fetch(`${shop.api}/webhooks/portone`, { method: 'POST', headers, body })
}

const fiveTimes = (hints: readonly Hint[]) => [...hints, ...hints, ...hints, ...hints, ...hints]

/**
 * Of every attempt that it was cancelled, declined and paid, and of one that is invented the
 * opposite of what is so.
 */
function forged({ merchantUid, refs }: Tale): readonly Hint[] {
  const claim = (ref: string, status: string): Hint => ({ imp_uid: ref, merchant_uid: merchantUid, status })
  const claims = refs.flatMap((ref) => ['cancelled', 'failed', 'paid'].map((status) => claim(ref, status)))
  return [claim(`imp_${fresh('forged').slice(-8)}`, refs.length > 0 ? 'cancelled' : 'paid'), ...claims]
}

/** Whoever knows the ids can write a pingback, and not sign it: nothing of it is taken. */
async function postForged(tale: Tale): Promise<void> {
  const { shop, gateway, merchantUid, refs } = tale
  if (gateway === 'iamport/main') return void (await post(tale, forged(tale)))
  if (gateway === 'portone/main') {
    for (const { imp_uid: ref, status } of forged(tale)) {
      const data = { storeId: 'store-simulator', paymentId: merchantUid, transactionId: ref.split(':').at(-1) }
      const body = JSON.stringify({ type: `Transaction.${TYPES[status] ?? status}`, data })
      expect(await sendSigned(shop, body, STRANGERS), 'a webhook that PortOne did not sign').toMatchObject({
        status: 401,
      })
    }
    return
  }
  for (const ref of [fresh('b'), ...refs])
    for (const [type, reason] of [
      ['0', ''],
      ['2', '9'],
    ] as const) {
      const said = { type, reason, ref, goodsid: merchantUid, uid: 'buyer-77', sign_version: '3', sig: 'a'.repeat(64) }
      const answer = await shop.call('GET', `/webhooks/paymentwall?${new URLSearchParams(said).toString()}`)
      expect(answer, 'a pingback that nobody signed').toMatchObject({ status: 401 })
    }
}

/** What may become of webhooks. */
export const MODES: readonly Mode[] = [
  { name: 'delivered', webhooks: 'deliver' },
  { name: 'doubled, and five times more', webhooks: 'duplicate', after: (tale, hints) => post(tale, fiveTimes(hints)) },
  { name: 'late', webhooks: 'delay' },
  { name: 'late, and in another order', webhooks: 'reorder' },
  { name: 'lost, with one sweep after each', webhooks: 'drop', sweeps: true },
  { name: 'forged beforehand to say the opposite', webhooks: 'deliver', before: postForged },
]

/**
 * Tells all stories at once; a phase begins when the one before has settled in all of them.
 * `around` is called twice in each: before anything happens in it, and after.
 */
export async function tell(
  shop: OwnShop,
  mode: Mode,
  stories: readonly Story[],
  around: Around = () => Promise.resolve(),
  gateway: PaidAt = 'iamport/main',
): Promise<readonly Tale[]> {
  await shop.sim.faults({ webhooks: mode.webhooks })
  const tales = await opened(shop, stories, gateway)
  const last = Math.max(...stories.map(({ phases }) => phases.length))
  for (let number = 0; number < last; number += 1) await phase(shop, mode, tales, number, around)
  await settled(shop)
  return tales
}
type Around = (number: number, tales: readonly Tale[], moment: 'before' | 'after') => Promise<unknown>

export const opened = (
  shop: OwnShop,
  stories: readonly Story[],
  gateway: PaidAt = 'iamport/main',
): Promise<readonly Tale[]> =>
  Promise.all(
    stories.map(async (story) => {
      const merchantUid = await story.open(shop, gateway)
      return { shop, story, gateway, merchantUid, refs: [], hints: [], branch: '' }
    }),
  )

export const settled = (shop: OwnShop) => eventually(() => underWay(shop.db, shop), SETTLES_MS).toEqual([])

/**
 * Every webhook of these stories comes when all is over; answers with the rows and looks that this
 * made.
 */
export async function tellTooLate(shop: OwnShop, tales: readonly Tale[]) {
  const { rows: before } = await counted(shop)
  const route = LOOKS[tales[0]?.gateway ?? 'iamport/main']
  const looks = await shop.sim.callsOf(route)
  await Promise.all(tales.map((tale) => post(tale, tale.hints)))
  await settled(shop)
  const { rows: after } = await counted(shop)
  return { before, after, looks: (await shop.sim.callsOf(route)) - looks }
}

const LOOKS: Readonly<Record<PaidAt, string>> = {
  'iamport/main': 'GET /payments/:imp_uid',
  'paymentwall/main': 'GET /api/rest/payment',
  'portone/main': 'V2 GET /payments/:paymentId',
}
const counted = ({ db }: OwnShop) =>
  sql`select (select count(*)::int from journal) as journal, (select count(*)::int from outbox) as outbox`.execute(db)

async function phase(shop: OwnShop, mode: Mode, tales: readonly Tale[], number: number, around: Around): Promise<void> {
  const now = tales.flatMap((tale) => {
    const phase = tale.story.phases[number]
    return phase ? [{ tale, phase }] : []
  })
  await around(number, tales, 'before')
  await Promise.all(now.map(({ tale, phase }) => happens(tale, phase, mode)))
  await around(number, tales, 'after')
  if (mode.sweeps || now.some(({ phase }) => phase.sweeps)) await sweepNow(shop, tales[0]?.gateway)
  for (const { tale, phase } of now) {
    const { name } = tale.story
    await eventually(async () => `${name}: ${await shown(tale)}`, SETTLES_MS).toBe(
      `${name}: ${valueOf(phase.shows, tale)}`,
    )
  }
}

export async function happens(tale: Tale, phase: Phase, mode: Mode): Promise<void> {
  await mode.before?.(tale)
  const hints = await phase.do(tale)
  tale.hints.push(...hints)
  await mode.after?.(tale, hints)
}

/**
 * Under load a hundred looks, wakes and tickets go before; nothing is proved by how long it takes.
 */
const SETTLES_MS = 180_000
export const valueOf = <T extends string | object>(told: Told<T>, tale: Tale): T =>
  typeof told === 'function' ? told(tale) : told

/** What came of each story, by its name. */
export async function endingsOf(tales: readonly Tale[], checkout: Checkout): Promise<Record<string, Ending>> {
  const endings = tales.map(async (tale) => [tale.story.name, await endingOf(tale, checkout)] as const)
  return Object.fromEntries(await Promise.all(endings))
}

export async function endingOf(tale: Tale, checkout: Checkout): Promise<Ending> {
  const { shop, merchantUid } = tale
  const rows = () =>
    shop.db.selectFrom('outbox').select('id').where('target', '=', merchantUid).where('state', '=', 'pending').execute()
  await eventually(rows, SETTLES_MS).toEqual([])
  const notices = checkout.notices(merchantUid)
  expect(notices.map(({ number }) => number)).toEqual(notices.map((_, index) => index + 1))
  const tickets = await shop.sim.tickets(merchantUid)
  return {
    shown: await shown(tale),
    tickets: tickets.map(({ state, amount }) => `${state} ${amount}`).join(', '),
    why: await why(tale),
    notices: notices.map(({ type }) => type).join(' '),
    deliveries: checkout.deliveries(merchantUid),
    alerts: await alerts(tale),
    sagas: await sagas(tale),
  }
}

const body = z.object({
  stray: z.looseObject({ state: z.string(), because: z.string(), refunds: z.array(z.string()) }),
})

/** `payment | attempts | refunds`; of an order that nobody opened, its money. */
export async function shown({ shop, gateway, merchantUid, refs }: Tale): Promise<string> {
  const answer = await shop.call('GET', `/payments/${merchantUid}`)
  if (answer.status === 404) return strayShown(shop, `${gateway}/${refs[0] ?? 'none'}`)
  const { payment, refunds } = answers.order.parse(answer.body)
  const attempts = payment.attempts.map(({ because, state }) => `${because ?? 'unpaid'} ${state}`).toSorted()
  const back = refunds.map((refund) => backOf(refund))
  return `${payment.state}${payment.accepted ? ' accepted' : ''} | ${attempts.join(', ')} | ${back.join(', ')}`.trimEnd()
}

/** Of money that moved outside: what was said of it. */
const backOf = ({ origin, state, amount, reason }: z.infer<typeof answers.refund>): string =>
  `${origin} ${state} ${amount}${origin === 'outside' ? ` (${reason})` : ''}`

async function strayShown(shop: OwnShop, path: string): Promise<string> {
  const answer = await shop.call('GET', `/strays/${path}`)
  if (answer.status === 404) return 'nothing'
  const { stray } = body.parse(answer.body)
  const refunds = await Promise.all(stray.refunds.map((id) => shop.refund(id)))
  const back = refunds.map((refund) => backOf(refund))
  return `nobody | ${stray.because} ${stray.state} | ${back.join(', ')}`.trimEnd()
}

const TOLD = ['attempt.accepted', 'attempt.paid', 'refund.requested', 'refund.outside', 'overtaken']
const ENDED = ['order.declined', 'order.timedOut', 'order.closed', 'resolvedRefused']

async function why({ shop, merchantUid, refs }: Tale): Promise<readonly string[]> {
  const lines = await shop.db
    .selectFrom('journal')
    .select(['what', 'why'])
    .where((eb) => eb.or([eb('merchantUid', '=', merchantUid), eb('gatewayRef', 'in', ['none', ...refs])]))
    .where('what', 'in', [...TOLD, ...ENDED])
    .orderBy('id')
    .execute()
  return lines.map(({ what, why }) => `${what}: ${why}`)
}

export const refundsOf = async ({ shop, refs }: Tale) =>
  shop.db
    .selectFrom('refunds')
    .select(['refundId', 'origin'])
    .where('gatewayRef', 'in', ['none', ...refs].map(gatewayRef))
    .orderBy('createdAt')
    .execute()

async function alerts(tale: Tale): Promise<string> {
  const { shop, gateway, merchantUid, refs } = tale
  const refunds = (await refundsOf(tale)).map(({ refundId }) => `refund:${refundId}`)
  const strays = refs.flatMap((ref) => [`stray:${gateway}:${ref}`, `ref:${ref}`])
  const targets = [`payment:${merchantUid}`, `order:${merchantUid}`, ...strays, ...refunds]
  const rows = await shop.db
    .selectFrom('outbox')
    .select('payload')
    .where('kind', '=', 'alert')
    .where('target', 'in', targets)
    .orderBy('id')
    .execute()
  const told = rows.map(({ payload }) => z.object({ level: z.string(), kind: z.string() }).parse(payload))
  return told.map(({ level, kind }) => `${level} ${kind}`).join(', ')
}

/**
 * Of the order (or of its first stray where there is no order), and of every refund that was asked
 * for.
 */
async function sagas(tale: Tale): Promise<string> {
  const { shop, gateway, merchantUid, refs } = tale
  const asked = (await refundsOf(tale)).filter(({ origin }) => origin !== 'outside')
  const known = (await shop.call('GET', `/payments/${merchantUid}`)).status === 200
  const first = known ? `payment:${merchantUid}` : `stray:${gateway}:${refs[0]}`
  const ids = [first, ...asked.map(({ refundId }) => `refund:${refundId}`)]
  const runs = await Promise.all(ids.map((id) => shop.client.workflow.getHandle(id).describe()))
  return runs.map(({ type, status }) => `${type} ${status.name === 'RUNNING' ? 'waits' : status.name}`).join(', ')
}

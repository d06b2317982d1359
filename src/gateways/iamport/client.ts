// i'mport's V1 REST API behind the gateway port: looks, registration, account; lists and cancels
// have their own files (iamport.md §3).
// Must not know: rows, sagas, retries, the environment. What a failed call means is said in
// session.ts.
import { z } from 'zod'
import type { Delivery, DeliveryAnswer, Evidence, ListingGateway, Order, RegisterAnswer } from '../../domain/gateway.ts'
import type { GatewayName, GatewayRef } from '../../domain/ids.ts'
import { printMoney, toMajor } from '../../domain/money.ts'
import { tame } from '../../domain/text.ts'
import { cancelPayment } from './cancel.ts'
import { CHANNEL_FIELDS, fieldsOf, idOf, listOf, providerOf, truthOf, type OnMissing } from './fields.ts'
import { readIamportHint, webhooks } from './hint.ts'
import { list, LONGEST_RANGE_MS, lookByOrder, saysNotFound, unlessTooLarge } from './lists.ts'
import { isOwnCode, unreadable } from './schema.ts'
import {
  createSession,
  refusedRead,
  segment,
  type IamportCall,
  type Reply,
  type Session,
  type SessionOptions,
} from './session.ts'
import { accountChecks, type ConsoleChannel } from './setUp/checks.ts'
import { ACCOUNT_QUESTIONS } from './setUp/questions.ts'
import { isOurs, isReadable, preparedOf, readElement, toEvidence, type Reading } from './translate.ts'
import { accepts, iamportWindow } from './window.ts'

const PAYMENTWALL = 'paymentwall'
const AT_ONCE = 100

export type IamportOptions = SessionOptions & {
  readonly name: GatewayName
  /** Names of the payment providers whose payments are ours; Paymentwall alone if left out. */
  readonly providers?: readonly string[]
  /**
   * Told each time a field that describes is missing or cannot be read, with what stands in for it
   * (fields.ts).
   */
  readonly onMissing?: OnMissing
  /**
   * What payment windows are opened with: the account's code and the keys of its channels, where
   * the console has them.
   */
  readonly window?: {
    readonly code?: string | undefined
    readonly channelKeys: { readonly live?: string | undefined; readonly test?: string | undefined }
  }
}

/** One i'mport account. Throws RangeError for an address that is none; asks nothing yet. */
export function createIamportGateway(options: IamportOptions): ListingGateway {
  const { name, providers = [PAYMENTWALL], onMissing = () => undefined, window = { channelKeys: {} } } = options
  const session = createSession(options)
  const reading: Reading = { name, providers: new Set(providers.map(providerOf)), onMissing }
  return {
    name,
    limits: { together: AT_ONCE, listRangeMs: LONGEST_RANGE_MS },
    readHint: readIamportHint,
    window: (order, buyer, publicUrl) =>
      iamportWindow({
        code: window.code,
        channelKey: window.channelKeys[order.channel],
        order,
        buyer,
        noticeUrl: publicUrl.replace(/\/+$/, '') + webhooks.path,
      }),
    accepts,
    register: (order) => register(session, order),
    look: (ref) => look(reading, session, ref),
    lookMany: (refs) => lookMany(reading, session, refs),
    lookByOrder: (merchantUid) => lookByOrder(reading, session, merchantUid),
    cancel: (request) => cancelPayment(reading, session, request),
    list: (asked) => list(reading, session, asked),
    confirmDelivery: (delivery) => confirmDelivery(session, delivery),
    account: () => account(reading, session),
    setUp: (facts) => ({
      checks: accountChecks(
        { ...window, askToken: () => session.token(), askChannels: () => consoleChannels(reading, session) },
        facts,
      ),
      questions: ACCOUNT_QUESTIONS,
    }),
    now: () => session.now(),
  }
}

/** Test-channel payments may answer 404 unless asked for (iamport.md §3.1). */
async function look(reading: Reading, session: Session, ref: GatewayRef): Promise<Evidence | undefined> {
  const query = 'extension=true&include_sandbox=true'
  const call = { route: '/payments/{imp_uid}', path: `/payments/${segment(ref)}?${query}` }
  const response = found(await session.ask(call), call)
  if (response === undefined) return undefined
  const evidence = toEvidence(reading, response, 'response')
  if (evidence.gatewayRef !== ref) throw unreadable('response.imp_uid', 'it is another payment than the one asked for')
  return evidence
}

/**
 * What is not shown proves nothing: it may be test money (iamport.md §13). Unreadable ones are left
 * out. Throws RangeError for more than 100, else a Failure.
 */
async function lookMany(reading: Reading, session: Session, refs: readonly GatewayRef[]): Promise<readonly Evidence[]> {
  if (refs.length > AT_ONCE) throw new RangeError(`${AT_ONCE} payments at most are asked for at once`)
  if (refs.length === 0) return []
  const query = [...new Set(refs)].map((ref) => `imp_uid%5B%5D=${encodeURIComponent(ref)}`).join('&')
  const call = { route: '/payments', path: `/payments?${query}&include_sandbox=true` }
  const reply = await unlessTooLarge(session.ask(call), refs.length)
  if (reply === 'tooLarge') {
    const half = Math.floor(refs.length / 2)
    return [
      ...(await lookMany(reading, session, refs.slice(0, half))),
      ...(await lookMany(reading, session, refs.slice(half))),
    ]
  }
  if (reply.kind === 'no') {
    if (saysNotFound(reply)) return []
    throw refusedRead(reply, call)
  }
  const wires = listOf(reply.response)
  if (wires === undefined) throw unreadable('response', 'it is not a list')
  const elements = wires.map((wire) => readElement(reading, wire, 'response[]'))
  return elements.filter(isReadable).filter(({ gatewayRef }) => refs.includes(gatewayRef))
}

/**
 * Refused or already registered look alike, so a no is followed by reading what is registered
 * (iamport.md §3.3). Only i'mport's own no is a refusal: one that comes from in between is tried
 * again.
 */
async function register(session: Session, order: Order): Promise<RegisterAnswer> {
  const { merchantUid, currency } = order
  const amount = majorOf(order)
  if (amount === undefined)
    return { kind: 'refused', said: `${printMoney(order)} is more than i'mport's numbers carry` }
  const body = { merchant_uid: merchantUid, amount, currency }
  const asking = { route: '/payments/prepare', path: '/payments/prepare', body }
  const answer = await session.ask(asking)
  if (answer.kind === 'yes') return { kind: 'registered' }
  const path = `/payments/prepare/${segment(merchantUid)}`
  const reading = { route: '/payments/prepare/{merchant_uid}', path }
  const before = found(await session.ask(reading), reading)
  if (before === undefined) {
    const { status, code, said } = answer
    const itsOwn = status === 200 || (isOwnCode(code) && status !== 403 && status !== 404)
    if (!itsOwn) throw refusedRead(answer, asking)
    return { kind: 'refused', said }
  }
  const registered = preparedOf(before)
  if (registered.money?.amount === order.amount && registered.money.currency === currency) return { kind: 'registered' }
  const there = registered.money ? printMoney(registered.money) : `${registered.amount} without a usable currency`
  return { kind: 'refused', said: `${merchantUid} is registered already with ${there}, not with ${printMoney(order)}` }
}

function majorOf(order: Order): number | undefined {
  try {
    return toMajor(order)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/**
 * The account's channels at our providers. The channel key stays out: it is no secret, but it says
 * nothing more.
 */
async function account(reading: Reading, session: Session): Promise<readonly string[]> {
  const channels = await askChannels(session)
  return [...new Set(channels.flatMap((wire) => channelOf(reading, wire)))].toSorted()
}

async function askChannels(session: Session): Promise<readonly unknown[]> {
  const call = { route: '/users/pg', path: '/users/pg' }
  const channels = listOf(found(await session.ask(call), call))
  if (channels === undefined) throw unreadable('response', 'it is not a list of channels')
  return channels
}

/** All of the console's, for its set-up: nothing is counted as missing. */
async function consoleChannels({ name, providers }: Reading, session: Session): Promise<readonly ConsoleChannel[]> {
  const quiet: Reading = { name, providers, onMissing: () => undefined }
  return (await askChannels(session)).map((wire) => {
    const key: unknown = Object(wire).channel_key
    const [shown] = channelOf(quiet, wire)
    return {
      key: idOf(key) ?? null,
      ours: shown !== undefined,
      test: shown?.endsWith('/test') ?? false,
    }
  })
}

/** None for another provider's, and for one that does not say whose or which it is. */
function channelOf(reading: Reading, wire: unknown): readonly string[] {
  const fields = fieldsOf(CHANNEL_FIELDS, Object(wire), 'response[]', reading.onMissing)
  const provider = fields.lenient('pg_provider', null, idOf)
  if (provider === null || !isOurs(reading, provider)) return []
  const id = fields.lenient('pg_id', null, idOf)
  if (id === null) return []
  const sandbox = fields.lenient('sandbox', false, truthOf)
  return [`${providerOf(provider)}/${id}/${sandbox ? 'test' : 'live'}`]
}

/**
 * The response, or undefined for a 404 that i'mport itself said (iamport.md §3.1). Any other no is
 * a Failure.
 */
function found(reply: Reply, call: IamportCall): unknown {
  if (reply.kind === 'yes') return reply.response ?? null
  if (saysNotFound(reply)) return undefined
  throw refusedRead(reply, call)
}

const DELIVERY_REPLY = z.object({
  success: z.unknown().optional(),
  error: z.unknown().optional(),
  error_code: z.unknown().optional(),
  notices: z.array(z.string()).nullish().catch(null),
})

/**
 * An error of Paymentwall's own may hide in a good envelope (iamport.md §3.4). Throws a Failure.
 */
async function confirmDelivery(session: Session, delivery: Delivery): Promise<DeliveryAnswer> {
  const call = { route: '/paymentwall/delivery', path: '/paymentwall/delivery', body: deliveryOf(delivery) }
  const reply = await session.ask(call)
  if (reply.kind === 'no') {
    const itsOwn = reply.status === 200 || isOwnCode(reply.code)
    if (!itsOwn) throw refusedRead(reply, call)
    return { kind: 'refused', said: reply.said }
  }
  const { data } = DELIVERY_REPLY.safeParse(reply.response)
  if (data === undefined) throw unreadable('response', 'it is no answer about a delivery')
  if (data.error == null && data.error_code == null && (data.success === 1 || data.success === true))
    return { kind: 'taken' }
  if (data.error == null && data.error_code == null) throw unreadable('response.success', 'it is neither yes nor no')
  const said = [data.error ?? `error ${String(data.error_code)}`, ...(data.notices ?? [])].map(String).join('; ')
  return { kind: 'refused', said: tame(said.slice(0, DELIVERY_SAID_LENGTH)) }
}

const DELIVERY_SAID_LENGTH = 500

function deliveryOf(delivery: Delivery): Readonly<Record<string, string | number>> {
  const { gatewayRef, merchantUid, kind, status, email, address } = delivery
  const some: Readonly<Record<string, string | number | null | undefined>> = {
    imp_uid: gatewayRef,
    merchant_uid: merchantUid,
    type: kind,
    status: `order_${status}`.replace(/^order_deliver/, 'deliver'),
    carrier_type: delivery.carrier,
    carrier_tracking_id: delivery.trackingId,
    estimated_delivery_datetime: secondsOf(delivery.estimatedAt),
    estimated_update_datetime: secondsOf(delivery.estimatedUpdateAt),
    reason: delivery.reason,
    refundable: delivery.refundable === null ? null : delivery.refundable ? 'yes' : 'no',
    details: delivery.details,
    shipping_address_email: email,
    shipping_address_country: address?.country,
    shipping_address_city: address?.city,
    shipping_address_zip: address?.zip,
    shipping_address_state: address?.state,
    shipping_address_street: address?.street,
    shipping_address_phone: address?.phone,
    shipping_address_firstname: address?.firstName,
    shipping_address_lastname: address?.lastName,
  }
  return Object.fromEntries(Object.entries(some).flatMap(([name, value]) => (value == null ? [] : [[name, value]])))
}

const secondsOf = (iso: string | null): number | null => (iso === null ? null : Math.floor(Date.parse(iso) / 1000))

// An order and a refund as a checkout asks for them: THE judge of their shape for both doors, what
// an order that is asked for again differs in, and the question to its gateway.
// Must not know: HTTP, Temporal, SQL, what a gateway takes.
import { isCurrency, type Currency } from '../currencies.ts'
import { Failure } from '../failures.ts'
import { choice, given, inside, line, matching, needed, readObject, type Form, type Read, type Rule } from '../form.ts'
import type { Buyer, Channel, Gateway } from '../gateway.ts'
import {
  AUTO_PREFIX,
  gatewayName,
  GATEWAY_NAME,
  GATEWAY_NAME_RULE,
  merchantUid,
  OWN_ID,
  OWN_ID_RULE,
  refundId,
  type GatewayName,
  type MerchantUid,
  type RefundId,
} from '../ids.ts'
import { parseDurationMs } from '../patience.ts'
import { refuseApiPayment } from './apiPayments.ts'
import type { Goods, LatePolicy, Payment } from './books.ts'

/** An order as it is recorded: what was left out is filled in. */
export type OrderRequest = {
  readonly merchantUid: MerchantUid
  readonly gateway: GatewayName
  readonly amount: number
  readonly currency: Currency
  readonly channel: Channel
  readonly name: string
  readonly returnUrl: string | null
  readonly country: string | null
  readonly widget: string | null
  readonly latePolicy: LatePolicy | null
  readonly goods: Goods | null
  readonly expiresAt: string
}

/** An order as it was sent: null is left out. */
export type AskedOrder = Omit<OrderRequest, 'gateway' | 'channel' | 'expiresAt'> & {
  readonly gateway: GatewayName | null
  readonly channel: Channel | null
  readonly expiresInMs: number | null
}
export type AskedRefund = {
  readonly refundId: RefundId
  /** Minor units; null: all that is left. */
  readonly amount: number | null
  readonly reason: string
}

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** Characters at most, and times in milliseconds. Documents print them. */
export const ORDER_LIMITS = {
  name: 40,
  reason: 200,
  returnUrl: 2_000,
  buyerId: 64,
  buyerName: 200,
  buyerEmail: 200,
  expiresInMs: { least: MINUTE_MS, most: 30 * DAY_MS },
} as const
export const CHANNELS = ['live', 'test'] as const satisfies readonly Channel[]
export const LATE_POLICIES = ['hold', 'refund', 'accept'] as const satisfies readonly LatePolicy[]
export const GOODS = ['physical', 'digital'] as const satisfies readonly Goods[]
export const COUNTRY = /^[A-Za-z]{2}$/
export const DURATION = /^\d{1,6}[smhd]$/
/** Whole: `https:shop.test` is an address to a parser, and to nobody else. */
export const WEB_ADDRESS = /^[Hh][Tt]{2}[Pp][Ss]?:\/\/[^\s\\\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]+$/u
export const WIDGET = /^[A-Za-z0-9_]{1,20}$/

const merchantUidRule = matching(OWN_ID, OWN_ID_RULE, merchantUid)
const refundIdRule = matching(OWN_ID, OWN_ID_RULE, refundId)

const NO_AMOUNT = 'must be a whole number of minor units above zero'
const amountRule: Rule<number> = (value) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? { value } : { fault: NO_AMOUNT }

const NO_CURRENCY = 'must be a code of ISO 4217 in capital letters, such as USD, EUR, KRW or JPY'
const currencyRule: Rule<Currency> = (value) =>
  typeof value === 'string' && isCurrency(value) ? { value } : { fault: NO_CURRENCY }

const NO_URL = `must be a whole http or https URL of at most ${ORDER_LIMITS.returnUrl} characters`
const returnUrlRule: Rule<string> = (value) => {
  const said = line(ORDER_LIMITS.returnUrl)(value)
  const whole = 'value' in said && WEB_ADDRESS.test(said.value) && URL.canParse(said.value)
  return whole ? said : { fault: NO_URL }
}

const NO_DURATION = 'must be 1 minute to 30 days, for example 30m or 24h'
const expiresInRule: Rule<number> = (value) => {
  const said = matching(DURATION, NO_DURATION, durationOr0)(value)
  if ('fault' in said) return said
  const { least, most } = ORDER_LIMITS.expiresInMs
  return said.value >= least && said.value <= most ? said : { fault: NO_DURATION }
}

/** What is longer than durations go is caught by the limits. */
function durationOr0(text: string): number {
  try {
    return parseDurationMs(text)
  } catch {
    return 0
  }
}

const orderFields = (form: Form) => ({
  merchantUid: needed(form, 'merchantUid', merchantUidRule),
  amount: needed(form, 'amount', amountRule),
  currency: needed(form, 'currency', currencyRule),
  name: needed(form, 'name', line(ORDER_LIMITS.name)),
  returnUrl: given(form, 'returnUrl', returnUrlRule),
  country: given(
    form,
    'country',
    matching(COUNTRY, 'must be two letters of ISO 3166, for example DE', (code) => code.toUpperCase()),
  ),
  expiresInMs: given(form, 'expiresIn', expiresInRule),
  latePolicy: given(form, 'latePolicy', choice(LATE_POLICIES)),
  goods: given(form, 'goods', choice(GOODS)),
  gateway: given(form, 'gateway', matching(GATEWAY_NAME, GATEWAY_NAME_RULE, gatewayName)),
  widget: given(form, 'widget', matching(WIDGET, "must be a widget's code, for example pw_1", String)),
  channel: given(form, 'channel', choice(CHANNELS)),
})

const buyerFields = (form: Form) => ({
  id: given(form, 'id', line(ORDER_LIMITS.buyerId)),
  name: needed(form, 'name', line(ORDER_LIMITS.buyerName)),
  email: needed(form, 'email', line(ORDER_LIMITS.buyerEmail)),
})

const refundFields = (form: Form) => ({
  refundId: needed(form, 'refundId', askedRefundIdRule),
  amount: given(form, 'amount', amountRule),
  reason: needed(form, 'reason', line(ORDER_LIMITS.reason)),
})

const OURS = `must not begin with "${AUTO_PREFIX}": such ids are this program's own`
const askedRefundIdRule: Rule<RefundId> = (value) => {
  const said = refundIdRule(value)
  return 'value' in said && said.value.startsWith(AUTO_PREFIX) ? { fault: OURS } : said
}

/**
 * Throws the typed refusals: `apiPaymentNotSupported`, and `currencyNotSupported` where nothing
 * else is wrong.
 */
export function readOrder(input: unknown): Read<AskedOrder> {
  refuseApiPayment(input)
  return currencyByItself(input, readObject(input, orderFields))
}

/** The same with the buyer, who comes over HTTP only. */
export function readOrderAndBuyer(input: unknown): Read<AskedOrder & { readonly buyer: Buyer }> {
  refuseApiPayment(input)
  return currencyByItself(
    input,
    readObject(input, (form) => ({ ...orderFields(form), buyer: inside(form, 'buyer', buyerFields) })),
  )
}

/** A refund whose order is named elsewhere: in the path. */
export const readAskedRefund = (input: unknown): Read<AskedRefund> => readObject(input, refundFields)

export const readAskedRefundOfOrder = (input: unknown): Read<AskedRefund & { readonly merchantUid: MerchantUid }> =>
  readObject(input, (form) => ({
    merchantUid: needed(form, 'merchantUid', merchantUidRule),
    ...refundFields(form),
  }))

/** Only the name of what is recorded already, this program's own refunds included. */
export const readMerchantUid = (input: unknown): Read<{ readonly merchantUid: MerchantUid }> =>
  readObject(input, (form) => ({ merchantUid: needed(form, 'merchantUid', merchantUidRule) }))
export const readRefundId = (input: unknown): Read<{ readonly refundId: RefundId }> =>
  readObject(input, (form) => ({ refundId: needed(form, 'refundId', refundIdRule) }))

/**
 * A text that is no currency is a refusal of its own kind; anything else in its place is a fault of
 * the form.
 */
function currencyByItself<T>(input: unknown, read: Read<T>): Read<T> {
  if (read.fits || read.faults.some(({ message }) => message !== NO_CURRENCY)) return read
  const isText = Object.entries(input ?? {}).some(([name, value]) => name === 'currency' && typeof value === 'string')
  if (!isText) return read
  throw new Failure('currencyNotSupported', `The currency ${NO_CURRENCY}. Nothing was recorded.`, { field: 'currency' })
}

export type OrderDefaults = { readonly gateway: GatewayName; readonly channel: Channel; readonly expiryMs: number }

/**
 * What is left out is filled in from the configuration; `now` is the time at which it is asked for.
 */
export function filledIn({ expiresInMs, ...asked }: AskedOrder, defaults: OrderDefaults, now: string): OrderRequest {
  return {
    ...asked,
    gateway: asked.gateway ?? defaults.gateway,
    channel: asked.channel ?? defaults.channel,
    expiresAt: new Date(Date.parse(now) + (expiresInMs ?? defaults.expiryMs)).toISOString(),
  }
}

const COMPARED = [
  'amount',
  'currency',
  'channel',
  'name',
  'returnUrl',
  'country',
  'widget',
  'latePolicy',
  'goods',
  'gateway',
] as const satisfies readonly (keyof OrderRequest)[]

/**
 * Throws `conflict` where another order is recorded under the same merchantUid, with what it
 * differs in. `expiresInMs` is compared only where it was given: the default may have been
 * configured anew since.
 */
export function refuseOtherOrder(
  recorded: Payment,
  asked: OrderRequest,
  expiresInMs: number | null,
  openedBy?: string,
): void {
  const differs = differsFrom(recorded, asked, expiresInMs)
  if (differs.length === 0) return
  const sentence = `${asked.merchantUid} is recorded as another order; it differs in ${differs.join(', ')}. That one was kept as it is; use a new merchantUid for a new order.${openedBy === undefined ? '' : ` It was opened by ${openedBy}.`}`
  throw new Failure('conflict', sentence, { differs })
}

export function differsFrom(recorded: Payment, asked: OrderRequest, expiresInMs: number | null): readonly string[] {
  const recordedMs = Date.parse(recorded.expiresAt) - Date.parse(recorded.createdAt)
  return [
    ...COMPARED.filter((name) => trimmed(recorded[name]) !== asked[name]),
    ...(expiresInMs !== null && expiresInMs !== recordedMs ? ['expiresIn'] : []),
  ]
}

/** Rows may be older than the rule that text is trimmed. */
export const trimmed = <T>(recorded: T): T | string => (typeof recorded === 'string' ? recorded.trim() : recorded)

/**
 * The gateway that the order names, or its typed refusal. Asked after the comparison with what is
 * recorded.
 */
export function askItsGateway<Asking extends Pick<Gateway, 'accepts'>>(
  gateways: ReadonlyMap<GatewayName, Asking>,
  order: OrderRequest,
): Asking | Failure {
  const gateway = gateways.get(order.gateway)
  if (gateway) return gateway.accepts(order) ?? gateway
  const configured = [...gateways.keys()].join(', ') || 'none'
  const sentence = `The gateway ${order.gateway} is not configured here; configured: ${configured}. Nothing was recorded.`
  return new Failure('invalidRequest', sentence, { field: 'gateway' })
}

// From i'mport's payment to our evidence: minor units, ISO times, closed words; and what can be
// said of one that is unreadable. Pure.
// Must not know: HTTP, tokens, orders, refunds. It judges nothing; sums that disagree are both
// kept.
import { isCurrency } from '../../domain/currencies.ts'
import { Failure } from '../../domain/failures.ts'
import type { Evidence, Unreadable } from '../../domain/gateway.ts'
import type { GatewayName } from '../../domain/ids.ts'
import type { Money } from '../../domain/money.ts'
import { entriesOf } from './entries.ts'
import {
  channelOf,
  countryOf,
  currencyOf,
  fieldsOf,
  listOf,
  minorIn,
  nameOf,
  plainText,
  providerNameOf,
  providerOf,
  referenceUpTo,
  refOf,
  remarkUpTo,
  statusOf,
  timeOf,
  wordIn,
  PAYMENT_FIELDS,
  type OnMissing,
} from './fields.ts'
import { parse, preparedSchema, unreadable } from './schema.ts'

const REMARK_LENGTH = 500
const STATUS_LENGTH = 32

/** How one account's answers are read. */
export type Reading = {
  readonly name: GatewayName
  /** The payment providers that this program works for, by `providerOf`. */
  readonly providers: ReadonlySet<string>
  readonly onMissing: OnMissing
}

/**
 * Evidence from the PaymentAnnotation that stood at `at`. Throws a Failure gatewayAnswerUnreadable
 * with the field.
 */
export function toEvidence(reading: Reading, wire: unknown, at: string): Evidence {
  const { onMissing } = reading
  const fields = fieldsOf(PAYMENT_FIELDS, wire, at, onMissing)
  const remark = remarkUpTo(REMARK_LENGTH)
  const currency = fields.needed('currency', currencyOf)
  const minor = minorIn(currency)
  const said = fields.needed('status', wordIn)
  const provider = fields.lenient('pg_provider', null, providerNameOf)
  const wires = fields.lenient('cancel_history', [], listOf)
  return {
    gateway: reading.name,
    gatewayRef: fields.needed('imp_uid', refOf),
    merchantUid: fields.needed('merchant_uid', nameOf),
    provider,
    ours: isOurs(reading, provider),
    status: statusOf(said),
    statusSaid: plainText(said, STATUS_LENGTH),
    amount: fields.needed('amount', minor),
    currency,
    channel: fields.lenient('sandbox', null, channelOf),
    returned: fields.needed('cancel_amount', minor),
    entries: entriesOf(wires, currency, `${at}.cancel_history`, onMissing),
    paidAt: fields.lenient('paid_at', null, timeOf),
    failedAt: fields.lenient('failed_at', null, timeOf),
    failReason: fields.lenient('fail_reason', null, remark),
    paymentwallRef: fields.lenient('pg_tid', null, referenceUpTo(REMARK_LENGTH)),
    payMethod: fields.lenient('pay_method', null, remark),
    payerCountry: fields.lenient('extension', null, countryOf),
  }
}

/**
 * Evidence, or what can be said of a payment that has none: one element of a list must not hide the
 * others.
 */
export function readElement(reading: Reading, wire: unknown, at: string): Evidence | Unreadable {
  try {
    return toEvidence(reading, wire, at)
  } catch (error) {
    if (error instanceof Failure) return unreadableOf(reading, wire, error.message)
    throw error
  }
}

export const isReadable = (element: Evidence | Unreadable): element is Evidence => 'status' in element

function unreadableOf(reading: Reading, wire: unknown, why: string): Unreadable {
  const entries = typeof wire === 'object' && wire !== null ? Object.entries(wire) : []
  const values: ReadonlyMap<string, unknown> = new Map(entries)
  return {
    gatewayRef: orNull(refOf, values.get('imp_uid')),
    merchantUid: orNull(nameOf, values.get('merchant_uid')),
    ours: isOurs(reading, providerNameOf(values.get('pg_provider')) ?? null),
    why,
  }
}

function orNull<T>(read: (value: unknown) => T, value: unknown): T | null {
  try {
    return read(value)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** One account may hold several providers' payments, and other shops' (iamport.md §13). */
export function isOurs({ providers }: Reading, provider: string | null): boolean {
  return provider === null || providers.has(providerOf(provider))
}

/**
 * What is registered for an order; `money` is undefined where it cannot be money, for example
 * without a currency.
 */
export function preparedOf(response: unknown): { readonly amount: string; readonly money: Money | undefined } {
  const { amount, currency } = parse(preparedSchema, response, 'response')
  const said = plainText(String(amount), 30)
  if (!currency || !isCurrency(currency)) return { amount: said, money: undefined }
  try {
    return { amount: said, money: { amount: minorIn(currency)(amount), currency } }
  } catch (error) {
    if (error instanceof RangeError) throw unreadable('response.amount', error.message)
    throw error
  }
}

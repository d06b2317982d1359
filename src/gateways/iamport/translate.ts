// From i'mport's payment to our evidence: minor units, ISO times, closed words. Pure.
// Must not know: HTTP, tokens, orders, refunds. It judges nothing; sums that disagree are both kept.
import { isCurrency, type Currency } from '../../domain/currencies.ts'
import type { CancelEntry, Evidence } from '../../domain/gateway.ts'
import { gatewayRef, type GatewayName, type GatewayRef } from '../../domain/ids.ts'
import { fromMajor, type Money } from '../../domain/money.ts'
import { parse, paymentSchema, plain, unreadable, type WireCancel, type WirePrepared } from './schema.ts'

const REMARK_LENGTH = 500
const STATUS_LENGTH = 32

/** Evidence from the PaymentAnnotation that stood at `at`. Throws a Failure gatewayAnswerUnreadable with the field. */
export function toEvidence(gateway: GatewayName, wire: unknown, at: string): Evidence {
  const payment = parse(paymentSchema, wire, at)
  const currency = currencyOf(payment.currency, `${at}.currency`)
  const minor = (major: number, field: string): number => minorUnits(major, currency, `${at}.${field}`)
  return {
    gateway,
    gatewayRef: refOf(payment.imp_uid, `${at}.imp_uid`),
    merchantUid: nameOf(payment.merchant_uid, `${at}.merchant_uid`),
    status: statusOf(payment.status),
    statusSaid: plain(payment.status, STATUS_LENGTH),
    amount: minor(payment.amount, 'amount'),
    currency,
    channel: payment.sandbox ? 'test' : 'live',
    returned: minor(payment.cancel_amount, 'cancel_amount'),
    entries: entriesOf(payment.cancel_history ?? [], minor, at),
    paidAt: timeOf(payment.paid_at),
    failedAt: timeOf(payment.failed_at),
    failReason: remarkOf(payment.fail_reason),
    paymentwallRef: remarkOf(payment.pg_tid),
    payMethod: remarkOf(payment.pay_method),
    payerCountry: countryOf(payment.extension),
  }
}

/**
 * Oldest first, so that an entry without an id keeps its ordinal in whichever order i'mport lists them (undocumented).
 * A key that comes twice is refused: to book either one of them would be a guess.
 */
function entriesOf(
  wire: readonly WireCancel[],
  minor: (major: number, field: string) => number,
  at: string,
): readonly CancelEntry[] {
  const placed = wire.map((cancel, place) => ({ cancel, field: `cancel_history[${place}]` }))
  const seen = new Set<string>()
  return placed
    .toSorted((a, b) => (a.cancel.cancelled_at ?? 0) - (b.cancel.cancelled_at ?? 0))
    .map(({ cancel, field }, index) => {
      const cancellationId = cancel.cancellation_id
        ? nameOf(cancel.cancellation_id, `${at}.${field}.cancellation_id`)
        : null
      const key = cancellationId ?? `#${index + 1}`
      if (seen.has(key)) throw unreadable(`${at}.${field}.cancellation_id`, 'the same id stands on two entries')
      seen.add(key)
      const reason = cancel.reason ?? ''
      return {
        key,
        cancellationId,
        amount: minor(cancel.amount, `${field}.amount`),
        cancelledAt: timeOf(cancel.cancelled_at),
        // Never shortened: the refund's marker stands at its end.
        reason: plain(reason, reason.length),
      }
    })
}

function statusOf(said: string): Evidence['status'] {
  return said === 'ready' || said === 'paid' || said === 'cancelled' || said === 'failed' ? said : 'unrecognized'
}

function currencyOf(code: string, field: string): Currency {
  if (!isCurrency(code)) throw unreadable(field, 'it is not a currency code of ISO 4217 that this program counts in')
  return code
}

function minorUnits(major: number, currency: Currency, field: string): number {
  if (major < 0) throw unreadable(field, 'it is negative')
  try {
    return fromMajor(major, currency).amount
  } catch (error) {
    if (error instanceof RangeError) throw unreadable(field, error.message)
    throw error
  }
}

function refOf(text: string, field: string): GatewayRef {
  try {
    return gatewayRef(text)
  } catch (error) {
    if (error instanceof RangeError) throw unreadable(field, error.message)
    throw error
  }
}

/** An id is kept as it is or refused, never mended: a mended one could be another's. */
function nameOf(text: string, field: string): string {
  if (!/^[^\p{C}]{1,200}$/u.test(text)) throw unreadable(field, 'it is not 1 to 200 printable characters')
  return text
}

/** Unix seconds, 0 = has not happened (iamport.md §5). */
function timeOf(unixSeconds: number | null | undefined): string | null {
  return unixSeconds ? new Date(unixSeconds * 1000).toISOString() : null
}

function remarkOf(text: string | null | undefined): string | null {
  return text ? plain(text, REMARK_LENGTH) : null
}

/** The payer's country, where the Paymentwall project sends the custom pingback parameter (iamport.md §3.1). */
function countryOf(extension: unknown): string | null {
  if (typeof extension !== 'object' || extension === null || !('country_code' in extension)) return null
  const code = extension.country_code
  return typeof code === 'string' && /^[A-Za-z]{2}$/.test(code) ? code.toUpperCase() : null
}

/** What is registered for an order; undefined where it cannot be money, for example without a currency. */
export function preparedMoney({ amount, currency }: WirePrepared): Money | undefined {
  if (!currency || !isCurrency(currency)) return undefined
  return { amount: minorUnits(amount, currency, 'response.amount'), currency }
}

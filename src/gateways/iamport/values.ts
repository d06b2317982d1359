// Reads single values off the wire: what is money or a name is strict and throws, what describes is
// lenient.
// Must not know: which field a value is of, payments, HTTP. Pure.
import { isCurrency, type Currency } from '../../domain/currencies.ts'
import { gatewayRef, type GatewayRef } from '../../domain/ids.ts'
import { fromMajor } from '../../domain/money.ts'
import { plainText } from './schema.ts'

/**
 * Digits, sign, point and exponent: nothing else is repeated in a sentence, for it may be a
 * person's.
 */
const NUMERIC = /^[-+.\deE]{1,64}$/

/** Minor units; 0 and above. A number, or decimal text. Throws RangeError. */
export function minorOf(value: unknown, currency: Currency): number {
  const numeric = typeof value === 'number' || (typeof value === 'string' && NUMERIC.test(value))
  if (!numeric) throw new RangeError('it is neither a number nor a plain decimal text')
  const { amount } = fromMajor(value, currency)
  // After rounding: what is left of a subtraction of doubles may be a minus of no size.
  if (amount < 0) throw new RangeError('it is negative')
  return amount
}

/** Throws RangeError. */
export function currencyOf(value: unknown): Currency {
  const code = typeof value === 'string' ? value.trim().toUpperCase() : ''
  if (isCurrency(code)) return code
  throw new RangeError('it is not a currency code of ISO 4217 that this program counts in')
}

/** Throws RangeError. */
export function refOf(value: unknown): GatewayRef {
  return gatewayRef(textOf(value) ?? '')
}

/**
 * An id is kept as it is or refused, never mended: a mended one could be another's. Throws
 * RangeError.
 */
export function nameOf(value: unknown): string {
  const text = idOf(value)
  if (text === undefined) throw new RangeError('it is not 1 to 200 printable characters')
  return text
}

/** The same, undefined where it cannot be one. */
export function idOf(value: unknown): string | undefined {
  const text = textOf(value)
  return text !== undefined && /^[^\p{C}]{1,200}$/u.test(text) ? text : undefined
}

/** A whole number is an id that lost its quotes; beyond 2^53 it has lost digits too. */
function textOf(value: unknown): string | undefined {
  if (Number.isSafeInteger(value)) return String(value)
  return typeof value === 'string' ? value : undefined
}

/** Throws RangeError. */
export function wordIn(value: unknown): string {
  if (typeof value === 'string') return value
  throw new RangeError('it is not a text')
}

/** A text that describes, made fit to be stored and shown. */
export function remarkOf(value: unknown, max: number): string | undefined {
  return typeof value === 'string' ? plainText(value, max) : undefined
}

export function truthOf(value: unknown): boolean | undefined {
  const word = typeof value === 'string' ? value.trim().toLowerCase() : value
  if (word === true || word === 'true' || word === 1 || word === '1') return true
  if (word === false || word === 'false' || word === 0 || word === '0') return false
  return undefined
}

/** A whole number of things. */
export function countOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined
}

export function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined
}

/** In the year 5138 as seconds, in 1973 as milliseconds: nothing was paid in either. */
const MILLISECONDS_FROM = 1e11
/** Postgres keeps later times, and no text that ISO 8601 writes with four digits. */
const LATEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/**
 * Unix seconds, or milliseconds, as a number or its digits; 0 = has not happened = null (iamport.md
 * §5).
 */
export function timeOf(value: unknown): string | null | undefined {
  const number = typeof value === 'string' && /^\d{1,20}(\.\d{1,9})?$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !(number >= 0)) return undefined
  if (number === 0) return null
  const ms = Math.floor(number > MILLISECONDS_FROM ? number : number * 1000)
  return ms <= LATEST_MS ? new Date(ms).toISOString() : undefined
}

/**
 * A provider by its first name: `paymentwall.{projectKey}` tells a channel apart, not a provider
 * (iamport.md §7).
 */
export function providerOf(said: string): string {
  return said.trim().toLowerCase().split('.', 1)[0] ?? ''
}

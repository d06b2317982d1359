// THE table of the fields that are read off i'mport's answers: needed, or what stands in where one
// says nothing usable; and how a value is read: what is money or a name is strict and throws, what
// describes is lenient. Pure.
// Must not know: HTTP, orders, what follows. A test walks this table against what is really read.
import { isCurrency, type Currency } from '../../domain/currencies.ts'
import type { Evidence } from '../../domain/gateway.ts'
import { gatewayRef, type GatewayRef } from '../../domain/ids.ts'
import { fromMajor } from '../../domain/money.ts'
import { tame } from '../../domain/text.ts'
import { unreadable } from './schema.ts'

/**
 * Needed: money or identity hangs on it, so without it nothing of the payment is taken over.
 * Lenient: it describes, and must never hide the money beside it, for published answers lack fields
 * that the documents promise (iamport.md §13).
 */
export type Table<Needed extends string, Lenient extends string> = {
  /** Before each field's name in notes. */
  readonly place: string
  /** What hangs on it. */
  readonly needed: Readonly<Record<Needed, string>>
  readonly lenient: Readonly<Record<Lenient, StandIn>>
}

export type StandIn = {
  readonly standsIn: string
  /**
   * What i'mport documents as "there is nothing to say" (iamport.md §5): that is no gap, so it is
   * not noted.
   */
  readonly nothing: readonly (undefined | null | '')[]
}

export const PAYMENT_FIELDS = {
  place: '',
  needed: {
    imp_uid: 'which attempt it is',
    merchant_uid: 'which order it is of',
    amount: 'the money',
    cancel_amount: 'the money that went back',
    currency: 'what the amounts count',
    status: 'whether anything was paid',
  },
  lenient: {
    sandbox: { standsIn: "the order's own channel, live where the order is unknown", nothing: [] },
    pg_provider: { standsIn: 'that it is one of our providers', nothing: [] },
    cancel_history: { standsIn: 'no entries; the sums stay as they are', nothing: [] },
    paid_at: { standsIn: 'no time of payment', nothing: [null] },
    failed_at: { standsIn: 'no time of failure', nothing: [null] },
    fail_reason: { standsIn: 'no reason', nothing: [null, ''] },
    pg_tid: { standsIn: 'no reference of Paymentwall', nothing: [null, ''] },
    pay_method: { standsIn: 'an unknown method', nothing: [null, ''] },
    /**
     * Only with `extension=true`, and only of a project that sends more than the usual (iamport.md
     * §3.1).
     */
    extension: { standsIn: 'an unknown country', nothing: [undefined, null] },
  },
} as const satisfies Table<string, string>

export const ENTRY_FIELDS = {
  place: 'cancel_history[].',
  needed: { amount: 'the money that went back' },
  lenient: {
    cancelled_at: { standsIn: 'no time of cancellation', nothing: [] },
    reason: { standsIn: 'an empty reason', nothing: [''] },
    /** Old entries have none (iamport.md §13). */
    cancellation_id: { standsIn: 'no id; the entry is told apart by what it says', nothing: [] },
  },
} as const satisfies Table<string, string>

export const PAGE_FIELDS = {
  place: 'page.',
  needed: { list: 'the payments' },
  lenient: {
    total: { standsIn: 'an unknown number', nothing: [] },
    next: { standsIn: 'what the total, or else a full page, says', nothing: [] },
  },
} as const satisfies Table<string, string>

/** An element of GET /users/pg (iamport.md §3). */
export const CHANNEL_FIELDS = {
  place: 'users/pg[].',
  needed: {},
  lenient: {
    pg_provider: { standsIn: 'nothing: the channel is left out', nothing: [] },
    pg_id: { standsIn: 'nothing: the channel is left out', nothing: [] },
    sandbox: { standsIn: 'a live channel', nothing: [] },
  },
} as const satisfies Table<never, string>

/** Told of each gap: the field, and what stands in. */
export type OnMissing = (field: string, stoodIn: string) => void

export type Fields<Needed extends string, Lenient extends string> = {
  /** `read` throws RangeError for what it cannot read; that becomes a Failure naming the field. */
  needed<T>(name: Needed, read: (value: unknown) => T): T
  /** `read` answers undefined for what it cannot read. */
  lenient<T>(name: Lenient, standIn: T, read: (value: unknown) => T | undefined): T
}

/**
 * The fields of the object that stood at `at`. Throws a Failure gatewayAnswerUnreadable where it is
 * none.
 */
export function fieldsOf<Needed extends string, Lenient extends string>(
  table: Table<Needed, Lenient>,
  wire: unknown,
  at: string,
  onMissing: OnMissing,
): Fields<Needed, Lenient> {
  if (typeof wire !== 'object' || wire === null) throw unreadable(at, 'it is not an object')
  const values: ReadonlyMap<string, unknown> = new Map(Object.entries(wire))
  return {
    needed(name, read) {
      try {
        return read(values.get(name))
      } catch (error) {
        if (error instanceof RangeError) throw unreadable(`${at}.${name}`, error.message)
        throw error
      }
    },
    lenient(name, standIn, read) {
      const { standsIn, nothing } = table.lenient[name]
      const value = values.get(name)
      if (nothing.some((each) => each === value)) return standIn
      const said = read(value)
      if (said !== undefined) return said
      onMissing(table.place + name, standsIn)
      return standIn
    },
  }
}

/**
 * Digits, sign, point and exponent: nothing else is repeated in a sentence, for it may be a
 * person's.
 */
const NUMERIC = /^[-+.\deE]{1,64}$/

/** Minor units; 0 and above. A number, or decimal text. Throws RangeError. */
export const minorIn =
  (currency: Currency) =>
  (value: unknown): number => {
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

/** A text that describes, made fit to be stored and shown, and at most `max` long. */
export const remarkUpTo =
  (max: number) =>
  (value: unknown): string | undefined =>
    typeof value === 'string' ? plainText(value, max) : undefined

/** An id for people, so a number is taken as its text. */
export const referenceUpTo = (max: number) => {
  const remark = remarkUpTo(max)
  return (value: unknown): string | undefined => remark(value) ?? idOf(value)
}

/**
 * A vendor's text made fit to be stored and shown: no control characters, no half surrogates, at
 * most `max` long.
 */
export function plainText(text: string, max: number): string {
  return tame(text.slice(0, max))
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

const providerRemark = remarkUpTo(100)

export function providerNameOf(value: unknown): string | undefined {
  return providerRemark(value)?.trim() || undefined
}

export function channelOf(value: unknown): Evidence['channel'] | undefined {
  const sandbox = truthOf(value)
  if (sandbox === undefined) return undefined
  return sandbox ? 'test' : 'live'
}

/** In whichever case: a word that is spelled otherwise must not make a paid order look unpaid. */
export function statusOf(said: string): Evidence['status'] {
  const word = said.trim().toLowerCase()
  return word === 'ready' || word === 'paid' || word === 'cancelled' || word === 'failed' ? word : 'unrecognized'
}

/**
 * Where the Paymentwall project sends the custom pingback parameter; PHP writes an empty object as
 * [] (iamport.md §3.1).
 */
export function countryOf(extension: unknown): string | null | undefined {
  if (typeof extension !== 'object' || extension === null) return undefined
  if (!('country_code' in extension) || extension.country_code === null) return null
  const code = extension.country_code
  return typeof code === 'string' && /^[A-Za-z]{2}$/.test(code) ? code.toUpperCase() : undefined
}

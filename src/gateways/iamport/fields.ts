// THE table of the fields that are read off i'mport's answers: needed, or what stands in where one
// says nothing usable.
// Must not know: how a value is read (values.ts), HTTP, orders. A test walks this table against
// what is really read.
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

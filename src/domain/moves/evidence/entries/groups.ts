// Rows that are one entry of the gateway's: what one paid too much, or what of it counted later, is
// booked beside it.
// Must not know: evidence. The names of rows stand in databases for ever.
import type { BookedEntry } from '../../../books/books.ts'

/** What an entry paid more than its refund had asked for. */
export const EXCESS = '+excess'
/** What of an entry the gateway counted later than it showed it: `+rest`, `+rest2` … */
const REST = '+rest'
const PARTS = /(\+rest\d*)?(\+excess)?$/

/** One entry of the gateway's as we booked it, in as many rows as it took. */
export type Group = {
  readonly base: BookedEntry
  readonly rows: readonly BookedEntry[]
  readonly amount: number
  readonly gone: boolean
}

export function groupsOf(booked: readonly BookedEntry[]): readonly Group[] {
  return booked
    .filter(({ key }) => baseOf(key) === key)
    .map((base) => {
      const rows = booked.filter(({ key }) => baseOf(key) === base.key)
      const amount = rows.reduce((total, row) => total + row.amount, 0)
      return { base, rows, amount, gone: rows.every(({ gone }) => gone) }
    })
}

const baseOf = (key: string): string => key.replace(PARTS, '')

/** The gateway's id where it can stand as a name of ours, else an ordinal that no row has had. */
export function newKey(booked: readonly BookedEntry[], cancellationId: string | null): string {
  const taken = new Set(booked.map(({ key }) => key))
  if (cancellationId !== null && !cancellationId.startsWith('#') && baseOf(cancellationId) === cancellationId)
    if (!taken.has(cancellationId)) return cancellationId
  return firstFree(taken, (ordinal) => `#${booked.length + ordinal}`)
}

/** The name of the row for what counts of this entry by now. */
export const restKey = (booked: readonly BookedEntry[], { base }: Group): string =>
  firstFree(new Set(booked.map(({ key }) => key)), (ordinal) => base.key + REST + (ordinal === 1 ? '' : ordinal))

function firstFree(taken: ReadonlySet<string>, name: (ordinal: number) => string): string {
  let ordinal = 1
  while (taken.has(name(ordinal))) ordinal += 1
  return name(ordinal)
}

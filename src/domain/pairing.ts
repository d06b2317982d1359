// Pairs the cancel entries that evidence shows with those that are booked: by what they say, never by their place.
// Must not know: refunds, what follows from a pair. An answer may leave entries out, reorder them, and name them late.
import type { BookedEntry } from './books.ts'
import type { CancelEntry, Evidence } from './gateway.ts'
import { frontMarker } from './markers.ts'

/** The excess of an entry that answered a smaller refund is booked beside it, under the same key with a mark. */
export const EXCESS = '+excess'

/** One entry of the gateway's as we booked it: in one row, or in two where it paid more than its refund asked for. */
export type Group = {
  readonly base: BookedEntry
  readonly rows: readonly BookedEntry[]
  readonly amount: number
  readonly gone: boolean
}
export type Pairs = {
  /** Shown, and booked. */
  readonly shown: readonly { readonly group: Group; readonly entry: CancelEntry }[]
  /** Shown, and counted by the gateway beyond what is booked: the amount that may be booked of each. */
  readonly fresh: readonly { readonly entry: CancelEntry; readonly amount: number }[]
  /** Shown, and counted again after it was gone. */
  readonly returned: readonly { readonly group: Group; readonly entry: CancelEntry }[]
  /** Shown, and neither booked nor counted: nothing can be made of it yet. */
  readonly doubtful: readonly CancelEntry[]
  /** Booked, and not shown where the evidence's own sums agree without it: missing (design.md §5). */
  readonly missing: readonly Group[]
}

/** `older`: the evidence is older than what is booked, so it may only add what was never booked. */
export function pair(booked: readonly BookedEntry[], evidence: Evidence, older: boolean): Pairs {
  const groups = groupsOf(booked)
  const open = { entries: [...evidence.entries], groups: groups.filter(({ gone }) => !gone) }
  const shown = SAME.flatMap((same) => takePairs(open, same))
  const back = { entries: open.entries, groups: groups.filter(({ gone }) => gone) }
  const again = SAME.flatMap((same) => takePairs(back, same))
  const counted = older ? sum(shown.map(({ group }) => group)) : sum(groups.filter(({ gone }) => !gone))
  const room = { left: evidence.returned - counted }
  const returned = older ? [] : again.filter(({ entry }) => take(room, entry.amount, entry.amount) > 0)
  const fresh = back.entries.flatMap((entry) => {
    const amount = take(room, entry.amount, 1)
    return amount > 0 ? [{ entry, amount }] : []
  })
  const unbooked = back.entries.filter((entry) => !fresh.some((each) => each.entry === entry))
  // Not new, and booked under another amount or name: each stands for one of the booked ones that nothing shows.
  const renamed = unbooked.slice(0, open.groups.length)
  const unseen = open.groups.slice(renamed.length)
  const added =
    fresh.reduce((total, { amount }) => total + amount, 0) + returned.reduce((t, { group }) => t + group.amount, 0)
  return {
    shown,
    fresh,
    returned,
    doubtful: [
      ...unbooked.slice(renamed.length),
      ...again.filter((each) => !returned.includes(each)).map(({ entry }) => entry),
    ],
    missing: !older && sumsAgree(evidence, counted + added - sum(unseen)) ? unseen : [],
  }
}

/** Compared with our books, never with the answer before: what it counts is what we booked, less what it does not show. */
const sumsAgree = ({ entries, returned }: Evidence, expected: number): boolean =>
  sum(entries) === returned && returned === expected

const sum = (parts: readonly { readonly amount: number }[]): number =>
  parts.reduce((total, { amount }) => total + amount, 0)

/** Takes of the room as much as there is, or nothing where less than `least` is left. */
function take(room: { left: number }, wanted: number, least: number): number {
  const amount = Math.min(wanted, room.left)
  if (amount < least) return 0
  room.left -= amount
  return amount
}

function groupsOf(booked: readonly BookedEntry[]): readonly Group[] {
  return booked
    .filter(({ key }) => !key.endsWith(EXCESS))
    .map((base) => {
      const rows = booked.filter(({ key }) => key === base.key || key === base.key + EXCESS)
      return { base, rows, amount: sum(rows), gone: rows.every(({ gone }) => gone) }
    })
}

type Same = (group: Group, entry: CancelEntry) => boolean

/** From what cannot be mistaken to what only fits. Two different ids, or the names of two refunds, are never one entry. */
const SAME: readonly Same[] = [
  ({ base }, entry) => base.cancellationId !== null && base.cancellationId === entry.cancellationId,
  (group, entry) => fits(group, entry) && sameTime(group, entry) && group.base.reason === entry.reason,
  (group, entry) => fits(group, entry) && sameTime(group, entry) && !named(group, entry),
  (group, entry) => fits(group, entry) && !named(group, entry),
]

const fits = ({ base, amount }: Group, entry: CancelEntry): boolean =>
  amount === entry.amount && (base.cancellationId === null || entry.cancellationId === null)

const sameTime = ({ base }: Group, { cancelledAt }: CancelEntry): boolean =>
  base.cancelledAt === cancelledAt ||
  (base.cancelledAt !== null && cancelledAt !== null && Date.parse(base.cancelledAt) === Date.parse(cancelledAt))

/** Both say whose they are, and it is not the same. */
function named({ base }: Group, entry: CancelEntry): boolean {
  const [one, other] = [frontMarker(base.reason), frontMarker(entry.reason)]
  return one !== undefined && other !== undefined && one !== other
}

/** Takes the pairs out of what is still open; each side at most once. */
function takePairs(open: { entries: CancelEntry[]; groups: Group[] }, same: Same) {
  const pairs: { group: Group; entry: CancelEntry }[] = []
  for (const group of open.groups.slice()) {
    const entry = open.entries.find((each) => same(group, each))
    if (!entry) continue
    pairs.push({ group, entry })
    open.entries.splice(open.entries.indexOf(entry), 1)
    open.groups.splice(open.groups.indexOf(group), 1)
  }
  return pairs
}

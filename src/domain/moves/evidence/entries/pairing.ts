// Pairs the cancel entries that evidence shows with those that are booked: by what they say, never
// by their place.
// Must not know: refunds, what follows from a pair. An answer may leave entries out, reorder them,
// and name them late.
import type { BookedEntry } from '../../../books/books.ts'
import type { CancelEntry, Evidence } from '../../../gateway.ts'
import { groupsOf, type Group } from './groups.ts'
import { samenessBy, type NameOf, type Same } from './sameness.ts'

export type Pairs = {
  /** Shown, and booked. */
  readonly shown: readonly Pair[]
  /** Shown, and counted by the gateway beyond what is booked: what may be booked of each. */
  readonly fresh: readonly Fresh[]
  /** Shown, and counted again after it was gone. */
  readonly returned: readonly Pair[]
  /** Shown under another name, as far as it can be told: it is not missing. */
  readonly renamed: readonly Group[]
  /**
   * Booked, and not shown where the evidence's own sums agree without it: missing (design.md §5).
   */
  readonly missing: readonly Group[]
}
/** `sure`: it cannot be another one, so what the entry says may be learnt. */
export type Pair = { readonly group: Group; readonly entry: CancelEntry; readonly sure: boolean }
/** `of`: the booked entry of which this is what counts by now. */
export type Fresh = { readonly entry: CancelEntry; readonly amount: number; readonly of: Group | undefined }

type Known = {
  /** The evidence is older than what is booked. */
  readonly older: boolean
  /** What the newest evidence counts. */
  readonly newestReturned: number
  readonly nameOf: NameOf
}

export function pair(booked: readonly BookedEntry[], evidence: Evidence, known: Known): Pairs {
  const sameness = samenessBy(known.nameOf)
  const groups = groupsOf(booked)
  const there = groups.filter(({ gone }) => !gone)
  const open: Open = { entries: oldestFirst(evidence.entries), groups: [...there], unsure: new Set() }
  const shown = sameness.steps.flatMap((same) => takePairs(open, same))
  const back: Open = { ...open, groups: groups.filter(({ gone }) => gone) }
  const again = sameness.again.flatMap((same) => takePairs(back, same))
  const room = {
    left: known.older ? roomOfOlder(evidence, known, there, [...shown, ...again]) : evidence.returned - sum(there),
  }
  const returned = known.older ? [] : again.filter(({ entry }) => take(room, entry.amount, entry.amount) > 0)
  const grown = shown.flatMap(({ group, entry }) => restOf(group, entry))
  // Where more is shown than counts, something is booked under another name: what says the same is
  // not new.
  const unpaired: Open = { ...open, entries: back.entries }
  const tooMuch = sum([...unpaired.entries, ...grown.map(({ entry }) => entry)]) > room.left
  const renamed = tooMuch ? sameness.renamed.flatMap((same) => takePairs(unpaired, same)) : []
  const wanted = [...grown, ...unpaired.entries.map((entry) => ({ entry, of: undefined }))]
  const fresh = oldestOf(wanted).flatMap(({ entry, of }) => {
    // Older evidence says nothing of how much counts by now: all of an entry, or nothing.
    const amount = take(room, entry.amount, known.older ? entry.amount : 1)
    return amount > 0 ? [{ entry, amount, of }] : []
  })
  const gone = !known.older && sumsAgree(evidence, sum(there) - sum(open.groups)) ? open.groups : []
  const all = wanted.length === 0 && sumsAgree(evidence, sum(there))
  const surely = (pairs: readonly Taken[]): readonly Pair[] =>
    pairs.map(({ group, entry, only }) => ({ group, entry, sure: sameness.sure(group, entry) || (all && only) }))
  return {
    shown: surely(shown),
    fresh,
    returned: surely(returned),
    renamed: renamed.map(({ group }) => group),
    missing: gone.filter((each) => !open.unsure.has(each)),
  }
}

/**
 * Of older evidence only what was never booked may come in: what is gone counts as booked, and no
 * more comes in than the gateway ever counted.
 */
const roomOfOlder = (
  { returned }: Evidence,
  { newestReturned }: Known,
  there: readonly Group[],
  pairs: readonly Taken[],
): number => Math.min(returned - sum(pairs.map(({ group }) => group)), Math.max(returned, newestReturned) - sum(there))

/**
 * Compared with our books, never with the answer before: what it counts is what we booked, less
 * what it does not show.
 */
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

/** Of a booked entry the part that did not count when it was booked. */
const restOf = (of: Group, entry: CancelEntry) =>
  entry.amount > of.amount ? [{ entry: { ...entry, amount: entry.amount - of.amount }, of }] : []

/** What went back first counts first, whatever the order of the list. */
const oldestOf = <T extends { readonly entry: CancelEntry }>(all: readonly T[]): readonly T[] =>
  all.toSorted((a, b) => timeOf(a.entry) - timeOf(b.entry))
const oldestFirst = (entries: readonly CancelEntry[]): CancelEntry[] =>
  oldestOf(entries.map((entry) => ({ entry }))).map(({ entry }) => entry)
const timeOf = ({ cancelledAt }: CancelEntry): number =>
  cancelledAt === null ? Number.MAX_SAFE_INTEGER : Date.parse(cancelledAt)

/** `unsure`: what a taken entry would fit as well. */
type Open = { readonly entries: CancelEntry[]; readonly groups: Group[]; readonly unsure: Set<Group> }
/** `only`: no other booked entry fits it, but for its equals. */
type Taken = { readonly group: Group; readonly entry: CancelEntry; readonly only: boolean }

/** Takes the pairs out of what is still open; each side at most once. */
function takePairs({ entries, groups, unsure }: Open, same: Same): readonly Taken[] {
  const begin = [...groups]
  const pairs: Taken[] = []
  for (const group of idsFirst(begin)) {
    const fitting = entries.filter((each) => same(group, each))
    const entry = fitting.find(({ cancellationId }) => cancellationId !== null) ?? fitting[0]
    if (!entry) continue
    const others = begin.filter((each) => same(each, entry) && !alike(each, group))
    pairs.push({ group, entry, only: others.length === 0 })
    entries.splice(entries.indexOf(entry), 1)
    groups.splice(groups.indexOf(group), 1)
    for (const each of others) unsure.add(each)
  }
  return pairs
}

/** An id can only meet what has none, so what has one chooses first. */
const idsFirst = (groups: readonly Group[]): readonly Group[] =>
  [true, false].flatMap((has) => groups.filter(({ base }) => (base.cancellationId !== null) === has))

/** Nothing tells one from the other, so it is all the same which of them is meant. */
const alike = ({ base: one }: Group, { base: two }: Group): boolean =>
  one.cancelledAt === two.cancelledAt && one.reason === two.reason

// When a booked cancel and a shown one are the same: by id, by what they say, by amount; from what
// cannot be mistaken to what only fits.
// Must not know: sums, how many there are. Two different ids are never one entry, nor are the names
// of two refunds.
import type { CancelEntry } from '../../../gateway.ts'
import type { Group } from './groups.ts'

export type Same = (group: Group, entry: CancelEntry) => boolean
/** Whose an entry with this reason is, as far as it says so. */
export type NameOf = (reason: string) => string | undefined

export type Sameness = {
  /** In this order. */
  readonly steps: readonly Same[]
  /**
   * For entries that were gone: the amount alone brings none back where anything that is said
   * besides is another's.
   */
  readonly again: readonly Same[]
  /** For entries whose ids were given anew, so that nothing is left of them. */
  readonly renamed: readonly Same[]
  /** More than the amount says so. */
  readonly sure: Same
}

export function samenessBy(nameOf: NameOf): Sameness {
  const other: Same = ({ base }, { reason }) => !twoNames(base.reason, reason, nameOf)
  const sameId: Same = (group, entry) =>
    group.base.cancellationId !== null && group.base.cancellationId === entry.cancellationId && other(group, entry)
  const mayBe: Same = (group, entry) =>
    (group.base.cancellationId === null || entry.cancellationId === null) && other(group, entry)
  const namesIts: Same = ({ base }, { reason }) => nameOf(reason) === base.refundId
  const byContent = (may: Same): readonly Same[] => [
    all(may, equal, sameTime, sameReason),
    all(may, equal, knownTime, namesIts),
    all(may, equal, knownTime),
    all(may, equal, namesIts),
    all(may, equal, sameReason),
    all(may, equal),
  ]
  const byId: readonly Same[] = [all(sameId, equal, sameTime, sameReason), all(sameId, equal)]
  return {
    steps: [...byId, sameId, ...byContent(mayBe), all(mayBe, more, knownTime, knownReason)],
    again: [...byId, ...byContent(all(mayBe, noOtherTime, noOtherReason))],
    renamed: byContent(other),
    sure: any(sameId, knownTime, all(noOtherTime, any(namesIts, knownReason))),
  }
}

const all =
  (...parts: readonly Same[]): Same =>
  (group, entry) =>
    parts.every((part) => part(group, entry))
const any =
  (...parts: readonly Same[]): Same =>
  (group, entry) =>
    parts.some((part) => part(group, entry))

const equal: Same = ({ amount }, entry) => amount === entry.amount
/** More of what was booked in part. */
const more: Same = ({ amount }, entry) => amount < entry.amount
const sameReason: Same = ({ base }, { reason }) => base.reason === reason
const knownReason: Same = (group, entry) => entry.reason !== '' && sameReason(group, entry)
const knownTime: Same = ({ base }, { cancelledAt }) =>
  base.cancelledAt !== null && cancelledAt !== null && Date.parse(base.cancelledAt) === Date.parse(cancelledAt)
const noOtherTime: Same = (group, entry) =>
  group.base.cancelledAt === null || entry.cancelledAt === null || knownTime(group, entry)
/** A reason may have been cut, or have words before and behind it. */
const noOtherReason: Same = ({ base }, { reason }) => base.reason.includes(reason) || reason.includes(base.reason)
const sameTime: Same = (group, entry) => group.base.cancelledAt === entry.cancelledAt || knownTime(group, entry)

/**
 * Both say whose they are, and it is not the same. A name at the end of its text may have been cut
 * there.
 */
function twoNames(reason: string, otherReason: string, nameOf: NameOf): boolean {
  const [one, two] = [nameOf(reason), nameOf(otherReason)]
  if (one === undefined || two === undefined || one === two) return false
  const cut = (text: string, name: string, whole: string): boolean =>
    text.trimEnd().endsWith(`#${name}`) && whole.startsWith(name)
  return !cut(reason, one, two) && !cut(otherReason, two, one)
}

// One timeline of a refund or an order from all that is kept about it: journal, hints, looks and
// what people did.
// Must not know: SQL, HTTP.

type JournalLine = {
  readonly at: string
  readonly who: string
  readonly what: string
  readonly fromState: string | null
  readonly toState: string | null
  readonly why: string
}
type HintLine = {
  readonly source: string
  readonly saidStatus: string | null
  readonly state: string
  readonly receivedAt: string
  readonly settledAt: string | null
  readonly parkedBecause: string | null
  readonly mismatched: boolean
  readonly moved: boolean
}
type LookLine = { readonly subject: string; readonly began: string; readonly failures: number }

export type TimelineMoment = {
  readonly at: string
  readonly kind: 'journal' | 'people' | 'hint' | 'look'
  readonly who: string
  readonly what: string
  readonly from: string | null
  readonly to: string | null
  readonly why: string
}

type Kept = {
  readonly journal: readonly JournalLine[]
  readonly hints: readonly HintLine[]
  readonly looks: readonly LookLine[]
}

/** The oldest first; of the same moment the hint before what it moved. */
export function timelineOf({ journal, hints, looks }: Kept): readonly TimelineMoment[] {
  const moments = [...hints.map(hinted), ...answered(hints), ...looks.map(looked), ...journal.map(journalled)]
  return moments.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
}

/** Written as `role:name`, `local`, or a name that nobody proved. */
const PERSON = /^((ops|approver|checkout|unverified):|local$)/

function journalled({ at, who, what, fromState, toState, why }: JournalLine): TimelineMoment {
  return { at, kind: PERSON.test(who) ? 'people' : 'journal', who, what, from: fromState, to: toState, why }
}

function hinted({ receivedAt, source, saidStatus, state, parkedBecause, mismatched }: HintLine): TimelineMoment {
  const fate = state === 'parked' ? `parked: ${parkedBecause ?? 'for a person'}` : state
  const why = mismatched ? `${fate}; it pairs ids that do not belong together` : fate
  return { at: receivedAt, kind: 'hint', who: source, what: 'hint', from: null, to: saidStatus, why }
}

/** One look answers all hints that it settled. */
function answered(hints: readonly HintLine[]): readonly TimelineMoment[] {
  const looks = new Map<string, { count: number; moved: boolean }>()
  for (const { state, settledAt, moved } of hints) {
    if (state !== 'looked' || settledAt === null) continue
    looks.set(settledAt, { count: (looks.get(settledAt)?.count ?? 0) + 1, moved })
  }
  return [...looks].map(([at, { count, moved }]) => {
    const why = `answered ${count} hint${count === 1 ? '' : 's'}; ${moved ? 'it moved something' : 'nothing was new'}`
    return { at, kind: 'look', who: 'look', what: 'looked', from: null, to: null, why }
  })
}

function looked({ subject, began, failures }: LookLine): TimelineMoment {
  const why = failures > 0 ? `${failures} tries in a row had no answer since` : 'the last one'
  return { at: began, kind: 'look', who: 'look', what: `look at ${subject} began`, from: null, to: null, why }
}

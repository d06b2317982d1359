// How often i'mport has shown, or kept back, each payment and
// each of its entries: in memory, since this start.
// Must not know what was shown, nor to whom.

export type Looks = {
  /**
   * Counts one more answer that shows the payment with these
   * entries; says how many there were before.
   */
  countShown(impUid: string, entryIds: readonly string[]): { answers: number; entries: ReadonlyMap<string, number> }
  keptBack(impUid: string): number
  countKeptBack(impUid: string): void
  reset(): void
}

export function makeLooks(): Looks {
  const answers = new Map<string, number>()
  const entries = new Map<string, number>()
  const back = new Map<string, number>()
  return {
    countShown: (impUid, entryIds) => ({
      answers: countUp(answers, impUid),
      entries: new Map(entryIds.map((id) => [id, countUp(entries, id)])),
    }),
    keptBack: (impUid) => back.get(impUid) ?? 0,
    countKeptBack: (impUid) => void countUp(back, impUid),
    reset: () => {
      for (const counts of [answers, entries, back]) counts.clear()
    },
  }
}

function countUp(counts: Map<string, number>, id: string): number {
  const before = counts.get(id) ?? 0
  counts.set(id, before + 1)
  return before
}

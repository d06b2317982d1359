// Medians, percentiles, and how one compares with another: by the ratio within each round, for what troubles a machine troubles all
// of a round.
// Must not know: what is measured.

/** Throws RangeError for none. */
export const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((one, other) => one - other)
  const middle = sorted.length / 2
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]]
  if (low === undefined || high === undefined) throw new RangeError('there is no median of nothing')
  return (low + high) / 2
}

/** The smallest number that so large a share of all does not exceed. Throws RangeError for none. */
export const percentile = (numbers: readonly number[], share: number): number => {
  const sorted = numbers.toSorted((one, other) => one - other)
  const found = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
  if (found === undefined) throw new RangeError('there is no percentile of nothing')
  return found
}

export type Ratio = { readonly median: number; readonly least: number; readonly most: number }

/** By round; undefined where there is no round in which both have a number, and the other's is above 0. */
export function ratioWithinRounds(
  ours: ReadonlyMap<number, number>,
  theirs: ReadonlyMap<number, number>,
): Ratio | undefined {
  const ratios = [...ours].flatMap(([round, number]) => {
    const other = theirs.get(round)
    return other === undefined || other <= 0 ? [] : [number / other]
  })
  if (ratios.length === 0) return undefined
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) }
}

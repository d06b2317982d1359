// What could not be looked at, or not be booked, is tried again: when, and how often.
// Must not know: gateways, rows. After the last try it is for a person.

export const LONGEST_SPACING_MS = 600_000
/** Growing delays of 5 s to 10 min: some two hours. */
export const MOST_FAILURES = 20

/** After so many failures in a row; undefined: no more tries, a person must see it. */
export const againAfterMs = (failures: number): number | undefined =>
  failures < MOST_FAILURES ? Math.min(LONGEST_SPACING_MS, 5_000 * 2 ** (failures - 1)) : undefined

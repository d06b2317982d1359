// The marker by which a cancel's reason names the refund that it answers, and what is left of it
// after a gateway's hands.
// Must not know: entries, amounts. A reason may come back whole, cut, replaced, empty, or with
// words
// before and behind it.

const ID = 'A-Za-z0-9._-'
const FRONT = new RegExp(`^\\s*#([${ID}]{1,40})(?![${ID}])`)
const ANYWHERE = new RegExp(`(?<![#${ID}])#([${ID}]{1,40})(?![${ID}])`, 'g')

/** The id that the text begins with, whether or not there is such a refund. */
export const frontMarker = (reason: string): string | undefined => FRONT.exec(reason)?.[1]

/** What was sent for a refund, its marker included. */
export type SentReason = { readonly id: string; readonly text: string }

/**
 * Which of these refunds the reason names. The marker at the front wins over any other. One that
 * ends with the text may have been cut there, so it counts only if no other refund has an id that
 * begins with it. A reason may speak of other refunds in its own words: where two are named, it is
 * the one whose text stands there as it was sent, or none.
 */
export function namedIn(reason: string, ids: readonly string[], sent: readonly SentReason[]): string | undefined {
  const counts = (id: string, end: number): boolean =>
    end < reason.trimEnd().length || !ids.some((other) => other !== id && other.startsWith(id))
  const front = FRONT.exec(reason)
  if (front?.[1] !== undefined)
    return ids.includes(front[1]) && counts(front[1], front[0].length) ? front[1] : undefined
  const markers = [...reason.matchAll(ANYWHERE)]
    .map((match) => ({ id: match[1] ?? '', end: match.index + match[0].length }))
    .filter(({ id }) => ids.includes(id))
  const names = new Set(markers.map(({ id }) => id))
  if (names.size === 1) return markers.find(({ id, end }) => counts(id, end))?.id
  const whole = new Set(sent.flatMap(({ id, text }) => (names.has(id) && reason.includes(text.trim()) ? [id] : [])))
  return whole.size === 1 ? [...whole][0] : undefined
}

/**
 * Something is left of what was sent: its beginning, perhaps with the dots of a text that was cut.
 */
export function isBeginOf(reason: string, sent: string): boolean {
  const left = reason.trim().replace(/(…|\.{3})$/, '')
  return left !== '' && sent.startsWith(left)
}

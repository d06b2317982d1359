// THE rule for text that others wrote: what is taken at the doors, and how it is shown where people
// read.
// Must not know: which texts there are, who reads them.

/**
 * No database, terminal or page is safe from control characters (null, escape …), nor from half of
 * a character that was cut in two; a line has no line breaks; and what turns the direction of
 * writing makes a text look like another one. A mark of direction (U+200E) is none of these: names
 * in Hebrew and Arabic have them.
 */
export const REFUSED = '\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\u202A-\\u202E\\u2066-\\u2069'

/** At a door: one line. */
export const LINE = new RegExp(`^[^${REFUSED}]*$`, 'u')
const TURNING = /[\u202A-\u202E\u2066-\u2069]/
const NO_TURNING = 'must not contain characters that turn the direction of writing'

/** What the doors say of such a text; undefined of one that they take. */
export function lineFault(text: string): string | undefined {
  if (LINE.test(text)) return undefined
  if (LINE.test(text.replace(new RegExp(TURNING, 'g'), ''))) return NO_TURNING
  return 'must not contain control characters, line breaks or halves of characters'
}

const EACH = new RegExp(`[${REFUSED}]`, 'gu')
/** Seen by nobody, and so not shown; joiners are parts of letters and of emoji. */
const INVISIBLE = /(?![\u200c\u200d])\p{Cf}/gu
const LONGEST_QUOTE = 300

/** At a door: several lines, which may have tabs. */
export const isLines = (text: string): boolean => LINE.test(text.replace(/[\t\r\n]/g, ''))
export const turns = (text: string): boolean => TURNING.test(text)

/** What cannot be refused any more, for the money is there whatever a gateway wrote beside it. */
export const tame = (text: string): string => text.replace(EACH, ' ')

/**
 * Words of others as people read them, in markdown, in a chat or in a mail: in a code span, where
 * nothing of it is a link, a mention or markup, and from which it cannot break out.
 */
export function quoted(text: string): string {
  const line = tame(text).replace(INVISIBLE, '').replace(/\s+/g, ' ').replaceAll('`', 'ˋ').trim()
  if (line === '') return '(nothing)'
  const letters = Array.from(line)
  return `\`${letters.length > LONGEST_QUOTE ? `${letters.slice(0, LONGEST_QUOTE).join('')}…` : line}\``
}

/** An id that somebody else gave: as it is where no reader could take it for anything else. */
export const shownId = (id: string): string => (/^[A-Za-z0-9_:-]{1,100}$/.test(id) ? id : quoted(id))

/**
 * The same inside a JSON text that stands in a code span: the text stays JSON, and the same id is
 * read out of it.
 */
export const inJson = (id: string): string => JSON.stringify(id).slice(1, -1).replaceAll('`', '\\u0060')

/**
 * A short mark of a text: 64 bits by two 32-bit FNV-1a sums, as 16 hexadecimal letters. The same
 * text, the same mark. No secret hangs on it: whoever chooses the text may choose the mark.
 */
export const markOf = (text: string): string => `${fnv1a(text, 0x811c9dc5)}${fnv1a(text, 0x01000193)}`

function fnv1a(text: string, seed: number): string {
  let sum = seed
  for (const char of text) sum = Math.imul(sum ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return sum.toString(16).padStart(8, '0')
}

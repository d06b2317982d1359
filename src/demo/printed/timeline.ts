// What the demo prints: when, who, what happened, what the database shows; aligned, at most 100
// columns, colours at a terminal only.
// Must not know: what the story is. Korean letters take two columns, and are counted so.

export type Who = 'buyer' | 'checkout' | 'gateway' | 'desk' | 'saga' | 'stranger' | 'program'

export type Timeline = {
  title(text: string): void
  plain(text: string): void
  /** What happened takes the whole width where the database has nothing to show for it. */
  event(who: Who, what: string, shows?: readonly string[]): void
  /** A sentence of why, for a moment that surprises. */
  why(text: string): void
  /** Columns of numbers are set to the right. */
  table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void
  /** Seconds since the start, as printed. */
  elapsed(): string
  /** Nothing is printed any more. */
  close(): void
}

export type TimelineOptions = {
  readonly write: (text: string) => void
  readonly colours: boolean
  /** Milliseconds since the start. */
  readonly sinceStart: () => number
}

export const WIDTH = 100
const GAP = '  '
const COLUMNS = { time: 7, who: 8, what: 43, shows: 36 } as const
const INDENT = COLUMNS.time + COLUMNS.who + 2 * GAP.length
const INKS = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 } as const
type Ink = keyof typeof INKS

const WHO_INKS: Record<Who, Ink> = {
  buyer: 'green',
  checkout: 'blue',
  gateway: 'magenta',
  desk: 'yellow',
  saga: 'cyan',
  stranger: 'red',
  program: 'dim',
}

export function createTimeline({ write, colours, sinceStart }: TimelineOptions): Timeline {
  let open = true
  const line = (text: string) => {
    if (open) write(`${text.trimEnd()}\n`)
  }
  const paint = (ink: Ink, text: string) => (colours ? `\u001b[${INKS[ink]}m${text}\u001b[0m` : text)
  const elapsed = () => `${(sinceStart() / 1_000).toFixed(1)} s`
  return {
    elapsed,
    title: (text) => {
      line('')
      for (const piece of wrap(text, WIDTH)) line(paint('bold', piece))
    },
    plain: (text) => text.split('\n').forEach((each) => line(each)),
    event: (who, what, shows) => {
      const left = wrap(what, shows === undefined ? WIDTH - INDENT : COLUMNS.what)
      const right = (shows ?? []).flatMap((each) => wrap(each, COLUMNS.shows))
      for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
        const told = left[index] ?? ''
        const shown = right[index]
        const time = index === 0 ? elapsed().padStart(COLUMNS.time) : ''
        const cells = [
          paint('dim', pad(time, COLUMNS.time)),
          paint(WHO_INKS[who], pad(index === 0 ? who : '', COLUMNS.who)),
          ...(shown === undefined ? [told] : [pad(told, COLUMNS.what), paint('bold', shown)]),
        ]
        line(cells.join(GAP))
      }
    },
    why: (text) => {
      for (const [index, piece] of wrap(text, WIDTH - INDENT - 2).entries())
        line(`${' '.repeat(INDENT)}${paint('dim', `${index === 0 ? '↳ ' : '  '}${piece}`)}`)
    },
    table: (head, rows) => {
      const texts = [head, ...rows].map((row) => row.map(String))
      const widths = head.map((_, column) => Math.max(...texts.map((row) => displayWidth(row[column] ?? ''))))
      const numeric = head.map((_, column) => rows.every((row) => typeof row[column] === 'number'))
      for (const [index, row] of texts.entries()) {
        const cells = row.map((text, column) => pad(text, widths[column] ?? 0, numeric[column]))
        line(GAP + (index === 0 ? paint('dim', cells.join(GAP)) : cells.join(GAP)))
      }
    },
    close: () => {
      open = false
    },
  }
}

/** Columns that a terminal gives the text: two for each letter of the East Asian wide blocks. */
export function displayWidth(text: string): number {
  let width = 0
  for (const letter of text) width += WIDE.test(letter) ? 2 : 1
  return width
}

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/

function pad(text: string, width: number, toTheRight = false): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)))
  return toTheRight ? space + text : text + space
}

/** Lines of at most `width` columns, broken between words; a word that is longer is broken too. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap((each) => pieces(each, width))) {
    const longer = line === '' ? word : `${line} ${word}`
    if (displayWidth(longer) <= width) line = longer
    else {
      lines.push(line)
      line = word
    }
  }
  return [...lines, line]
}

function pieces(word: string, width: number): string[] {
  const found: string[] = []
  let piece = ''
  for (const letter of word) {
    if (displayWidth(piece + letter) > width) {
      found.push(piece)
      piece = ''
    }
    piece += letter
  }
  return [...found, piece]
}

// Tables and progress for a terminal; plain lines where the output goes into a file or a pipe.
// Must not know: what is shown.
import { headed, type Heading } from './words.ts'

export type Out = { readonly isTTY?: boolean; write(text: string): unknown }

/** Two columns with a rule on a terminal, tab-separated lines elsewhere. */
export function table(out: Out, title: string, rows: readonly (readonly [string, string | number, string?])[]): void {
  const named = (name: string) => (out.isTTY ? headed(name) : name)
  const shown = rows.map(
    ([name, value, remark = '']) => [oneLine(named(name)), oneLine(String(value)), oneLine(remark)] as const,
  )
  if (!out.isTTY) {
    for (const [name, value] of shown) out.write(`${name}\t${value}\n`)
    return
  }
  const names = Math.max(...shown.map(([name]) => widthOf(name)))
  const values = Math.max(...shown.map(([, value]) => widthOf(value)))
  out.write(`\n  ${oneLine(title)}\n  ${'─'.repeat(widthOf(title))}\n`)
  for (const [name, value, remark] of shown) {
    const [after, before] = [' '.repeat(names - widthOf(name)), ' '.repeat(values - widthOf(value))]
    out.write(`  ${name}${after}  ${before}${value}${remark === '' ? '' : `  ${remark}`}\n`)
  }
  out.write('\n')
}

/** One line that is written over on a terminal; each change a line of its own elsewhere. */
export function progress(out: Out): { say(line: string): void; end(): void } {
  let said = ''
  return {
    say: (line) => {
      if (line === said) return
      out.write(out.isTTY ? `\r${line.padEnd(said.length)}` : `${line}\n`)
      said = line
    },
    end: () => void (out.isTTY && said !== '' && out.write('\n')),
  }
}

/**
 * Columns under their headings on a terminal; elsewhere a line for each row, its values parted by
 * tabs, without headings.
 */
export function grid(out: Out, headings: readonly Heading[], rows: readonly (readonly string[])[]): void {
  const shown = rows.map((row) => row.map(oneLine))
  if (!out.isTTY) {
    for (const row of shown) out.write(`${row.join('\t')}\n`)
    return
  }
  const named = headings.map(headed)
  const widths = named.map((heading, index) =>
    Math.max(widthOf(heading), ...shown.map((row) => widthOf(row[index] ?? ''))),
  )
  for (const row of [named, ...shown]) out.write(`${padded(row, widths)}\n`)
}

const padded = (row: readonly string[], widths: readonly number[]): string =>
  row
    .map((value, index) => value + ' '.repeat(Math.max(0, (widths[index] ?? 0) - widthOf(value))))
    .join('  ')
    .trimEnd()

/** Hangul and the like take two columns. */
export const widthOf = (text: string): number =>
  Array.from(text).reduce(
    (width, letter) => width + (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uff00-\uff60]/.test(letter) ? 2 : 1),
    0,
  )

/** What others wrote must not steer the terminal. */
const STEERING = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu
export const oneLine = (text: string): string => text.replace(STEERING, ' ')
export const manyLines = (text: string): string => text.split(/\r?\n/).map(oneLine).join('\n')

/** What a terminal would obey is written as an escape: a program reads the same out of it. */
export const json = (out: Out, value: unknown): void =>
  void out.write(
    `${(JSON.stringify(value, null, 2) ?? 'null').replace(STEERING, (each) => (each === '\n' ? each : escaped(each)))}\n`,
  )

/** By units of UTF-16, as JSON writes them. */
const escaped = (letter: string): string =>
  Array.from({ length: letter.length }, (_, at) => `\\u${letter.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')

/** "9d 4h", "3h 12m", "5m": the two largest units. */
export function ageText(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000))
  const [days, hours, rest] = [Math.floor(minutes / 1_440), Math.floor(minutes / 60) % 24, minutes % 60]
  if (days > 0) return `${days}d ${hours}h`
  return hours > 0 ? `${hours}h ${rest}m` : `${rest}m`
}

/** 2026-11-22T00:18:05.123Z → 2026-11-22 00:18Z */
export const timeText = (at: string): string => `${at.slice(0, 16).replace('T', ' ')}Z`

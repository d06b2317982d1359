// A report of the set-up doctor: on a terminal what is right in a line each, what is not with its
// remedy, and the questions; elsewhere lines of values, or JSON.
// Must not know: what is checked.
import { z } from 'zod'
import type { Said } from '../language.ts'
import { json, oneLine, timeText, widthOf, type Out } from './render.ts'
import { OPS, say } from './words.ts'

const VERDICT = z.enum(['right', 'unasked', 'weak', 'wrong'])
type Verdict = z.output<typeof VERDICT>

export const reportAnswer = z.object({
  at: z.string(),
  parts: z.array(z.object({ name: z.string(), title: z.string() })).readonly(),
  findings: z
    .array(
      z.object({
        part: z.string(),
        check: z.string(),
        title: z.string(),
        verdict: VERDICT,
        said: z.string(),
        remedy: z.string().nullable(),
      }),
    )
    .readonly(),
  questions: z
    .array(z.object({ part: z.string(), where: z.string(), question: z.string(), else: z.string() }))
    .readonly(),
})
type Report = z.output<typeof reportAnswer>
type Shown = Report['findings'][number]

/** Its width and its colours, where it is a terminal. */
export type Terminal = Out & { readonly columns?: number; hasColors?(): boolean }

export function printReport(out: Terminal, report: Report, asJson: boolean): void {
  if (asJson) json(out, report)
  else if (out.isTTY) printPage(out, report)
  else printLines(out, report)
}

function printLines(out: Out, { findings, questions }: Report): void {
  const rows = [
    ...findings.map((each) => [each.verdict, `${each.part}.${each.check}`, each.title, each.said, each.remedy ?? '']),
    ...questions.map((each) => ['question', each.part, each.where, each.question, each.else]),
  ]
  for (const row of rows) out.write(`${row.map(oneLine).join('\t')}\n`)
}

/** A mark, its colour by its ANSI number, and the word in the last line. */
const MARKS: Readonly<Record<Verdict, readonly [mark: string, colour: number, word: Said]>> = {
  wrong: ['✗', 31, OPS.wrong],
  weak: ['!', 33, OPS.weak],
  right: ['✓', 32, OPS.right],
  unasked: ['·', 90, OPS.unasked],
}
const [BOLD, DIM, CYAN] = [1, 90, 36]
const [WIDEST, NARROWEST] = [110, 50]
/** Beside a title; where less is left it stands below. */
const BESIDE = 30
const INDENT = '      '

type Page = { line(text?: string): void; paint(colour: number, text: string): string; readonly width: number }

function printPage(out: Terminal, { at, parts, findings, questions }: Report): void {
  const colours = out.hasColors?.() ?? false
  const page: Page = {
    line: (text = '') => void out.write(`${text.trimEnd()}\n`),
    paint: (colour, text) => (colours ? `\u001b[${colour}m${text}\u001b[0m` : text),
    width: Math.max(NARROWEST, Math.min(WIDEST, out.columns || WIDEST)),
  }
  const widest = Math.max(0, ...findings.map(({ title }) => widthOf(title)))
  const heading = say(OPS.doctorTitle)
  const time = timeText(at)
  page.line()
  page.line(`  ${page.paint(BOLD, heading)}${time.padStart(page.width - 2 - widthOf(heading))}`)
  page.line(`  ${page.paint(DIM, '─'.repeat(page.width - 2))}`)
  for (const { name, title } of parts) {
    const those = findings.filter(({ part }) => part === name)
    page.line()
    page.line(`  ${page.paint(BOLD, oneLine(title))}`)
    for (const each of those) printFinding(page, each, widest)
  }
  printQuestions(page, questions, new Map(parts.map(({ name, title }) => [name, title])))
  page.line()
  page.line(`  ${page.paint(DIM, '─'.repeat(page.width - 2))}`)
  page.line(`  ${countsOf(page, findings)}`)
  for (const each of findings.filter(({ remedy }) => remedy !== null)) page.line(`  ${namedAgain(page, each)}`)
  page.line(`  ${page.paint(DIM, say(OPS.sameList))}`)
  page.line()
}

function printFinding(page: Page, { verdict, title, said, remedy }: Shown, widest: number): void {
  const [mark, colour] = MARKS[verdict]
  const named = `  ${page.paint(colour, mark)} `
  if (remedy === null) {
    if (page.width - widest - 8 < BESIDE) {
      page.line(`${named} ${oneLine(title)}`)
      for (const each of wrapped(said, page.width - INDENT.length)) page.line(INDENT + page.paint(DIM, each))
      return
    }
    const [first = '', ...rest] = wrapped(said, page.width - widest - 8)
    const padding = ' '.repeat(widest - widthOf(title))
    page.line(`${named} ${oneLine(title)}${padding}  ${page.paint(DIM, first)}`)
    for (const more of rest) page.line(`${' '.repeat(widest + 7)}${page.paint(DIM, more)}`)
    return
  }
  page.line(
    `${named} ${page.paint(BOLD, oneLine(title))}${page.paint(colour, say(verdict === 'wrong' ? OPS.isNotSo : OPS.couldBeBetter))}`,
  )
  for (const each of wrapped(said, page.width - INDENT.length)) page.line(INDENT + each)
  wrapped(remedy, page.width - INDENT.length - 2).forEach((each, index) =>
    page.line(`${INDENT}${index === 0 ? page.paint(CYAN, '→') : ' '} ${each}`),
  )
}

/** Under each part and place what to look up there, numbered through. */
function printQuestions(page: Page, questions: Report['questions'], titles: ReadonlyMap<string, string>): void {
  if (questions.length === 0) return
  page.line()
  page.line(`  ${page.paint(BOLD, say(OPS.onlyYou))}`)
  let [partBefore, before] = ['', '']
  questions.forEach(({ part, where, question, else: otherwise }, index) => {
    if (part !== partBefore) page.line(`  ${page.paint(DIM, oneLine(titles.get(part) ?? part))}`)
    if (part !== partBefore) before = ''
    partBefore = part
    if (where !== before) page.line(`    ${page.paint(CYAN, oneLine(where))}`)
    before = where
    const number = `${index + 1}.`.padStart(3)
    wrapped(question, page.width - 10).forEach((each, row) => page.line(`    ${row === 0 ? number : '   '} ${each}`))
    for (const each of wrapped(say(OPS.ifNot, { else: otherwise }), page.width - 10))
      page.line(`        ${page.paint(DIM, each)}`)
  })
}

function countsOf(page: Page, findings: Report['findings']): string {
  const counts = VERDICT.options.toReversed().map((verdict) => {
    const count = findings.filter((each) => each.verdict === verdict).length
    const [, colour, word] = MARKS[verdict]
    return { colour, word, count }
  })
  const shown = counts.filter(({ count }) => count > 0)
  return shown.map(({ colour, word, count }) => page.paint(colour, `${count} ${say(word)}`)).join(' · ')
}

/** What is to be mended stands far above by now. */
function namedAgain({ paint }: Page, { part, check, verdict }: Shown): string {
  const [mark, colour] = MARKS[verdict]
  return `${paint(colour, mark)} ${oneLine(`${part}.${check}`)}`
}

/** By words; one that is longer than a line stands alone. */
function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = []
  for (const word of oneLine(text).split(/\s+/)) {
    const last = lines.at(-1)
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

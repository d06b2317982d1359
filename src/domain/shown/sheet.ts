// The form of a saga's current details: a markdown page of a title, points, and the commands that a
// person may give now.
// Must not know: what a saga waits for.
import { COMMAND_HELP, type PaymentCommandName, type RefundCommandName } from '../moves/people/commands.ts'
import type { Speak } from '../../language.ts'
import { COMMANDS, PAGE, POINTS, SUMMARIES } from './words/pages.ts'

/** In the order in which they are given; a point that has nothing to say is left out. */
type Points = Readonly<Partial<Record<keyof typeof POINTS, string | null | undefined>>>
type MayDo = { readonly advice: string; readonly commands: readonly string[]; readonly cancelling: string }

export function sheet(speak: Speak, title: string, points: Points, { advice, commands, cancelling }: MayDo): string {
  const names = new Map<string, string>(Object.entries(POINTS).map(([name, word]) => [name, speak(word)]))
  const said = Object.entries(points).flatMap(([name, text]) =>
    text ? [`- **${names.get(name) ?? name}** ${text}`] : [],
  )
  return framed([
    `### ${title}`,
    said.join('\n'),
    `**${speak(PAGE.mayDo)}** ${advice}`,
    speak(PAGE.sendUpdate),
    commands.map((each) => `- ${each}`).join('\n'),
    cancelling,
  ])
}

/**
 * For a start: what stays readable while no worker runs. `show` is the id that the ops command line
 * takes.
 */
export const standing = (speak: Speak, summary: string, show: string | null): string =>
  framed([
    `${summary}.`,
    show === null ? speak(SUMMARIES.standing) : speak(SUMMARIES.standingShow, { id: show }),
    speak(SUMMARIES.terminating),
  ])

/**
 * The Temporal UI makes the frame of such a text a line too short: what it cuts off is an empty
 * paragraph.
 */
const CUT_OFF = '\u00a0'
const framed = (paragraphs: readonly string[]): string => [...paragraphs, CUT_OFF].join('\n\n')

/** The page with one paragraph more at its end. */
export const withLast = (page: string, paragraph: string): string =>
  framed([page.endsWith(CUT_OFF) ? page.slice(0, -CUT_OFF.length).trimEnd() : page, paragraph])

/**
 * `{…}` at the end of a command's help is what to paste into the UI's dialog. `from`: it is taken
 * from then on.
 */
export function command(
  speak: Speak,
  name: RefundCommandName | PaymentCommandName,
  help: string = COMMAND_HELP[name],
  from?: string,
): string {
  const does = speak(COMMANDS[name])
  const says = from === undefined ? does : speak(PAGE.retryFrom, { at: moment(from), help: does })
  // Spaces, so that a narrow page can break the line.
  return `\`${name}\` ${says} \`${help.slice(help.indexOf('{')).replaceAll(',"', ', "')}\``
}

export const labelled = ({ ko, en }: { readonly ko: string; readonly en: string }): string => `${ko} (${en})`

/** 2026-11-22T02:34:23.857Z → 2026-11-22 02:34:23 UTC */
export const moment = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`

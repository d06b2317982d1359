// The form of a saga's current details: a markdown page of a title, points, and the commands that a
// person may give now.
// Must not know: what a saga waits for.
import { COMMAND_HELP, type PaymentCommandName, type RefundCommandName } from '../moves/people/commands.ts'

/** A point that has nothing to say is left out. */
type Points = Readonly<Record<string, string | null | undefined>>
type MayDo = { readonly advice: string; readonly commands: readonly string[]; readonly cancelling: string }

export function sheet(title: string, points: Points, { advice, commands, cancelling }: MayDo): string {
  const said = Object.entries(points).flatMap(([name, text]) => (text ? [`- **${name}** ${text}`] : []))
  return framed([
    `### ${title}`,
    said.join('\n'),
    `**What you may do** ${advice}`,
    'More Actions, Send an Update, with `"person":"your name"` beside the rest:',
    commands.map((each) => `- ${each}`).join('\n'),
    cancelling,
  ])
}

/**
 * For a start: what stays readable while no worker runs. `show` is the id that the ops command line
 * takes.
 */
export const standing = (summary: string, show: string | null): string =>
  framed([
    `${summary}.`,
    `What it waits for is under Current Details while a worker runs. Without one, the search attributes say the state and the next checkpoint${show === null ? '' : `, and \`npm run ops -- show ${show}\` tells all`}.`,
    'Terminating it loses nothing: the row goes on with its next wake.',
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

/** `{…}` at the end of a command's help is what to paste into the UI's dialog. */
export function command(name: RefundCommandName | PaymentCommandName, help: string = COMMAND_HELP[name]): string {
  const at = help.indexOf('{')
  // Spaces, so that a narrow page can break the line.
  return `\`${name}\` ${help.slice(0, at)}\`${help.slice(at).replaceAll(',"', ', "')}\``
}

export const labelled = ({ ko, en }: { readonly ko: string; readonly en: string }): string => `${ko} (${en})`

/** 2026-11-22T02:34:23.857Z → 2026-11-22 02:34:23 UTC */
export const moment = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`

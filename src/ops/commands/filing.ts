// ops filing, hold, release: whether new cancel calls are held, and beginning and ending it.
// Must not know: who the person is, what is held.
import type { Command } from 'commander'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { json, oneLine, timeText, type Out } from '../render.ts'

const hold = z.object({ since: z.string(), who: z.string(), reason: z.string() }).nullable()
const answer = z.object({ hold, freed: z.number().optional() })
type Answer = z.output<typeof answer>
type Asked = { reason: string; json: boolean }

const JSON_OPTION = ['--json', 'print the answer as JSON', false] as const

export function addFiling(program: Command, context: Context): void {
  program
    .command('filing')
    .description('Whether new cancel calls are held, since when, by whom and why.')
    .option(...JSON_OPTION)
    .action(async ({ json: asJson }: { json: boolean }) =>
      say(context.out, await context.api().get('/filing', answer), asJson),
    )
  change(program, context, 'hold', 'No new cancel call is made, by any process, until it is released.')
  change(program, context, 'release', 'Ends the hold: what waited is asked for now.')
}

function change(program: Command, { api, out }: Context, name: 'hold' | 'release', help: string): void {
  program
    .command(name)
    .description(help)
    .requiredOption('--reason <text>', 'why, for the journal')
    .option(...JSON_OPTION)
    .action(async ({ reason, json: asJson }: Asked) =>
      say(out, await api().post(`/filing/${name}`, { reason }, answer), asJson),
    )
}

function say(out: Out, { hold: held, freed }: Answer, asJson: boolean): void {
  if (asJson) return json(out, { hold: held, ...(freed !== undefined && { freed }) })
  if (held) out.write(`filing is held since ${timeText(held.since)} by ${held.who}: ${oneLine(held.reason)}\n`)
  else out.write(freed === undefined ? 'filing goes on\n' : `filing goes on; ${freed} refunds are tried now\n`)
}

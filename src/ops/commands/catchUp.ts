// ops catch-up: begins a catch-up over a range of days, follows it until its looks are done, and
// prints what came of it.
// Must not know: how the API lists or looks.
import { setTimeout as pause } from 'node:timers/promises'
import { InvalidArgumentError, type Command } from 'commander'
import { z } from 'zod'
import { ApiError } from '../api.ts'
import type { Context } from '../context.ts'
import { json, progress, table, type Out } from '../render.ts'
import { OPS, say, type Heading } from '../words.ts'

const answer = z.object({
  sweep: z.object({
    id: z.string(),
    askedBy: z.string(),
    from: z.string(),
    to: z.string(),
    state: z.string(),
    listed: z.number(),
    differing: z.number(),
    kept: z.number(),
    unreadable: z.number(),
    strangers: z.number(),
    calls: z.number(),
    waiting: z.number(),
    healed: z.number(),
    unchanged: z.number(),
    forPeople: z.number(),
    said: z.string().nullable(),
  }),
})
type Sweep = z.infer<typeof answer>['sweep']
type Options = { from: string; to?: string; json: boolean; within: number }

const DAY_MS = 86_400_000
const POLL_MS = 500

export function addCatchUp(program: Command, context: Context): void {
  program
    .command('catch-up')
    .description('Lists what changed at the gateway in a range, and has whatever differs from the database looked at.')
    .requiredOption('--from <day>', 'first day, 2026-11-01 (UTC), or a time with its zone', beginOf)
    .option('--to <day>', 'last day, included, or a time with its zone; now where left out', endOf)
    .option('--within <minutes>', 'stop following after so long; the catch-up itself goes on', minutes, 30)
    .option('--json', 'print the report as JSON', false)
    .action(async (options: Options) => context.exit(await catchUp(context, options)))
}

async function catchUp(context: Context, { from, to, json: asJson, within }: Options): Promise<number> {
  const { out, err } = context
  const api = context.api()
  const begun = await api.post('/sweeps', { from, to: to ?? new Date().toISOString() }, answer)
  const until = performance.now() + within * 60_000
  const line = progress(err)
  let { sweep } = begun
  while (['listing', 'looking'].includes(sweep.state) && performance.now() < until) {
    line.say(`${sweep.state}: ${sweep.listed} listed, ${sweep.differing} differ, ${sweep.waiting} still to look at`)
    await pause(POLL_MS)
    sweep = (await api.get(`/sweeps/${begun.sweep.id}`, answer)).sweep
  }
  line.end()
  if (asJson) json(out, { sweep })
  else print(out, sweep)
  if (sweep.state === 'failed') throw new ApiError(sweep.said ?? 'the catch-up failed')
  if (sweep.state !== 'done') return 4
  return sweep.forPeople + sweep.unreadable > 0 ? 2 : 0
}

function print(out: Out, sweep: Sweep): void {
  const { id, from, to, calls } = sweep
  const facts: readonly (readonly [Heading, string | number, string?])[] = [
    ['state', sweep.state],
    ['listed', sweep.listed, say(OPS.inCalls, { calls })],
    ['differing', sweep.differing, say(OPS.fromKept)],
    ['healed', sweep.healed, say(OPS.moved)],
    ['unchanged', sweep.unchanged, say(OPS.booked)],
    ['still to look at', sweep.waiting],
    ['left for people', sweep.forPeople, say(OPS.seeAttention)],
    ['unreadable', sweep.unreadable, say(OPS.seeInbox)],
    ['strangers', sweep.strangers, say(OPS.ofOthers)],
  ]
  table(out, say(OPS.catchUpTitle, { id, from, to }), facts)
}

const beginOf = (text: string): string => timeOf(text, 0)
const endOf = (text: string): string => timeOf(text, DAY_MS)

/** A day is the whole of it, in UTC; a time is taken as it stands. */
function timeOf(text: string, dayMs: number): string {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text)
  const at = Date.parse(day ? `${text}T00:00:00Z` : /T.*(Z|[+-]\d{2}:\d{2})$/.test(text) ? text : '')
  if (Number.isNaN(at)) throw new InvalidArgumentError('write 2026-11-01, or 2026-11-01T09:00:00+09:00')
  return new Date(day ? at + dayMs : at).toISOString()
}

function minutes(text: string): number {
  const value = Number(text)
  if (!(value > 0 && value <= 1_440)) throw new InvalidArgumentError('write minutes from 1 to 1440')
  return value
}

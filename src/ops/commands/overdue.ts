// ops overdue: what should have gone on by itself and has not. Reads only.
// Must not know: how the API finds it.
import type { Command } from 'commander'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { countOption, queryOf } from '../options.ts'
import { ageText, grid, json, timeText, type Out } from '../render.ts'
import { OPS, say } from '../words.ts'

const answer = z.object({
  asOf: z.string(),
  count: z.number(),
  sums: z.array(z.looseObject({ kind: z.string(), count: z.number(), money: z.string() })),
  rows: z.array(
    z.looseObject({
      saga: z.string(),
      what: z.string(),
      since: z.string(),
      state: z.string(),
      money: z.string(),
      temporalUi: z.string().nullable(),
    }),
  ),
  wake: z.object({ since: z.string() }).nullable(),
  sweeps: z.array(z.object({ gateway: z.string(), status: z.string(), since: z.string() })),
  schedules: z.array(z.object({ name: z.string(), since: z.string() })),
})
type Answer = z.output<typeof answer>

const COLUMNS = ['since', 'overdue', 'what', 'of', 'state', 'amount', 'link'] as const
const SOMETHING = 2

export function addOverdue(program: Command, { api, out, exit }: Context): void {
  program
    .command('overdue')
    .description('Lists what should have gone on by itself and has not; ends with 2 where there is anything.')
    .option('--limit <n>', 'at most so many rows', countOption(500), 50)
    .option('--json', 'print the answer as JSON', false)
    .addHelpText('after', `\nColumns, parted by tabs where the output is no terminal:\n  ${COLUMNS.join(', ')}`)
    .action(async ({ json: asJson, ...query }: { limit: number; json: boolean }) => {
      const found = await api().get(`/overdue${queryOf(query)}`, answer)
      if (asJson) json(out, found)
      else print(out, found)
      const { wake, sweeps, schedules } = found
      if (found.count > 0 || wake !== null || sweeps.length + schedules.length > 0) exit(SOMETHING)
    })
}

function print(out: Out, { asOf, count: all, sums, rows, wake, sweeps, schedules }: Answer): void {
  const line = (since: string, ...rest: readonly string[]) => [
    timeText(since),
    ageText(Date.parse(asOf) - Date.parse(since)),
    ...rest,
  ]
  const lines = [
    ...rows.map((row) => line(row.since, row.what, row.saga, row.state, row.money, row.temporalUi ?? '-')),
    ...(wake === null ? [] : [line(wake.since, 'wake', 'outbox', 'pending', '-', '-')]),
    ...sweeps.map(({ gateway, status, since }) => line(since, 'sweep', gateway, status, '-', '-')),
    ...schedules.map(({ name, since }) => line(since, 'schedule', name, 'silent', '-', '-')),
  ]
  grid(out, COLUMNS, lines)
  if (!out.isTTY) return
  if (lines.length === 0) out.write(`${say(OPS.nothingOverdue)}\n`)
  if (all > rows.length) out.write(`${say(OPS.more, { count: all - rows.length })}\n`)
  const totals = sums.map(({ kind, count: many, money }) => [kind, String(many), money])
  if (totals.length > 0) grid(out, ['kind', 'rows', 'money'], totals)
}

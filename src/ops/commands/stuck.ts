// ops stuck: what waits, for whom and since when, by age or by money. Reads only.
// Must not know: how the API finds them.
import { Option, type Command } from 'commander'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { countOption, duration, queryOf } from '../options.ts'
import { ageText, grid, json, timeText, type Out } from '../render.ts'
import { OPS, say } from '../words.ts'

const answer = z.object({
  asOf: z.string(),
  refunds: z.array(
    z.object({
      money: z.string(),
      refund: z.looseObject({
        refundId: z.string(),
        merchantUid: z.string().nullable(),
        paymentwallRef: z.string().nullable(),
        gatewayRef: z.string(),
        state: z.string(),
        label: z.object({ en: z.string(), ko: z.string() }),
        attention: z.string(),
        owner: z.string().nullable(),
        waitingSince: z.string(),
        nextCheckpoint: z.object({ at: z.string(), level: z.string().nullable() }).nullable(),
        lastLook: z.object({ at: z.string(), said: z.string() }).nullable(),
        temporalUi: z.string().nullable(),
      }),
    }),
  ),
  sums: z.array(z.looseObject({ attention: z.string(), count: z.number(), money: z.string(), oldest: z.string() })),
})
type Answer = z.output<typeof answer>
type Options = { state?: string; attention?: string; olderThan?: string; sort: string; limit: number; json: boolean }

const COLUMNS = [
  'refund',
  'order',
  'amount',
  'state',
  'label',
  'since',
  'age',
  'last look',
  'it said',
  'next checkpoint',
  'attention',
  'owner',
  'paymentwall ref',
] as const

export function addStuck(program: Command, { api, out }: Context): void {
  program
    .command('stuck')
    .description('Lists open refunds, the longest waiting first, and the sums of all that fit.')
    .option('--state <state>', 'only this state, for example ticketOpen')
    .option('--attention <level>', 'only this attention: none, remind, warn or page')
    .option('--older-than <duration>', 'only what waits longer, for example 72h', duration)
    .addOption(
      new Option('--sort <by>', 'the longest waiting or the largest first').choices(['age', 'money']).default('age'),
    )
    .option('--limit <number>', 'at most so many', countOption(500), 50)
    .option('--json', 'print the answer as JSON', false)
    .addHelpText('after', `\nColumns, parted by tabs where the output is no terminal:\n  ${COLUMNS.join(', ')}`)
    .action(async ({ json: asJson, ...filter }: Options) => {
      const found = await api().get(`/stuck${queryOf(filter)}`, answer)
      if (asJson) json(out, found)
      else print(out, found)
    })
}

function print(out: Out, { asOf, refunds, sums }: Answer): void {
  grid(
    out,
    COLUMNS,
    refunds.map((each) => rowOf(each, asOf)),
  )
  if (!out.isTTY) return
  out.write(sums.length === 0 ? `${say(OPS.nothingWaits)}\n` : '\n')
  const sumRows = sums.map(({ attention, count: many, money, oldest }) => [
    attention,
    String(many),
    money,
    timeText(oldest),
  ])
  if (sums.length > 0) grid(out, ['attention', 'refunds', 'money', 'oldest'], sumRows)
}

function rowOf({ refund, money }: Answer['refunds'][number], asOf: string): readonly string[] {
  const { lastLook, nextCheckpoint, waitingSince } = refund
  return [
    refund.refundId,
    refund.merchantUid ?? '-',
    money,
    refund.state,
    refund.label.ko,
    timeText(waitingSince),
    ageText(Date.parse(asOf) - Date.parse(waitingSince)),
    lastLook ? timeText(lastLook.at) : '-',
    lastLook?.said ?? '-',
    nextCheckpoint ? `${timeText(nextCheckpoint.at)} ${nextCheckpoint.level ?? ''}`.trim() : '-',
    refund.attention,
    refund.owner ?? '-',
    refund.paymentwallRef ?? '-',
  ]
}

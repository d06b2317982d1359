// ops show and ops letter: one refund or payment with what happened to it, and the mail to the
// desk. Reads only.
// Must not know: how the API keeps it.
import { Option, type Command } from 'commander'
import { z } from 'zod'
import { NotKnown, type Api } from '../api.ts'
import type { Context } from '../context.ts'
import { queryOf, step } from '../options.ts'
import { grid, json, manyLines, table, timeText, type Out } from '../render.ts'
import { OPS, say, type Heading } from '../words.ts'

const history = z.object({
  state: z.string(),
  label: z.object({ en: z.string(), ko: z.string() }),
  money: z.string(),
  timeline: z.array(
    z.object({
      at: z.string(),
      kind: z.string(),
      who: z.string(),
      what: z.string(),
      from: z.string().nullable(),
      to: z.string().nullable(),
      why: z.string(),
    }),
  ),
})
const shared = {
  attention: z.string(),
  owner: z.string().nullable(),
  seen: z.string(),
  temporalUi: z.string().nullable(),
}
const oneRefund = z.object({
  refund: z.looseObject({
    ...shared,
    merchantUid: z.string().nullable(),
    gatewayRef: z.string(),
    paymentwallRef: z.string().nullable(),
    waitingSince: z.string(),
    lastLook: z.object({ at: z.string(), said: z.string() }).nullable(),
    nextCheckpoint: z.object({ at: z.string(), level: z.string().nullable() }).nullable(),
    said: z.string().nullable(),
  }),
})
const onePayment = z.object({
  payment: z.looseObject({
    ...shared,
    accepted: z.boolean(),
    attempts: z.array(z.looseObject({ gatewayRef: z.string(), state: z.string() })),
  }),
  refunds: z.array(z.looseObject({ refundId: z.string(), state: z.string() })),
})
const letter = z.object({ subject: z.string(), body: z.string() })
type History = z.output<typeof history>
type Fact = readonly [Heading, string]

export function addShow(program: Command, { api, out }: Context): void {
  program
    .command('show <id>')
    .description(
      'Shows a refund or a payment, and what happened to it: journal, hints, looks and people in one timeline.',
    )
    .option('--payment', 'the id is a merchantUid; else a refund is looked for first', false)
    .option('--json', 'print the answers as JSON', false)
    .addHelpText(
      'after',
      '\nColumns of the timeline, parted by tabs where the output is no terminal:\n  at, kind, who, what, from, to, why',
    )
    .action(async (id: string, options: { payment: boolean; json: boolean }) => {
      const found = options.payment ? await showPayment(api(), id) : await showEither(api(), id)
      if (options.json) return json(out, { ...found.answer, history: found.history })
      table(out, found.title, [...found.facts])
      print(out, found.history)
    })
}

async function showEither(api: Api, id: string) {
  try {
    return await showRefund(api, id)
  } catch (error) {
    if (!(error instanceof NotKnown)) throw error
    return showPayment(api, id).catch((other: unknown) => {
      throw other instanceof NotKnown
        ? new NotKnown(`no refund and no payment is recorded as ${id}; check the id`)
        : other
    })
  }
}

async function showRefund(api: Api, id: string) {
  const answer = await api.get(`/refunds/${step(id)}`, oneRefund)
  const told = await api.get(`/refunds/${step(id)}/history`, history)
  const { refund } = answer
  const next = refund.nextCheckpoint
  const facts: Fact[] = [
    ['state', `${told.state} ${told.label.ko}`],
    ['amount', told.money],
    ['order', refund.merchantUid ?? '-'],
    ['reference', refund.gatewayRef],
    ['Paymentwall', refund.paymentwallRef ?? '-'],
    ['waits since', timeText(refund.waitingSince)],
    ['last look', refund.lastLook ? `${timeText(refund.lastLook.at)} ${refund.lastLook.said}` : '-'],
    ['next checkpoint', next ? `${timeText(next.at)} ${next.level ?? ''}` : '-'],
    ['gateway said', refund.said ?? '-'],
    ...sharedFacts(refund),
  ]
  return { title: say(OPS.refundTitle, { id }), answer, history: told, facts }
}

async function showPayment(api: Api, id: string) {
  const answer = await api.get(`/payments/${step(id)}`, onePayment)
  const told = await api.get(`/payments/${step(id)}/history`, history)
  const { payment, refunds } = answer
  const facts: Fact[] = [
    ['state', `${told.state} ${told.label.ko}`],
    ['amount', told.money],
    ['accepted', payment.accepted ? 'yes' : 'no'],
    ['attempts', payment.attempts.map(({ gatewayRef, state }) => `${gatewayRef} ${state}`).join(', ') || '-'],
    ['refunds', refunds.map(({ refundId, state }) => `${refundId} ${state}`).join(', ') || '-'],
    ...sharedFacts(payment),
  ]
  return { title: say(OPS.paymentTitle, { id }), answer, history: told, facts }
}

type Shared = { attention: string; owner: string | null; seen: string; temporalUi: string | null }
const sharedFacts = (of: Shared): readonly Fact[] => [
  ['attention', of.attention],
  ['owner', of.owner ?? '-'],
  ['seen', of.seen],
  ['Temporal', of.temporalUi ?? '-'],
]

function print(out: Out, { timeline }: History): void {
  const rows = timeline.map(({ at, kind, who, what, from, to, why }) => [
    at,
    kind,
    who,
    what,
    from ?? '-',
    to ?? '-',
    why,
  ])
  grid(out, ['at', 'kind', 'who', 'what', 'from', 'to', 'why'], rows)
}

export function addLetter(program: Command, { api, out }: Context): void {
  program
    .command('letter <refundId>')
    .description("Prints the mail to Paymentwall's desk about an open refund, in English, for a person to send.")
    .addOption(new Option('--project <name>', 'the project as the desk knows it').env('PAYMENTWALL_PROJECT'))
    .option('--json', 'print subject and body as JSON', false)
    .action(async (id: string, { project, json: asJson }: { project?: string; json: boolean }) => {
      const written = await api().get(`/refunds/${step(id)}/letter${queryOf({ project })}`, letter)
      if (asJson) json(out, written)
      else out.write(`Subject: ${manyLines(written.subject)}\n\n${manyLines(written.body)}\n`)
    })
}

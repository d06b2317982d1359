// One command for each of people's commands on a refund or a payment, and the recheck of many at
// once.
// Must not know: who the person is; the API key says it. State is judged by the saga, whose
// sentence is printed.
import { Option, type Command } from 'commander'
import { z } from 'zod'
import { ApiError, type Api } from '../api.ts'
import { agreed } from '../ask.ts'
import type { Context } from '../context.ts'
import { duration, queryOf, step, timeOption } from '../options.ts'
import { json, oneLine, progress } from '../render.ts'

const commanded = z.object({
  answer: z.enum(['done', 'approvalNeeded']),
  state: z.string(),
  sentence: z.string(),
  request: z.string().optional(),
})
const page = z.object({ refunds: z.array(z.looseObject({ refundId: z.string() })), cursor: z.string().nullable() })
type Given = Readonly<Record<string, unknown>>

const REASON = ['--reason <text>', 'why, for the journal'] as const
const SEEN = ['--seen <mark>', 'the mark of what you saw, as show, the list and the alert print it'] as const
const REQUEST = ['--request <id>', 'which request, as its alert and show name it'] as const
const OUTCOMES = ['refunded', 'refused', 'settledElsewhere', 'ticketOpen']

export function addPeople(program: Command, context: Context): void {
  addRecheck(program, context)
  one(
    program,
    context,
    'refunds',
    'acknowledge',
    'Names an owner; reminders are quiet until the next level.',
  ).requiredOption('--owner <name>', 'who takes it')
  one(program, context, 'refunds', 'snooze', 'Nobody is told until then; past the page level a reason is needed.')
    .requiredOption('--until <time>', '2026-12-24, or a time with its zone', timeOption)
    .option(...REASON)
  one(program, context, 'refunds', 'retry-ticket', 'Authorises one more ticket.')
    .requiredOption(...REASON)
    .requiredOption(...SEEN)
  one(program, context, 'refunds', 'resolve', 'Says how it ended, with what Paymentwall wrote.')
    .addOption(new Option('--outcome <outcome>', 'how it ended').choices(OUTCOMES).makeOptionMandatory())
    .requiredOption(...REASON)
    .requiredOption(...SEEN)
    .option('--evidence <text>', 'what Paymentwall wrote')
    .option('--ticket-dead', 'Paymentwall wrote that no ticket of it is open any more')
  one(program, context, 'refunds', 'withdraw', 'Takes it back while nothing was sent.').requiredOption(...REASON)
  one(
    program,
    context,
    'refunds',
    'approve',
    'Carries out what another person asked for above the limit.',
  ).requiredOption(...REQUEST)
  addPayment(program, context)
  addStray(program, context)
}

function addPayment(program: Command, context: Context): void {
  const payment = program.command('payment').description("People's commands on a payment.")
  const ref = ['--gateway-ref <ref>', 'which attempt, where several wait'] as const
  one(payment, context, 'payments', 'accept', 'Keeps the money: deliver.')
    .requiredOption(...REASON)
    .requiredOption(...SEEN)
    .option(...ref)
  one(payment, context, 'payments', 'refund', 'Gives the money back.')
    .requiredOption(...REASON)
    .requiredOption(...SEEN)
    .option(...ref)
  addRelease(payment, context, 'payments')
  one(payment, context, 'payments', 'recheck', 'Looks at the gateway now.')
  one(payment, context, 'payments', 'acknowledge', 'Names an owner.').requiredOption('--owner <name>', 'who takes it')
  one(
    payment,
    context,
    'payments',
    'approve',
    'Carries out what another person asked for above the limit.',
  ).requiredOption(...REQUEST)
}

/** Money with a saga of its own: a second payment, or of an order that is unknown here. */
function addStray(program: Command, context: Context): void {
  const stray = program
    .command('stray')
    .description(
      "People's commands on money that no order waits for; its id is kind/account/reference, as GET /strays lists it.",
    )
  one(stray, context, 'strays', 'accept', 'Keeps the money: deliver.')
    .requiredOption(...REASON)
    .requiredOption(...SEEN)
  one(stray, context, 'strays', 'refund', 'Gives the money back.')
    .requiredOption(...REASON)
    .requiredOption(...SEEN)
  addRelease(stray, context, 'strays')
  one(stray, context, 'strays', 'recheck', 'Looks at the gateway now.')
  one(stray, context, 'strays', 'acknowledge', 'Names an owner.').requiredOption('--owner <name>', 'who takes it')
  one(stray, context, 'strays', 'approve', 'Carries out what another person asked for above the limit.').requiredOption(
    ...REQUEST,
  )
}

const addRelease = (parent: Command, context: Context, kind: Kind): Command =>
  one(
    parent,
    context,
    kind,
    'release',
    'Ends the holds of exactly what was seen: the gateway speaks against our books.',
  )
    .requiredOption(...SEEN)
    .requiredOption(...REASON)

const ID_NAMES = { refunds: 'refundId', payments: 'merchantUid', strays: 'id' } as const
type Kind = keyof typeof ID_NAMES

/** Its options are the fields of the API's body. */
function one(parent: Command, context: Context, kind: Kind, name: string, help: string): Command {
  return parent
    .command(`${name} <${ID_NAMES[kind]}>`)
    .description(help)
    .option('--json', 'print the answer as JSON', false)
    .action(async (id: string, { json: asJson, ...fields }: Given) =>
      context.exit(await send(context, `/${kind}/${stepsOf(kind, id)}/${name}`, fields, asJson === true)),
    )
}

/** A gateway is two steps of an address, and its reference one, whatever is in it. */
function stepsOf(kind: Kind, id: string): string {
  const [gateway = '', account = '', ...ref] = id.split('/')
  return kind === 'strays' ? [gateway, account, ref.join('/')].map(step).join('/') : step(id)
}

async function send({ api, out }: Context, path: string, fields: Given, asJson: boolean): Promise<number> {
  const answer = await api().command(path, fields, commanded)
  if (asJson) json(out, answer)
  else out.write(`${oneLine(answer.sentence)}; state ${answer.state}\n`)
  return answer.answer === 'done' ? 0 : 2
}

type Bulk = { state?: string; attention?: string; olderThan?: string; yes: boolean; json: boolean }

function addRecheck(program: Command, context: Context): void {
  program
    .command('recheck [refundId]')
    .description('Looks at the gateway now: for one refund, or for all that fit the filters.')
    .option('--state <state>', 'all of this state')
    .option('--attention <level>', 'all of this attention')
    .option('--older-than <duration>', 'all that wait longer, for example 72h', duration)
    .option('--yes', 'do not ask before many are rechecked', false)
    .option('--json', 'print the answer as JSON', false)
    .action(async (id: string | undefined, options: Bulk) => {
      const { yes, json: asJson, ...filter } = options
      const filtered = Object.values(filter).some((value) => value !== undefined)
      if ((id === undefined) !== filtered)
        throw new ApiError('name one refund, or filters: --state, --attention, --older-than; not both')
      context.exit(
        id === undefined
          ? await recheckMany(context, filter, { yes, asJson })
          : await send(context, `/refunds/${step(id)}/recheck`, {}, asJson),
      )
    })
}

type Filter = { state?: string; attention?: string; olderThan?: string }

async function recheckMany(
  context: Context,
  filter: Filter,
  { yes, asJson }: { yes: boolean; asJson: boolean },
): Promise<number> {
  const { out, err } = context
  const api = context.api()
  const ids = await idsOf(api, filter)
  const question = `${ids.length} refunds would be looked at`
  if (ids.length > 0 && !yes && !(await agreed(question)))
    throw new ApiError(`${question}; nothing was done. Add --yes to go on without a question`)
  const line = progress(err)
  const refused: { refundId: string; sentence: string }[] = []
  for (const [index, id] of ids.entries()) {
    line.say(`${index + 1} of ${ids.length}`)
    await api.post(`/refunds/${step(id)}/recheck`, {}, commanded).catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error
      refused.push({ refundId: id, sentence: error.message })
    })
  }
  line.end()
  if (asJson) json(out, { asked: ids.length, refused })
  else {
    out.write(`${ids.length - refused.length} of ${ids.length} refunds are looked at\n`)
    for (const { refundId, sentence } of refused) out.write(`${refundId}\t${oneLine(sentence)}\n`)
  }
  return refused.length > 0 ? 2 : 0
}

/** All pages before anything is done, so that the count is whole. */
async function idsOf(api: Api, filter: Filter): Promise<readonly string[]> {
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const { refunds, cursor: next } = await api.get(`/refunds${queryOf({ ...filter, limit: 100, cursor })}`, page)
    ids.push(...refunds.map(({ refundId }) => refundId))
    cursor = next ?? undefined
  } while (cursor !== undefined)
  return ids
}

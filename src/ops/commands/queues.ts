// ops inbox and ops outbox: what is parked for a person, one row, and letting it try again.
// Must not know: looks, deliverers.
import type { Command } from 'commander'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { countOption, queryOf } from '../options.ts'
import { grid, json, manyLines, table, timeText, type Out } from '../render.ts'

const text = z.string().nullable()
const hint = z.looseObject({
  id: z.number(),
  receivedAt: z.string(),
  source: z.string(),
  gatewayRef: text,
  merchantUid: text,
  saidStatus: text,
  state: z.string(),
  parkedBecause: text,
  times: z.number(),
  fromKnownAddress: z.boolean(),
})
const outgoing = z.looseObject({
  id: z.number(),
  createdAt: z.string(),
  kind: z.string(),
  target: z.string(),
  state: z.string(),
  tries: z.number(),
  said: text,
})
const inboxPage = z.object({ inbox: z.array(hint), cursor: text })
const outboxPage = z.object({ outbox: z.array(outgoing), cursor: text })
const oneHint = z.object({ hint: hint.extend({ body: text, contentType: text, remoteAddress: text }) })
const oneOutgoing = z.object({ outgoing: outgoing.extend({ payload: z.unknown() }) })
const nothing = z.object({})

const HINT_COLUMNS = [
  'id',
  'received',
  'source',
  'reference',
  'order',
  'said',
  'state',
  'because',
  'times',
  'from known address',
] as const
const OUTGOING_COLUMNS = ['id', 'made', 'kind', 'target', 'state', 'tries', 'said'] as const

type Paging = { state?: string; limit: number; cursor?: string; json: boolean }

export function addQueues(program: Command, context: Context): void {
  addInbox(program, context)
  addOutbox(program, context)
}

function addInbox(program: Command, context: Context): void {
  const { api, out } = context
  const inbox = program
    .command('inbox')
    .description('Hints: those that are parked for a person, one, and a look after all.')
  listing(inbox, 'received, looked or parked', HINT_COLUMNS).action(async ({ json: asJson, ...filter }: Paging) => {
    const page = await api().get(`/inbox${queryOf(filter)}`, inboxPage)
    if (asJson) return json(out, page)
    const rows = page.inbox.map((each) => [
      String(each.id),
      timeText(each.receivedAt),
      each.source,
      each.gatewayRef ?? '-',
      each.merchantUid ?? '-',
      each.saidStatus ?? '-',
      each.state,
      each.parkedBecause ?? '-',
      String(each.times),
      each.fromKnownAddress ? 'yes' : 'no',
    ])
    grid(out, HINT_COLUMNS, rows)
    more(context.err, page.cursor)
  })
  showing(inbox).action(async (id: number, { json: asJson }: { json: boolean }) => {
    const found = await api().get(`/inbox/${id}`, oneHint)
    if (asJson) return json(out, found)
    const { body, ...facts } = found.hint
    table(
      out,
      `hint ${id}`,
      Object.entries(facts).map(([name, value]) => [name, shown(value)]),
    )
    out.write(`${manyLines(body ?? '(no body)')}\n`)
  })
  replaying(inbox, context, 'inbox', 'its look follows; see ops inbox show')
}

function addOutbox(program: Command, context: Context): void {
  const { api, out } = context
  const outbox = program
    .command('outbox')
    .description('Wakes, notices and alerts: those that are parked, one, and another try.')
  listing(outbox, 'pending, delivered or parked', OUTGOING_COLUMNS)
    .option('--kind <kind>', 'only wake, notice or alert')
    .action(async ({ json: asJson, ...filter }: Paging & { kind?: string }) => {
      const page = await api().get(`/outbox${queryOf(filter)}`, outboxPage)
      if (asJson) return json(out, page)
      const rows = page.outbox.map(({ id, createdAt, kind, target, state, tries, said }) => [
        String(id),
        timeText(createdAt),
        kind,
        target,
        state,
        String(tries),
        said ?? '-',
      ])
      grid(out, OUTGOING_COLUMNS, rows)
      more(context.err, page.cursor)
    })
  showing(outbox).action(async (id: number, { json: asJson }: { json: boolean }) => {
    const found = await api().get(`/outbox/${id}`, oneOutgoing)
    if (asJson) return json(out, found)
    const { payload, ...facts } = found.outgoing
    table(
      out,
      `row ${id}`,
      Object.entries(facts).map(([name, value]) => [name, shown(value)]),
    )
    out.write(`${manyLines(JSON.stringify(payload, null, 2))}\n`)
  })
  replaying(outbox, context, 'outbox', 'it is tried again for a day')
}

const listing = (queue: Command, states: string, columns: readonly string[]): Command =>
  queue
    .command('list', { isDefault: true })
    .description('Lists rows, the oldest first.')
    .option('--state <state>', `${states}; parked where it is left out`)
    .option('--limit <number>', 'at most so many', countOption(100), 20)
    .option('--cursor <cursor>', 'the page after, as the page before named it')
    .option('--json', 'print the answer as JSON', false)
    .addHelpText('after', `\nColumns, parted by tabs where the output is no terminal:\n  ${columns.join(', ')}`)

const showing = (queue: Command): Command =>
  queue
    .command('show')
    .description('Shows one row with all that is kept of it.')
    .argument('<id>', 'number of the row', rowNumber)
    .option('--json', 'print the answer as JSON', false)

function replaying(queue: Command, { api, out }: Context, name: string, said: string): void {
  queue
    .command('replay')
    .description('Lets a parked row try again.')
    .argument('<id>', 'number of the row', rowNumber)
    .option('--json', 'print the answer as JSON', false)
    .action(async (id: number, { json: asJson }: { json: boolean }) => {
      await api().post(`/${name}/${id}/replay`, {}, nothing)
      if (asJson) json(out, { id, replayed: true })
      else out.write(`row ${id} of the ${name} is no longer parked: ${said}\n`)
    })
}

const rowNumber = countOption(999_999_999)
const shown = (value: unknown): string => manyLines(typeof value === 'string' ? value : (JSON.stringify(value) ?? '-'))

function more(err: Out, cursor: string | null): void {
  if (cursor !== null) err.write(`there are more: add --cursor ${cursor}\n`)
}

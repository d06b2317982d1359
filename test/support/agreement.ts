// Whether everybody's books agree once all is quiet: the gateway's payments and tickets, our rows, the journal, the notices.
// Must not know: what happened before. Every disagreement is one sentence.
import { sql } from 'kysely'
import { z } from 'zod'
import type { Db } from '../../src/db/connect.ts'
import type { Shop } from './shop.ts'

const theirPayments = z.object({
  payments: z.array(
    z.object({
      impUid: z.string(),
      merchantUid: z.string(),
      status: z.string(),
      amount: z.number(),
      cancelAmount: z.number(),
      gateway: z.string(),
    }),
  ),
})
const theirTickets = z.object({
  tickets: z.array(z.object({ id: z.string(), impUid: z.string(), reason: z.string(), state: z.string() })),
})

/** What is still under way: hints that no look has answered, wakes that have not left, sagas with something to do. */
export async function underWay(db: Db, { client }: Shop): Promise<readonly string[]> {
  const inbox = await db
    .selectFrom('inbox')
    .select(['subject', 'source'])
    .where('state', '=', 'received')
    .where('source', '<>', 'again')
    .execute()
  const wakes = await db
    .selectFrom('outbox')
    .select('target')
    .where('kind', '=', 'wake')
    .where('state', '=', 'pending')
    .execute()
  const requested = await db.selectFrom('refunds').select('refundId').where('state', '=', 'requested').execute()
  const rows = [
    ...inbox.map(({ subject, source }) => `unlooked: ${source} hint of ${subject}`),
    ...wakes.map(({ target }) => `not woken: ${target}`),
    ...requested.map(({ refundId }) => `requested: ${refundId}`),
  ]
  return rows.length > 0 ? rows : busySagas(client)
}

/** A call for each that runs, dear where many wait: asked only once the rows are quiet. */
async function busySagas(client: Shop['client']): Promise<readonly string[]> {
  const busy: string[] = []
  for await (const run of client.workflow.list({ query: 'ExecutionStatus = "Running"' })) {
    const { raw } = await client.workflow.getHandle(run.workflowId, run.runId).describe()
    const task = raw.pendingWorkflowTask ? [`a task, try ${raw.pendingWorkflowTask.attempt}`] : []
    const steps = (raw.pendingActivities ?? []).map(
      ({ activityType, attempt, lastFailure }) =>
        `${activityType?.name}, try ${attempt}${lastFailure?.message ? `: ${lastFailure.message}` : ''}`,
    )
    if (task.length + steps.length > 0) busy.push(`${run.workflowId} (${[...task, ...steps].join('; ')})`)
  }
  return busy.map((what) => `has something to do: ${what}`)
}

export async function disagreements(db: Db, shop: Shop): Promise<readonly string[]> {
  return [
    ...(await withTheGateway(db, shop)),
    ...(await withTheDesk(db, shop)),
    ...(await withTheJournal(db)),
    ...(await withTheNotices(db)),
  ]
}

/** Payments and cancels as the gateway has them = attempts and booked entries. */
export async function withTheGateway(db: Db, { sim }: Pick<Shop, 'sim'>): Promise<readonly string[]> {
  const { payments } = theirPayments.parse(await sim.control('GET', '/payments'))
  const { rows } = await sql<{ ref: string; order: string; status: string; amount: number; booked: number }>`
    select a.gateway_ref as ref, a.merchant_uid as "order", a.status, a.amount,
      coalesce((select sum(e.amount) from cancel_entries e where e.gateway_ref = a.gateway_ref and not e.gone), 0)::int8 as booked
    from attempts a`.execute(db)
  const ours = new Map(rows.map((row) => [row.ref, `${row.order}: ${row.status}, ${row.booked} of ${row.amount} back`]))
  const theirs = new Map(
    payments.map((each) => [
      // PortOne's references name the order, too.
      each.gateway === 'portone' ? `${each.merchantUid}:${each.impUid}` : each.impUid,
      `${each.merchantUid}: ${each.status}, ${each.cancelAmount} of ${each.amount} back`,
    ]),
  )
  return different('the gateway', theirs, 'the rows', ours)
}

/**
 * Every ticket at the desk is one of ours, or of these; of each authorisation at most one, and exactly one where its call was
 * answered.
 */
export async function withTheDesk(
  db: Db,
  { sim }: Pick<Shop, 'sim'>,
  lost: ReadonlySet<string> = new Set(),
): Promise<readonly string[]> {
  const { tickets } = theirTickets.parse(await sim.control('GET', '/tickets'))
  const atTheDesk = new Map<string, number>()
  for (const { reason } of tickets) {
    const id = /^#(\S+) /.exec(reason)?.[1] ?? ''
    atTheDesk.set(id, (atTheDesk.get(id) ?? 0) + 1)
  }
  const rows = await db
    .selectFrom('refunds')
    .leftJoin('tickets', 'tickets.refundId', 'refunds.refundId')
    .select(['refunds.refundId', 'refunds.state', 'tickets.authorisedBy', 'tickets.outcome'])
    .execute()
  const said: string[] = []
  const byRefund = new Map<string, typeof rows>()
  for (const row of rows) byRefund.set(row.refundId, [...(byRefund.get(row.refundId) ?? []), row])
  for (const [refundId, own] of byRefund) {
    const count = atTheDesk.get(refundId) ?? 0
    atTheDesk.delete(refundId)
    const least = own.filter(({ outcome }) => outcome === 'filed').length
    const sent = own.filter(({ outcome }) => outcome === 'filed' || outcome === 'unknown')
    const authorisations = new Set(sent.map(({ authorisedBy }) => authorisedBy?.split('.')[0]))
    const outcomes = own.map(({ outcome }) => String(outcome)).join(', ')
    if (count < least || count > authorisations.size)
      said.push(`${refundId} (${own[0]?.state}) has ${count} tickets at the desk, its calls ended with: ${outcomes}`)
  }
  const strange = [...atTheDesk.keys()].filter((id) => !lost.has(id))
  return [...said, ...strange.map((id) => `the desk has a ticket of ${id}, which is no refund of ours`)]
}

/** The last state that the journal tells of each refund and payment = the row. Lines about tickets and attention tell of none. */
export async function withTheJournal(db: Db): Promise<readonly string[]> {
  const { rows: last } = await sql<{ id: string; state: string }>`
    select distinct on (refund_id) refund_id as id, to_state as state from journal
    where refund_id is not null and to_state is not null and what not like 'ticket.%'
      and what not in ('acknowledge', 'snooze', 'checkpoint') order by refund_id, journal.id desc`.execute(db)
  const refunds = await db.selectFrom('refunds').select(['refundId as id', 'state']).execute()
  const { rows: lastShown } = await sql<{ id: string; state: string }>`
    select distinct on (merchant_uid) merchant_uid as id, to_state as state from journal
    where what = 'payment.state' order by merchant_uid, journal.id desc`.execute(db)
  const { rows: payments } = await sql<{
    id: string
    state: string
  }>`select merchant_uid as id, state from payments`.execute(db)
  return [
    ...different('the journal', states(last), 'the refund', states(refunds)),
    ...different('the journal', states(lastShown), 'the payment', states(payments)),
  ]
}

/** Numbered 1 to n without a gap in their order, and the last of each row shows the row's state. */
async function withTheNotices(db: Db): Promise<readonly string[]> {
  const notices = await db
    .selectFrom('outbox')
    .select(['target', 'payload'])
    .where('kind', '=', 'notice')
    .orderBy('id')
    .execute()
  const payload = z.looseObject({
    number: z.number(),
    type: z.string(),
    payment: z.looseObject({ state: z.string() }),
    refund: z.looseObject({ refundId: z.string(), state: z.string() }).optional(),
  })
  const told = notices.map((notice) => ({ order: notice.target, ...payload.parse(notice.payload) }))
  const numbers = new Map<string, number[]>()
  for (const { order, number } of told) numbers.set(order, [...(numbers.get(order) ?? []), number])
  const payments = await db.selectFrom('payments').select(['merchantUid as id', 'state', 'notices']).execute()
  const refunds = await db.selectFrom('refunds').select(['refundId as id', 'state']).execute()
  const counted = new Map(payments.map(({ id, notices: count }) => [id, upTo(count)]))
  return [
    ...different('the notices', joined(numbers), 'the counters', counted),
    ...different(
      'the notices',
      new Map(told.map(({ order, payment }) => [order, payment.state])),
      'the payment',
      states(payments),
    ),
    ...different(
      'the notices',
      new Map(told.flatMap(({ refund }) => (refund ? [[refund.refundId, refund.state]] : []))),
      'the refund',
      states(refunds),
    ),
  ]
}

const states = (rows: readonly { id: string; state: string }[]) => new Map(rows.map(({ id, state }) => [id, state]))
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1).join(' ')
const joined = (lists: ReadonlyMap<string, readonly number[]>) =>
  new Map([...lists].map(([id, list]) => [id, list.join(' ')]))

function different(
  one: string,
  ones: ReadonlyMap<string, string>,
  other: string,
  others: ReadonlyMap<string, string>,
): readonly string[] {
  return [...new Set([...ones.keys(), ...others.keys()])]
    .filter((id) => ones.get(id) !== others.get(id))
    .map((id) => `${id}: ${one} say "${ones.get(id) ?? 'nothing'}", ${other} says "${others.get(id) ?? 'nothing'}"`)
}

// The facts of a run: read from the gateway, the database, Temporal, and from what the checkout holds.
// Must not know: what must agree with what.
import { sql } from 'kysely'
import { z } from 'zod'
import { transact, type Db } from '../../src/db/connect.ts'
import { OPEN_ROWS, reallyOpen } from '../../src/outbox/openSagas.ts'
import type { Gap } from './faults.ts'
import { withTheDesk, withTheGateway, withTheJournal } from '../support/agreement.ts'
import type { Shop } from '../support/shop.ts'
import type { Facts, RefundFact } from './comparing.ts'

const theirs = z.object({
  payments: z.array(
    z.object({ merchantUid: z.string(), status: z.string(), amount: z.number(), cancelAmount: z.number() }),
  ),
})
const ticketsThere = z.object({ tickets: z.array(z.object({ reason: z.string(), openedAt: z.string() })) })
const SAGAS = ['payment', 'refund', 'stray'] as const
/** A server that has just begun may be late by some seconds. */
const LATE_MS = 60_000
/** A task that fails because news came in between fails once. */
const FAILS_ALWAYS = 4

export type OfTheRun =
  'taken' | 'forged' | 'answered' | 'opened' | 'asked' | 'stuck' | 'fallen' | 'restored' | 'reopened' | 'lost'

/** `gaps`: what the desk was asked for then, and has no row now, a restore has lost. */
export async function collect(
  db: Db,
  shop: Shop,
  { gaps, ...own }: Pick<Facts, OfTheRun> & { readonly gaps: readonly Gap[] },
): Promise<Facts> {
  const { payments: theirPayments } = theirs.parse(await shop.sim.control('GET', '/payments'))
  const tickets = ticketsThere.parse(await shop.sim.control('GET', '/tickets')).tickets.map(({ reason, openedAt }) => {
    return { refundId: /^#(\S+) /.exec(reason)?.[1] ?? reason, openedMs: Date.parse(openedAt) }
  })
  const rows = await ofRows(db)
  const known = new Set(rows.refunds.map(({ refundId }) => refundId))
  const lostThen = tickets.filter(
    ({ refundId, openedMs }) =>
      !known.has(refundId) && gaps.some(({ fromMs, toMs }) => openedMs >= fromMs && openedMs <= toMs),
  )
  const lost = new Set([...own.lost, ...lostThen.map(({ refundId }) => refundId)])
  return {
    ...own,
    lost,
    gateway: await withTheGateway(db, shop),
    desk: await withTheDesk(db, shop, lost),
    journal: await withTheJournal(db),
    theirPayments: theirPayments.map(({ merchantUid, status, amount, cancelAmount }) => {
      return { merchantUid, paid: status === 'paid' || cancelAmount > 0 ? amount : 0, returned: cancelAmount }
    }),
    tickets: tickets.map(({ refundId }) => refundId),
    ...rows,
    openSagas: await openNow(db),
    running: await runningNow(shop),
  }
}

async function ofRows(db: Db) {
  const { rows: payments } = await sql<{ merchantUid: string; state: string; accepted: boolean }>`
    select merchant_uid, state, accepted_ref is not null as accepted from payments`.execute(db)
  const { rows: refunds } = await sql<RefundFact>`
    select refund_id, coalesce(merchant_uid, '') as merchant_uid, state, amount, attention from refunds`.execute(db)
  const { rows: noticeRows } = await sql<{ id: string; merchantUid: string; number: number; state: string }>`
    select payload->>'id' as id, target as merchant_uid, (payload->>'number')::float8 as number, state from outbox
    where kind = 'notice' order by outbox.id`.execute(db)
  // Where many come about one order, or one payment, further ones are counted in a row of that alone.
  const { rows: kept } = await sql<{ order: string; times: number }>`
    select coalesce(i.merchant_uid, a.merchant_uid) as "order", sum(i.times)::float8 as times
    from inbox i left join attempts a on a.gateway = i.gateway and a.gateway_ref = i.gateway_ref
    where i.source = 'webhook' and coalesce(i.merchant_uid, a.merchant_uid) is not null group by 1`.execute(db)
  const { rows: unlooked } = await sql<{ subject: string }>`
    select source || ' hint of ' || coalesce(subject, '?') as subject from inbox
    where state = 'received' and source <> 'again'`.execute(db)
  const { rows: told } = await sql<{ saga: string }>`
    select distinct target as saga from outbox where kind = 'alert' and logged_at is not null
      and payload->>'level' in ('warn', 'page')`.execute(db)
  const { rows: overdue } = await sql<{ what: string }>`
    select 'refund:' || refund_id || ' should have been looked at by ' || next_checkpoint_at as what from refunds
    where next_checkpoint_at < clock_timestamp() - ${LATE_MS} * interval '1 millisecond'`.execute(db)
  return {
    payments,
    refunds,
    noticeRows,
    kept: new Map(kept.map(({ order, times }) => [order, times])),
    unlooked: unlooked.map(({ subject }) => subject),
    told: new Set(told.map(({ saga }) => saga)),
    overdue: overdue.map(({ what }) => what),
  }
}

async function openNow(db: Db): Promise<readonly string[]> {
  const open: string[] = []
  for (const kind of SAGAS) {
    const rows = await OPEN_ROWS[kind](db, { after: '', limit: 1_000_000, quietMs: 0 })
    const really = await transact(db, 'open sagas', (trx) => reallyOpen(trx, rows))
    open.push(...really.map((id) => `${kind}:${id}`))
  }
  return open
}

/** Sagas alone: sweeps and the supervisor come and go. */
async function runningNow({ client }: Shop): Promise<Facts['running']> {
  const running: { id: string; failing: boolean }[] = []
  for await (const { workflowId, runId } of client.workflow.list({ query: 'ExecutionStatus = "Running"' })) {
    if (!SAGAS.some((kind) => workflowId.startsWith(`${kind}:`))) continue
    const { raw, status } = await client.workflow.getHandle(workflowId, runId).describe()
    // The list is written a moment after a run has ended.
    if (status.name !== 'RUNNING') continue
    running.push({ id: workflowId, failing: (raw.pendingWorkflowTask?.attempt ?? 0) >= FAILS_ALWAYS })
  }
  return running
}

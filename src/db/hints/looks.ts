// The inbox as the looker uses it: what is unlooked, who looks at it, when the next look of a
// reference may be.
// Must not know: gateways, evidence beyond ids. All comparisons of arrival and look times are the
// database's own.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { fromNow, isOver, type Began } from '../clock.ts'
import type { Db, Trx } from '../connect.ts'
import type { HintSource } from '../schema.ts'

export type Candidate = {
  readonly gateway: string
  readonly subject: string
  readonly gatewayRef: string | null
  /** One of the hints' merchant_uids, a known one where there is any. */
  readonly merchantUid: string | null
  readonly orderKnown: boolean
  readonly linked: boolean
  /** A sweep, a saga or a person asked: no spacing, and the reference need not be linked. */
  readonly trusted: boolean
  readonly failures: number
  readonly spacingMs: number
}

const SPACED = sql.raw(`('webhook', 'pingback', 'browser', 'again')`)
/**
 * Which lane a hint takes: what tells of something that just happened, then the sweep, then a
 * catch-up of the past.
 */
const LANE = sql`case when i.source <> 'sweep' then 0 when i.sweep_id is null then 1 else 2 end`
const free = isOver(sql`l.leased_until`)
const rested = isOver(sql`l.not_before`)
const retried = isOver(sql`l.retry_at`)

/**
 * References with unlooked, due hints that nobody looks at now. In a flood first those that are
 * known here, lane by lane, and in each those that the gateway's own addresses, sagas or people
 * named; else the longest waiting first, by when the look fell due: a row that hints are counted
 * into again and again has no older claim than the others.
 */
export async function candidates(db: Db, limit: number): Promise<readonly Candidate[]> {
  if (!(await anyDue(db))) return []
  const { rows } = await sql<Candidate>`
    select gateway, subject, gateway_ref, merchant_uid, order_known, linked, trusted, failures, spacing_ms from (
    select i.gateway, i.subject, min(i.gateway_ref) as gateway_ref,
      coalesce(min(i.merchant_uid) filter (where p.merchant_uid is not null), min(i.merchant_uid)) as merchant_uid,
      bool_or(p.merchant_uid is not null) as order_known,
      exists (select 1 from attempts a where a.gateway = i.gateway and a.gateway_ref = min(i.gateway_ref)) as linked,
      bool_or(i.source not in ${SPACED}) as trusted,
      bool_or(i.from_known_address or i.source not in ('webhook', 'again')) as likely, min(${LANE}) as lane,
      greatest(min(i.due_at), max(l.not_before) filter (where i.source in ${SPACED}), max(l.retry_at)) as due_at,
      coalesce(max(l.failures), 0) as failures, coalesce(max(l.spacing_ms), 0) as spacing_ms
    from inbox i
      left join looks l on l.gateway = i.gateway and l.subject = i.subject
      left join payments p on p.merchant_uid = i.merchant_uid
    where i.state = 'received' and ${isOver(sql`i.due_at`)} and i.subject is not null
      and (l.leased_until is null or ${free})
      and (l.retry_at is null or ${retried})
      and (l.not_before is null or ${rested} or i.source not in ${SPACED})
    group by i.gateway, i.subject) as waiting
    order by order_known or linked or trusted desc, lane, likely desc, due_at limit ${limit}`.execute(db)
  return rows
}

/**
 * A looker is kicked for whatever moved, mostly for no hint at all: that much is found out by one
 * index.
 */
async function anyDue(db: Db): Promise<boolean> {
  const { rows } = await sql<{ due: boolean }>`
    select exists (select 1 from inbox i where i.state = 'received' and ${isOver(sql`i.due_at`)}
      and i.subject is not null) as due`.execute(db)
  return rows[0]?.due === true
}

/** Takes the reference for `leaseMs`; undefined where another looker was faster. */
export async function lease(db: Db, candidate: Candidate, leaseMs: number): Promise<string | undefined> {
  const token = randomUUID()
  const { gateway, subject, merchantUid, linked } = candidate
  const row = await db
    .insertInto('looks')
    .values({
      gateway,
      subject,
      saidMerchantUid: merchantUid,
      linked,
      leaseToken: token,
      leasedUntil: fromNow(leaseMs),
    })
    .onConflict((on) =>
      on
        .columns(['gateway', 'subject'])
        .doUpdateSet({ saidMerchantUid: merchantUid, linked, leaseToken: token, leasedUntil: fromNow(leaseMs) })
        .where((eb) => eb.or([eb('looks.leasedUntil', 'is', null), isOver(sql`looks.leased_until`)])),
    )
    .returning('leaseToken')
    .executeTakeFirst()
  return row?.leaseToken === token ? token : undefined
}

/**
 * How many unlinked references of this order were looked at in the last ten minutes, or are looked
 * at now.
 */
export async function unlinkedLooks(db: Db, merchantUid: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from looks
    where said_merchant_uid = ${merchantUid} and not linked and subject like 'ref:%'
      and (began > clock_timestamp() - interval '10 minutes' or not ${isOver(sql`leased_until`)})`.execute(db)
  return rows[0]?.count ?? 0
}

/** Further unlinked references of one order share one look of the whole order. */
export async function shareOrderLook(db: Db, { gateway, subject }: Candidate, merchantUid: string): Promise<void> {
  await db
    .updateTable('inbox')
    .set({ subject: `order:${merchantUid}` })
    .where('gateway', '=', gateway)
    .where('subject', '=', subject)
    .where('state', '=', 'received')
    .where('merchantUid', '=', merchantUid)
    .execute()
}

/**
 * Keeps hints until their order is recorded: none whose order has been recorded meanwhile. Returns
 * how many.
 */
export async function parkUnknown(db: Db, { gateway, subject }: Candidate): Promise<number> {
  const { numAffectedRows } = await sql`
    update inbox set state = 'parked', parked_because = 'unknownOrder', settled_at = clock_timestamp()
    where gateway = ${gateway} and subject = ${subject} and state = 'received' and source in ${SPACED}
      and not exists (select 1 from payments p where p.merchant_uid = inbox.merchant_uid)`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** Keeps unlooked hints for a person. Returns how many. */
export async function park(
  db: Db | Trx,
  { gateway, subject }: { gateway: string; subject: string },
  because: string,
): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('inbox')
    .set({ state: 'parked', parkedBecause: because, settledAt: sql<string>`clock_timestamp()` })
    .where('gateway', '=', gateway)
    .where('subject', '=', subject)
    .where('state', '=', 'received')
    .executeTakeFirstOrThrow()
  return Number(numUpdatedRows)
}

type Release = {
  readonly began?: string
  readonly spacingMs: number
  readonly failures: number
  readonly retryMs?: number
}

/** Ends a lease that is still ours, with what the next look of this reference must wait for. */
export async function release(
  db: Db | Trx,
  { gateway, subject }: Candidate,
  token: string,
  next: Release,
): Promise<void> {
  const began =
    next.began === undefined
      ? {}
      : {
          began: next.began,
          notBefore: sql<string>`${next.began}::timestamptz + ${next.spacingMs} * interval '1 millisecond'`,
        }
  await db
    .updateTable('looks')
    .set({
      ...began,
      leaseToken: null,
      leasedUntil: null,
      spacingMs: next.spacingMs,
      failures: next.failures,
      retryAt: next.retryMs === undefined ? null : fromNow(next.retryMs),
    })
    .where('gateway', '=', gateway)
    .where('subject', '=', subject)
    .where('leaseToken', '=', token)
    .execute()
}

export type SettledHint = {
  readonly gatewayRef: string | null
  readonly merchantUid: string | null
  readonly source: HintSource
  readonly saidStatus: string | null
  readonly saidCancellationId: string | null
  readonly mismatched: boolean
  /** How many hints it stands for. */
  readonly times: number
  /** They said different things. */
  readonly several: boolean
}

type Seen = { readonly gatewayRef: string; readonly merchantUid: string }
type Subject = { readonly gateway: string } & ({ readonly gatewayRef: string } | { readonly merchantUid: string })

/**
 * Marks `looked` each hint of what was looked at that had arrived, by the sequence, and was due, by
 * the clock, before the look began.
 */
export async function settleHints(
  trx: Trx,
  subject: Subject,
  found: readonly Seen[],
  { began, moved }: { began: Began; moved: boolean },
): Promise<readonly SettledHint[]> {
  const subjects = [
    'gatewayRef' in subject ? `ref:${subject.gatewayRef}` : `order:${subject.merchantUid}`,
    ...found.map((seen) => `ref:${seen.gatewayRef}`),
  ]
  const pairs = found.map(({ gatewayRef, merchantUid }) => `${gatewayRef} ${merchantUid}`)
  const { rows } = await sql<SettledHint>`
    update inbox set state = 'looked', settled_at = clock_timestamp(), moved = ${moved},
      mismatched = gateway_ref is not null and merchant_uid is not null and ${pairs.length} > 0
        and gateway_ref || ' ' || merchant_uid not in (${sql.join(pairs.length > 0 ? pairs : [''])})
        and gateway_ref in (${sql.join(found.length > 0 ? found.map((seen) => seen.gatewayRef) : [''])})
    where gateway = ${subject.gateway} and subject in (${sql.join([...new Set(subjects)])})
      and state = 'received' and arrival < ${began.number} and ${isOver(sql`due_at`, sql`${began.at}::timestamptz`)}
    returning gateway_ref, merchant_uid, source, said_status, said_cancellation_id, mismatched, times, several`.execute(
    trx,
  )
  return rows
}

/**
 * The account is right again: what failed because it was not, and what was parked for it, is looked
 * at now. Returns how many hints were parked.
 */
export async function retryAll(trx: Trx, gateway: string, parkedBecause: string): Promise<number> {
  await trx
    .updateTable('looks')
    .set({ retryAt: null, failures: 0 })
    .where('gateway', '=', gateway)
    .where('failures', '>', 0)
    .execute()
  const { numUpdatedRows } = await trx
    .updateTable('inbox')
    .set({ state: 'received', parkedBecause: null, settledAt: null })
    .where('gateway', '=', gateway)
    .where('state', '=', 'parked')
    .where('parkedBecause', '=', parkedBecause)
    .executeTakeFirstOrThrow()
  return Number(numUpdatedRows)
}

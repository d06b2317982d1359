// The inbox as the looker uses it: what is unlooked, who looks at it, when the next look of a
// reference may be.
// Must not know: gateways, evidence beyond ids. All comparisons of arrival and look times are the
// database's own.
import { randomUUID } from 'node:crypto'
import { sql, type RawBuilder } from 'kysely'
import { fromNow, isOver, SENT_AT, type Began } from '../clock.ts'
import { tracing } from '../../tracing.ts'
import type { Db, Trx } from '../connect.ts'
import { notePut } from '../notify.ts'
import { HOT } from '../postgres.ts'
import type { HintSource } from '../schema.ts'
import { received } from '../waits.ts'

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
  /** Of the oldest hint that has one; read only while traces are wanted. */
  readonly traceparent?: string | null
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

/** So many hints of each lane are looked through for whom to look at next, however many wait. */
const FRONT = 200
const HINT = sql.raw('gateway, subject, gateway_ref, merchant_uid, source, sweep_id, from_known_address, due_at')
/** In the words of inbox_due, and of no other index (migration 0020). */
const UNLOOKED = sql.raw(`state not in ('looked', 'parked') and subject is not null and signed_key is null`)
const LANES = [0, 1, 2]
const isDue = [sql`due_at <= ${SENT_AT}`, sql`due_at > ${SENT_AT} + interval '1 hour'`]
/**
 * The longest due of each lane; and those that a clock which was ahead put off. Lookers that claim
 * at once look through different ones.
 */
const front = sql.join(
  LANES.flatMap((lane) =>
    isDue.map(
      (due) => sql`select * from (select ${HINT} from inbox i where ${UNLOOKED}
        and ${LANE} = ${sql.lit(lane)} and ${due} order by due_at limit ${sql.lit(FRONT)} for update skip locked) as lane`,
    ),
  ),
  sql` union all `,
)
const everything = sql`select ${HINT} from inbox i where ${UNLOOKED} and ${isOver(sql`due_at`)}`

/**
 * References with due hints, that nobody looks at now. In a flood first those that are known here,
 * lane by lane, and in each those that the gateway's own addresses, sagas or people named; else the
 * longest waiting first, by when the look fell due: a row that hints are counted into again and
 * again has no older claim than the others.
 */
const candidatesOf = (limit: number) => sql`
  select gateway, subject, gateway_ref, merchant_uid, order_known, linked, trusted, failures, spacing_ms,
    row_number() over (order by order_known or linked or trusted desc, lane, likely desc, due_at) as place from (
  select i.gateway, i.subject, min(i.gateway_ref) as gateway_ref,
    coalesce(min(i.merchant_uid) filter (where p.merchant_uid is not null), min(i.merchant_uid)) as merchant_uid,
    bool_or(p.merchant_uid is not null) as order_known,
    exists (select 1 from attempts a where a.gateway = i.gateway and a.gateway_ref = min(i.gateway_ref)) as linked,
    bool_or(i.source not in ${SPACED}) as trusted,
    bool_or(i.from_known_address or i.source not in ('webhook', 'again')) as likely, min(${LANE}) as lane,
    greatest(min(i.due_at), max(l.not_before) filter (where i.source in ${SPACED}), max(l.retry_at)) as due_at,
    coalesce(max(l.failures), 0) as failures, coalesce(max(l.spacing_ms), 0) as spacing_ms
  from waiting i
    left join looks l on l.gateway = i.gateway and l.subject = i.subject
    left join payments p on p.merchant_uid = i.merchant_uid
  where (l.leased_until is null or ${free})
    and (l.retry_at is null or ${retried})
    and (l.not_before is null or ${rested} or i.source not in ${SPACED})
  group by i.gateway, i.subject) as waiting
  order by place limit ${limit}`

/** Not ordered and cut: that might walk through all hints by their id. */
const TRACE = sql`, (select (array_agg(t.traceparent order by t.id))[1] from inbox t where t.gateway = a.gateway
  and t.subject = a.subject and ${received('t')} and t.traceparent is not null) as traceparent`

export type Claim = {
  readonly candidate: Candidate
  /**
   * `unknown`: nobody here knows it, so no look is made; `crowded`: too many unlinked references of
   * its order; `taken`: another looker was faster.
   */
  readonly as: 'leased' | 'taken' | 'crowded' | 'unknown'
  readonly token: string
  /** All that arrived before has a smaller number: the look has not begun yet. */
  readonly began: Began
}
type Claiming = {
  readonly limit: number
  readonly leaseMs: number
  /**
   * Of one order that webhooks name, those of the last ten minutes and those that are looked at
   * now.
   */
  readonly mostUnlinked: number
}
type Claimed = {
  readonly claims: readonly Claim[]
  /** Rows of what gateways have signed and that waits to be judged, oldest first. */
  readonly signed: readonly number[]
}
type ClaimRow = Candidate & {
  readonly signed: readonly number[]
  readonly waiting: number
  readonly leased: boolean
  readonly crowded: boolean
  readonly number: number
  readonly at: string
}

/** Rows of what gateways have signed, oldest first. */
const SIGNED_AT_ONCE = 20
const signedDue = sql`coalesce((select json_agg(s.id order by s.due_at, s.id) from (
  select i.id, i.due_at from inbox i where i.state = 'received' and i.signed_key is not null
    and ${isOver(sql`i.due_at`)} order by i.due_at limit ${sql.lit(SIGNED_AT_ONCE)}) s), '[]')`

/** What `claimLooks` says of them, for whoever has no room for a look. */
export async function dueSigned(db: Db): Promise<readonly number[]> {
  const { rows } = await sql<Pick<ClaimRow, 'signed'>>`select ${signedDue} as signed`.execute(db)
  return rows[0]?.signed ?? []
}

/**
 * Takes what is to be looked at next, all at once. What waits in front may be spaced, leased or put
 * off, all of it: only then everything that waits is looked through.
 */
export async function claimLooks(db: Db, claiming: Claiming): Promise<Claimed> {
  const some = await claimFrom(db, front, claiming)
  return some.claims.length === 0 && some.waiting >= FRONT ? claimFrom(db, everything, claiming) : some
}

async function claimFrom(
  db: Db,
  waiting: RawBuilder<unknown>,
  { limit, leaseMs, mostUnlinked }: Claiming,
): Promise<Claimed & { readonly waiting: number }> {
  const token = randomUUID()
  const known = sql`(linked or trusted or order_known)`
  const { rows } = await sql<ClaimRow>`
    ${HOT} with waiting as materialized (${waiting}),
    found as materialized (${candidatesOf(limit)}),
    counted as (
      select f.*, not linked and not trusted and order_known and subject like 'ref:%' as unlinked from found f),
    asked as (
      select c.*, unlinked and row_number() over (partition by merchant_uid, unlinked order by place) + (
        select count(*) from looks l where unlinked and l.said_merchant_uid = c.merchant_uid and not l.linked
          and l.subject like 'ref:%'
          and (l.began > clock_timestamp() - interval '10 minutes' or not ${isOver(sql`l.leased_until`)})) > ${mostUnlinked}::int8 as crowded
      from counted c),
    leased as (
      insert into looks (gateway, subject, said_merchant_uid, linked, lease_token, leased_until)
      select gateway, subject, merchant_uid, linked, ${token}, ${fromNow(leaseMs)} from asked where ${known} and not crowded
      on conflict (gateway, subject) do update set said_merchant_uid = excluded.said_merchant_uid,
        linked = excluded.linked, lease_token = excluded.lease_token, leased_until = excluded.leased_until
        where looks.leased_until is null or ${isOver(sql`looks.leased_until`)}
      returning gateway, subject)
    select w.waiting, ${signedDue} as signed,
      a.gateway, a.subject, a.gateway_ref, a.merchant_uid, a.order_known, a.linked, a.trusted, a.failures,
      a.spacing_ms, a.crowded${tracing() ? TRACE : sql``}, l.subject is not null as leased,
      case when l.subject is not null then nextval('looks_order') else 0 end as number, clock_timestamp() as at
    from (select count(*)::int4 as waiting from waiting) w left join asked a on true
      left join leased l on l.gateway = a.gateway and l.subject = a.subject order by a.place`.execute(db)
  const claims = rows.flatMap(({ waiting: _w, signed: _s, leased, crowded, number, at, ...candidate }): Claim[] => {
    if (candidate.gateway === null) return []
    const { linked, trusted, orderKnown } = candidate
    const as = leased ? 'leased' : !(linked || trusted || orderKnown) ? 'unknown' : crowded ? 'crowded' : 'taken'
    return [{ candidate, as, token, began: { number, at } }]
  })
  return { claims, signed: rows[0]?.signed ?? [], waiting: rows[0]?.waiting ?? 0 }
}

/** Further unlinked references of one order share one look of the whole order. */
export async function shareOrderLook(db: Db, { gateway, subject }: Candidate, merchantUid: string): Promise<void> {
  await db
    .updateTable('inbox')
    .set({ subject: `order:${merchantUid}` })
    .where('gateway', '=', gateway)
    .where('subject', '=', subject)
    .where(received())
    .where('merchantUid', '=', merchantUid)
    .execute()
}

/**
 * Keeps hints until their order is recorded: none whose order has been recorded meanwhile. Returns
 * how many.
 */
export async function parkUnknown(db: Db, unknown: readonly Candidate[]): Promise<number> {
  const pairs = JSON.stringify(unknown.map(({ gateway, subject }) => ({ gateway, subject })))
  const { numAffectedRows } = await sql`
    update inbox set state = 'parked', parked_because = 'unknownOrder', settled_at = clock_timestamp()
    from jsonb_to_recordset(${pairs}::jsonb) as u(gateway text, subject text)
    where inbox.gateway = u.gateway and inbox.subject = u.subject and ${received('inbox')} and source in ${SPACED}
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
    .where(received())
    .where('signedKey', 'is', null)
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

/** As exact as a look's begin is told, in milliseconds: one kept in the same one was due. */
const DUE = sql`date_trunc('milliseconds', due_at)`

/** A look that held its reference: what ends its lease, where it is still its own. */
export type Holding = { readonly subject: string; readonly token: string; readonly spacingMs: number }
type Look = { readonly began: Began; readonly moved: boolean; readonly holding: Holding | undefined }

/**
 * Marks `looked` each hint of what was looked at that had arrived, by the sequence, and was due, by
 * the clock, before the look began; and ends the lease under which it was made.
 */
export async function settleHints(
  trx: Trx,
  subject: Subject,
  found: readonly Seen[],
  { began, moved, holding }: Look,
): Promise<readonly SettledHint[]> {
  const subjects = [
    'gatewayRef' in subject ? `ref:${subject.gatewayRef}` : `order:${subject.merchantUid}`,
    ...found.map((seen) => `ref:${seen.gatewayRef}`),
  ]
  const pairs = found.map(({ gatewayRef, merchantUid }) => `${gatewayRef} ${merchantUid}`)
  const at = sql`${began.at}::timestamptz`
  const { rows } = await sql<SettledHint>`
    ${HOT} with released as (
      update looks set began = ${at}, not_before = ${at} + ${holding?.spacingMs ?? 0} * interval '1 millisecond',
        lease_token = null, leased_until = null, spacing_ms = ${holding?.spacingMs ?? 0}, failures = 0, retry_at = null
      where gateway = ${subject.gateway} and subject = ${holding?.subject ?? null} and lease_token = ${holding?.token ?? null}),
    settled as (
      update inbox set state = 'looked', settled_at = clock_timestamp(), moved = ${moved},
        mismatched = gateway_ref is not null and merchant_uid is not null
          and gateway_ref || ' ' || merchant_uid <> all (${names(pairs)})
          and gateway_ref = any (${names(found.map((seen) => seen.gatewayRef))})
      where gateway = ${subject.gateway} and subject = any (${names(subjects)})
        and signed_key is null
        and ${received()} and arrival < ${began.number} and ${isOver(DUE, at)}
      returning gateway_ref, merchant_uid, source, said_status, said_cancellation_id, mismatched, times, several)
    select gateway_ref, merchant_uid, source, said_status, said_cancellation_id, mismatched, times, several
    from settled`.execute(trx)
  return rows
}

/** However many, they are one parameter. */
const names = (all: readonly string[]) =>
  sql`array(select jsonb_array_elements_text(${JSON.stringify([...new Set(all)])}::jsonb))`

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
  notePut(trx, 'hint')
  return Number(numUpdatedRows)
}

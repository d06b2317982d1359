// Hints as the receiver keeps them: however many come, the rows that wait for a look are few, and
// none that may be money is dropped.
// Must not know: HTTP, what a look finds. Each statement stands alone, so that a flood about one
// order blocks nobody else's hint.
import { sql, type RawBuilder } from 'kysely'
import { NEXT_ARRIVAL } from '../clock.ts'
import type { Db } from '../connect.ts'
import { subjectOf } from './hints.ts'

export type ReceivedHint = {
  readonly gateway: string
  readonly gatewayRef: string
  readonly merchantUid: string
  readonly saidStatus: string | null
  readonly saidCancellationId: string | null
  readonly contentType: string | null
  readonly body: Uint8Array
  readonly remoteAddress: string
  /** An address that the gateway publishes for its webhooks: a score, no proof. */
  readonly fromKnownAddress: boolean
}

/**
 * `row`: in a row of its own. `counted`: in one that a look answers after this moment. `refused`:
 * nobody knows what it names, and there is no room for more such rows.
 */
export type Kept = 'row' | 'counted' | 'refused'

/**
 * Different hints that wait for one look of a reference, or of the references that an order does
 * not know yet. An honest gateway has two or three on their way at once; an order looks at five
 * unlinked references and then as a whole.
 */
const WAITING_ROWS = 5

/**
 * Committed when it returns. `room` takes a place among the rows of what nobody knows; it is asked
 * for nothing else.
 */
export async function keepReceived(db: Db, hint: ReceivedHint, room: () => boolean): Promise<Kept> {
  if (await countSame(db, hint, sql`skip locked`)) return 'counted'
  const { linked, ordered, crowded } = await standingOf(db, hint)
  if (!linked && !ordered) {
    if (!room()) return 'refused'
    await insert(db, hint, sql`true`)
    return 'row'
  }
  // Asked once more by the insertion itself, for many hints may come at once.
  if (!crowded && (await insert(db, hint, sql`not ${crowd(hint, linked)}`))) return 'row'
  // Where rows are few, it is worth waiting for the row that another hint is just counted in: it
  // says what was said.
  if (await countSame(db, hint, sql``)) return 'counted'
  return keepAmongSeveral(db, hint, linked)
}

/**
 * Counts it in a row that says the same and waits: for a look, or for its order to be recorded. The
 * arrival of the latest is the row's, so the look that answers the row has begun after it; a row
 * that a look is just settling, or another hint is just counted in, is passed over, and this one
 * gets a row of its own.
 */
async function countSame(db: Db, hint: ReceivedHint, locked: RawBuilder<unknown>): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update inbox set times = times + 1, received_at = clock_timestamp(), arrival = ${NEXT_ARRIVAL}
    where id = (select id from inbox
      where gateway = ${hint.gateway} and gateway_ref = ${hint.gatewayRef} and merchant_uid = ${hint.merchantUid}
        and said_status is not distinct from ${hint.saidStatus}
        and said_cancellation_id is not distinct from ${hint.saidCancellationId}
        and source = 'webhook' and from_known_address = ${hint.fromKnownAddress} and ${WAITS}
      limit 1 for update ${locked})
    and ${WAITS}`.execute(db)
  return numAffectedRows > 0n
}
const WAITS = sql`state in ('received', 'parked') and (state = 'received' or parked_because = 'unknownOrder'
  and not exists (select 1 from payments p where p.merchant_uid = inbox.merchant_uid)
  and not exists (select 1 from attempts a where a.gateway = inbox.gateway and a.gateway_ref = inbox.gateway_ref))`

type Standing = { readonly linked: boolean; readonly ordered: boolean; readonly crowded: boolean }

async function standingOf(db: Db, hint: ReceivedHint): Promise<Standing> {
  const { gateway, gatewayRef, merchantUid } = hint
  const { rows } = await sql<Standing>`
    select linked, ordered, case when linked then ${crowd(hint, true)} else ${crowd(hint, false)} end as crowded
    from (select
      exists (select 1 from attempts where gateway = ${gateway} and gateway_ref = ${gatewayRef}) as linked,
      exists (select 1 from payments where merchant_uid = ${merchantUid}) as ordered) as known`.execute(db)
  return rows[0] ?? { linked: false, ordered: false, crowded: false }
}

/**
 * Strangers and the gateway's own addresses are counted apart, so that strangers never take the
 * gateway's rows.
 */
const crowd = ({ gateway, gatewayRef, merchantUid, fromKnownAddress }: ReceivedHint, linked: boolean) => sql`
  (${WAITING_ROWS} <= (select count(*) from (select 1 from inbox
    where ${
      linked ? sql`gateway = ${gateway} and subject = ${`ref:${gatewayRef}`}` : sql`merchant_uid = ${merchantUid}`
    } and state = 'received' and source = 'webhook' and from_known_address = ${fromKnownAddress}
    limit ${WAITING_ROWS}) as waiting))`

async function insert(db: Db, hint: ReceivedHint, provided: RawBuilder<unknown>): Promise<boolean> {
  const { gateway, gatewayRef, merchantUid, saidStatus, saidCancellationId, contentType, remoteAddress } = hint
  const { numAffectedRows = 0n } = await sql`
    insert into inbox (gateway, subject, gateway_ref, merchant_uid, source, said_status, said_cancellation_id,
      content_type, body, remote_address, from_known_address)
    select ${gateway}, ${subjectOf(hint)}, ${gatewayRef}, ${merchantUid}, 'webhook', ${saidStatus}, ${saidCancellationId},
      ${contentType}, ${Buffer.from(hint.body)}::bytea, ${remoteAddress}, ${hint.fromKnownAddress}::boolean
    where ${provided}`.execute(db)
  return numAffectedRows > 0n
}

/**
 * One row for all further hints about a reference, or about an order's unlinked references
 * together: what they said is not kept, that something was said is, and the look that follows asks
 * the gateway about all of it.
 */
async function keepAmongSeveral(db: Db, hint: ReceivedHint, linked: boolean): Promise<'row' | 'counted'> {
  const about = linked
    ? { gatewayRef: hint.gatewayRef, merchantUid: null }
    : { gatewayRef: null, merchantUid: hint.merchantUid }
  const { gateway, fromKnownAddress, remoteAddress } = hint
  const subject = subjectOf(about)
  const { rows } = await sql<{ counted: boolean }>`
    with counted as (
      update inbox set times = times + 1, received_at = clock_timestamp(), arrival = ${NEXT_ARRIVAL}
      where id = (select id from inbox where gateway = ${gateway} and subject = ${subject} and state = 'received'
        and several and from_known_address = ${fromKnownAddress} limit 1 for update skip locked)
      and state = 'received' returning id),
    made as (
      insert into inbox (gateway, subject, gateway_ref, merchant_uid, source, several, remote_address, from_known_address)
      select ${gateway}, ${subject}, ${about.gatewayRef}, ${about.merchantUid}, 'webhook', true, ${remoteAddress}, ${fromKnownAddress}::boolean
      where not exists (select 1 from counted) returning id)
    select exists (select 1 from counted) as counted`.execute(db)
  return rows[0]?.counted === true ? 'counted' : 'row'
}

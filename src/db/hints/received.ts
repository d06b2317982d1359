// Hints as the receiver keeps them: however many come, the rows that wait for a look are few, and
// none that may be money is dropped.
// Must not know: HTTP, what a look finds. Each statement stands alone, so that a flood about one
// order blocks nobody else's hint.
import { sql, type RawBuilder } from 'kysely'
import { NEXT_ARRIVAL } from '../clock.ts'
import { traced } from '../../tracing.ts'
import type { Db } from '../connect.ts'
import { notePut } from '../notify.ts'
import { HOT } from '../postgres.ts'
import { subjectOf } from './hints.ts'

export type ReceivedHint = {
  readonly gateway: string
  readonly gatewayRef: string
  readonly merchantUid: string
  readonly saidStatus: string | null
  readonly saidCancellationId: string | null
  /** Where the gateway signs: the same in repeats of one message. */
  readonly messageId?: string
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
  if (await countRepeat(db, hint)) return 'counted'
  const { counted, made, linked, ordered } = await keepKnown(db, hint)
  if (counted) return 'counted'
  if (made) return 'row'
  if (!linked && !ordered) {
    if (!room()) return 'refused'
    await insert(db, hint)
    return 'row'
  }
  // Where rows are few, it is worth waiting for the row that another hint is just counted in: it
  // says what was said.
  if (await countSame(db, hint)) return 'counted'
  return keepAmongSeveral(db, hint, linked)
}

/** Its message was kept before, so that a look has begun since, or will. */
async function countRepeat(db: Db, { gateway, messageId }: ReceivedHint): Promise<boolean> {
  if (messageId === undefined) return false
  const { numAffectedRows = 0n } = await sql`
    update inbox set times = times + 1 where gateway = ${gateway} and message_id = ${messageId}`.execute(db)
  return numAffectedRows > 0n
}
/** Two of one message at the same moment. */
const onceOf = ({ messageId }: ReceivedHint) =>
  messageId === undefined
    ? sql``
    : sql`on conflict (gateway, message_id) where message_id is not null do update set times = inbox.times + 1`

type Standing = {
  readonly counted: boolean
  readonly made: boolean
  readonly linked: boolean
  readonly ordered: boolean
}

/**
 * One statement for what is mostly so: it is counted where the same waits, else it gets a row of
 * its own, where what it names is known and not crowded.
 */
async function keepKnown(db: Db, hint: ReceivedHint): Promise<Standing> {
  const { gateway, gatewayRef, merchantUid } = hint
  const known = sql`(linked or ordered) and not exists (select 1 from counted)
    and not case when linked then ${crowd(hint, true)} else ${crowd(hint, false)} end`
  const { rows } = await sql<Standing>`
    ${HOT} with counted as (${countingSame(hint, sql`skip locked`)} returning 1),
    standing as (select
      exists (select 1 from attempts where gateway = ${gateway} and gateway_ref = ${gatewayRef}) as linked,
      exists (select 1 from payments where merchant_uid = ${merchantUid}) as ordered),
    made as (${insertion(hint)} from standing where ${known} ${onceOf(hint)} returning 1)
    select exists (select 1 from counted) as counted, exists (select 1 from made) as made, linked, ordered
    from standing`.execute(db)
  const [standing] = rows
  if (!standing) throw new Error('the hint was not kept')
  if (standing.made) notePut(db, 'hint')
  return standing
}

/**
 * Counts it in a row that says the same and waits: for a look, or for its order to be recorded. The
 * arrival of the latest is the row's, so the look that answers the row has begun after it; a row
 * that a look is just settling, or another hint is just counted in, is passed over, and this one
 * gets a row of its own.
 */
const countingSame = (hint: ReceivedHint, locked: RawBuilder<unknown>) => sql`
  update inbox set times = times + 1, received_at = clock_timestamp(), arrival = ${NEXT_ARRIVAL}
  where id = (select id from inbox
    where gateway = ${hint.gateway} and gateway_ref = ${hint.gatewayRef} and merchant_uid = ${hint.merchantUid}
      and said_status is not distinct from ${hint.saidStatus}
      and said_cancellation_id is not distinct from ${hint.saidCancellationId}
      and source = 'webhook' and from_known_address = ${hint.fromKnownAddress} and ${WAITS}
    limit 1 for update ${locked})
  and ${WAITS}`

async function countSame(db: Db, hint: ReceivedHint): Promise<boolean> {
  const { numAffectedRows = 0n } = await countingSame(hint, sql``).execute(db)
  return numAffectedRows > 0n
}

const WAITS = sql`state in ('received', 'parked') and (state = 'received' or parked_because = 'unknownOrder'
  and not exists (select 1 from payments p where p.merchant_uid = inbox.merchant_uid)
  and not exists (select 1 from attempts a where a.gateway = inbox.gateway and a.gateway_ref = inbox.gateway_ref))`

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

const insertion = (hint: ReceivedHint) => {
  const { gateway, gatewayRef, merchantUid, saidStatus, saidCancellationId, contentType, remoteAddress } = hint
  // What it is without needs nothing of the column, nor waits for a migration that makes it.
  const more = Object.entries({ message_id: hint.messageId, ...traced() }).filter(([, value]) => value !== undefined)
  const columns = more.map(([name]) => sql`, ${sql.raw(name)}`)
  const values = more.map(([, value]) => sql`, ${value}`)
  return sql`
    insert into inbox (gateway, subject, gateway_ref, merchant_uid, source, said_status, said_cancellation_id,
      content_type, body, remote_address, from_known_address${sql.join(columns, sql``)})
    select ${gateway}, ${subjectOf(hint)}, ${gatewayRef}, ${merchantUid}, 'webhook', ${saidStatus}, ${saidCancellationId},
      ${contentType}, ${Buffer.from(hint.body)}::bytea, ${remoteAddress}, ${hint.fromKnownAddress}::boolean${sql.join(values, sql``)}`
}

async function insert(db: Db, hint: ReceivedHint): Promise<void> {
  await sql`${insertion(hint)} ${onceOf(hint)}`.execute(db)
  notePut(db, 'hint')
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
  if (rows[0]?.counted === true) return 'counted'
  notePut(db, 'hint')
  return 'row'
}

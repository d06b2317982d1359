// Hints as the receiver keeps them: however many come, the rows that wait for a look are few, and
// none that may be money is dropped.
// Must not know: HTTP, what a look finds. Each statement stands alone, so that a flood about one
// order blocks nobody else's hint.
import { CompiledQuery, sql } from 'kysely'
import { NEXT_ARRIVAL } from '../clock.ts'
import type { Db } from '../connect.ts'
import { notePut } from '../notify.ts'
import { HOT_MARK } from '../postgres.ts'
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

/** Places for rows about what nobody knows. */
export type Places = {
  /** Whether there was one; it is the hint's from now on. */
  take(): boolean
  giveBack(): void
}

/**
 * Committed when it returns, mostly by one statement. A place is taken before it, for the statement
 * alone finds out whether the hint needs one.
 */
export async function keepReceived(db: Db, hint: ReceivedHint, places: Places): Promise<Kept> {
  const kept = await keepAt(db, hint, places, places.take())
  // What had taken the last places may have needed none.
  return kept === 'refused' && places.take() ? keepAt(db, hint, places, true) : kept
}

async function keepAt(db: Db, hint: ReceivedHint, places: Places, place: boolean): Promise<Kept> {
  let needed = false
  try {
    const { counted, made, linked, ordered } = await keepOnce(db, hint, place)
    needed = made && !linked && !ordered
    if (made) return 'row'
    if (counted) return 'counted'
    return linked || ordered ? await keepInCrowd(db, hint, linked) : 'refused'
  } finally {
    if (place && !needed) places.giveBack()
  }
}

/**
 * Where rows are few, it is worth waiting for the row that another hint is just counted in: it says
 * what was said.
 */
async function keepInCrowd(db: Db, hint: ReceivedHint, linked: boolean): Promise<'row' | 'counted'> {
  const { numAffectedRows = 0n } = await asked(db, countingSame('for update'), hint)
  return numAffectedRows > 0n ? 'counted' : keepAmongSeveral(db, hint, linked)
}

type Standing = {
  readonly counted: boolean
  readonly made: boolean
  readonly linked: boolean
  readonly ordered: boolean
}

async function keepOnce(db: Db, hint: ReceivedHint, place: boolean): Promise<Standing> {
  const { rows } = await asked<Standing>(db, hint.messageId === undefined ? KEEP : KEEP_MESSAGE, hint, place)
  const [standing] = rows
  if (!standing) throw new Error('the hint was not kept')
  if (standing.made) notePut(db, 'hint')
  return standing
}

/**
 * The text is made once, not for each hint: what a statement is made of takes longer than sending
 * it.
 */
function asked<T>(db: Db, text: string, hint: ReceivedHint, place?: boolean) {
  const { gateway, gatewayRef, merchantUid, saidStatus, saidCancellationId, fromKnownAddress, messageId } = hint
  const same = [gateway, gatewayRef, merchantUid, saidStatus, saidCancellationId, fromKnownAddress]
  const { contentType, remoteAddress, body } = hint
  const whole = [...same, subjectOf(hint), contentType, Buffer.from(body), remoteAddress, place]
  const values = place === undefined ? same : messageId === undefined ? whole : [...whole, messageId]
  return db.executeQuery<T>(CompiledQuery.raw(text, values))
}

const WAITS = `state in ('received', 'parked') and (state = 'received' or parked_because = 'unknownOrder'
  and not exists (select 1 from payments p where p.merchant_uid = inbox.merchant_uid)
  and not exists (select 1 from attempts a where a.gateway = inbox.gateway and a.gateway_ref = inbox.gateway_ref))`
const NEXT = `times = times + 1, received_at = clock_timestamp(), arrival = nextval('looks_order')`

/**
 * Counts it in a row that says the same and waits: for a look, or for its order to be recorded. The
 * arrival of the latest is the row's, so the look that answers the row has begun after it. A row
 * that a look is just settling, or another hint is just counted in, may be passed over: then this
 * one gets a row of its own.
 */
const countingSame = (locked: 'for update' | 'for update skip locked') => `update inbox set ${NEXT}
  where id = (select id from inbox
    where gateway = $1::text and gateway_ref = $2::text and merchant_uid = $3::text
      and said_status is not distinct from $4::text and said_cancellation_id is not distinct from $5::text
      and source = 'webhook' and from_known_address = $6::boolean and ${WAITS}
    limit 1 ${locked})
  and ${WAITS}`

/**
 * Strangers and the gateway's own addresses are counted apart, so that strangers never take the
 * gateway's rows. Each way to say "waits" fits one index alone: a plan is kept for as long as a
 * connection lives, and one that was made while little waited, so that any index would do, would
 * read all that waits in a burst.
 */
const isRoomy = (about: string) => `${WAITING_ROWS} > (select count(*) from (select 1 from inbox
  where ${about} and source = 'webhook' and from_known_address = $6::boolean
  limit ${WAITING_ROWS}) as waiting)`
const OF_REFERENCE = `gateway = $1::text and gateway_ref = $2::text and state in ('received', 'parked') and state <> 'parked'`
const OF_ORDER = `merchant_uid = $3::text and settled_at is null`

/**
 * One statement for what is mostly so: it is counted where its message was kept before, for a look
 * has begun since or will, or where the same waits; else it gets a row of its own, where what it
 * names is known and not crowded, or where there is a place.
 */
const keeping = (repeated: string, column: string, value: string, once: string) => `${HOT_MARK} with
  ${repeated === '' ? '' : `repeated as (${repeated} returning 1),`}
  counted as (${countingSame('for update skip locked')}
    ${repeated === '' ? '' : 'and not exists (select 1 from repeated)'} returning 1),
  standing as (select
    exists (select 1 from counted) ${repeated === '' ? '' : 'or exists (select 1 from repeated)'} as counted,
    exists (select 1 from attempts where gateway = $1::text and gateway_ref = $2::text) as linked,
    exists (select 1 from payments where merchant_uid = $3::text) as ordered),
  made as (
    insert into inbox (gateway, subject, gateway_ref, merchant_uid, source, said_status, said_cancellation_id,
      content_type, body, remote_address, from_known_address${column})
    select $1::text, $7::text, $2::text, $3::text, 'webhook', $4::text, $5::text,
      $8::text, $9::bytea, $10::text, $6::boolean${value}
    from standing where not counted
      and case when linked then ${isRoomy(OF_REFERENCE)}
        when ordered then ${isRoomy(OF_ORDER)} else $11::boolean end
    ${once} returning 1)
  select counted, exists (select 1 from made) as made, linked, ordered from standing`

/** Needs nothing of the column for messages, nor waits for a migration that makes it. */
const KEEP = keeping('', '', '', '')
const KEEP_MESSAGE = keeping(
  'update inbox set times = times + 1 where gateway = $1::text and message_id = $12::text',
  ', message_id',
  ', $12::text',
  // Two of one message at the same moment.
  'on conflict (gateway, message_id) where message_id is not null do update set times = inbox.times + 1',
)

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

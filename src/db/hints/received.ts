// Hints as the receiver keeps them: however many come, the rows that wait for a look are few, and
// none that may be money is dropped.
// Must not know: HTTP, what a look finds. No hint waits for another's row but where many wait
// about one order, so that a flood about it blocks nobody else's hint.
import { sql } from 'kysely'
import { NEXT_ARRIVAL } from '../clock.ts'
import { traced } from '../../tracing.ts'
import type { Db } from '../connect.ts'
import { notePut } from '../notify.ts'
import { subjectOf } from './hints.ts'
import { keepTogether, type Became, type ToKeep } from './together.ts'

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
  let became: Became | undefined
  try {
    became = await keepTogether(db, asKept(hint, place))
  } finally {
    if (place && became !== 'placed') places.giveBack()
  }
  switch (became) {
    case 'row':
    case 'placed':
      notePut(db, 'hint')
      return 'row'
    case 'counted':
      return 'counted'
    case 'unknown':
      return 'refused'
    case 'crowdedReference':
    case 'crowdedOrder':
      return keepInCrowd(db, hint, became === 'crowdedReference')
  }
}

const asKept = (hint: ReceivedHint, place: boolean): ToKeep => ({
  gateway: hint.gateway,
  ref: hint.gatewayRef,
  uid: hint.merchantUid,
  subject: subjectOf(hint),
  status: hint.saidStatus,
  cancellation: hint.saidCancellationId,
  type: hint.contentType,
  body: Buffer.from(hint.body).toString('hex'),
  address: hint.remoteAddress,
  known: hint.fromKnownAddress,
  place,
  message: hint.messageId ?? null,
  trace: traced().traceparent ?? null,
})

/**
 * Where different ones wait already, it is worth waiting for the row that another hint is just
 * counted in: it says what was said.
 */
async function keepInCrowd(db: Db, hint: ReceivedHint, linked: boolean): Promise<'row' | 'counted'> {
  return (await countSame(db, hint)) ? 'counted' : keepAmongSeveral(db, hint, linked)
}

/** Its words, like those of `keep_hints`, fit one index alone. */
const WAITING_OF_REFERENCE = sql`state in ('received', 'parked') and state <> 'parked'`
/** Of a row that is found by its id: fits none but that. */
const STILL_WAITS = sql`state not in ('looked', 'parked')`

async function countSame(db: Db, hint: ReceivedHint): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update inbox set times = times + 1, received_at = clock_timestamp(), arrival = ${NEXT_ARRIVAL}
    where id = (select id from inbox
      where gateway = ${hint.gateway} and gateway_ref = ${hint.gatewayRef} and merchant_uid = ${hint.merchantUid}
        and said_status is not distinct from ${hint.saidStatus}
        and said_cancellation_id is not distinct from ${hint.saidCancellationId}
        and source = 'webhook' and from_known_address = ${hint.fromKnownAddress} and ${WAITING_OF_REFERENCE}
      limit 1 for update)
    and ${STILL_WAITS}`.execute(db)
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
  const where = linked
    ? sql`gateway_ref = ${about.gatewayRef} and ${WAITING_OF_REFERENCE}`
    : sql`merchant_uid = ${about.merchantUid} and settled_at is null`
  const { rows } = await sql<{ counted: boolean }>`
    with counted as (
      update inbox set times = times + 1, received_at = clock_timestamp(), arrival = ${NEXT_ARRIVAL}
      where id = (select id from inbox where gateway = ${gateway} and subject = ${subject} and ${where}
        and several and from_known_address = ${fromKnownAddress} limit 1 for update skip locked)
      and ${STILL_WAITS} returning id),
    made as (
      insert into inbox (gateway, subject, gateway_ref, merchant_uid, source, several, remote_address, from_known_address)
      select ${gateway}, ${subject}, ${about.gatewayRef}, ${about.merchantUid}, 'webhook', true, ${remoteAddress}, ${fromKnownAddress}::boolean
      where not exists (select 1 from counted) returning id)
    select exists (select 1 from counted) as counted`.execute(db)
  if (rows[0]?.counted === true) return 'counted'
  notePut(db, 'hint')
  return 'row'
}

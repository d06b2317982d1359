// The inbox as it keeps what gateways sign: one row for each event, its repeats counted, judged
// from the row itself.
// Must not know: signatures, what an event means.
import { sql } from 'kysely'
import { fromNow } from '../clock.ts'
import { traceparent, tracing } from '../../tracing.ts'
import type { Db, Trx } from '../connect.ts'
import { notePut } from '../notify.ts'
import { subjectOf } from './hints.ts'
import { received } from '../waits.ts'

export type SignedHint = {
  readonly gateway: string
  readonly gatewayRef: string
  readonly merchantUid: string
  readonly signedKey: string
  readonly saidStatus: string
  /** As it was signed, so that whoever judges it can verify it once more. */
  readonly body: Uint8Array
  readonly contentType: string | null
  readonly remoteAddress: string
  readonly fromKnownAddress: boolean
}

/** Committed when it returns; `counted` where the event is known already, whatever became of it. */
export async function keepSigned(db: Db, hint: SignedHint): Promise<'row' | 'counted'> {
  const { body, ...said } = hint
  const here = traceparent()
  const [column, value] = here === undefined ? [sql``, sql``] : [sql`, traceparent`, sql`, ${here}`]
  const { rows } = await sql<{ times: number }>`
    insert into inbox (gateway, subject, gateway_ref, merchant_uid, source, said_status, signed_key, content_type, body,
      remote_address, from_known_address${column})
    values (${said.gateway}, ${subjectOf(hint)}, ${said.gatewayRef}, ${said.merchantUid}, 'pingback', ${said.saidStatus},
      ${said.signedKey}, ${said.contentType}, ${Buffer.from(body)}::bytea, ${said.remoteAddress}, ${said.fromKnownAddress}${value})
    on conflict (gateway, gateway_ref, signed_key) where signed_key is not null
      do update set times = inbox.times + 1, received_at = clock_timestamp()
    returning times`.execute(db)
  if (rows[0]?.times !== 1) return 'counted'
  notePut(db, 'signed')
  return 'row'
}

export type WaitingSigned = {
  readonly id: number
  readonly gateway: string
  readonly gatewayRef: string
  readonly body: Uint8Array
  /** How often it could not be booked. */
  readonly failures: number
  /** Read only while traces are wanted. */
  readonly traceparent?: string | null
}

/** Under its lock; undefined where another one has it, or has judged it. */
export async function lockSigned(trx: Trx, id: number): Promise<WaitingSigned | undefined> {
  const { rows } = await sql<WaitingSigned>`
    select id, gateway, gateway_ref, body, failures${tracing() ? sql`, traceparent` : sql``} from inbox
    where id = ${id} and ${received()} and body is not null for update skip locked`.execute(trx)
  return rows[0]
}

/** `because`: nobody could judge it, so a person must. */
export async function settleSigned(
  trx: Trx,
  id: number,
  became: { moved: boolean } | { because: string },
): Promise<void> {
  const parked = 'because' in became
  await trx
    .updateTable('inbox')
    .set({
      state: parked ? 'parked' : 'looked',
      parkedBecause: parked ? became.because : null,
      moved: parked ? false : became.moved,
      settledAt: sql<string>`clock_timestamp()`,
    })
    .where('id', '=', id)
    .execute()
}

/** It could not be booked: later, behind what came after it. */
export async function putOffSigned(
  trx: Trx,
  id: number,
  { failures, againMs }: { failures: number; againMs: number },
): Promise<void> {
  await trx
    .updateTable('inbox')
    .set({ failures, dueAt: fromNow(againMs) })
    .where('id', '=', id)
    .execute()
}

// The inbox: hints exactly as received, each row received → looked | parked. Nothing here is
// believed.
// Must not know: gateways, what a look finds.
import { sql } from 'kysely'
import { traced } from '../../tracing.ts'
import { fromNow } from '../clock.ts'
import type { Db, Trx } from '../connect.ts'
import { notePut } from '../notify.ts'
import type { HintSource } from '../schema.ts'

export type Hint = {
  readonly gateway: string
  readonly source: HintSource
  readonly gatewayRef: string | null
  readonly merchantUid: string | null
  readonly saidStatus?: string | null
  readonly saidCancellationId?: string | null
  readonly contentType?: string | null
  readonly body?: Uint8Array | null
  readonly remoteAddress?: string | null
  readonly fromKnownAddress?: boolean
  /** Looked for at the earliest after so many milliseconds. */
  readonly delayMs?: number
  /** The catch-up that kept it. */
  readonly sweepId?: string
  /** Kept for a person, never looked at: it could not be read. */
  readonly parkedBecause?: string
}

export const subjectOf = ({ gatewayRef, merchantUid }: Pick<Hint, 'gatewayRef' | 'merchantUid'>): string | null =>
  gatewayRef !== null ? `ref:${gatewayRef}` : merchantUid !== null ? `order:${merchantUid}` : null

/** One row, one statement. It has committed when this returns, outside a transaction. */
export async function keepHint(db: Db | Trx, hint: Hint): Promise<void> {
  const { delayMs, parkedBecause, body, ...said } = hint
  const parked =
    parkedBecause === undefined
      ? {}
      : { state: 'parked' as const, parkedBecause, settledAt: sql<string>`clock_timestamp()` }
  // What is due later begins a trace of its own.
  const due = delayMs === undefined ? traced() : { dueAt: fromNow(delayMs) }
  await db
    .insertInto('inbox')
    .values({
      saidStatus: null,
      saidCancellationId: null,
      contentType: null,
      remoteAddress: null,
      ...said,
      body: body ? Buffer.from(body) : null,
      subject: subjectOf(hint),
      ...parked,
      ...due,
    })
    .execute()
  if (parkedBecause === undefined && delayMs === undefined) notePut(db, 'hint')
}

/**
 * Parked hints whose order or payment is known by now are looked at: such as one that was parked at
 * the very moment in which its order was recorded, unseen by either. Returns how many.
 */
export async function unparkKnown(db: Db): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    update inbox set state = 'received', parked_because = null, settled_at = null
    where state = 'parked' and parked_because = 'unknownOrder' and (
      exists (select 1 from payments p where p.merchant_uid = inbox.merchant_uid)
      or exists (select 1 from attempts a where a.gateway = inbox.gateway and a.gateway_ref = inbox.gateway_ref))`.execute(
    db,
  )
  if (numAffectedRows > 0n) notePut(db, 'hint')
  return Number(numAffectedRows)
}

// Hints of browsers, as a checkout passes them on: however often a buyer comes back, few rows wait
// for a look.
// Must not know: HTTP, what a look finds.
import { sql } from 'kysely'
import type { MerchantUid } from '../../domain/ids.ts'
import { NEXT_ARRIVAL } from '../clock.ts'
import type { Db, Trx } from '../connect.ts'
import { keepHint } from './hints.ts'
import { received } from '../waits.ts'

export type ReturnedHint = {
  readonly gateway: string
  readonly gatewayRef: string | null
  readonly merchantUid: MerchantUid
  readonly remoteAddress: string
}

/**
 * References of one order that wait by themselves; of all others the order waits, whose look asks
 * about everything.
 */
const WAITING_REFS = 5

/**
 * The order's recorded: a row of its own, or counted in the one that says the same and waits for a
 * look.
 */
export async function keepReturned(trx: Trx, hint: ReturnedHint): Promise<'row' | 'counted'> {
  // One after the other, for two at once would each find no row.
  await sql`select pg_advisory_xact_lock(hashtext(${`returned ${hint.merchantUid}`}))`.execute(trx)
  if (await countSame(trx, hint)) return 'counted'
  const kept = (await isCrowded(trx, hint)) ? { ...hint, gatewayRef: null } : hint
  if (kept !== hint && (await countSame(trx, kept))) return 'counted'
  await keepHint(trx, { ...kept, source: 'browser' })
  return 'row'
}

/** Whether the order's buyer ever came back from the payment window, as the checkout said. */
export async function hasReturned(db: Db, merchantUid: MerchantUid): Promise<boolean> {
  const rows = await db
    .selectFrom('inbox')
    .select('id')
    .where('merchantUid', '=', merchantUid)
    .where('source', '=', 'browser')
    .limit(1)
    .execute()
  return rows.length > 0
}

/** The arrival of the latest is the row's, so the look that answers the row has begun after it. */
async function countSame(trx: Trx, { gateway, gatewayRef, merchantUid }: ReturnedHint): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update inbox set times = times + 1, received_at = clock_timestamp(), arrival = ${NEXT_ARRIVAL}
    where id = (select id from inbox
      where gateway = ${gateway} and merchant_uid = ${merchantUid} and gateway_ref is not distinct from ${gatewayRef}
        and source = 'browser' and settled_at is null
      limit 1 for update)
    and ${received()}`.execute(trx)
  return numAffectedRows > 0n
}

async function isCrowded(trx: Trx, { gateway, gatewayRef, merchantUid }: ReturnedHint): Promise<boolean> {
  if (gatewayRef === null) return false
  const waiting = await trx
    .selectFrom('inbox')
    .select('id')
    .where('gateway', '=', gateway)
    .where('merchantUid', '=', merchantUid)
    .where('source', '=', 'browser')
    .where('settledAt', 'is', null)
    .where('gatewayRef', 'is not', null)
    .limit(WAITING_REFS)
    .execute()
  return waiting.length >= WAITING_REFS
}

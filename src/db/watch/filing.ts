// The hold that stops every new cancel call, and the refunds that it keeps from filing.
// Must not know: who may hold or release.
import { sql } from 'kysely'
import { HELD_WORDS, type Hold } from '../../domain/moves/filing.ts'
import type { Db, Trx } from '../connect.ts'
import { putMissingWakes } from '../outgoing/outgoing.ts'

export async function filingHold(db: Db | Trx): Promise<Hold | undefined> {
  return db.selectFrom('filingHold').select(['since', 'who', 'reason']).executeTakeFirst()
}

/** The hold that is in force: an earlier one stays. True where this one was made. */
export async function holdFiling(trx: Trx, { who, reason }: Pick<Hold, 'who' | 'reason'>): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('filingHold')
    .values({ who, reason })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}

/** The hold that was ended; undefined where there was none. */
export async function endHold(trx: Trx): Promise<Hold | undefined> {
  return trx.deleteFrom('filingHold').returning(['since', 'who', 'reason']).executeTakeFirst()
}

/**
 * Refunds that the hold put off are due now, and their sagas are told. At most `limit`; fewer mean
 * that no more are there.
 */
export async function freeHeld(trx: Trx, now: string, limit: number): Promise<number> {
  const { rows } = await sql<{ saga: string }>`
    update refunds set next_try_at = ${now}::timestamptz, said = null, version = version + 1
    where refund_id in (
      select refund_id from refunds
      where state = 'requested' and next_try_at > ${now}::timestamptz and starts_with(said, ${HELD_WORDS})
      order by state_since limit ${limit} for update)
    returning 'refund:' || refund_id as saga`.execute(trx)
  await putMissingWakes(
    trx,
    rows.map(({ saga }) => saga),
  )
  return rows.length
}

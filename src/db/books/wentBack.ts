// Compares a refund's loaded row with what its workflow remembers, and marks one that went back, in
// the caller's transaction.
// Must not know: where the memory comes from, what is decided about such a row.
import type { Decision } from '../../domain/books/books.ts'
import { missingOf, type Memory } from '../../domain/books/memory.ts'
import type { RefundId } from '../../domain/ids.ts'
import { intentLost, rowWentBack } from '../../domain/moves/wentBack.ts'
import type { Patience } from '../../domain/patience.ts'
import type { Trx } from '../connect.ts'
import { rowOf, type Loaded } from './books.ts'
import { carryOut, type Mover } from './carryOut.ts'
import { raiseVersion } from './refunds.ts'

type Marking = Mover & { readonly patience: Patience }

/** True where it was behind; then its saga is woken, whoever found it out. */
export async function markIfBack(
  trx: Trx,
  loaded: Loaded,
  id: RefundId,
  memory: Memory | undefined,
  marking: Marking,
): Promise<boolean> {
  const row = rowOf(loaded, id)
  const missing = row && missingOf(memory, row)
  if (memory === undefined || missing === undefined) return false
  const setting = { now: marking.at, patience: marking.patience }
  await mark(trx, loaded, id, rowWentBack(loaded.books, id, missing, setting), marking, memory.version)
  return true
}

/**
 * What Temporal remembers of a refund that has no row: Temporal may be lost before that is there
 * again.
 */
export async function noteLostKeys(trx: Trx, refundId: string, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return
  await trx
    .insertInto('lostKeys')
    .values(keys.map((key) => ({ refundId, key })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** What was noted of it while it had no row; asked for before anything is sent. */
export async function lostKeys(trx: Trx, id: RefundId): Promise<readonly string[]> {
  const rows = await trx.selectFrom('lostKeys').select('key').where('refundId', '=', id).orderBy('key').execute()
  return rows.map(({ key }) => key)
}

/**
 * Nobody remembers whether its next ticket was filed already: it counts as one that may have been.
 */
export async function markAsLost(trx: Trx, loaded: Loaded, id: RefundId, key: string, marking: Marking): Promise<void> {
  const setting = { now: marking.at, patience: marking.patience }
  await mark(trx, loaded, id, intentLost(loaded.books, id, key, setting), marking, 0)
}

async function mark(
  trx: Trx,
  loaded: Loaded,
  id: RefundId,
  decision: Decision,
  marking: Marking,
  seen: number,
): Promise<void> {
  await carryOut(trx, loaded, decision, { ...marking, saga: null })
  await raiseVersion(trx, id, seen)
}

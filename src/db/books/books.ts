// Loads the books of one order under the payment's lock, and saves what a decision changed: rows,
// journal and outbox in one transaction.
// Must not know: what was decided or why. Every update is a compare-and-set on the row's version,
// and its count is read.
import type { Books, Decision } from '../../domain/books/books.ts'
import { keysThatMatter, type Memory } from '../../domain/books/memory.ts'
import type { GatewayName, GatewayRef, MerchantUid, RefundId } from '../../domain/ids.ts'
import type { Trx } from '../connect.ts'
import { loadAttempts, saveAttempts } from './attempts.ts'
import type { Keyed } from './grouped.ts'
import { writeJournal } from './journal.ts'
import { loadPayment, savePayment } from './payments.ts'
import { loadRefunds, NO_REFUNDS, refundMoved, saveRefunds } from './refunds.ts'

/** Books as loaded: with the versions that their rows must still have when they are saved. */
export type Loaded = {
  readonly books: Books
  readonly versions: ReadonlyMap<string, number>
  readonly notices: number
  readonly births: ReadonlyMap<RefundId, string | null>
}
/**
 * An order, with references that may not be linked to it yet; or a reference, with the order that
 * it belongs to.
 */
export type About =
  | { readonly merchantUid: MerchantUid; readonly also?: readonly Keyed[] }
  | { readonly gateway: GatewayName; readonly gatewayRef: GatewayRef }

/** Lock order: payment, attempts, refunds. Without `lock` it only reads. */
export async function loadBooks(trx: Trx, about: About, lock = true): Promise<Loaded> {
  const order = 'merchantUid' in about ? about.merchantUid : await orderOf(trx, about)
  const payment = order === undefined ? undefined : await loadPayment(trx, order, lock)
  const also = 'merchantUid' in about ? (about.also ?? []) : [about]
  const attempts = await loadAttempts(trx, { ...(payment && { merchantUid: payment.row.merchantUid }), also }, lock)
  const refunds = attempts.rows.length === 0 ? NO_REFUNDS : await loadRefunds(trx, attempts.rows, lock)
  return {
    books: { payment: payment?.row, attempts: attempts.rows, refunds: refunds.rows },
    versions: new Map([...(payment ? [payment.version] : []), ...attempts.versions, ...refunds.versions]),
    notices: payment?.notices ?? 0,
    births: new Map(refunds.births),
  }
}

async function orderOf(
  trx: Trx,
  about: { gateway: GatewayName; gatewayRef: GatewayRef },
): Promise<MerchantUid | undefined> {
  const row = await trx
    .selectFrom('attempts')
    .select('merchantUid')
    .where('gateway', '=', about.gateway)
    .where('gatewayRef', '=', about.gatewayRef)
    .executeTakeFirst()
  return row?.merchantUid ?? undefined
}

/** Where a refund's books are found; undefined for an unknown refund. */
export async function refundAbout(trx: Trx, id: RefundId): Promise<About | undefined> {
  const row = await trx
    .selectFrom('refunds')
    .select(['merchantUid', 'gateway', 'gatewayRef'])
    .where('refundId', '=', id)
    .executeTakeFirst()
  if (!row) return undefined
  return row.merchantUid === null
    ? { gateway: row.gateway, gatewayRef: row.gatewayRef }
    : { merchantUid: row.merchantUid }
}

/** How far a refund's row is, as loaded. */
export function rowOf({ births, versions, books }: Loaded, id: RefundId): Memory | undefined {
  const refund = books.refunds.find(({ refundId }) => refundId === id)
  const version = versions.get(`refund ${id}`)
  if (!refund || version === undefined) return undefined
  return { birth: births.get(id) ?? null, version, keys: refund.tickets.map(({ authorisedBy }) => authorisedBy) }
}

/** What a workflow remembers of the row once this decision on it has been saved. */
export function memoryAfter(loaded: Loaded, { refunds }: Books, id: RefundId): Memory | undefined {
  const row = rowOf(loaded, id)
  const before = loaded.books.refunds.find(({ refundId }) => refundId === id)
  const after = refunds.find(({ refundId }) => refundId === id)
  if (!row || !before || !after) return undefined
  return { ...row, version: row.version + (refundMoved(before, after) ? 1 : 0), keys: keysThatMatter(after) }
}

/** `notices`: how many notices this move numbers, in the order of the payment's counter. */
export async function saveBooks(
  trx: Trx,
  loaded: Loaded,
  decision: Decision,
  heading: { who: string; at: string },
  notices: number,
): Promise<void> {
  const { books: before, versions } = loaded
  const { books: after } = decision
  if (after.payment && before.payment) {
    await savePayment(trx, before.payment, after.payment, versions, {
      before: loaded.notices,
      after: loaded.notices + notices,
    })
  }
  await saveAttempts(trx, before.attempts, after.attempts, versions)
  await saveRefunds(trx, before.refunds, after.refunds, versions)
  const { who, at } = heading
  await writeJournal(trx, decision.journal, { who, at, merchantUid: after.payment?.merchantUid ?? null })
}

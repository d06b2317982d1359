// Books in a real database for tests: every test has orders of its own, for the journal is never emptied.
// Must not know: gateways. Moves go through the code under test, so that rows, journal and outbox belong together.
import { sql } from 'kysely'
import { loadBooks, type About } from '../../src/db/books/books.ts'
import { carryOut } from '../../src/db/books/carryOut.ts'
import { insertPayment } from '../../src/db/books/payments.ts'
import { beginLook } from '../../src/db/clock.ts'
import { transact, type Db } from '../../src/db/connect.ts'
import type { Books, Decision, Payment } from '../../src/domain/books/books.ts'
import type { Evidence } from '../../src/domain/gateway.ts'
import { gatewayRef, merchantUid, type GatewayRef, type MerchantUid } from '../../src/domain/ids.ts'
import { judge, type JudgeSetting } from '../../src/domain/moves/evidence/judge.ts'
import { newPayment } from '../../src/domain/moves/requests.ts'
import { anEvidence, AT, HOUR, later, PATIENCE, setting, aPayment } from './books.ts'

let count = 0
/** Ids that no other test of the file uses. */
export function freshOrder(): { order: MerchantUid; ref: GatewayRef; second: GatewayRef } {
  count += 1
  return {
    order: merchantUid(`order-${count}`),
    ref: gatewayRef(`imp_${count}a`),
    second: gatewayRef(`imp_${count}b`),
  }
}

export async function recordPrepared(db: Db, order: MerchantUid, shown: Partial<Payment> = {}): Promise<void> {
  const payment = aPayment({ merchantUid: order, ...shown })
  const row = { ...newPayment(payment, setting({ now: AT })), ...payment }
  await transact(db, 'record', (trx) => insertPayment(trx, row))
}

/** An order that was paid as ordered, and its reference. */
export async function paidOrder(db: Db): Promise<{ order: MerchantUid; ref: GatewayRef; second: GatewayRef }> {
  const fresh = freshOrder()
  await recordPrepared(db, fresh.order)
  await bookEvidence(db, anEvidence({ merchantUid: fresh.order, gatewayRef: fresh.ref }))
  return fresh
}

export const readBooks = (db: Db, about: About): Promise<Books> =>
  transact(db, 'read', async (trx) => (await loadBooks(trx, about)).books)

export async function moveBooks(
  db: Db,
  about: About,
  decide: (books: Books) => Decision | undefined,
  saga: string | null = null,
): Promise<Books> {
  return transact(db, 'move', async (trx) => {
    const loaded = await loadBooks(trx, about)
    const decision = decide(loaded.books)
    if (!decision) return loaded.books
    await carryOut(trx, loaded, decision, { who: 'test', at: later(HOUR), saga, links: () => null })
    return decision.books
  })
}

/** Books evidence as a look that began now would, by the sequence; a smaller `number` makes it older than what is booked. */
export async function bookEvidence(db: Db, evidence: Evidence, shown: Partial<JudgeSetting> = {}): Promise<Books> {
  const { number } = await beginLook(db)
  const about = { merchantUid: merchantUid(evidence.merchantUid), also: [evidence] }
  return moveBooks(db, about, (books) => judge(books, evidence, setting({ patience: PATIENCE, number, ...shown })))
}

/** Rows of the outbox about these targets, the oldest first. */
export async function outboxOf(db: Db, ...targets: readonly string[]) {
  const rows = await db
    .selectFrom('outbox')
    .select(['id', 'kind', 'target', 'state', 'payload', 'tries'])
    .where('target', 'in', targets)
    .orderBy('id')
    .execute()
  return rows
}

/** Moves the clock of one table's column: the row becomes due, or its lease runs out, without waiting. */
export async function emptyQueues(db: Db): Promise<void> {
  await sql`delete from outbox`.execute(db)
  await sql`delete from inbox`.execute(db)
  await sql`delete from looks`.execute(db)
  // The gateways of tests know only what a test tells them: no memory of an account that others were paid in.
  await sql`delete from accounts`.execute(db)
}

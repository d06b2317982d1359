// The books on the real database: what was saved is what is loaded, no stale row is overwritten, and keys are used once.
// Must not know: what the moves mean.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attemptWrites } from '../../src/db/books/attempts.ts'
import { writeAll } from '../../src/db/books/batch.ts'
import { loadBooks, refundAbout } from '../../src/db/books/books.ts'
import { closePayment, recordOrder, recordRefund } from '../../src/db/books/record.ts'
import { ticketWrites } from '../../src/db/books/refunds.ts'
import { saveBooks } from '../../src/db/books/save.ts'
import { sqlState, transact, type Database } from '../../src/db/connect.ts'
import { refundId } from '../../src/domain/ids.ts'
import { intend, tombstone } from '../../src/domain/moves/tickets.ts'
import { aPayment, anEntry, anEvidence, aTicket, AT, HOUR, later, PATIENCE, setting } from '../support/books.ts'
import {
  bookEvidence,
  freshOrder,
  moveBooks,
  outboxOf,
  paidOrder,
  readBooks,
  recordPrepared,
} from '../support/booksDatabase.ts'
import { openTestDatabase } from '../support/database.ts'

let database: Database
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

const mover = { who: 'checkout:shop', at: later(HOUR), saga: null, links: () => null, patience: PATIENCE }
const rules = { partialRefunds: true }
type Asked = Parameters<typeof recordRefund>[1]
const ask = (asked: Pick<Asked, 'merchantUid'> & { id: string; amount?: number | null }) => {
  const request: Asked = {
    refundId: refundId(asked.id),
    merchantUid: asked.merchantUid,
    amount: asked.amount ?? null,
    reason: 'too small',
    origin: 'checkout',
  }
  return transact(database.db, 'request', (trx) => recordRefund(trx, request, { ...mover, rules }))
}

describe('what was decided', () => {
  test('is what is loaded: payment, attempts with entries, refunds with tickets', async () => {
    const { order, ref } = await paidOrder(database.db)
    const { row } = await ask({ merchantUid: order, id: `${order}-r`, amount: 4_000 })
    await moveBooks(
      database.db,
      { merchantUid: order },
      (books) => intend(books, row.refundId, 'submit', setting())?.decision,
    )
    const entry = anEntry({ amount: 1_000, reason: `too small #${row.refundId}` })
    const about = { merchantUid: order, gatewayRef: ref }
    const decided = await bookEvidence(database.db, anEvidence({ ...about, entries: [entry] }), {
      now: later(3 * HOUR),
    })
    const loaded = await readBooks(database.db, { merchantUid: order })
    expect(loaded).toEqual(decided)
    expect(loaded.attempts[0]?.entries).toMatchObject([{ key: 'c1', amount: 1_000, refundId: row.refundId }])
    expect(loaded.refunds[0]?.tickets).toMatchObject([{ authorisedBy: 'submit', outcome: null }])
  })

  test('is found by the order, by the reference, and by the refund alike', async () => {
    const { order, ref } = await paidOrder(database.db)
    const { row } = await ask({ merchantUid: order, id: `${order}-r` })
    const byOrder = await readBooks(database.db, { merchantUid: order })
    const byRef = await readBooks(database.db, { gateway: row.gateway, gatewayRef: ref })
    const about = await transact(database.db, 'about', (trx) => refundAbout(trx, row.refundId))
    expect(byRef).toEqual(byOrder)
    expect(about).toEqual({ merchantUid: order })
    expect(await transact(database.db, 'about', (trx) => refundAbout(trx, refundId('nobody')))).toBeUndefined()
  })
})

describe('compare-and-set', () => {
  test.each(['payment', 'attempts', 'refunds'] as const)(
    'refuses a stale version of %s, and saves nothing',
    async (part) => {
      const { order } = await paidOrder(database.db)
      await ask({ merchantUid: order, id: `${order}-r` })
      const stale = transact(database.db, 'stale', async (trx) => {
        const loaded = await loadBooks(trx, { merchantUid: order })
        const { payment, attempts, refunds } = loaded.books
        const books = {
          payment: part === 'payment' && payment ? { ...payment, owner: 'ann' } : payment,
          attempts: part === 'attempts' ? attempts.map((each) => ({ ...each, owner: 'ann' })) : attempts,
          refunds: part === 'refunds' ? refunds.map((each) => ({ ...each, owner: 'ann' })) : refunds,
        }
        const decision = { books, journal: [{ what: 'acknowledged', why: 'test' }], alerts: [] }
        const saved = { who: 'ann', at: AT, notices: 0, births: loaded.births, outgoing: [] }
        await saveBooks(trx, loaded, decision, saved)
        await saveBooks(trx, loaded, decision, saved)
      })
      await expect(stale).rejects.toThrow('was changed by somebody else while it was locked; nothing was saved')
      const { payment, attempts, refunds } = await readBooks(database.db, { merchantUid: order })
      expect([payment, ...attempts, ...refunds].map((row) => row?.owner)).toEqual([null, null, null])
      const lines = await database.db.selectFrom('journal').select('who').where('merchantUid', '=', order).execute()
      expect(lines.map(({ who }) => who)).not.toContain('ann')
    },
  )

  test('leaves rows that did not change alone', async () => {
    const { order } = await paidOrder(database.db)
    const versions = () =>
      database.db.selectFrom('payments').select('version').where('merchantUid', '=', order).executeTakeFirst()
    const before = await versions()
    await moveBooks(database.db, { merchantUid: order }, (books) => ({ books, journal: [], alerts: [] }))
    expect(await versions()).toEqual(before)
  })

  test('sets an outcome only where the ticket is as it was loaded', async () => {
    const { order } = await paidOrder(database.db)
    const { row } = await ask({ merchantUid: order, id: `${order}-r` })
    const save = (before: ReturnType<typeof aTicket> | undefined, after: ReturnType<typeof aTicket>) =>
      transact(database.db, 'ticket', (trx) =>
        writeAll(trx, ticketWrites(row.refundId, before ? [before] : [], [after])),
      )
    const intent = aTicket({ outcome: null })
    await save(undefined, intent)
    await save(intent, aTicket({ outcome: 'filed' }))
    await expect(save(intent, aTicket({ outcome: 'refused' }))).rejects.toThrow('ticket submit of refund')
  })
})

describe('a key is used once', () => {
  test('of a ticket: the second intent under it fails, however it was decided', async () => {
    const { order } = await paidOrder(database.db)
    const { row } = await ask({ merchantUid: order, id: `${order}-r` })
    const intent = () =>
      transact(database.db, 'intent', (trx) =>
        writeAll(trx, ticketWrites(row.refundId, [], [aTicket({ outcome: null })])),
      )
    await intent()
    expect(sqlState(await intent().catch((error: unknown) => error))).toBe('23505')
    const buried = await moveBooks(database.db, { merchantUid: order }, (books) =>
      tombstone(books, row.refundId, 'submit', setting()),
    )
    expect(buried.refunds[0]?.tickets).toMatchObject([{ authorisedBy: 'submit', outcome: null }])
  })

  test('of a cancel entry: two looks that saw the same books cannot book it twice', async () => {
    const { order, ref } = await paidOrder(database.db)
    const evidence = anEvidence({ merchantUid: order, gatewayRef: ref, entries: [anEntry({ reason: 'desk' })] })
    const before = await readBooks(database.db, { merchantUid: order })
    const booked = await bookEvidence(database.db, evidence, { now: later(3 * HOUR) })
    const blind = transact(database.db, 'blind', async (trx) => {
      const { versions } = await loadBooks(trx, { merchantUid: order })
      await writeAll(trx, attemptWrites(before.attempts, booked.attempts, versions))
    })
    expect(sqlState(await blind.catch((error: unknown) => error))).toBe('23505')
    const { attempts } = await readBooks(database.db, { merchantUid: order })
    expect(attempts[0]?.entries).toHaveLength(1)
  })

  test('of a refund: the same request again is its row, another body is a conflict, also under another order', async () => {
    const { order } = await paidOrder(database.db)
    const other = await paidOrder(database.db)
    const id = `${order}-r`
    expect(await ask({ merchantUid: order, id, amount: 4_000 })).toMatchObject({ created: true })
    expect(await ask({ merchantUid: order, id, amount: 4_000 })).toMatchObject({
      created: false,
      row: { amount: 4_000 },
    })
    await expect(ask({ merchantUid: order, id, amount: 3_000 })).rejects.toMatchObject({ kind: 'conflict' })
    await expect(ask({ merchantUid: other.order, id, amount: 4_000 })).rejects.toMatchObject({ kind: 'conflict' })
  })
})

describe('a refund request', () => {
  test('beyond the balance leaves no row, and its id stays free', async () => {
    const { order } = await paidOrder(database.db)
    const id = `${order}-r`
    await expect(ask({ merchantUid: order, id, amount: 10_001 })).rejects.toMatchObject({
      kind: 'refundExceedsBalance',
      details: { left: 10_000, currency: 'KRW' },
    })
    expect(await ask({ merchantUid: order, id, amount: 10_000 })).toMatchObject({ created: true })
  })

  test('asked for twice at once reserves once', async () => {
    const { order } = await paidOrder(database.db)
    const both = await Promise.allSettled(
      [6_000, 6_001].map((amount) => ask({ merchantUid: order, id: `${order}-${amount}`, amount })),
    )
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })

  test('is row, line, wake and notices in one transaction', async () => {
    const { order } = await paidOrder(database.db)
    const id = `${order}-r`
    await ask({ merchantUid: order, id })
    expect(await outboxOf(database.db, `refund:${id}`)).toMatchObject([{ kind: 'wake', state: 'pending' }])
    const notices = (await outboxOf(database.db, order)).map(({ payload }) => payload)
    expect(notices).toMatchObject([
      { number: 1, type: 'payment.paid' },
      { number: 2, type: 'refund.requested', refund: { refundId: id } },
      { number: 3, type: 'payment.cancelPending' },
    ])
  })

  test('of an order that is unknown or unpaid is refused with its reason', async () => {
    const { order } = freshOrder()
    await expect(ask({ merchantUid: order, id: `${order}-r` })).rejects.toMatchObject({ kind: 'notFound' })
    await recordPrepared(database.db, order)
    await expect(ask({ merchantUid: order, id: `${order}-r` })).rejects.toMatchObject({ kind: 'paymentNotPaid' })
  })
})

describe('an order', () => {
  const record = (merchantUid: ReturnType<typeof freshOrder>['order']) =>
    transact(database.db, 'order', (trx) => recordOrder(trx, { ...aPayment(), merchantUid }, mover))

  test('is recorded once, with one wake, however often it is asked for', async () => {
    const { order } = freshOrder()
    expect(await record(order)).toMatchObject({ created: true, row: { state: 'opening' } })
    expect(await record(order)).toMatchObject({ created: false, row: { state: 'opening' } })
    expect(await outboxOf(database.db, `payment:${order}`)).toMatchObject([{ kind: 'wake' }])
  })

  test('closed by the checkout says so, wakes its saga, and stays closed', async () => {
    const { order } = freshOrder()
    await recordPrepared(database.db, order)
    const close = () => transact(database.db, 'close', (trx) => closePayment(trx, order, 'sold out', mover))
    expect((await close()).payment).toMatchObject({ state: 'closed', closedReason: 'sold out' })
    expect((await close()).payment).toMatchObject({ state: 'closed', closedReason: 'sold out' })
    expect(await outboxOf(database.db, `payment:${order}`)).toHaveLength(1)
  })

  test('that is paid cannot be closed', async () => {
    const { order } = await paidOrder(database.db)
    const close = transact(database.db, 'close', (trx) => closePayment(trx, order, 'sold out', mover))
    await expect(close).rejects.toMatchObject({ kind: 'alreadyPaid' })
  })
})

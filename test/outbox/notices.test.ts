// Notices over real rows and real HTTP: signed, in order, the same on each try, parked after a day, sent again by a person.
// Must not know: sagas. Delays and ages are moved in the rows, never waited for.
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { transact, type Database } from '../../src/db/connect.ts'
import { listNotices, resendNotice } from '../../src/db/outgoing/notices.ts'
import { orderView } from '../../src/domain/shown/views.ts'
import { request } from '../../src/gateways/http.ts'
import { deliverNotices } from '../../src/outbox/notices.ts'
import { anEntry, anEvidence, HOUR, later } from '../support/books.ts'
import { bookEvidence, emptyQueues, outboxOf, paidOrder, readBooks } from '../support/booksDatabase.ts'
import { NEXT_SECRET, openCheckout, SECRET } from '../support/checkout.ts'
import { openTestDatabase } from '../support/database.ts'

const checkout = await openCheckout([SECRET, NEXT_SECRET])
let database: Database
const db = () => database.db
beforeAll(async () => void (database = await openTestDatabase()))
beforeEach(() => emptyQueues(db()))
afterAll(() => database.close())

const round = () =>
  deliverNotices({
    db: db(),
    secrets: [SECRET, NEXT_SECRET],
    pollMs: 0,
    log: () => {},
    post: (headers, body) => request({ method: 'POST', url: checkout.url, headers, body, timeoutMs: 60_000 }),
  })
const due = () => sql`update outbox set due_at = clock_timestamp() where kind = 'notice'`.execute(db())
const age = (hours: number, order: string) =>
  sql`update outbox set created_at = created_at - ${hours} * interval '1 hour', replayed_at = replayed_at - ${hours} * interval '1 hour'
    where target = ${order}`.execute(db())
const statesOf = async (order: string) =>
  (await outboxOf(db(), order)).filter(({ kind }) => kind === 'notice').map(({ state }) => state)
const alerts = async (order: string) =>
  (await outboxOf(db(), `payment:${order}`)).filter(({ kind }) => kind === 'alert').map(({ payload }) => payload)

/** An order with two notices, the second of a console cancel. */
async function paidAndCancelled() {
  const { order, ref } = await paidOrder(db())
  const entries = [anEntry({ reason: 'console' })]
  await bookEvidence(db(), anEvidence({ merchantUid: order, gatewayRef: ref, entries }), { now: later(3 * HOUR) })
  return order
}

describe('a notice', () => {
  test('is signed by every secret, and shows exactly what GET showed at its move', async () => {
    const { order } = await paidOrder(db())
    await round()

    const { payment } = await readBooks(db(), { merchantUid: order })
    const books = await readBooks(db(), { merchantUid: order })
    expect(checkout.forged()).toEqual([])
    expect(checkout.notices(order)).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        number: 1,
        type: 'payment.paid',
        at: later(HOUR),
        testChannel: false,
        payment: payment && orderView(books, payment, () => null).payment,
      },
    ])
    expect(checkout.tried().at(-1)?.signatures).toBe(2)
    expect(await statesOf(order)).toEqual(['delivered'])
  })

  test('goes only when the one before it is settled', async () => {
    const order = await paidAndCancelled()
    checkout.be(500)
    await round()
    await round()
    expect(checkout.lines(order)).toEqual([])
    expect(await statesOf(order)).toEqual(['pending', 'pending', 'pending'])
    checkout.be(204)
    await due()
    while (await round());
    expect(checkout.lines(order)).toEqual(['1 payment.paid', '2 refund.refunded', '3 payment.cancelled'])
  })

  test.each([[500], [404], [301], ['silent']] as const)(
    'that is answered with %s has not left, and keeps its id',
    async (mood) => {
      const { order } = await paidOrder(db())
      const before = checkout.tried().length
      checkout.be(mood)
      await round()
      await due()
      await round()
      await due()
      checkout.be(200)
      await round()
      const ids = checkout
        .tried()
        .slice(before)
        .map(({ id }) => id)
      expect(ids).toHaveLength(3)
      expect(new Set(ids).size).toBe(1)
      expect(checkout.lines(order)).toEqual(['1 payment.paid'])
    },
  )

  test('of a checkout that is down waits longer after each try', async () => {
    const { order } = await paidOrder(db())
    const waits: number[] = []
    checkout.be(503)
    for (let tries = 0; tries < 12; tries += 1) {
      await due()
      await deliverNotices(
        {
          db: db(),
          secrets: [SECRET],
          pollMs: 0,
          log: () => {},
          post: () => Promise.resolve({ kind: 'answer', status: 503 }),
        },
        (ms) => waits.push(ms),
      )
    }
    expect(waits.slice(0, 4)).toEqual([500, 1_000, 2_000, 4_000])
    expect(waits.slice(-2)).toEqual([300_000, 300_000])
    expect(await outboxOf(db(), order)).toMatchObject([{ state: 'pending', tries: 12 }])
  })
})

describe('a notice that is a day old', () => {
  test('is tried a last time, then parked with an alert, and later ones go on', async () => {
    const order = await paidAndCancelled()
    checkout.be(500)
    await round()
    await due()
    await sql`update outbox set created_at = created_at - interval '25 hours' where target = ${order} and payload->>'number' = '1'`.execute(
      db(),
    )
    await round()
    expect(await statesOf(order)).toEqual(['parked', 'pending', 'pending'])
    expect(await alerts(order)).toMatchObject([
      {
        level: 'warn',
        kind: 'noticeParked',
        sentence: `notice 1 of order ${order} was tried for a day and is parked: the checkout answered HTTP 500; later ones go on, and a person may resend it`,
      },
    ])
    checkout.be(200)
    while (await round());
    expect(checkout.lines(order)).toEqual(['2 refund.refunded', '3 payment.cancelled'])
  })

  test('and was never tried is parked without a try: an old flood does harm', async () => {
    const order = await paidAndCancelled()
    const fresh = await paidOrder(db())
    await age(25, order)
    await round()
    expect(await statesOf(order)).toEqual(['parked', 'parked', 'parked'])
    expect(await alerts(order)).toMatchObject([{ sentence: expect.stringContaining('3 notices of 1 orders') }])
    expect(checkout.lines(order)).toEqual([])
    expect(checkout.lines(fresh.order)).toEqual(['1 payment.paid'])
  })

  test('is sent again by a person under its id and number, for a day from then on, and journalled', async () => {
    const order = await paidAndCancelled()
    await age(25, order)
    await round()
    const [first] = await listNotices(db(), { merchantUid: order, after: 0, limit: 1 })
    const by = { who: 'ops:ann', at: later(HOUR) }
    const resend = () => transact(db(), 'resend', (trx) => resendNotice(trx, first?.id ?? '', by))
    expect(await resend()).toMatchObject({ state: 'pending', tries: 0, number: 1 })
    expect(await resend()).toMatchObject({ state: 'pending' })

    checkout.be(500)
    await round()
    await due()
    await round()
    expect(await statesOf(order)).toEqual(['pending', 'parked', 'parked'])
    checkout.be(200)
    await due()
    await round()
    expect(checkout.notices(order)).toMatchObject([{ id: first?.id, number: 1, type: 'payment.paid' }])
    const lines = await db().selectFrom('journal').select('who').where('what', '=', 'notice.resent').execute()
    expect(lines).toEqual([{ who: 'ops:ann' }])
  })
})

test('notices are listed by number, as their delivery stands', async () => {
  const order = await paidAndCancelled()
  await round()
  const listed = await listNotices(db(), { merchantUid: order, after: 0, limit: 10 })
  expect(listed).toMatchObject([
    { number: 1, type: 'payment.paid', state: 'delivered', nextTry: null, said: 'delivered' },
    { number: 2, type: 'refund.refunded', state: 'pending', tries: 0, nextTry: expect.stringContaining('Z') },
    { number: 3, type: 'payment.cancelled', state: 'pending' },
  ])
  expect(await listNotices(db(), { merchantUid: order, after: listed[1]?.rowId ?? 0, limit: 1 })).toMatchObject([
    { number: 3 },
  ])
  expect(
    await transact(db(), 'resend', (trx) => resendNotice(trx, 'unknown', { who: 'ops:ann', at: later(0) })),
  ).toBeUndefined()
})

// The inbox on the real database: which references may be looked at, by whom, how soon again, and when a hint is settled.
// Must not know: gateways. Times are set, never waited for; all comparisons are the database's own.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { recordOrder } from '../../src/db/books/record.ts'
import { databaseNow } from '../../src/db/clock.ts'
import { transact, type Database } from '../../src/db/connect.ts'
import { keepHint, type Hint } from '../../src/db/hints/hints.ts'
import { claimLooks, park, release, shareOrderLook, type Candidate } from '../../src/db/hints/looks.ts'
import { gatewayRef, merchantUid } from '../../src/domain/ids.ts'
import { look } from '../../src/inbox/look.ts'
import { anEvidence, aPayment, AT, GATEWAY, PATIENCE } from '../support/books.ts'
import { emptyQueues, freshOrder, paidOrder, recordPrepared } from '../support/booksDatabase.ts'
import { lookerOptions, scriptedGateway } from '../support/booksGateway.ts'
import { openTestDatabase } from '../support/database.ts'

let database: Database
beforeAll(async () => {
  database = await openTestDatabase()
  await recordPrepared(database.db, KNOWN)
})
beforeEach(() => emptyQueues(database.db))
afterAll(() => database.close())

const MINUTE = 60_000
const KNOWN = merchantUid('order-known')
const keep = (shown: Partial<Hint>) =>
  keepHint(database.db, { gateway: GATEWAY, source: 'webhook', gatewayRef: null, merchantUid: null, ...shown })
const claim = async (leaseMs = MINUTE, mostUnlinked = 5) =>
  (await claimLooks(database.db, { limit: 10, leaseMs, mostUnlinked })).claims
/** What a looker would be given now: given for no time, so that it stays free. */
const all = async () => (await claim(-1)).map(({ candidate }) => candidate)
async function only(): Promise<Candidate> {
  const [candidate, ...others] = await all()
  if (!candidate || others.length > 0) throw new Error(`one candidate was expected, not ${others.length + 1}`)
  return candidate
}
const states = async () =>
  (await database.db.selectFrom('inbox').select('state').orderBy('id').execute()).map(({ state }) => state)
/** Takes it as the looker does; undefined where it was not to be had. */
async function take(candidate: Candidate): Promise<string | undefined> {
  const claims = await claim()
  return claims.find(({ as, candidate: { subject } }) => as === 'leased' && subject === candidate.subject)?.token
}
/** Ends a look that began `ago` ms before now, as the looker does. */
async function looked(candidate: Candidate, spacingMs: number, ago = 0): Promise<void> {
  const token = (await take(candidate)) ?? ''
  const began = new Date(Date.parse(await databaseNow(database.db)) - ago).toISOString()
  await release(database.db, candidate, token, { began, spacingMs, failures: 0 })
}

describe('a candidate', () => {
  test('is a reference, not a hint: many hints make one', async () => {
    const { order, ref } = await paidOrder(database.db)
    for (let round = 0; round < 3; round += 1) await keep({ gatewayRef: ref, merchantUid: order })
    expect(await only()).toMatchObject({
      subject: `ref:${ref}`,
      gatewayRef: ref,
      merchantUid: order,
      linked: true,
      orderKnown: true,
      trusted: false,
    })
  })

  test('is known as linked by the books and not by what the hint says', async () => {
    const { order } = await paidOrder(database.db)
    await keep({ gatewayRef: 'imp_forged', merchantUid: order })
    expect(await only()).toMatchObject({ linked: false, orderKnown: true })
  })

  test('is of an unknown order as long as none of its hints names a known one', async () => {
    const { order } = await paidOrder(database.db)
    await keep({ gatewayRef: 'imp_x', merchantUid: 'aaa-unknown' })
    expect(await only()).toMatchObject({ orderKnown: false, merchantUid: 'aaa-unknown' })
    await keep({ gatewayRef: 'imp_x', merchantUid: order })
    expect(await only()).toMatchObject({ orderKnown: true, merchantUid: order })
  })

  test.each([
    ['webhook', false],
    ['pingback', false],
    ['browser', false],
    ['again', false],
    ['sweep', true],
    ['saga', true],
    ['person', true],
  ] as const)('asked for by %s is trusted: %s', async (source, trusted) => {
    await keep({ gatewayRef: 'imp_y', merchantUid: 'order-x', source })
    expect(await only()).toMatchObject({ trusted })
  })

  test('is none before its hint is due, without a subject, or parked', async () => {
    await keep({ gatewayRef: 'imp_1', delayMs: MINUTE })
    await keep({ parkedBecause: 'unreadable' })
    await keep({})
    expect(await all()).toEqual([])
  })
})

describe('a lease', () => {
  test('is given to one looker; the other finds nothing, until it runs out', async () => {
    await keep({ gatewayRef: 'imp_1', merchantUid: KNOWN })
    const candidate = await only()
    const both = await Promise.all([take(candidate), take(candidate)])
    expect(both.filter((token) => token !== undefined)).toHaveLength(1)
    expect(await all()).toEqual([])
    await database.db.updateTable('looks').set({ leasedUntil: '2020-01-01T00:00:00Z' }).execute()
    expect(await only()).toMatchObject({ subject: 'ref:imp_1' })
  })

  test('that was taken over is not ended by its old holder', async () => {
    await keep({ gatewayRef: 'imp_1', merchantUid: KNOWN })
    const candidate = await only()
    const old = (await take(candidate)) ?? ''
    await database.db.updateTable('looks').set({ leasedUntil: '2020-01-01T00:00:00Z' }).execute()
    await take(candidate)
    await release(database.db, candidate, old, { spacingMs: 0, failures: 0 })
    expect(await all()).toEqual([])
  })
})

describe('spacing', () => {
  test('holds back webhook hints until the last look is long enough ago', async () => {
    await keep({ gatewayRef: 'imp_1', merchantUid: KNOWN })
    await looked(await only(), 5_000)
    expect(await all()).toEqual([])
    await database.db.updateTable('looks').set({ notBefore: '2020-01-01T00:00:00Z' }).execute()
    expect(await only()).toMatchObject({ spacingMs: 5_000 })
  })

  test('counts from the begin of the last look', async () => {
    await keep({ gatewayRef: 'imp_1', merchantUid: KNOWN })
    await looked(await only(), 5_000, 6_000)
    expect(await all()).toHaveLength(1)
  })

  test.each(['sweep', 'saga', 'person'] as const)('does not hold back %s', async (source) => {
    await keep({ gatewayRef: 'imp_1', merchantUid: KNOWN })
    await looked(await only(), MINUTE)
    await keep({ gatewayRef: 'imp_1', merchantUid: KNOWN, source })
    expect(await only()).toMatchObject({ trusted: true })
  })

  test('after a gateway error nobody looks before the retry', async () => {
    await keep({ gatewayRef: 'imp_1', merchantUid: KNOWN, source: 'sweep' })
    const candidate = await only()
    const token = (await take(candidate)) ?? ''
    await release(database.db, candidate, token, { spacingMs: 0, failures: 1, retryMs: MINUTE })
    expect(await all()).toEqual([])
    await database.db.updateTable('looks').set({ retryAt: '2020-01-01T00:00:00Z' }).execute()
    expect(await only()).toMatchObject({ failures: 1 })
  })
})

describe('unlinked references of one order', () => {
  test('are counted by reference for ten minutes', async () => {
    const { order } = await paidOrder(database.db)
    for (const [index, ago] of [0, MINUTE, 11 * MINUTE].entries()) {
      await keep({ gatewayRef: `imp_z${index}`, merchantUid: order })
      const found = (await all()).find(({ gatewayRef }) => gatewayRef === `imp_z${index}`)
      if (found) await looked(found, MINUTE * 60, ago)
    }
    const { order: another } = await paidOrder(database.db)
    for (const each of [order, another]) await keep({ gatewayRef: `imp_of_${each}`, merchantUid: each })
    const given = async (most: number) =>
      new Map((await claim(-1, most)).map(({ candidate: { merchantUid }, as }) => [merchantUid, as]))
    expect(await given(2)).toEqual(
      new Map([
        [order, 'crowded'],
        [another, 'leased'],
      ]),
    )
    expect(await given(3)).toEqual(
      new Map([
        [order, 'leased'],
        [another, 'leased'],
      ]),
    )
  })

  test('beyond the limit share one look of the order, and the hints keep what they said', async () => {
    const { order } = await paidOrder(database.db)
    await keep({ gatewayRef: 'imp_p', merchantUid: order })
    await keep({ gatewayRef: 'imp_q', merchantUid: order })
    for (const candidate of await all()) await shareOrderLook(database.db, candidate, order)
    expect(await only()).toMatchObject({ subject: `order:${order}`, orderKnown: true, merchantUid: order })
    const refs = await database.db.selectFrom('inbox').select('gatewayRef').orderBy('id').execute()
    expect(refs).toEqual([{ gatewayRef: 'imp_p' }, { gatewayRef: 'imp_q' }])
  })
})

describe('a hint', () => {
  /** Within the hour in which something may have been put off here; and far beyond. */
  const LATER = new Date(Date.now() + 30 * MINUTE).toISOString()
  const FAR_FUTURE = '2999-01-01T00:00:00.000Z'
  const PAST = '2020-01-01T00:00:00.000Z'
  const move = (times: { receivedAt?: string; dueAt?: string }) =>
    database.db.updateTable('inbox').set(times).where('state', '=', 'received').execute()
  const lookAt = async (ref: string, meanwhile: () => Promise<void> | void = () => {}) => {
    const gateway = scriptedGateway()
    gateway.meanwhile = meanwhile
    gateway.truth = [anEvidence({ gatewayRef: gatewayRef(ref), merchantUid: 'order-x' })]
    await look(lookerOptions(database.db, gateway), { gateway: GATEWAY, gatewayRef: gatewayRef(ref) }, { who: 'test' })
  }

  test('is settled only by a look that began after it arrived', async () => {
    await keep({ gatewayRef: 'imp_1', merchantUid: 'order-x' })
    await move({ dueAt: PAST })
    await lookAt('imp_1', async () => {
      await keep({ gatewayRef: 'imp_1', merchantUid: 'order-x' })
      await move({ receivedAt: PAST, dueAt: PAST })
    })
    expect(await states()).toEqual(['looked', 'received'])
    await lookAt('imp_1')
    expect(await states()).toEqual(['looked', 'looked'])
  })

  test('is settled in the order of the sequence, whatever a clock that stepped back says of its arrival', async () => {
    await keep({ gatewayRef: 'imp_1', merchantUid: 'order-x' })
    await move({ receivedAt: FAR_FUTURE, dueAt: FAR_FUTURE })
    await lookAt('imp_1')
    expect(await states()).toEqual(['looked'])
  })

  test('that is due later is not settled by a look before then', async () => {
    await keep({ gatewayRef: 'imp_1', merchantUid: 'order-x' })
    await move({ receivedAt: PAST, dueAt: LATER })
    await lookAt('imp_1')
    expect(await states()).toEqual(['received'])
  })

  test('of another reference or gateway is not settled along', async () => {
    await keep({ gatewayRef: 'imp_2', merchantUid: 'order-x' })
    await keep({ gatewayRef: 'imp_1', merchantUid: 'order-x', gateway: 'iamport/other' })
    await move({ receivedAt: PAST, dueAt: PAST })
    await lookAt('imp_1')
    expect(await states()).toEqual(['received', 'received'])
  })

  test('parked for an unknown order is looked at once that order is recorded, others stay parked', async () => {
    const { order } = freshOrder()
    await keep({ gatewayRef: 'imp_1', merchantUid: order })
    await keep({ gatewayRef: 'imp_2', merchantUid: order, parkedBecause: 'unreadable' })
    const [candidate] = await all()
    expect(candidate && (await park(database.db, candidate, 'unknownOrder'))).toBe(1)
    expect(await states()).toEqual(['parked', 'parked'])
    const mover = { who: 'checkout:shop', at: AT, saga: null, links: () => null, patience: PATIENCE }
    const asked = { ...aPayment(), merchantUid: order }
    await transact(database.db, 'order', (trx) => recordOrder(trx, asked, mover))
    expect(await states()).toEqual(['received', 'parked'])
    expect(await only()).toMatchObject({ orderKnown: true })
  })
})

// The account behind a gateway's keys: what it does not show proves nothing, and while another one answers nothing is settled by it.
// Must not know: gateways' wires, sagas. The gateway answers from a script; every test has orders of its own.
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { transact, type Database } from '../../src/db/connect.ts'
import { keepHint } from '../../src/db/hints/hints.ts'
import { acceptAccount, accountOf, remember } from '../../src/db/watch/accounts.ts'
import { Failure } from '../../src/domain/failures.ts'
import { gatewayRef, type GatewayRef, type MerchantUid } from '../../src/domain/ids.ts'
import { proveAccount } from '../../src/inbox/account.ts'
import { look } from '../../src/inbox/look.ts'
import { lookOnce } from '../../src/inbox/looker.ts'
import { anEvidence, GATEWAY } from '../support/books.ts'
import {
  bookEvidence,
  emptyQueues,
  freshOrder,
  paidOrder,
  readBooks,
  recordPrepared,
} from '../support/booksDatabase.ts'
import { lookerOptions, scriptedGateway, type Scripted } from '../support/booksGateway.ts'
import { openTestDatabase } from '../support/database.ts'

const OURS = ['paymentwall/ours/live', 'paymentwall/ours/test']
const OTHERS = ['paymentwall/others/live']
let database: Database
let gateway: Scripted
beforeAll(async () => void (database = await openTestDatabase()))
beforeEach(async () => {
  await emptyQueues(database.db)
  // Only what a test pays itself is among the newest payments.
  await sql`update attempts set merchant_uid = null`.execute(database.db)
  gateway = scriptedGateway()
  gateway.channels = OURS
})
afterAll(() => database.close())

const options = () => lookerOptions(database.db, gateway)
const lookAt = (ref: GatewayRef) => look(options(), { gateway: GATEWAY, gatewayRef: ref }, { who: 'test' })
const lookAtOrder = (order: MerchantUid) => look(options(), { gateway: GATEWAY, merchantUid: order }, { who: 'test' })
const kindOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof Failure ? error.kind : String(error)),
  )
const prove = () => kindOf(proveAccount(options(), gateway, 0))
const hints = async () =>
  (await database.db.selectFrom('inbox').select(['state', 'parkedBecause']).orderBy('id').execute()).map(
    ({ state, parkedBecause }) => (parkedBecause === null ? state : `${state} ${parkedBecause}`),
  )
const alerts = async () =>
  (await database.db.selectFrom('outbox').select('payload').where('kind', '=', 'alert').orderBy('id').execute()).map(
    ({ payload }) => `${Object(payload).level} ${Object(payload).kind}`,
  )
/** The last paid payments are shown, and the account is remembered as ours. */
async function rememberOurs(): Promise<{ order: MerchantUid; ref: GatewayRef }> {
  const paid = await paidOrder(database.db)
  await emptyQueues(database.db)
  await remember(database.db, GATEWAY, OURS)
  gateway.truth = [anEvidence({ merchantUid: paid.order, gatewayRef: paid.ref })]
  return paid
}

describe('only money can be forgotten', () => {
  test('a look that does not show a paid attempt has failed: no hint is settled, and it is tried again', async () => {
    const { order, ref } = await paidOrder(database.db)
    await emptyQueues(database.db)
    await keepHint(database.db, { gateway: GATEWAY, source: 'webhook', gatewayRef: ref, merchantUid: order })
    expect(await kindOf(lookAt(ref))).toBe('gatewayForgot')
    expect(await hints()).toEqual(['received'])
    gateway.truth = [anEvidence({ merchantUid: order, gatewayRef: ref })]
    expect(await kindOf(lookAt(ref))).toBe('done')
    expect(await hints()).toEqual(['looked'])
  })

  test.each(['ready', 'failed'] as const)('an attempt that is %s may vanish', async (status) => {
    const { order, ref } = freshOrder()
    await recordPrepared(database.db, order)
    await bookEvidence(database.db, anEvidence({ merchantUid: order, gatewayRef: ref, status, returned: 0 }))
    await keepHint(database.db, { gateway: GATEWAY, source: 'webhook', gatewayRef: ref, merchantUid: order })
    expect(await kindOf(lookAt(ref))).toBe('done')
    expect(await kindOf(lookAtOrder(order))).toBe('done')
    // The webhook said more than was found, so it is asked about once more, later.
    expect(await hints()).toEqual(['looked', 'received'])
  })

  test('money that an order look lacks is asked for by its own reference first: test payments may be hidden there', async () => {
    const { order, ref } = await paidOrder(database.db)
    const shown = anEvidence({ merchantUid: order, gatewayRef: ref })
    gateway.truth = [shown]
    gateway.lookByOrder = () => Promise.resolve([])
    expect(await kindOf(lookAtOrder(order))).toBe('done')
    expect(gateway.asked).toEqual([`ref:${ref}`])
  })

  test('what the same look does show is booked, though nothing is settled by it', async () => {
    const { order, ref } = await paidOrder(database.db)
    const second = gatewayRef(`${ref}-second`)
    await keepHint(database.db, { gateway: GATEWAY, source: 'person', gatewayRef: null, merchantUid: order })
    gateway.truth = [anEvidence({ merchantUid: order, gatewayRef: second })]
    expect(await kindOf(lookAtOrder(order))).toBe('gatewayForgot')
    const { attempts } = await readBooks(database.db, { merchantUid: order })
    expect(attempts.map((attempt) => attempt.gatewayRef)).toContain(second)
    expect(await hints()).toEqual(['received'])
  })

  test('its hints are parked after many tries, with a page, and looked at once the account agrees again', async () => {
    const { order, ref } = await rememberOurs()
    await keepHint(database.db, { gateway: GATEWAY, source: 'sweep', gatewayRef: ref, merchantUid: order })
    gateway.truth = []
    expect(await prove()).toBe('accountDiffers')
    await lookOnce(options())
    await sql`update looks set failures = 19, retry_at = null`.execute(database.db)
    await lookOnce(options())
    expect(await hints()).toEqual(['parked gatewayForgot'])
    expect(await alerts()).toContain('page gatewayForgot')
    gateway.truth = [anEvidence({ merchantUid: order, gatewayRef: ref })]
    expect(await prove()).toBe('done')
    while (await lookOnce(options()));
    expect(await hints()).toEqual(['looked'])
  })
})

describe('the account', () => {
  test('is remembered at the first look that shows a paid order of ours, and at no other', async () => {
    const { order, ref } = freshOrder()
    const unseen = { ...options(), db: database.db.withPlugin(nothing) }
    await recordPrepared(database.db, order)
    const asks = (status: 'failed' | 'paid') => {
      gateway.truth = [anEvidence({ merchantUid: order, gatewayRef: ref, status, returned: 0 })]
      return look(unseen, { gateway: GATEWAY, gatewayRef: ref }, { who: 'test' })
    }
    await asks('failed')
    expect(await accountOf(database.db, GATEWAY)).toBeUndefined()
    await asks('paid')
    expect(await accountOf(database.db, GATEWAY)).toMatchObject({ channels: OURS, differsSince: null })
  })

  test('differs where none of its channels is shown: one page, until it agrees again', async () => {
    await rememberOurs()
    gateway.channels = OTHERS
    expect(await prove()).toBe('accountDiffers')
    expect(await prove()).toBe('accountDiffers')
    expect(await alerts()).toEqual(['page accountDiffers'])
    gateway.channels = [...OURS, 'paymentwall/ours/new']
    expect(await prove()).toBe('done')
    expect(await accountOf(database.db, GATEWAY)).toMatchObject({ differsSince: null })
    expect((await accountOf(database.db, GATEWAY))?.channels).toContain('paymentwall/ours/new')
  })

  test('differs where its newest payments are all unknown, singly too, though a channel is shown', async () => {
    const { ref } = await rememberOurs()
    gateway.truth = []
    expect(await prove()).toBe('accountDiffers')
    expect(gateway.asked).toEqual([`many:${ref}`, `ref:${ref}`])
  })

  test('does not differ where many at once lack what a single look shows: test money may be hidden', async () => {
    await rememberOurs()
    gateway.lookMany = () => Promise.resolve([])
    expect(await prove()).toBe('done')
  })

  test('that does not answer is no difference, and ends none', async () => {
    await rememberOurs()
    const away = () => Promise.reject(new Failure('gatewayUnavailable', 'it is away'))
    const there = gateway.account
    const many = gateway.lookMany
    gateway.account = away
    gateway.lookMany = away
    expect(await prove()).toBe('done')
    gateway.account = there
    gateway.channels = OTHERS
    expect(await prove()).toBe('accountDiffers')
    gateway.account = away
    expect(await prove()).toBe('accountDiffers')
    gateway.lookMany = many
    expect(await prove()).toBe('done')
  })

  test('that differs settles no hint and expires nothing: a look that shows nothing has failed', async () => {
    await rememberOurs()
    const { order, ref } = freshOrder()
    await recordPrepared(database.db, order)
    await keepHint(database.db, { gateway: GATEWAY, source: 'webhook', gatewayRef: ref, merchantUid: order })
    gateway.channels = OTHERS
    gateway.truth = []
    expect(await prove()).toBe('accountDiffers')
    expect(await kindOf(lookAt(ref))).toBe('accountDiffers')
    expect(await kindOf(lookAtOrder(order))).toBe('accountDiffers')
    expect(await hints()).toEqual(['received'])
  })

  test('is another one once a person says so, and older payments are no proof against it', async () => {
    await rememberOurs()
    gateway.channels = OTHERS
    gateway.truth = []
    expect(await prove()).toBe('accountDiffers')
    await transact(database.db, 'accept', (trx) => acceptAccount(trx, GATEWAY, OTHERS))
    expect(await prove()).toBe('done')
    expect(await accountOf(database.db, GATEWAY)).toMatchObject({ channels: OTHERS, differsSince: null })
  })
})

/** A handle of its own, of which this process remembers nothing yet. */
const nothing: Parameters<Database['db']['withPlugin']>[0] = {
  transformQuery: ({ node }) => node,
  transformResult: ({ result }) => Promise.resolve(result),
}

// What whoever reaches Temporal without a proof may do once keys are set: look, name an owner, and put off what is not due for
// a page. Every command in every state, over real rows.
// Must not know: Temporal servers, how a proof is minted over HTTP.
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { beginPayment, beginRefund } from '../../activities/begin/begin.ts'
import { takeCommand } from '../../activities/commands/people.ts'
import type { ActivityDeps } from '../../activities/deps.ts'
import type { Database } from '../../src/db/connect.ts'
import { mintProof } from '../../src/db/people.ts'
import { seenOfRefund } from '../../src/domain/books/seen.ts'
import type { TemporalAccess } from '../../src/domain/moves/people/unproved.ts'
import { DAY, later } from '../support/books.ts'
import { freshOrder, paidOrder, readBooks } from '../support/booksDatabase.ts'
import { openTestDatabase } from '../support/database.ts'
import {
  answer,
  blocked,
  booksOf,
  entry,
  goneForGood,
  intent,
  minutesPass,
  sceneOf,
  waited,
  type Scene,
  type Step,
} from './walk.ts'

let database: Database
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

const filed: readonly Step[] = [intent, answer('filed')]
const STATIONS: Readonly<Record<string, readonly Step[]>> = {
  requested: [],
  ticketOpen: filed,
  pastPage: [...filed, waited],
  unknown: [intent, answer('unknown'), minutesPass(60)],
  blocked: [blocked],
  refused: [intent, answer('refused')],
  refunded: [...filed, entry(6_000)],
  reversed: [...filed, entry(6_000), goneForGood],
}
const never = (): never => {
  throw new Error('there is no second refund')
}
const FAR = '2030-01-01T00:00:00.000Z'
const because = { reason: 'asked', seen: 'x' }
const COMMANDS = [
  ['retryTicket', because],
  ['resolve', { ...because, outcome: 'refunded', evidence: 'a mail', ticketDead: true }],
  ['resolve', { ...because, outcome: 'refused', evidence: 'a mail', ticketDead: true }],
  ['resolve', { ...because, outcome: 'settledElsewhere' }],
  ['withdraw', { reason: 'asked' }],
  ['approve', { request: 'start' }],
  ['snooze', { until: FAR, reason: 'holidays' }],
] as const
const QUIET: TemporalAccess = { starts: 'open', commands: 'quiet' }
const ofTheOrder = (scene: Scene) => ({ ...scene.deps, temporalAccess: QUIET })

async function stateOf(scene: Scene): Promise<unknown> {
  const { refunds, payment } = await booksOf(scene)
  return { refunds, payment: payment?.state }
}

const asked = (scene: Scene, name: string, args: object) =>
  takeCommand(ofTheOrder(scene), {
    workflowId: `refund:${scene.id}`,
    name,
    args: { person: 'mallory', ...args },
    now: scene.now,
  })

describe.each(Object.entries(STATIONS))('a refund that is %s', (_name, steps) => {
  test('is moved by no command of somebody without a proof, and he is told the line to paste', async () => {
    const scene = await sceneOf(database.db, steps)
    const before = await stateOf(scene)
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...COMMANDS]), async (commands) => {
        for (const [name, args] of commands) {
          const told = await asked(scene, name, args)
          expect(told, name).toMatchObject({ answer: 'refused', kind: 'updateRejected' })
          expect(told.sentence, name).toMatch(/npm run ops -- [a-z-]+ \S+/)
        }
      }),
      { numRuns: 5, seed: 12 },
    )
    expect(await stateOf(scene)).toEqual(before)
  })
})

test('a look, an owner and a snooze that ends before the page is due are anybody’s; of what pages none is put off', async () => {
  const scene = await sceneOf(database.db, filed)
  expect(await asked(scene, 'recheck', {})).toMatchObject({ answer: 'done' })
  expect(await asked(scene, 'acknowledge', { owner: 'ann' })).toMatchObject({ answer: 'done' })
  expect(await asked(scene, 'snooze', { until: later(2 * DAY, scene.now) })).toMatchObject({ answer: 'done' })
  expect(await asked(scene, 'snooze', { until: later(8 * DAY, scene.now) })).toMatchObject({ answer: 'refused' })
  await waited(scene)
  expect(await asked(scene, 'snooze', { until: later(60_000, scene.now), reason: 'x' })).toMatchObject({
    answer: 'refused',
  })
})

describe('a start', () => {
  const now = later(DAY)
  const depsWith = async (changes: Partial<ActivityDeps>): Promise<ActivityDeps> => ({
    ...(await sceneOf(database.db, [])).deps,
    temporalAccess: QUIET,
    ...changes,
  })
  const begin = (deps: ActivityDeps, id: string, input: object) =>
    beginRefund(deps, { input: { refundId: id, reason: 'asked', ...input }, workflowId: `refund:${id}`, now })
  const LIMITED = new Map([['KRW', 7_000]])

  test('without a proof is what it is: origin temporal, unverified; with one it is the checkout’s', async () => {
    const deps = await depsWith({})
    const one = await paidOrder(database.db)
    await begin(deps, 'r-unproved', { merchantUid: one.order })
    const other = await paidOrder(database.db)
    const args = { refundId: 'r-proved', merchantUid: other.order, reason: 'asked' }
    const person = { name: 'shop', role: 'checkout' }
    const proof = await mintProof(database.db, { saga: 'refund:r-proved', command: 'start', args, person })
    await begin(deps, 'r-proved', { merchantUid: other.order, proof })
    expect((await readBooks(database.db, { merchantUid: one.order })).refunds[0]?.origin).toBe('temporal')
    expect((await readBooks(database.db, { merchantUid: other.order })).refunds[0]?.origin).toBe('checkout')
    const lines = await database.db
      .selectFrom('journal')
      .select(['who', 'refundId'])
      .where('what', '=', 'refund.requested')
      .execute()
    expect(lines).toContainEqual({ who: 'temporal:unverified', refundId: 'r-unproved' })
    expect(lines).toContainEqual({ who: 'checkout:shop', refundId: 'r-proved' })
  })

  test('with a proof of something else, or one that was used, records nothing', async () => {
    const deps = await depsWith({})
    const { order } = await paidOrder(database.db)
    const person = { name: 'shop', role: 'checkout' }
    const args = { refundId: 'r-other', merchantUid: order, amount: 1, reason: 'asked' }
    const proof = await mintProof(database.db, { saga: 'refund:r-other', command: 'start', args, person })
    const wrong = begin(deps, 'r-other', { merchantUid: order, amount: 9_000, proof })
    await expect(wrong).rejects.toMatchObject({ kind: 'forbidden' })
    expect((await readBooks(database.db, { merchantUid: order })).refunds).toEqual([])
  })

  test('above the limit, alone or with others of this payment, waits blocked for another person, and reserves', async () => {
    const deps = await depsWith({ approvalLimit: LIMITED })
    const { order } = await paidOrder(database.db)
    await begin(deps, 'r-part-1', { merchantUid: order, amount: 4_000 })
    const step = await begin(deps, 'r-part-2', { merchantUid: order, amount: 4_000 })
    expect(step).toMatchObject({ state: 'blocked' })
    const { refunds } = await readBooks(database.db, { merchantUid: order })
    expect(refunds.map(({ state, blockedBecause }) => [state, blockedBecause])).toEqual([
      ['requested', null],
      ['blocked', 'approvalNeeded'],
    ])
    await expect(begin(deps, 'r-part-3', { merchantUid: order, amount: 4_000 })).rejects.toMatchObject({
      kind: 'refundExceedsBalance',
    })
    const command = (name: string, args: object, person: object) =>
      mintProof(database.db, {
        saga: 'refund:r-part-2',
        command: name,
        args,
        person: { name: 'joon', role: 'approver', ...person },
      }).then((proof) =>
        takeCommand(deps, { workflowId: 'refund:r-part-2', name, args: { ...args, proof }, now: later(9 * DAY) }),
      )
    const seen = seenOfRefund(await readBooks(database.db, { merchantUid: order }), refunds[1] ?? never())
    const retry = await command('retryTicket', { reason: 'now', seen }, {})
    expect(retry).toMatchObject({ answer: 'refused', sentence: expect.stringContaining('another person approves it') })
    expect(await command('approve', { request: 'start' }, { role: 'ops' })).toMatchObject({ answer: 'refused' })
    expect(await command('approve', { request: 'start' }, {})).toMatchObject({ answer: 'done', state: 'requested' })
    expect(await command('approve', { request: 'start' }, {})).toMatchObject({ answer: 'refused' })
  })

  test('whose made-up memory pushes what waits for another person on to unknown wins nothing: the sum still waits for one', async () => {
    const deps = await depsWith({ approvalLimit: LIMITED })
    const { order } = await paidOrder(database.db)
    await begin(deps, 'r-lied-1', { merchantUid: order, amount: 4_000 })
    await begin(deps, 'r-lied-2', { merchantUid: order, amount: 4_000 })
    const madeUp = { birth: 'made-up', version: 7, keys: ['submit'] }
    const workflowId = 'refund:r-lied-2'
    await beginRefund(deps, { input: { refundId: 'r-lied-2' }, workflowId, now, memory: madeUp })
    const books = await readBooks(database.db, { merchantUid: order })
    const lied = books.refunds.find(({ refundId }) => refundId === 'r-lied-2') ?? never()
    expect(lied).toMatchObject({ state: 'unknown', amount: 4_000, blockedBecause: null })
    const args = { reason: 'now', seen: seenOfRefund(books, lied) }
    const person = { name: 'ann', role: 'ops' }
    const proof = await mintProof(database.db, { saga: workflowId, command: 'retryTicket', args, person })
    const retry = { workflowId, name: 'retryTicket', args: { ...args, proof }, now: later(9 * DAY) }
    const told = await takeCommand(deps, retry)
    expect(told).toMatchObject({ answer: 'approvalNeeded', state: 'unknown' })
    expect(told.sentence).toContain('8,000')
  })

  test('where starts are to be proved records nothing without a proof, and reads what is there', async () => {
    const deps = await depsWith({ temporalAccess: { starts: 'proved', commands: 'quiet' } })
    const { order } = await paidOrder(database.db)
    await expect(begin(deps, 'r-none', { merchantUid: order })).rejects.toMatchObject({ kind: 'forbidden' })
    expect((await readBooks(database.db, { merchantUid: order })).refunds).toEqual([])
    const { order: unknown } = freshOrder()
    const input = { merchantUid: unknown, amount: 10_000, currency: 'KRW', name: 'a hat' }
    const opening = beginPayment(deps, { input, workflowId: `payment:${unknown}`, now })
    await expect(opening).rejects.toMatchObject({ kind: 'forbidden' })
    const again = { merchantUid: order, amount: 10_000, currency: 'KRW', name: 'a hat' }
    expect(await beginPayment(deps, { input: again, workflowId: `payment:${order}`, now })).toMatchObject({
      state: 'paid',
    })
  })
})

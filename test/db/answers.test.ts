// A person's update is answered once: carried out again by the same id, it says the same, and nothing moves a second time.
// Must not know: workflows. That a saga's moment is played again by the server is played here by a second call.
import { afterAll, describe, expect, test } from 'vitest'
import { takeCommand } from '../../activities/commands/people.ts'
import { mintProof } from '../../src/db/people.ts'
import type { Refund } from '../../src/domain/books/books.ts'
import { putRefund, decided, draftOf } from '../../src/domain/books/draft.ts'
import { seenOfRefund } from '../../src/domain/books/seen.ts'
import { refundId, type RefundId } from '../../src/domain/ids.ts'
import { activityDeps } from '../support/activityDeps.ts'
import { aRefund, aTicket, DAY, later, ORDER, refundOf, setting } from '../support/books.ts'
import { moveBooks, paidOrder, readBooks } from '../support/booksDatabase.ts'
import { scriptedGateway } from '../support/booksGateway.ts'
import { openTestDatabase } from '../support/database.ts'

const database = await openTestDatabase()
const { db } = database
afterAll(database.close)

const deps = activityDeps(db, scriptedGateway())
const limited = { ...deps, approvalLimit: new Map([['KRW', 1]]) }
const NOW = later(9 * DAY)

let count = 0
/** A refund with its ticket open, past the page level, unless the test says otherwise. */
async function aRefundRow(shown: Partial<Refund> = {}): Promise<RefundId> {
  const { order, ref } = await paidOrder(db)
  count += 1
  const row = {
    ...aRefund({ attention: 'page', ...shown, refundId: `r-${count}` }),
    merchantUid: order,
    gatewayRef: ref,
  }
  await moveBooks(db, { merchantUid: order }, (books) => {
    const draft = draftOf(books, setting())
    putRefund(draft, { ...row, nextCheckpointAt: later(0), tickets: [] })
    return decided(draft)
  })
  for (const ticket of shown.tickets ?? [aTicket()])
    await db
      .insertInto('tickets')
      .values({ ...ticket, refundId: row.refundId })
      .execute()
  return row.refundId
}
/** What a person saw before the first of his updates under an id; the same update says the same again. */
const marks = new Map<string, string>()
async function seenBy(id: RefundId, updateId: string | undefined): Promise<string> {
  const { merchantUid } = await db
    .selectFrom('refunds')
    .select('merchantUid')
    .where('refundId', '=', id)
    .executeTakeFirstOrThrow()
  const books = await readBooks(db, { merchantUid: merchantUid ?? ORDER })
  const now = seenOfRefund(books, refundOf(books, id))
  const key = `${id} ${updateId ?? now}`
  marks.set(key, marks.get(key) ?? now)
  return marks.get(key) ?? now
}
const MOVES_MONEY = ['retryTicket', 'resolve']

async function take(id: RefundId, updateId: string | undefined, name: string, given: object = {}, by = deps) {
  const args = MOVES_MONEY.includes(name) && !('seen' in given) ? { ...given, seen: await seenBy(id, updateId) } : given
  return takeCommand(by, {
    workflowId: `refund:${id}`,
    name,
    args,
    ...(updateId !== undefined && { updateId }),
    now: NOW,
  })
}

/** Everything that a command could have written. */
async function written(id: RefundId): Promise<unknown> {
  const of = {
    journal: db.selectFrom('journal').select('what').where('refundId', '=', id),
    hints: db.selectFrom('inbox'),
  }
  return {
    lines: (await of.journal.execute()).map(({ what }) => what),
    refund: await db.selectFrom('refunds').selectAll().where('refundId', '=', id).execute(),
    hints: (await of.hints.select('id').where('source', '=', 'person').execute()).length,
    approvals: await db.selectFrom('approvals').selectAll().where('saga', '=', `refund:${id}`).execute(),
    alerts: (await db.selectFrom('outbox').select('id').where('target', '=', `refund:${id}`).execute()).length,
  }
}

const because = { reason: 'they wrote' }
const CARRIED_OUT: readonly (readonly [string, object, string])[] = [
  ['recheck', {}, 'ticketOpen'],
  ['acknowledge', { owner: 'ann' }, 'ticketOpen'],
  ['snooze', { until: later(20 * 86_400_000), ...because }, 'ticketOpen'],
  ['retryTicket', because, 'requested'],
  ['resolve', { ...because, outcome: 'refunded' }, 'refunded'],
]
describe('an update that is carried out again', () => {
  test.each(CARRIED_OUT)('%s says the same, and has written nothing more', async (name, args, state) => {
    const id = await aRefundRow()
    const first = await take(id, 'u-1', name, args)
    expect(first).toEqual({ answer: 'done', state, sentence: `${name} is done` })
    const once = await written(id)
    expect(await take(id, 'u-1', name, args)).toEqual(first)
    expect(await written(id)).toEqual(once)
  })

  test('says the same where it was refused, though its proof is used up and the state is another one', async () => {
    const id = await aRefundRow({ tickets: [aTicket({ intentAt: later(8 * DAY) })] })
    const person = { name: 'joon', role: 'approver' }
    const args = { ...because, seen: await seenBy(id, 'u-1') }
    const proof = await mintProof(db, { saga: `refund:${id}`, command: 'retryTicket', args, person })
    const first = await take(id, 'u-1', 'retryTicket', { ...because, proof })
    expect(first).toMatchObject({
      answer: 'refused',
      kind: 'updateRejected',
      sentence: expect.stringContaining('is open'),
    })
    await take(id, 'u-2', 'resolve', { ...because, outcome: 'refunded' })
    expect(await take(id, 'u-1', 'retryTicket', { ...because, proof })).toEqual(first)
    const stolen = await take(id, 'u-3', 'retryTicket', { ...args, proof })
    expect(stolen).toMatchObject({ sentence: expect.stringContaining('this proof was used before') })
  })

  test('at the same moment twice is one move', async () => {
    const id = await aRefundRow()
    const asked = () => take(id, 'u-1', 'resolve', { ...because, outcome: 'settledElsewhere' })
    const done = { answer: 'done', state: 'settledElsewhere', sentence: 'resolve is done' }
    expect(await Promise.all([asked(), asked()])).toEqual([done, done])
    expect(await written(id)).toMatchObject({ lines: ['settled'] })
  })

  test('asks once for an approval, and is approved once', async () => {
    const id = await aRefundRow()
    const proofOf = (name: string, command: string, args: object) =>
      mintProof(db, { saga: `refund:${id}`, command, args, person: { name, role: 'approver' } })
    const asks = { ...because, outcome: 'refunded', seen: await seenBy(id, 'u-1') }
    const proven = { ...asks, proof: await proofOf('sora', 'resolve', asks) }
    const waits = await take(id, 'u-1', 'resolve', proven, limited)
    const once = await written(id)
    expect(await take(id, 'u-1', 'resolve', proven, limited)).toEqual(waits)
    expect([waits.answer, await written(id)]).toEqual(['approvalNeeded', once])
    const request = 'request' in waits ? waits.request : undefined
    const other = { request: 'another', proof: await proofOf('joon', 'approve', { request: 'another' }) }
    expect(await take(id, 'u-other', 'approve', other, limited)).toMatchObject({
      answer: 'refused',
      sentence: expect.stringContaining(`what waits now is request ${request}`),
    })
    const proof = await proofOf('joon', 'approve', { request })
    const done = { answer: 'done', state: 'refunded', sentence: 'resolve, asked for by sora, is done' }
    expect(await take(id, 'u-2', 'approve', { request, proof }, limited)).toEqual(done)
    expect(await take(id, 'u-2', 'approve', { request, proof }, limited)).toEqual(done)
  })
})

test('another update is judged anew, and so is one of which no id is known', async () => {
  const id = await aRefundRow()
  const resolve = { ...because, outcome: 'refunded' }
  expect(await take(id, 'u-1', 'resolve', resolve)).toMatchObject({ answer: 'done' })
  for (const update of ['u-2', undefined])
    expect(await take(id, update, 'resolve', resolve)).toMatchObject({ answer: 'refused' })
  expect(await take(id, 'u-1', 'acknowledge', { owner: 'ann' })).toMatchObject({ answer: 'refused' })
})

test('a workflow id that names no saga of ours is refused', async () => {
  const sentence = (id: string) => `${id} is no saga of this program`
  for (const workflowId of ['refund:', 'refund:a:b', 'refund:not an id', 'sweep:iamport/main', 'payment:..'])
    expect(await takeCommand(deps, { workflowId, name: 'recheck', args: {}, now: NOW })).toEqual({
      answer: 'refused',
      kind: 'invalidRequest',
      sentence: sentence(workflowId),
    })
  const id = refundId('nobody')
  expect(await take(id, undefined, 'accept')).toMatchObject({ sentence: 'refund:nobody takes no command accept' })
  expect(await take(id, undefined, 'recheck')).toMatchObject({ kind: 'notFound' })
})

test('the same update id with other arguments, or for another command, is told so, and nothing is carried out', async () => {
  const id = await aRefundRow()
  await take(id, 'u-1', 'acknowledge', { owner: 'ann' })
  const once = await written(id)
  expect(await take(id, 'u-1', 'acknowledge', { owner: 'bob' })).toMatchObject({ answer: 'refused', kind: 'conflict' })
  expect(await take(id, 'u-1', 'recheck')).toMatchObject({ answer: 'refused', kind: 'conflict' })
  expect(await written(id)).toEqual(once)
})

test('a proof is good for the arguments that it was minted for, and for no others', async () => {
  const id = await aRefundRow()
  const args = { ...because, outcome: 'refused', seen: await seenBy(id, 'u-1') }
  const person = { name: 'mina', role: 'ops' }
  const proof = await mintProof(db, { saga: `refund:${id}`, command: 'resolve', args, person })
  const stolen = await take(id, 'u-1', 'resolve', { ...args, outcome: 'refunded', proof })
  expect(stolen).toMatchObject({ sentence: expect.stringContaining('this proof was used before') })
  expect(await take(id, 'u-2', 'resolve', { ...args, proof })).toMatchObject({ answer: 'done', state: 'refused' })
})

test('a money command that names what is no longer so is refused with what is so now; without a mark it is told where to find it', async () => {
  const id = await aRefundRow()
  const seen = await seenBy(id, 'before')
  await take(id, 'u-1', 'resolve', { ...because, outcome: 'refused' })
  const late = await take(id, 'u-2', 'retryTicket', { ...because, seen })
  const now = await seenBy(id, 'after')
  expect(late).toMatchObject({ answer: 'refused', kind: 'updateRejected' })
  expect('sentence' in late && late.sentence).toContain(`it is refused, and its mark is ${now} now`)
  expect(await take(id, 'u-3', 'retryTicket', { ...because, seen: '' })).toMatchObject({ kind: 'invalidRequest' })
  expect(await take(id, 'u-4', 'retryTicket', { ...because, seen: now })).toMatchObject({ state: 'requested' })
})

// What people read of a saga by LANGUAGE: each step of each kind of saga carries it, and each start.
// Must not know: Temporal servers, workflows. Nothing that a program reads, or that is decided, hangs on the language.
import { MockActivityEnvironment } from '@temporalio/testing'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { createActivities } from '../../activities/index.ts'
import { recordRefund } from '../../src/db/books/record.ts'
import { transact } from '../../src/db/connect.ts'
import { refundId, strayWorkflowId } from '../../src/domain/ids.ts'
import type { Step } from '../../src/domain/next.ts'
import { LANGUAGES, type Language } from '../../src/language.ts'
import { deliverWake, startOf } from '../../src/outbox/wakes.ts'
import type { Start } from '../../src/temporal/client.ts'
import { activityDeps } from '../support/activityDeps.ts'
import { anAttempt, anEvidence, GATEWAY, later, MINUTE, PATIENCE } from '../support/books.ts'
import { emptyQueues, freshOrder, moveBooks, paidOrder, recordPrepared } from '../support/booksDatabase.ts'
import { scriptedGateway } from '../support/booksGateway.ts'
import { openTestDatabase } from '../support/database.ts'

const database = await openTestDatabase()
const { db } = database
afterAll(database.close)
beforeEach(() => emptyQueues(db))

const now = later(MINUTE)
const HANGUL = /[가-힣]/
/** Without the label of the state, which is Korean and English in each language. */
const toldIn = (page: string): Language => (HANGUL.test(page.replace(/^### .*$/m, '')) ? 'ko' : 'en')

const gateway = scriptedGateway()
const activitiesIn = (language: Language) =>
  createActivities(
    activityDeps(db, gateway, { language, temporalAccess: { starts: 'open', commands: 'quiet' } }),
    () => new Set(['SagaState']),
  )
const inActivity = <T>(work: () => Promise<T>): Promise<T> => new MockActivityEnvironment().run(work)

const untold = (start: Start) => ({ ...start, summary: '', details: '' })

let count = 0
/** An order that waits, a refund of another one, and money that no order waits for. */
async function three() {
  count += 1
  const { order: open, ref: strayRef } = freshOrder()
  await recordPrepared(db, open)
  const { order, ref } = await paidOrder(db)
  gateway.truth = [anEvidence({ merchantUid: order, gatewayRef: ref })]
  const id = refundId(`told-${count}`)
  const request = { refundId: id, merchantUid: order, amount: 100, reason: 'r', origin: 'checkout' as const }
  const mover = { who: 'checkout:shop', at: now, saga: null, links: () => null, patience: PATIENCE }
  await transact(db, 'request', (trx) => recordRefund(trx, request, { ...mover, rules: { partialRefunds: true } }))
  const stray = anAttempt({ gatewayRef: strayRef, merchantUid: null, saidMerchantUid: `nobody-${count}` })
  await moveBooks(db, { gateway: GATEWAY, gatewayRef: stray.gatewayRef }, (books) => ({
    books: { ...books, attempts: [{ ...stray, because: 'unknownOrder', accepted: false }] },
    journal: [],
    alerts: [],
  }))
  return { open, id, stray: stray.gatewayRef }
}

test.each(LANGUAGES)('each step of each kind of saga is told in %s', async (language) => {
  const { open, id, stray } = await three()
  const activities = activitiesIn(language)
  const strayRead = { gateway: GATEWAY, gatewayRef: stray, now }
  const steps: readonly (() => Promise<Step<unknown>>)[] = [
    () => activities.beginPayment({ input: { merchantUid: open }, workflowId: `payment:${open}`, now }),
    () => activities.openPayment({ merchantUid: open, now }),
    () => activities.readPayment({ merchantUid: open, now }),
    () => activities.beginRefund({ input: { refundId: id }, workflowId: `refund:${id}`, now }),
    () => activities.readRefund({ refundId: id, now }),
    () => activities.checkpointRefund({ refundId: id, now: later(90 * 24 * 60 * MINUTE) }),
    () => activities.readStray(strayRead),
    () => activities.checkpointStray({ ...strayRead, now: later(24 * 60 * MINUTE) }),
  ]
  for (const step of steps) {
    const { details, next } = await inActivity(step)
    expect(toldIn(details), details).toBe(language)
    // The last paragraph says what Temporal takes without a key.
    expect(toldIn(details.split('\n\n').at(-2) ?? '')).toBe(language)
    const summary = typeof next === 'object' && next !== null && 'summary' in next ? String(next.summary) : ''
    if (summary !== '') expect(toldIn(summary), summary).toBe(language)
  }
})

test.each(LANGUAGES)('each start is told in %s, and starts the same', async (language) => {
  const { open, id, stray } = await three()
  for (const saga of [`payment:${open}`, `refund:${id}`, strayWorkflowId(GATEWAY, stray)]) {
    const started: Start[] = []
    const temporal = { wake: (start: Start) => Promise.resolve(void started.push(start)) }
    await deliverWake({ db, temporal, language }, saga)
    expect(started.map(({ summary, details }) => [toldIn(summary), toldIn(details)])).toEqual([[language, language]])
    expect(started.map(untold)).toEqual([await startOf(db, saga)].flatMap((start) => start ?? []).map(untold))
  }
})

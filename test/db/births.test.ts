// The first step of a saga that is born with its row, over real rows: cut at each place, refused, and what the wake that starts it
// knows. Promise 1: nothing is filed twice, and every intent is committed before its call.
// Must not know: Temporal servers, workflows.
import { MockActivityEnvironment } from '@temporalio/testing'
import { sql } from 'kysely'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { ActivityDeps } from '../../activities/deps.ts'
import { openPayment, openPaymentBriefly } from '../../activities/registration.ts'
import { briefTries } from '../../activities/briefly.ts'
import { readRefund } from '../../activities/begin/begin.ts'
import { fileTicket, settleTicket, type FileTicket } from '../../activities/ticket/ticket.ts'
import { recordRefund } from '../../src/db/books/record.ts'
import { transact } from '../../src/db/connect.ts'
import { takeWakes, type WakeAtOnce } from '../../src/db/notify.ts'
import { recordOrder } from '../../src/db/books/record.ts'
import { isMemory, type Memory } from '../../src/domain/books/memory.ts'
import { Failure } from '../../src/domain/failures.ts'
import type { CancelAnswer, CancelRequest, RegisterAnswer } from '../../src/domain/gateway.ts'
import { gatewayName, refundId, type MerchantUid } from '../../src/domain/ids.ts'
import type { RefundStep } from '../../src/domain/next.ts'
import { startOf } from '../../src/outbox/wakes.ts'
import { anEvidence, aPayment, GATEWAY, later, MINUTE, PATIENCE } from '../support/books.ts'
import { emptyQueues, freshOrder, paidOrder, readBooks } from '../support/booksDatabase.ts'
import { lookerOptions, scriptedGateway } from '../support/booksGateway.ts'
import { openTestDatabase } from '../support/database.ts'
import { runsShown } from '../support/sagaRuns.ts'

const database = await openTestDatabase()
const { db } = database
afterAll(database.close)
beforeEach(() => emptyQueues(db))

const now = later(MINUTE)
const KILLED = 'killed'
/** Where the process of the first step is killed; a test of its own lets it live. */
type Cut =
  'at the look' | 'before the intent is committed' | 'before Temporal is told' | 'before the call' | 'after the call'
let cut: Cut | undefined
const killIf = (here: Cut): void => {
  if (cut === here) throw new Error(KILLED)
}
/** Of each call: what was committed of its intent when it went out. */
let calls: unknown[] = []
let registered: string[] = []
let answerRegister = (): Promise<RegisterAnswer> => Promise.resolve({ kind: 'registered' })

const scripted = scriptedGateway()
const gateway = {
  ...scripted,
  look: async () => {
    killIf('at the look')
    return scripted.truth[0]
  },
  cancel: async ({ refundId: id, mayStillSend }: CancelRequest): Promise<CancelAnswer> => {
    killIf('before the call')
    expect(mayStillSend()).toBe(true)
    const intents = db.selectFrom('tickets').select(['authorisedBy', 'outcome']).where('refundId', '=', refundId(id))
    calls.push(await intents.execute())
    killIf('after the call')
    const [evidence] = scripted.truth
    return evidence ? { kind: 'answered', evidence } : { kind: 'unknown', said: 'no answer' }
  },
  register: async ({ merchantUid }: { merchantUid: MerchantUid }): Promise<RegisterAnswer> => {
    registered.push(merchantUid)
    return answerRegister()
  },
}
const deps: ActivityDeps = {
  ...lookerOptions(db, gateway),
  rules: { partialRefunds: true },
  // Read within the transaction of the intent.
  get refundability() {
    killIf('before the intent is committed')
    return []
  },
  defaults: { gateway: GATEWAY, channel: 'live', expiryMs: 30 * MINUTE },
  approvalLimit: undefined,
  temporalAccess: { starts: 'open', commands: 'all' },
  cancelTimeoutMs: 1_000,
  checkpointLook: { everyMs: 1, forMs: 1 },
  looksPerSecond: 2,
  language: 'en',
  heartbeat: () => {
    killIf('before Temporal is told')
    return Promise.resolve(true)
  },
  sagaRuns: runsShown(),
}
const mover = { who: 'checkout:shop', at: now, saga: null, links: () => null, patience: PATIENCE }

let count = 0
/** A refund that its checkout has just asked for, and what its wake starts its saga with. */
async function asked() {
  const { order, ref } = await paidOrder(db)
  scripted.truth = [anEvidence({ merchantUid: order, gatewayRef: ref })]
  count += 1
  const id = refundId(`born-${count}`)
  const request = { refundId: id, merchantUid: order, amount: null, reason: 'too small', origin: 'checkout' as const }
  await transact(db, 'request', (trx) => recordRefund(trx, request, { ...mover, rules: deps.rules }))
  const { birth } = (await startOf(db, `refund:${id}`)) ?? {}
  const { memory, born: key, ...rest } = birth ?? {}
  if (!isMemory(memory) || typeof key !== 'string') throw new Error('the wake tells of no birth')
  const first: FileTicket & { memory: Memory } = {
    refundId: id,
    now,
    memory,
    key,
    birth: { input: { ...rest, born: key }, workflowId: `refund:${id}` },
  }
  return { id, order, first }
}
const inActivity = <T>(work: () => Promise<T>): Promise<T> => new MockActivityEnvironment().run(work)
const ticketsOf = async (order: MerchantUid) =>
  (await readBooks(db, { merchantUid: order })).refunds.flatMap(({ tickets }) =>
    tickets.map(({ authorisedBy, outcome }) => `${authorisedBy} ${outcome}`),
  )
const INTENT = [{ authorisedBy: 'submit', outcome: null }]

beforeEach(() => {
  cut = undefined
  calls = []
  registered = []
  answerRegister = () => Promise.resolve({ kind: 'registered' })
})

/** As the workflow goes on from a step: tries that are due later are made then. */
async function atRest(step: RefundStep, id: string): Promise<RefundStep> {
  let last = step
  for (
    let tries = 1;
    last.next.do === 'fileTicket' || (last.next.do === 'wait' && last.next.whenDue === 'read');
    tries += 1
  ) {
    expect(tries).toBeLessThan(5)
    const at = { refundId: id, now: later(tries * MINUTE, now), ...(last.memory && { memory: last.memory }) }
    const { next } = last
    last =
      next.do === 'fileTicket'
        ? await inActivity(() => fileTicket(deps, { ...at, key: next.key }))
        : await readRefund(deps, at)
  }
  return last
}

describe('the first step of a refund that is born', () => {
  test('looks, writes its intent, calls once and writes the answer', async () => {
    const { order, first } = await asked()
    expect(first).toMatchObject({ key: 'submit', memory: { keys: [] } })
    expect(await inActivity(() => fileTicket(deps, first))).toMatchObject({ state: 'ticketOpen', next: { do: 'wait' } })
    expect(calls).toEqual([INTENT])
    expect(await ticketsOf(order)).toEqual(['submit filed'])
  })

  test.each([
    // Killed there · Temporal had been told · calls in all, when all has come to rest · the tickets then.
    ['at the look', false, 1, ['submit notSent', 'submit.2 filed']],
    ['before the intent is committed', false, 1, ['submit notSent', 'submit.2 filed']],
    ['before Temporal is told', false, 0, ['submit unknown']],
    ['before the call', true, 0, ['submit unknown']],
    ['after the call', true, 1, ['submit unknown']],
  ] as const)('killed %s is settled, and calls at most once', async (where, told, most, tickets) => {
    const { id, order, first } = await asked()
    cut = where
    await expect(inActivity(() => fileTicket(deps, first))).rejects.toThrow(KILLED)
    cut = undefined
    const settled = await inActivity(() => settleTicket(deps, { ...first, mayHaveSent: told }))
    await atRest(settled, id)
    expect(await ticketsOf(order)).toEqual(tickets)
    expect(calls).toHaveLength(most)
    // Whoever began anew from the same input, as after a reset, finds its key used.
    await inActivity(() => fileTicket(deps, first))
    expect(calls).toHaveLength(most)
    expect(await ticketsOf(order)).toEqual(tickets)
  })

  test('whose row is gone waits for it, even where its call may have gone out', async () => {
    const { id, first } = await asked()
    await sql`delete from refunds where refund_id = ${id}`.execute(db)
    await expect(inActivity(() => fileTicket(deps, first))).rejects.toMatchObject({ kind: 'temporarilyUnavailable' })
    await expect(settleTicket(deps, { ...first, mayHaveSent: true })).rejects.toMatchObject({
      kind: 'temporarilyUnavailable',
    })
  })

  test('does not file for another row that was made under its id', async () => {
    const { order, first } = await asked()
    await sql`update refunds set birth = gen_random_uuid() where merchant_uid = ${order}`.execute(db)
    expect(await inActivity(() => fileTicket(deps, first))).toMatchObject({ state: 'blocked' })
    expect(calls).toEqual([])
  })

  test('does nothing for a row that has moved on by itself', async () => {
    const { order, first } = await asked()
    await sql`update refunds set state = 'withdrawn' where merchant_uid = ${order}`.execute(db)
    expect(await inActivity(() => fileTicket(deps, first))).toMatchObject({ state: 'withdrawn', next: { do: 'end' } })
    expect(calls).toEqual([])
  })

  test.each([
    [
      'under the id of another saga',
      (first: FileTicket) => ({ ...first, birth: { input: first.birth?.input, workflowId: 'refund:other' } }),
    ],
    [
      'without the memory of its row',
      ({ refundId: named, now: at, key, birth }: FileTicket) => ({ refundId: named, now: at, key, birth }),
    ],
    ['under no key', (first: FileTicket) => ({ ...first, key: 'a key\u0000' })],
    [
      'with a whole refund',
      (first: FileTicket) => ({
        ...first,
        birth: { input: { ...Object(first.birth?.input), reason: 'mine' }, workflowId: `refund:${first.refundId}` },
      }),
    ],
  ])('is refused %s: nothing moves, and no try is settled', async (_, change) => {
    const { order, first } = await asked()
    const forged = change(first)
    for (const step of [fileTicket, settleTicket])
      await expect(inActivity(() => step(deps, forged))).rejects.toMatchObject({ kind: 'invalidRequest' })
    expect([calls, await ticketsOf(order)]).toEqual([[], []])
  })
})

describe('the wake of a new row', () => {
  test('knows the birth that was committed, whether it leaves at once or is claimed', async () => {
    const left: WakeAtOnce[] = []
    const end = takeWakes(db, (wakes) => void left.push(...wakes))
    const { id, first } = await asked()
    end()
    const { rows } = await sql<{ birth: string }>`select birth from refunds where refund_id = ${id}`.execute(db)
    expect(rows).toEqual([{ birth: expect.any(String) }])
    expect(left.findLast(({ saga }) => saga === `refund:${id}`)?.about.births.get(id)).toBe(rows[0]?.birth)
    expect(first.memory.birth).toBe(rows[0]?.birth)
  })

  test('tells of a birth no more once anything was tried', async () => {
    const { id, first } = await asked()
    await inActivity(() => fileTicket(deps, first))
    expect(await startOf(db, `refund:${id}`)).toMatchObject({ input: { refundId: id }, remembers: true })
    expect(await startOf(db, `refund:${id}`)).not.toHaveProperty('birth')
  })
})

describe('the first step of a payment that is born', () => {
  const recorded = async () => {
    const { order } = freshOrder()
    await transact(db, 'order', (trx) => recordOrder(trx, { ...aPayment(), merchantUid: order }, mover))
    const { birth: input } = (await startOf(db, `payment:${order}`)) ?? {}
    return { order, first: { input, workflowId: `payment:${order}`, now } }
  }
  const stateOf = async (order: MerchantUid) => (await readBooks(db, { merchantUid: order })).payment?.state
  const away = () => Promise.reject(new Failure('gatewayUnavailable', 'away'))

  test('registers it, and tells of no birth then', async () => {
    const { order, first } = await recorded()
    expect(await inActivity(() => openPaymentBriefly(deps, briefTries(), first))).toMatchObject({
      state: 'prepared',
      next: { do: 'wait', whenDue: 'expire' },
    })
    expect(registered).toEqual([order])
    expect(await startOf(db, `payment:${order}`)).not.toHaveProperty('birth')
  })

  test('killed after the gateway took it registers again: the same order', async () => {
    const { order, first } = await recorded()
    answerRegister = () => Promise.reject(new Error(KILLED))
    await expect(inActivity(() => openPaymentBriefly(deps, briefTries(), first))).rejects.toThrow(KILLED)
    answerRegister = () => Promise.resolve({ kind: 'registered' })
    await inActivity(() => openPaymentBriefly(deps, briefTries(), first))
    await inActivity(() => openPaymentBriefly(deps, briefTries(), first))
    expect([registered, await stateOf(order)]).toEqual([[order, order], 'prepared'])
  })

  test('leaves a gateway that does not answer to the step that has time, which counts its tries', async () => {
    const { order, first } = await recorded()
    answerRegister = away
    const step = await inActivity(() => openPaymentBriefly(deps, briefTries(), first))
    expect(step).toMatchObject({ state: 'opening', next: { do: 'open' } })
    expect((await readBooks(db, { merchantUid: order })).payment).toMatchObject({ tries: 0, nextTryAt: null })
    const patient = await inActivity(() => openPayment(deps, { merchantUid: order, now }))
    expect(patient).toMatchObject({ state: 'opening', next: { do: 'wait', whenDue: 'read' } })
  })

  test('ends with its worker, while the gateway hangs', async () => {
    const { first } = await recorded()
    const environment = new MockActivityEnvironment()
    answerRegister = () => {
      environment.cancel()
      return new Promise(() => {})
    }
    const step = await environment.run(() => openPaymentBriefly(deps, briefTries(), first))
    expect(step).toMatchObject({ state: 'opening', next: { do: 'open' } })
  })

  test('asks a gateway no more for a minute after five that failed in a row', async () => {
    let clock = 0
    const tries = briefTries(() => clock)
    const { order, first } = await recorded()
    const step = () => inActivity(() => openPaymentBriefly(deps, tries, first))
    answerRegister = away
    for (let times = 1; times <= 7; times += 1) expect(await step()).toMatchObject({ next: { do: 'open' } })
    expect(registered).toHaveLength(5)
    expect(tries.worthIt(gatewayName('other/main'))).toBe(true)
    clock += 60_000
    answerRegister = () => Promise.resolve({ kind: 'registered' })
    expect(await step()).toMatchObject({ state: 'prepared' })
    expect([registered.length, await stateOf(order)]).toEqual([6, 'prepared'])
    expect(tries.worthIt(GATEWAY)).toBe(true)
  })

  test('is refused under the id of another saga, and with a whole order', async () => {
    const { order, first } = await recorded()
    for (const forged of [
      { ...first, workflowId: 'payment:other' },
      { ...first, input: { ...first.input, amount: 1 } },
    ])
      await expect(openPaymentBriefly(deps, briefTries(), forged)).rejects.toMatchObject({ kind: 'invalidRequest' })
    expect([registered, await stateOf(order)]).toEqual([[], 'opening'])
  })
})

// Killed between any two steps of a cancel at PortOne's V2 (look, intent, word to Temporal, call, answer, outcome; look again, word
// of the repeat, call, answer, outcome): each cut ends with one ticket, and with no person.
// Must not know: Temporal servers. The simulator's desk is the judge; what Temporal would do after a death is done here.
import { MockActivityEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { beginRefund, readRefund } from '../../activities/begin/begin.ts'
import { checkpointRefund } from '../../activities/checkpoint.ts'
import type { ActivityDeps } from '../../activities/deps.ts'
import { fileTicket, settleTicket } from '../../activities/ticket/ticket.ts'
import { insertPayment } from '../../src/db/books/payments.ts'
import { transact, type Database } from '../../src/db/connect.ts'
import type { Gateway } from '../../src/domain/gateway.ts'
import { merchantUid, type MerchantUid } from '../../src/domain/ids.ts'
import type { RefundStep } from '../../src/domain/next.ts'
import { createPortoneGateway } from '../../src/gateways/portone/client.ts'
import { PORTONE_MAIN } from '../../src/gateways/portone/config.ts'
import { startSimulator, type Simulator } from '../../src/simulator/app.ts'
import { PORTONE_SECRET, PORTONE_STORE, PORTONE_WEBHOOK_SECRET } from '../../src/simulator/credentials.ts'
import { forward, startProxy } from '../journeys/proxy.ts'
import { controlOf } from '../simulator/portoneDesk.ts'
import { activityDeps } from '../support/activityDeps.ts'
import { aPayment } from '../support/books.ts'
import { bookEvidence, readBooks } from '../support/booksDatabase.ts'
import { openTestDatabase } from '../support/database.ts'

/** No call ends by it, however slow this machine is: what is lost is cut off. */
const CANCEL_MS = 60_000
let database: Database
let simulator: Simulator
let wire: Awaited<ReturnType<typeof startProxy>>
let gateway: Gateway
/** The same gateway by a way on which cancels are lost. */
let losing: Gateway
/** What becomes of a cancel on its way: it never arrives, or its answer does not. */
let onTheWay = 'accept'
const isCancel = (path: string): boolean => path.endsWith('/cancel')
const clientAt = (apiUrl: string): Gateway =>
  createPortoneGateway({
    name: PORTONE_MAIN,
    apiUrl,
    secret: PORTONE_SECRET,
    storeId: PORTONE_STORE,
    webhookSecrets: [PORTONE_WEBHOOK_SECRET],
    channelKeys: {},
    cancelMs: CANCEL_MS,
  })
beforeAll(async () => {
  database = await openTestDatabase()
  simulator = await startSimulator({ host: '127.0.0.1', port: 0, webhookUrl: 'http://127.0.0.1:9/none' })
  wire = await startProxy(async (asked) => {
    if (!isCancel(asked.path)) return forward(simulator.url, asked)
    if (onTheWay === 'lostAnswer') await forward(simulator.url, asked)
    throw new Error('lost on the way')
  })
  gateway = clientAt(simulator.url)
  losing = clientAt(wire.url)
})
afterAll(async () => {
  wire.stop()
  await simulator.close()
  await database.close()
})

const control = (...asked: Parameters<ReturnType<typeof controlOf>>) => controlOf(simulator.url)(...asked)
const run = <T>(work: () => Promise<T>): Promise<T> => new MockActivityEnvironment().run(work)
const TICKETS = z.object({ tickets: z.array(z.object({ id: z.string(), merchantUid: z.string(), state: z.string() })) })

/** A process that dies at its so manieth step, and then does nothing any more: no row, no call. */
type Mortal = { readonly deps: ActivityDeps; readonly steps: readonly string[]; died(): boolean; announced(): boolean }
class Killed extends Error {}

function mortal(dieAt: number): Mortal {
  const base = activityDeps(database.db, gateway)
  const steps: string[] = []
  let announced = false
  const step = (name: string): void => {
    if (steps.length >= dieAt) throw new Killed()
    steps.push(name)
    if (steps.length === dieAt) throw new Killed()
  }
  const around =
    <Args extends readonly unknown[], T>(name: string, work: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      step(`before ${name}`)
      const result = await work(...args)
      step(`after ${name}`)
      return result
    }
  const dying: Gateway = {
    ...gateway,
    look: around('look', gateway.look),
    lookByOrder: around('look of the order', gateway.lookByOrder),
    cancel: around('call', (request) =>
      (onTheWay === 'accept' ? gateway : losing).cancel({
        ...request,
        mayStillSend: () => {
          step('right before the call is sent')
          return request.mayStillSend()
        },
      }),
    ),
  }
  const deps: ActivityDeps = {
    ...base,
    get db() {
      step('transaction')
      return base.db
    },
    get gateways() {
      step('inside a transaction')
      return new Map([[dying.name, dying]])
    },
    heartbeat: async () => {
      step('before the word to Temporal')
      announced = true
      step('after the word to Temporal')
      return true
    },
  }
  return { deps, steps, died: () => steps.length >= dieAt, announced: () => announced }
}

const ALIVE = Number.MAX_SAFE_INTEGER
const SECOND = 1_000
let count = 0
let nowMs = Date.now()
const later = (ms: number): string => new Date((nowMs += ms)).toISOString()

type Asked = { readonly id: string; readonly order: MerchantUid }
async function asked(): Promise<Asked> {
  nowMs = Date.now()
  count += 1
  const [id, order] = [`r-${count}`, merchantUid(`cut-${count}`)]
  const paid = { merchantUid: order, outcome: 'paid', gateway: 'portone', amount: 19_900, currency: 'KRW' }
  await control('POST', '/pay', paid)
  await transact(database.db, 'an order', (trx) =>
    insertPayment(
      trx,
      aPayment({ merchantUid: order, gateway: PORTONE_MAIN, amount: 19_900, currency: 'KRW', createdAt: later(0) }),
    ),
  )
  for (const evidence of await gateway.lookByOrder(order)) await bookEvidence(database.db, evidence)
  const input = { refundId: id, merchantUid: order, reason: 'too small' }
  await beginRefund(mortal(ALIVE).deps, { input, workflowId: `refund:${id}`, now: later(0) })
  return { id, order }
}

/** undefined where the process died; caught here, so that nobody logs it. */
const untilDeath = <T>(process: Mortal, work: (deps: ActivityDeps) => Promise<T>): Promise<T | undefined> =>
  run(async () => {
    try {
      const result = await work(process.deps)
      return process.died() ? undefined : result
    } catch (error) {
      if (!process.died()) throw error
      return undefined
    }
  })

/** A whole process goes on as the workflow would, with whatever the rows say. */
async function goOn({ id }: Asked, first: (deps: ActivityDeps) => Promise<RefundStep>): Promise<RefundStep> {
  const { deps } = mortal(ALIVE)
  let step = await run(() => first(deps))
  for (let round = 0; round < 8 && step.state !== 'ticketOpen'; round += 1) {
    const { next } = step
    const { do: what } = next
    if (what === 'end') return step
    const key = 'key' in next ? next.key : ''
    if (what === 'fileTicket') step = await run(() => fileTicket(deps, { refundId: id, key, now: later(0) }))
    else if (what === 'settleTicket') step = await run(() => settleTicket(deps, { refundId: id, key, now: later(0) }))
    else if (step.state === 'requested')
      step = await run(() => readRefund(deps, { refundId: id, now: later(11 * SECOND) }))
    else step = await run(() => checkpointRefund(deps, { refundId: id, now: later(60 * SECOND) }))
  }
  return step
}

const alertsOf = (id: string) =>
  database.db
    .selectFrom('outbox')
    .select('payload')
    .where('kind', '=', 'alert')
    .where('target', '=', `refund:${id}`)
    .execute()
const ticketsOf = async (order: string) =>
  TICKETS.parse(await control('GET', '/tickets')).tickets.filter((ticket) => ticket.merchantUid === order)

/** How it stands, once it was given the time to. */
async function standing({ id, order }: Asked, cut: string) {
  const tickets = await ticketsOf(order)
  const [refund] = (await readBooks(database.db, { merchantUid: order })).refunds
  const before = { tickets: tickets.length, state: refund?.state, attention: refund?.attention }
  for (const ticket of tickets) await control('POST', `/tickets/${ticket.id}/complete`)
  const done = await run(() => checkpointRefund(mortal(ALIVE).deps, { refundId: id, now: later(60 * SECOND) }))
  return { cut, ...before, alerts: await alertsOf(id), end: done.state }
}
const settled = (cut: string) => ({
  cut,
  tickets: 1,
  state: 'ticketOpen',
  attention: 'none',
  alerts: [],
  end: 'refunded',
})

const FIRST_CALLS = { accept: 'ticketOpen', timeoutBefore: 'unknown', lostAnswer: 'unknown' } as const
const MOST_CUTS = 60

describe.each(Object.entries(FIRST_CALLS))('where the first call is as %s says', (cancel, state) => {
  test('killed between any two steps of the first try', { timeout: 300_000 }, async () => {
    const cuts: string[] = []
    for (let dieAt = 1; dieAt <= MOST_CUTS; dieAt += 1) {
      const refund = await asked()
      onTheWay = cancel
      const process = mortal(dieAt)
      const filed = await untilDeath(process, (deps) =>
        fileTicket(deps, { refundId: refund.id, key: 'submit', now: later(0) }),
      )
      onTheWay = 'accept'
      if (filed) {
        expect(filed.state).toBe(state)
        break
      }
      const cut = `${dieAt}: ${process.steps.at(-1)}`
      cuts.push(process.steps.at(-1) ?? '')
      // Temporal finds the activity lost, and knows whether its call was about to begin.
      const mayHaveSent = process.announced()
      await goOn(refund, (deps) =>
        settleTicket(deps, { refundId: refund.id, key: 'submit', now: later(0), mayHaveSent }),
      )
      expect(await standing(refund, cut)).toEqual(settled(cut))
    }
    for (const step of ['before look', 'after look', 'before the word to Temporal', 'after the word to Temporal'])
      expect(cuts).toContain(step)
    for (const step of ['before call', 'right before the call is sent', 'after call']) expect(cuts).toContain(step)
    expect(cuts.length).toBeLessThan(MOST_CUTS)
  })
})

test.each([
  ['timeoutBefore', 'accept'],
  ['timeoutBefore', 'lostAnswer'],
  ['lostAnswer', 'accept'],
])(
  'where the first call was %s, and the repeat %s: killed between any two steps of the next look and repeat',
  { timeout: 300_000 },
  async (cancel, second) => {
    const cuts: string[] = []
    for (let dieAt = 1; dieAt <= MOST_CUTS; dieAt += 1) {
      const refund = await asked()
      const about = () => ({ refundId: refund.id, now: later(60 * SECOND) })
      onTheWay = cancel
      await run(() => fileTicket(mortal(ALIVE).deps, { refundId: refund.id, key: 'submit', now: later(0) }))
      onTheWay = second
      const process = mortal(dieAt)
      const whole = await untilDeath(process, (deps) => checkpointRefund(deps, about()))
      onTheWay = 'accept'
      if (whole) break
      const cut = `${dieAt}: ${process.steps.at(-1)}`
      cuts.push(process.steps.at(-1) ?? '')
      await goOn(refund, (deps) => checkpointRefund(deps, about()))
      expect(await standing(refund, cut)).toEqual(settled(cut))
    }
    for (const step of ['before look', 'after look', 'transaction']) expect(cuts).toContain(step)
    // What a look shows is not asked for again.
    const asksAgain = ['before call', 'right before the call is sent', 'after call'].map((step) => cuts.includes(step))
    expect(asksAgain).toEqual(Array(3).fill(cancel === 'timeoutBefore'))
    expect(cuts.length).toBeLessThan(MOST_CUTS)
  },
)

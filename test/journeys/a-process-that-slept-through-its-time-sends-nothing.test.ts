// A worker stopped between the intent and the call sends nothing when it goes on: the world has changed, and others have filed.
// Must not know: how a token is asked for, but that a cancel needs one after its intent is committed.
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { decided, draftOf, moveRefund, putRefund } from '../../src/domain/books/draft.ts'
import { merchantUid as orderId, refundId as idOfRefund } from '../../src/domain/ids.ts'
import { setting } from '../support/books.ts'
import { moveBooks } from '../support/booksDatabase.ts'
import { onPostgres } from '../support/database.ts'
import { startFleet, type Fleet } from './fleet.ts'
import type { Program } from '../support/program.ts'
import { forward, startProxy } from './proxy.ts'
import { eventually } from '../support/shop.ts'
import { MAKING_MS } from '../support/temporalCli.ts'

vi.setConfig({ testTimeout: 600_000, hookTimeout: MAKING_MS })

const CANCEL = 'POST /payments/cancel'
/** A stopped process still holds calls to Temporal, each of which may swallow one task until it is given up. */
const SWALLOWED_MS = 300_000

describe.skipIf(!onPostgres)('on Postgres (the embedded database belongs to one process)', () => {
  let fleet: Fleet
  let sleeper: Program
  let road: Awaited<ReturnType<typeof startRoad>>
  beforeAll(async () => {
    fleet = await startFleet({ apis: 1, workers: 0 })
    road = await startRoad(fleet)
    sleeper = await fleet.add('worker', { IAMPORT_API_URL: road.url })
    await sleeper.start()
  })
  afterAll(async () => {
    road?.stop()
    await fleet?.remove()
  })

  /** The sleeper has committed its intent and waits for a token: it sleeps, and the token is there when it wakes. */
  async function freezeAt(held: Promise<() => void>): Promise<void> {
    const letGo = await held
    sleeper.freeze()
    letGo()
  }

  test('stopped for more than five seconds after its intent: nothing is sent under it, the next try files one ticket', async () => {
    const { shop } = fleet
    const { merchantUid } = await shop.paid()
    const held = road.hold()
    const { refundId } = await shop.askRefund(merchantUid)
    await freezeAt(held)
    await pause(5_500)
    sleeper.thaw()

    await eventually(() => shop.refund(refundId)).toMatchObject({
      state: 'ticketOpen',
      tickets: [
        { authorisedBy: 'submit', outcome: 'notSent', said: 'the time for sending was over before the call' },
        { authorisedBy: 'submit.2', outcome: 'filed' },
      ],
    })
    expect(await shop.sim.tickets(merchantUid)).toHaveLength(1)
    expect(road.cancels()).toBe(1)
  })

  test('stopped after its intent, declared unknown, authorised anew and filed by another: one ticket', async () => {
    const { shop, database } = fleet
    const { merchantUid } = await shop.paid()
    const [cancels, calls] = [road.cancels(), await shop.sim.callsOf(CANCEL)]
    const held = road.hold()
    const { refundId } = await shop.askRefund(merchantUid)
    await freezeAt(held)
    expect(await shop.refund(refundId)).toMatchObject({ state: 'requested', tickets: [{ outcome: null }] })
    await (await fleet.add('worker')).start()

    await eventually(() => shop.refund(refundId), SWALLOWED_MS).toMatchObject({
      state: 'unknown',
      tickets: [{ authorisedBy: 'submit', outcome: 'unknown' }],
    })
    expect(await shop.sim.tickets(merchantUid)).toEqual([])
    await authoriseAgain(refundId, merchantUid)
    await eventually(() => shop.refund(refundId), SWALLOWED_MS).toMatchObject({ state: 'ticketOpen' })
    expect(await shop.sim.tickets(merchantUid)).toHaveLength(1)

    sleeper.thaw()
    await eventually(() => shop.refund(refundId)).toMatchObject({
      state: 'ticketOpen',
      tickets: [
        { authorisedBy: 'submit', outcome: 'notSent', said: expect.stringMatching(TOO_LATE) },
        { authorisedBy: 'again', outcome: 'filed' },
      ],
    })
    expect((await shop.journal(merchantUid)).filter(({ what }) => what === 'ticket.lateAnswer')).toMatchObject([
      { refundId, to: 'notSent', facts: { key: 'submit' } },
    ])
    expect(road.cancels()).toBe(cancels)
    expect(await shop.sim.callsOf(CANCEL)).toBe(calls + 1)

    const [ticket, ...more] = await shop.sim.tickets(merchantUid)
    expect(more).toEqual([])
    await shop.sim.complete(ticket?.id ?? '')
    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refunded' })
    expect(await shop.payment(merchantUid)).toMatchObject({ state: 'cancelled', returned: 19_000, reserved: 0 })

    function authoriseAgain(refund: string, order: string) {
      return moveBooks(database.db, { merchantUid: orderId(order) }, (books) => {
        const draft = draftOf(books, setting({ now: new Date().toISOString() }))
        const moved = moveRefund(draft, idOfRefund(refund), 'retried', { why: 'a person found no ticket' })
        if (moved) putRefund(draft, { ...moved, authorisation: 'again' })
        return decided(draft)
      })
    }
  })
})

/** Awake again, it finds that its token did not come in time, or that it did and the time for sending is over. */
const TOO_LATE = /\/users\/getToken|the time for sending was over/

const tokenAnswer = z.looseObject({ response: z.looseObject({ now: z.number(), expired_at: z.number() }) })

/** The sleeper's way to the gateway. Every token is good for one call only, so that one is asked for after the intent. */
async function startRoad({ shop, database }: Fleet) {
  let cancels = 0
  let holding: ((letGo: () => void) => void) | undefined
  const intended = async () =>
    (await database.db.selectFrom('tickets').select('refundId').where('outcome', 'is', null).execute()).length > 0
  const proxy = await startProxy(async (asked) => {
    if (asked.path === '/payments/cancel') cancels += 1
    const answer = await forward(shop.simulator, asked)
    if (asked.path !== '/users/getToken') return answer
    if (holding && (await intended())) {
      const tell = holding
      holding = undefined
      await new Promise<void>((resolve) => tell(resolve))
    }
    const { response, ...rest } = tokenAnswer.parse(JSON.parse(answer.body))
    return { ...answer, body: JSON.stringify({ ...rest, response: { ...response, expired_at: response.now + 30 } }) }
  })
  return {
    ...proxy,
    cancels: () => cancels,
    /** Holds the next token that is asked for after an intent; resolves with what lets it go. */
    hold: () => new Promise<() => void>((resolve) => (holding = resolve)),
  }
}

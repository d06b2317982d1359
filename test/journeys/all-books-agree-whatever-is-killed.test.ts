// All books agree, whatever is killed: the gateway's, ours, the journal and the notices, after three thousand hints and many a kill -9.
// Must not know: who was killed while doing what. SEED repeats the same draws.
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { disagreements, underWay } from '../support/agreement.ts'
import { onPostgres } from '../support/database.ts'
import { startFleet, type Fleet } from './fleet.ts'
import type { Program } from '../support/program.ts'
import { chanceOf, type Chance } from '../support/seeded.ts'
import { eventually, fresh, type Shop } from '../support/shop.ts'
import { MAKING_MS } from '../support/temporalCli.ts'

vi.setConfig({ testTimeout: 900_000, hookTimeout: MAKING_MS })

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1_000_000))
const ORDERS = 60
const HINTS = 3_000
/** Fifty a second. */
const BETWEEN_HINTS_MS = 20
const KILLS = 12
/** A killed process's looks stay claimed for a minute, and a hint that says more is looked at once more after another. */
const QUIET_MS = 300_000
const PAID = 19_000
/** Hints about the payments made last, for one that brings no news makes the next of its payment wait twice as long. */
const LATELY = 6

describe.skipIf(!onPostgres)(
  'two api and two worker processes on one Postgres (the embedded database belongs to one)',
  () => {
    let fleet: Fleet
    beforeAll(async () => {
      fleet = await startFleet({ apis: 2, workers: 2 }, { CANCEL_TIMEOUT: '2s' })
    })
    afterAll(() => fleet?.remove())

    test(`under ${HINTS} hints and ${KILLS} kills (SEED=${SEED})`, async () => {
      const { shop, database } = fleet
      const chance = chanceOf(SEED)
      const orders = await openOrders(shop)
      const paid: Paid[] = []
      const storm = stormOf(fleet, chance, paid)
      const customers = orders.map((merchantUid, index) => buy(shop, merchantUid, index, storm.part, paid))
      const desk = workOff(shop, storm.over)
      await storm.raging
      const refunds = (await Promise.all(customers)).flat()
      await desk

      // Asked for is not filed yet: the desk goes on until there is no ticket to come.
      await eventually(() => underWay(database.db, shop), QUIET_MS).toEqual([])
      await completeAll(shop)
      // A webhook that found every api dead was lost, as i'mport sends it once: what a sweep would find, a hint tells here.
      for (const { impUid, merchantUid } of paid)
        await shop.hint({ imp_uid: impUid, merchant_uid: merchantUid, status: 'paid' })
      await eventually(() => underWay(database.db, shop), QUIET_MS).toEqual([])
      expect(await disagreements(database.db, shop), `SEED=${SEED}`).toEqual([])
      expect(new Set(refunds).size).toBe(refunds.length)
      for (const refundId of refunds)
        expect((await shop.refund(refundId)).state, refundId).toMatch(/^(refunded|unknown)$/)
    })
  },
)

type Paid = { readonly merchantUid: string; readonly impUid: string }

async function openOrders(shop: Shop): Promise<readonly string[]> {
  const orders: string[] = []
  for (let count = 1; count <= ORDERS; count += 1) orders.push((await shop.open({ amount: PAID })).merchantUid)
  return orders
}

/** Hints, faults and kills by count; `part` resolves when so much of it is over. */
function stormOf(fleet: Fleet, chance: Chance, paid: readonly Paid[]) {
  let sent = 0
  let ended = false
  const kills = killing(fleet)
  const rage = async () => {
    const answers: Promise<unknown>[] = []
    for (; sent < HINTS; sent += 1) {
      const known = paid.length > 0 && chance.below(3) > 0
      answers.push(known ? honest(fleet.shop, chance.pick(paid.slice(-LATELY))) : forged(fleet.shop, chance))
      if (sent % Math.floor(HINTS / KILLS) === 100) kills.next(chance)
      if (sent % 150 === 0) await fleet.shop.sim.faults({ webhooks: chance.pick(['deliver', 'duplicate', 'reorder']) })
      await pause(BETWEEN_HINTS_MS)
    }
    await fleet.shop.sim.faults({ webhooks: 'deliver' })
    await Promise.all(answers)
    await kills.over()
    ended = true
  }
  const part = async (share: number) => {
    while (sent < share * HINTS) await pause(100)
  }
  return { raging: rage(), part, over: () => ended }
}

const honest = ({ call }: Shop, { impUid, merchantUid }: Paid) =>
  call('POST', '/webhooks/iamport', { imp_uid: impUid, merchant_uid: merchantUid, status: 'paid' })

function forged({ call }: Shop, chance: Chance) {
  const impUid = `imp_${100_000 + chance.below(100_000)}`
  return call('POST', '/webhooks/iamport', {
    imp_uid: impUid,
    merchant_uid: `nobody-${chance.below(50)}`,
    status: 'cancelled',
  })
}

/** One process at a time is down, so that somebody always takes hints: kill -9, then it is started again. */
function killing({ apis, workers }: Fleet) {
  let last: Promise<void> = Promise.resolve()
  const restart = async (victim: Program) => {
    await victim.kill9()
    await victim.start()
  }
  return {
    next: (chance: Chance) => {
      const victim = chance.pick([...apis, ...workers])
      last = last.then(() => restart(victim))
    },
    over: () => last,
  }
}

/** One customer: pays when it is his turn, then the checkout asks for all or for two parts of it back. Answers the refunds. */
async function buy(
  shop: Shop,
  merchantUid: string,
  index: number,
  turn: (share: number) => Promise<void>,
  paid: Paid[],
): Promise<readonly string[]> {
  await turn((index / ORDERS) * 0.8)
  const impUid = await shop.sim.pay(merchantUid)
  paid.push({ merchantUid, impUid })
  await eventually(async () => (await tried(() => shop.payment(merchantUid)))?.state, QUIET_MS).toBe('paid')
  const amounts = index % 3 === 0 ? [] : index % 3 === 1 ? [undefined] : [7_000, 5_000]
  const refunds: string[] = []
  for (const amount of amounts) {
    const refundId = fresh('refund')
    // Asking again with the same body is safe, whatever became of the first request.
    const ask = () => shop.requestRefund(merchantUid, { refundId, ...(amount !== undefined && { amount }) })
    await eventually(async () => [200, 202].includes((await tried(ask))?.status ?? 0), QUIET_MS).toBe(true)
    refunds.push(refundId)
  }
  return refunds
}

/** The desk: works off what is open, one ticket after the other. */
async function workOff(shop: Shop, over: () => boolean): Promise<void> {
  while (!over()) {
    await completeAll(shop)
    await pause(1_000)
  }
}

async function completeAll({ sim }: Shop): Promise<void> {
  for (const { id, state } of await sim.allTickets()) if (state === 'open') await sim.complete(id)
}

/** An API that was killed meanwhile answers nothing, or a 502 from the balancer. */
async function tried<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch {
    return undefined
  }
}

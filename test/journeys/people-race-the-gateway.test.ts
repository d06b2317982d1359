// A person acts at the very moment at which the desk completes the ticket, or the ticket is filed: whoever comes second is told, and all books agree.
// Must not know: who wins. Ten of each race at once, on the embedded database five; every move of money is counted afterwards.
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import { disagreements, underWay } from '../support/agreement.ts'
import { byTemporal, overHttp, refundSaga, type Act, type Told } from '../support/doors.ts'
import { onPostgres } from '../support/database.ts'
import { chanceOf } from '../support/seeded.ts'
import { eventually, fresh, shopTest, type OwnShop } from '../support/shop.ts'
import { pastPage, ticketOpen, type Prepare, type Situation } from '../support/situations.ts'

/** Forty calls at once on a busy machine are not lost. */
const test = shopTest({ CANCEL_TIMEOUT: '25s' })
/** More of them where more runs at once: each order is one row that all of them want. */
const RACES = onPostgres ? 10 : 5
const CANCEL = 'POST /payments/cancel'
const because = { reason: 'they wrote' }
const { below } = chanceOf(20_261_122)

/** Half of the people come through the API, half through Temporal, each a few moments early or late. */
const person = (shop: OwnShop, number: number): Act => {
  const act: Act = number % 2 === 0 ? overHttp(shop) : (...asked) => byTemporal(shop, ...asked)
  return async (...asked) => {
    await pause(below(40))
    return act(...asked)
  }
}
async function completes({ sim }: OwnShop, { merchantUid }: Situation): Promise<void> {
  const [ticket] = await sim.tickets(merchantUid)
  await pause(below(40))
  await sim.complete(ticket?.id ?? '')
}
const accepted = (told: Told | undefined): boolean => told !== undefined && 'answer' in told
const wasRefusedAs = (sentence: RegExp) => ({ refused: 'updateRejected', sentence: expect.stringMatching(sentence) })

async function races<T>(shop: OwnShop, prepare: Prepare, race: (asked: Situation, number: number) => Promise<T>) {
  const all = await Promise.all(Array.from({ length: RACES }, () => prepare(shop)))
  const ran = await Promise.all(all.map(async (asked, number) => ({ asked, told: await race(asked, number) })))
  await allIsQuiet(shop)
  return ran
}
async function allIsQuiet(shop: OwnShop): Promise<void> {
  await eventually(() => underWay(shop.db, shop)).toEqual([])
  expect(await disagreements(shop.db, shop)).toEqual([])
}
const linesOf = async (shop: OwnShop, { id, merchantUid }: Situation) =>
  (await shop.journal(merchantUid)).filter(({ refundId }) => refundId === id).map(({ what }) => what)
const howMany = (lines: readonly string[], what: string): number => lines.filter((each) => each === what).length

test('resolve as refunded, acknowledge and withdraw while the ticket is completed: the money is counted once', async ({
  shop,
  sim,
}) => {
  const calls = await sim.callsOf(CANCEL)
  const ran = await races(shop, ticketOpen, async (asked, number) => {
    const act = person(shop, number)
    const [resolved, acknowledged, withdrawn] = await Promise.all([
      act(asked, 'resolve', { ...because, outcome: 'refunded' }),
      act(asked, 'acknowledge', { owner: 'ann' }),
      act(asked, 'withdraw', because),
      completes(shop, asked),
    ])
    return { resolved, acknowledged, withdrawn }
  })
  for (const { asked, told } of ran) {
    const { resolved, acknowledged, withdrawn } = told
    const lines = await linesOf(shop, asked)
    expect(howMany(lines, 'resolvedRefunded')).toBe(accepted(resolved) ? 1 : 0)
    expect(howMany(lines, 'acknowledge')).toBe(accepted(acknowledged) ? 1 : 0)
    if (!accepted(resolved))
      expect(resolved).toEqual(
        wasRefusedAs(/^(a refunded refund cannot be resolved as refunded: |this has changed .*: it is refunded, )/),
      )
    if (!accepted(acknowledged)) expect(acknowledged).toEqual(wasRefusedAs(/^a refunded refund asks for nobody: /))
    expect(withdrawn).toEqual(wasRefusedAs(/^a (ticketOpen|refunded) refund cannot be withdrawn: /))
    // The entry is the evidence of what a person said before it, or the move itself.
    expect(howMany(lines, 'refund.evidence') + howMany(lines, 'cancelled')).toBe(1)
    expect(await shop.refund(asked.id)).toMatchObject({ state: 'refunded', attention: 'none', remaining: 0 })
    expect(await shop.payment(asked.merchantUid)).toMatchObject({ state: 'cancelled', returned: 19_000, reserved: 0 })
    expect(await sim.tickets(asked.merchantUid)).toMatchObject([{ state: 'completed' }])
  }
  expect(await sim.callsOf(CANCEL)).toBe(calls + RACES)
})

test('settled by bank while the ticket is completed: counted twice, with a page, only where the person came first', async ({
  shop,
}) => {
  const ran = await races(shop, ticketOpen, async (asked, number) => {
    const settle = person(shop, number)(asked, 'resolve', { ...because, outcome: 'settledElsewhere' })
    const [told] = await Promise.all([settle, completes(shop, asked)])
    return told
  })
  for (const { asked, told } of ran) {
    const alerts = await shop.db
      .selectFrom('outbox')
      .select('payload')
      .where('kind', '=', 'alert')
      .where('target', '=', `refund:${asked.id}`)
      .execute()
    const pages = alerts.filter(({ payload }) => JSON.stringify(payload).includes('"paidBackTwice"'))
    expect(pages).toHaveLength(accepted(told) ? 1 : 0)
    if (!accepted(told))
      expect(told).toEqual(
        wasRefusedAs(
          /^(a refunded refund cannot be resolved as settledElsewhere: |this has changed .*: it is refunded, )/,
        ),
      )
    expect(await shop.refund(asked.id)).toMatchObject({ state: 'refunded' })
    expect(await shop.payment(asked.merchantUid)).toMatchObject({ returned: accepted(told) ? 38_000 : 19_000 })
  }
})

test('two people retry while the old ticket is completed: one new authorisation at most, and no money twice', async ({
  shop,
  sim,
}) => {
  const calls = await sim.callsOf(CANCEL)
  const ran = await races(shop, pastPage, async (asked, number) => {
    const retry = (who: number) => person(shop, who)(asked, 'retryTicket', because)
    const [one, other] = await Promise.all([retry(number), retry(number + 1), completes(shop, asked)])
    return [one, other]
  })
  let sent = 0
  for (const { asked, told } of ran) {
    expect(told.filter(accepted).length).toBeLessThanOrEqual(1)
    for (const each of told.filter((one) => !accepted(one)))
      expect(each).toEqual(
        wasRefusedAs(
          /^(a (requested|ticketOpen|refunded) refund takes no new ticket|this has changed since it was seen)/,
        ),
      )
    const { tickets, state } = await shop.refund(asked.id)
    expect(state).toBe('refunded')
    expect(['submit', 'submit,retry-2']).toContain(tickets.map(({ authorisedBy }) => authorisedBy).join())
    const desk = await sim.tickets(asked.merchantUid)
    expect(desk.filter((each) => each.state === 'completed')).toHaveLength(1)
    expect(desk).toHaveLength(tickets.filter(({ outcome }) => outcome === 'filed').length)
    expect(await shop.payment(asked.merchantUid)).toMatchObject({ state: 'cancelled', returned: 19_000 })
    sent += tickets.length
  }
  expect(await sim.callsOf(CANCEL)).toBe(calls + sent)
})

test('withdraw while the ticket is being filed: withdrawn and nothing sent, or refused and one ticket', async ({
  shop,
  sim,
}) => {
  const calls = await sim.callsOf(CANCEL)
  const paid: Prepare = async () => {
    const { merchantUid } = await shop.paid()
    return { ...refundSaga(fresh('refund')), merchantUid }
  }
  const ran = await races(shop, paid, async ({ id, merchantUid }, number) => {
    await shop.askRefund(merchantUid, { refundId: id })
    return person(shop, number)(refundSaga(id), 'withdraw', because)
  })
  const filed = ran.filter(({ told }) => !accepted(told))
  for (const { asked, told } of ran) {
    const [state, tickets] = accepted(told) ? ['withdrawn', 0] : ['ticketOpen', 1]
    if (!accepted(told))
      expect(told).toEqual(
        wasRefusedAs(/^(a ticketOpen refund cannot be withdrawn|a ticket of this requested refund may be worked off)/),
      )
    expect(await shop.refund(asked.id)).toMatchObject({ state })
    expect(await sim.tickets(asked.merchantUid)).toHaveLength(tickets)
    expect(await shop.payment(asked.merchantUid)).toMatchObject({ reserved: tickets * 19_000 })
  }
  expect(await sim.callsOf(CANCEL)).toBe(calls + filed.length)
})

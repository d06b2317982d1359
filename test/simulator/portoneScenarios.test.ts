// Scenarios by name at PortOne's V2, and what strangers send to its door: played over the control API, read by the vendor's library.
// Must not know how a scenario is written.
import { PaymentClient, Webhook } from '@portone/server-sdk'
import { expect, test } from 'vitest'
import { PORTONE_SECRET, PORTONE_STORE, PORTONE_WEBHOOK_SECRET } from '../../src/simulator/credentials.ts'
import { SCENARIOS } from '../../src/simulator/play/scenarios.ts'
import { FORGERIES } from '../../src/simulator/post/forged.ts'
import { eventually, startMerchant, startTogether } from './support.ts'

async function startV2() {
  const door = await startMerchant()
  const running = await startTogether({ portoneUrl: door.url })
  const client = PaymentClient({ secret: PORTONE_SECRET, baseUrl: running.simulator.url, storeId: PORTONE_STORE })
  const register = (paymentId: string) => client.preRegisterPayment({ paymentId, totalAmount: 1990, currency: 'USD' })
  const play = (name: string, more: object = {}) =>
    running.desk('POST', `scenarios/${name}`, { gateway: 'portone', seed: 7, ...more })
  const types = () => door.bodies().map((body) => String(Object(body).type).replace('Transaction.', ''))
  const cancel = (amount: number) => client.cancelPayment({ paymentId: 'ord-1', reason: '#r-1 asked', amount })
  return { ...running, door, client, register, play, types, cancel }
}

test('every one is played there, or says why it cannot be', async () => {
  const { play, pass, client } = await startV2()
  const played: string[] = []
  for (const [name, { only, never }] of Object.entries(SCENARIOS)) {
    const said = await play(name, { merchantUid: name, amount: 1990, currency: 'USD' })
    const isPlayed = only === undefined && never?.gateway !== 'portone'
    expect(said.status, name).toBe(isPlayed ? 200 : 409)
    if (never) expect(said.text).toContain(never.why)
    if (isPlayed) played.push(name)
  }
  // What was broken meanwhile is whole again by then.
  await pass('1d')
  for (const name of played) expect(await client.getPayment({ paymentId: name })).toMatchObject({ id: name })
  expect(played.length).toBeGreaterThan(10)
})

test('the last registered order is meant; else the next one, once, however often it is registered', async () => {
  const { register, play, pass, door } = await startV2()
  await register('first')
  expect((await play('lost-answer')).body).toMatchObject({ played: { merchantUid: 'first' }, armed: null })
  expect(await play('lost-answer', { merchantUid: 'first' })).toMatchObject({ status: 409 })
  expect((await play('lost-answer')).body).toMatchObject({ played: null, armed: { name: 'lost-answer' } })
  await register('second')
  await register('second')
  await register('third')
  await pass('10s')
  const paid = () => door.bodies().map((body) => String(Object(Object(body).data).paymentId))
  await eventually(paid).toEqual(['first', 'second'])
})

test('`--scenario` plays it for every order that is registered', async () => {
  const door = await startMerchant()
  const { simulator, pass } = await startTogether({
    portoneUrl: door.url,
    scenario: { name: 'late-approval', seed: 1 },
  })
  const client = PaymentClient({ secret: PORTONE_SECRET, baseUrl: simulator.url, storeId: PORTONE_STORE })
  for (const paymentId of ['first', 'second'])
    await client.preRegisterPayment({ paymentId, totalAmount: 1990, currency: 'USD' })
  const types = () => door.bodies().map((body) => String(Object(body).type))
  await pass('10s')
  await eventually(types).toEqual(['Transaction.Failed', 'Transaction.Failed'])
  await pass('28h')
  await eventually(types).toEqual([
    ...Array<string>(2).fill('Transaction.Failed'),
    ...Array<string>(2).fill('Transaction.Paid'),
  ])
})

test('lost-answer: the ticket is filed, and its answer never comes', async () => {
  const { register, play, simulator, tickets, pass, types } = await startV2()
  await register('ord-1')
  await play('lost-answer')
  const lost = fetch(`${simulator.url}/payments/ord-1/cancel`, {
    method: 'POST',
    headers: { authorization: `PortOne ${PORTONE_SECRET}` },
    body: JSON.stringify({ reason: '#r-1 asked', amount: 500 }),
    signal: AbortSignal.timeout(300),
  })
  await expect(lost).rejects.toThrow()
  expect(await tickets()).toMatchObject([{ state: 'open' }])
  await pass('1d')
  await eventually(types).toEqual(['Paid', 'CancelPending', 'PartialCancelled'])
})

test('partial-twice: one request, two parts back, each with an id of its own', async () => {
  const { register, play, cancel, pass, client } = await startV2()
  await register('ord-1')
  await play('partial-twice')
  const { cancellation } = await cancel(500)
  await pass('2d')
  const payment = await client.getPayment({ paymentId: 'ord-1' })
  const entries = 'cancellations' in payment ? (payment.cancellations ?? []) : []
  expect(entries).toMatchObject([
    { status: 'SUCCEEDED', totalAmount: 500 },
    { status: 'SUCCEEDED', totalAmount: 500 },
  ])
  const ids = entries.map((entry) => ('id' in entry ? entry.id : ''))
  expect(new Set(ids).size).toBe(2)
  expect(ids[0]).toBe('id' in cancellation ? cancellation.id : '')
})

test('forged-webhooks: four within the hour, of which the vendor’s library takes none', async () => {
  const { register, play, pass, door, client } = await startV2()
  await register('ord-1')
  await play('forged-webhooks')
  await pass('1h')
  await eventually(() => door.heard.length).toBe(5)
  expect(await client.getPayment({ paymentId: 'ord-1' })).toMatchObject({ status: 'PAID', amount: { cancelled: 0 } })
})

test.each(FORGERIES.portone)('a forged webhook: %s', async (kind) => {
  const { pay, desk, door } = await startV2()
  expect(await desk('POST', 'forge', { kind })).toMatchObject({ status: 404 })
  const transaction = await pay({ gateway: 'portone' })
  await eventually(() => door.heard.length).toBe(1)
  expect((await desk('POST', 'forge', { kind })).body).toEqual({ kind, about: transaction })
  await eventually(() => door.heard.length).toBe(2)
  const [, forged] = door.heard
  const verified = Webhook.verify(PORTONE_WEBHOOK_SECRET, forged?.body ?? '', forged?.headers ?? {})
  await expect(verified).rejects.toThrow()
  expect(forged?.body).toContain('Transaction.Cancelled')
})

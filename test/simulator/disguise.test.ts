// Payments that are not shown, or not as they are; other providers' payments; buyers who left.
// Must not know the wire's switches, which have files of their own.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { eventually, startTogether } from './support.ts'

test('vanish: no read shows the payment until it appears; its money stays', async () => {
  const { pay, ask, look, desk } = await startTogether()
  const impUid = await pay()
  const reads = [`/payments/${impUid}`, '/payments/find/order-1', '/payments/findAll/order-1']
  reads.push(`/payments?imp_uid[]=${impUid}`, '/payments?merchant_uid[]=order-1')
  expect((await desk('POST', `payments/${impUid}/vanish`)).body).toMatchObject({ payment: { impUid, status: 'paid' } })
  for (const path of reads) expect(await ask('GET', path), path).toMatchObject({ status: 404 })
  expect(await look('/payments/status/all')).toMatchObject({ total: 0 })
  expect((await desk('GET', 'payments')).body).toMatchObject({ payments: [{ impUid, status: 'paid' }] })
  await desk('POST', `payments/${impUid}/appear`)
  for (const path of reads) expect(await ask('GET', path), path).toMatchObject({ status: 200 })
})

test('contradict: every read shows other values, the payment itself is what it was', async () => {
  const { pay, ask, look, desk, tickets } = await startTogether()
  const impUid = await pay()
  const contradiction = { status: 'failed', amount: 2500, currency: 'KRW', pgProvider: 'html5_inicis' }
  expect((await desk('POST', `payments/${impUid}/contradict`, contradiction)).body).toEqual({ contradiction })
  const shown = { imp_uid: impUid, status: 'failed', amount: 2500, currency: 'KRW', pg_provider: 'html5_inicis' }
  expect(await look(`/payments/${impUid}`)).toMatchObject({ ...shown, paid_at: expect.any(Number), cancel_amount: 0 })
  expect(await look('/payments/find/order-1')).toMatchObject(shown)
  expect(await look('/payments/status/failed')).toMatchObject({ list: [shown] })
  expect(await look('/payments/status/paid')).toMatchObject({ total: 0 })
  expect((await desk('GET', 'payments')).body).toMatchObject({
    payments: [{ status: 'paid', amount: 1990, currency: 'USD' }],
  })
  await ask('POST', '/payments/cancel', { imp_uid: impUid, amount: 19.9, checksum: 19.9 })
  expect(await tickets()).toMatchObject([{ amount: 1990, currency: 'USD' }])
})

test.each(['ready', 'cancelled', 'a word of tomorrow'])(
  'contradict: paid is shown as %s, and nothing else changes',
  async (status) => {
    const { pay, look, desk } = await startTogether()
    const impUid = await pay()
    const before = await look(`/payments/${impUid}`)
    await desk('POST', `payments/${impUid}/contradict`, { status })
    expect(await look(`/payments/${impUid}`)).toEqual({ ...before, status })
  },
)

test('contradict: another merchant_uid is found under the other order alone', async () => {
  const { pay, ask, look, desk } = await startTogether()
  const impUid = await pay()
  await desk('POST', `payments/${impUid}/contradict`, { merchantUid: 'order-2' })
  expect(await look(`/payments/${impUid}`)).toMatchObject({ merchant_uid: 'order-2' })
  expect(await look('/payments/findAll/order-2')).toMatchObject({ list: [{ imp_uid: impUid }] })
  expect(await ask('GET', '/payments/findAll/order-1')).toMatchObject({ status: 404 })
})

test('contradict: shown as of the test channel, it is found only as those are', async () => {
  const { pay, ask, desk } = await startTogether()
  const impUid = await pay()
  await desk('POST', `payments/${impUid}/contradict`, { sandbox: true })
  expect(await ask('GET', `/payments/${impUid}`)).toMatchObject({ status: 404 })
  const asked = await ask('GET', `/payments/${impUid}?include_sandbox=true`)
  expect(asked.body).toMatchObject({ response: { sandbox: true } })
})

test('contradict: what is given replaces what was, and an empty body takes all back', async () => {
  const { pay, look, desk } = await startTogether()
  const impUid = await pay()
  await desk('POST', `payments/${impUid}/contradict`, { amount: 1 })
  await desk('POST', `payments/${impUid}/contradict`, { status: 'ready' })
  expect(await look(`/payments/${impUid}`)).toMatchObject({ status: 'ready', amount: 19.9 })
  await desk('POST', `payments/${impUid}/contradict`)
  expect(await look(`/payments/${impUid}`)).toMatchObject({ status: 'paid', amount: 19.9 })
  expect(await look('/payments/status/paid')).toMatchObject({ total: 1 })
})

test.each([{ amount: 1.5 }, { currency: 'won' }, { status: '' }, { paidAt: 1 }])('contradict %j: 422', async (body) => {
  const { pay, desk } = await startTogether()
  const said = await desk('POST', `payments/${await pay()}/contradict`, body)
  expect(said).toMatchObject({ status: 422, body: { error: expect.any(String) } })
})

test('vanished and contradicted payments are so after a restart', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'simulator-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const { pay, desk, simulator } = await startTogether({ dataDir })
  const [gone, other] = [await pay(), await pay()]
  await desk('POST', `payments/${gone}/vanish`)
  await desk('POST', `payments/${other}/contradict`, { merchantUid: 'order-2' })
  await simulator.close()
  const again = await startTogether({ dataDir })
  expect(await again.ask('GET', `/payments/${gone}`)).toMatchObject({ status: 404 })
  expect(await again.look('/payments/findAll/order-2')).toMatchObject({ list: [{ imp_uid: other }] })
})

test('what was paid at Paymentwall directly has no such switches', async () => {
  const { pay, desk } = await startTogether()
  const ref = await pay({ gateway: 'paymentwall' })
  expect(await desk('PUT', `payments/${ref}/wire`, { floats: 'noisy' })).toMatchObject({ status: 409 })
  expect(await desk('POST', `payments/${ref}/vanish`)).toMatchObject({ status: 409 })
  expect(await desk('POST', `payments/${ref}/contradict`, { amount: 1 })).toMatchObject({ status: 409 })
})

test("another provider's payment says whose it is, and a cancel of it is done at once", async () => {
  const { pay, ask, look, tickets } = await startTogether()
  const impUid = await pay({ pgProvider: 'html5_inicis' })
  expect(await look(`/payments/${impUid}`)).toMatchObject({
    pg_provider: 'html5_inicis',
    pg_id: expect.not.stringContaining('1111aaaa2222bbbb3333cccc4444dddd'),
  })
  const said = await ask('POST', '/payments/cancel', { imp_uid: impUid, amount: 5 })
  expect(said.body).toMatchObject({ code: 0, response: { status: 'cancelled', cancel_amount: 5 } })
  expect(await tickets()).toEqual([])
})

test('and is told only where the call asked for it', async () => {
  const { pay, ask, merchant } = await startTogether()
  const impUid = await pay({ pgProvider: 'html5_inicis' })
  await ask('POST', '/payments/cancel', { imp_uid: impUid, amount: 5 })
  await ask('POST', '/payments/cancel', { imp_uid: impUid, amount: 4, enable_webhook: true })
  await eventually(() => merchant.bodies()).toMatchObject([{ status: 'paid' }, { status: 'cancelled' }])
})

test('a buyer who left: ready, no times, no webhook, nothing to cancel', async () => {
  const { merchant, pay, ask, look } = await startTogether()
  const impUid = await pay({ outcome: 'ready' })
  const shown = { status: 'ready', paid_at: 0, failed_at: 0, fail_reason: null, receipt_url: null }
  expect(await look(`/payments/${impUid}`)).toMatchObject(shown)
  expect(await look('/payments/status/ready')).toMatchObject({ list: [{ imp_uid: impUid }] })
  expect((await ask('POST', '/payments/cancel', { imp_uid: impUid })).body).toMatchObject({ code: 1 })
  expect(merchant.heard).toEqual([])
})

test('a buyer who left may come back and pay, once', async () => {
  const { merchant, pay, look, desk } = await startTogether()
  const impUid = await pay({ outcome: 'ready' })
  await desk('POST', `payments/${impUid}/approve`)
  await eventually(() => merchant.bodies()).toMatchObject([{ imp_uid: impUid, status: 'paid' }])
  expect(await look(`/payments/${impUid}`)).toMatchObject({ status: 'paid', paid_at: expect.any(Number), failed_at: 0 })
  expect(await desk('POST', `payments/${impUid}/approve`)).toMatchObject({ status: 409 })
})

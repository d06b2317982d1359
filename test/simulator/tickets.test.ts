// Tickets that people work by a script, through i'mport and at Paymentwall itself, by the clock.
// Must not know real time.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { signed, startDirect } from './direct.ts'
import { eventually, startTogether, staysSilent } from './support.ts'

/** A direct payment, and a full ticket of it under a script. */
async function startScripted(script: object, ticket: Record<string, string> = { type: '1' }) {
  const running = await startDirect()
  const ref = await running.payDirect()
  await eventually(() => running.pingbacks().length).toBe(1)
  expect(await running.desk('PUT', `payments/${ref}/script`, script)).toMatchObject({ status: 200 })
  const asked = { ref, message: 'please', merchant_refund_id: 'rf-1', ...ticket }
  return { ...running, ref, asked, filed: await running.file(asked) }
}

test('full: done after two simulated hours, and not before', async () => {
  const { filed, pass, types, tickets } = await startScripted({ ending: 'full' })
  expect(filed.body).toEqual({ result: 1 })
  await pass('119m')
  expect(types()).toEqual(['0'])
  await pass('1m')
  expect(types()).toEqual(['0', '2.9'])
  expect(await tickets()).toMatchObject([{ state: 'completed' }])
})

test('partial: a part of what was asked for comes as 220', async () => {
  const { pass, pingbacks } = await startScripted({ ending: 'partial', after: '1h', amount: 425 })
  await pass('1h')
  expect(pingbacks()[1]).toMatchObject({ type: '220', refund_amount: '4.25', merchant_refund_id: 'rf-1' })
})

test('silentRefusal: not a word, however long one waits', async () => {
  const { filed, pass, types, tickets, look, ref } = await startScripted({ ending: 'silentRefusal' })
  expect(filed.body).toEqual({ result: 1 })
  await pass('90d')
  expect(types()).toEqual(['0'])
  expect(await tickets()).toMatchObject([{ state: 'refused' }])
  expect((await look({ ref })).body).toMatchObject({ refunded: false })
})

test('veryLate: after two months', async () => {
  const { pass, types } = await startScripted({ ending: 'veryLate' })
  await pass('59d')
  expect(types()).toEqual(['0'])
  await pass('1d')
  expect(types()).toEqual(['0', '2.9'])
})

test('withoutRefundId: done, and nobody says for which refund', async () => {
  const { pass, pingbacks } = await startScripted({ ending: 'withoutRefundId' })
  await pass('2h')
  expect(pingbacks()[1]).toMatchObject({ type: '2', reason: '9' })
  expect(pingbacks()[1]).not.toHaveProperty('merchant_refund_id')
})

test('doneTwice: a part goes back twice under one refund id; all of it is only told twice', async () => {
  const part = await startScripted({ ending: 'doneTwice' }, { type: '5', amount: '4.25' })
  await part.pass('4h')
  const twice = { type: '220', refund_amount: '4.25', merchant_refund_id: 'rf-1' }
  expect(part.pingbacks().slice(1)).toMatchObject([twice, twice])
  expect((await part.desk('GET', 'payments')).body).toMatchObject({ payments: [{ cancelAmount: 850 }] })
  const all = await startScripted({ ending: 'doneTwice' })
  await all.pass('4h')
  expect(all.types()).toEqual(['0', '2.9', '2.9'])
  expect((await all.desk('GET', 'payments')).body).toMatchObject({ payments: [{ cancelAmount: 1990 }] })
})

test('chargebackFirst: the bank is faster, and the ticket comes to nothing', async () => {
  const { pass, types, tickets } = await startScripted({ ending: 'chargebackFirst' })
  await pass('7d')
  expect(types()).toEqual(['0', '2.1'])
  expect(await tickets()).toMatchObject([{ state: 'refused' }])
})

test('result0 and html502 file nothing', async () => {
  const refused = await startScripted({ ending: 'result0' })
  expect(refused.filed.body).toMatchObject({ result: 0, errors: [expect.any(String)] })
  const broken = await startScripted({ ending: 'html502' })
  expect(broken.filed).toMatchObject({ status: 502, text: expect.stringContaining('<html>') })
  expect([...(await refused.tickets()), ...(await broken.tickets())]).toEqual([])
})

test('timeoutAfterFiling: no answer, one ticket, done all the same', async () => {
  const { simulator, payDirect, desk, tickets, pass, types } = await startDirect()
  const ref = await payDirect()
  await desk('PUT', `payments/${ref}/script`, { ending: 'timeoutAfterFiling' })
  const form = signed({ ref, type: '1', message: 'please' })
  await expect(staysSilent(simulator.url, '/developers/api/ticket', form, {})).resolves.toBe(true)
  await eventually(() => tickets()).toMatchObject([{ state: 'open' }])
  await pass('3h')
  expect(types()).toEqual(['0', '2.9'])
})

test("through i'mport the same scripts hold", async () => {
  const { pay, ask, desk, pass, look, merchant } = await startTogether()
  const cancel = async (ending: string) => {
    const impUid = await pay({ merchantUid: ending })
    await desk('PUT', `payments/${impUid}/script`, { ending, after: '1h' })
    return { impUid, said: await ask('POST', '/payments/cancel', { imp_uid: impUid, reason: '#r-1' }) }
  }
  const full = await cancel('full')
  expect(full.said.body).toMatchObject({ code: 0, response: { status: 'paid' } })
  expect((await cancel('result0')).said).toMatchObject({ status: 200, body: { code: -1 } })
  expect(await cancel('html502')).toMatchObject({ said: { status: 502 } })
  const twice = await cancel('doneTwice')
  const taken = await cancel('chargebackFirst')
  await pass('1d')
  const done = { cancel_amount: 19.9, status: 'cancelled' }
  expect(await look(`/payments/${full.impUid}`)).toMatchObject({ ...done, cancel_history: [{ reason: '#r-1' }] })
  expect(await look(`/payments/${twice.impUid}`)).toMatchObject({ ...done, cancel_history: [{ reason: '#r-1' }] })
  expect(await look(`/payments/${taken.impUid}`)).toMatchObject({ ...done, cancel_history: [{ reason: 'chargeback' }] })
  const cancelled = () => merchant.bodies().filter((body) => JSON.stringify(body).includes('"cancelled"'))
  await eventually(() => cancelled().length).toBe(3)
})

test('the desk may be faster, and a script may be taken back', async () => {
  const { pass, types, tickets, desk, ref, file, asked } = await startScripted({ ending: 'full' })
  await desk('POST', `tickets/${(await tickets())[0]?.id}/complete`, { amount: 100 })
  expect(await desk('PUT', `payments/${ref}/script`, { ending: null })).toMatchObject({ body: { script: null } })
  await file(asked)
  await pass('90d')
  expect(types()).toEqual(['0', '220'])
  expect(await desk('PUT', `payments/${ref}/script`, { ending: 'maybe' })).toMatchObject({ status: 422 })
})

test('a ticket that waits for its script waits on after a restart', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'simulator-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const first = await startDirect({ dataDir })
  const ref = await first.payDirect()
  await first.desk('PUT', `payments/${ref}/script`, { ending: 'full', after: '3h' })
  await first.file({ ref, type: '1', message: 'please' })
  await first.pass('1h')
  await first.simulator.close()
  const again = await startDirect({ dataDir })
  await again.pass('119m')
  expect(again.types()).toEqual([])
  await again.pass('1m')
  expect(again.types()).toEqual(['2.9'])
})

test('money that cannot go back: the ticket is taken, worked by nobody, and no desk can carry it out', async () => {
  const { payDirect, desk, file, pass, types, tickets, pay, ask } = await startDirect()
  const ref = await payDirect({ method: 'mobilegateway' })
  await desk('PUT', `payments/${ref}/script`, { ending: 'full' })
  expect((await file({ ref, type: '1', message: 'please' })).body).toEqual({ result: 1 })
  await pass('90d')
  expect(types()).toEqual(['0'])
  const [ticket] = await tickets()
  const complete = await desk('POST', `tickets/${ticket?.id}/complete`)
  expect(complete).toMatchObject({ status: 409, body: { error: expect.stringContaining('mobilegateway') } })
  await desk('PUT', 'faults', {
    projects: { iamport: { notRefundable: 'refuse' }, direct: { notRefundable: 'refuse' } },
  })
  expect((await file({ ref, type: '1', message: 'please' })).body).toMatchObject({ result: 0 })
  const impUid = await pay({ method: 'mobilegateway' })
  expect((await ask('POST', '/payments/cancel', { imp_uid: impUid })).body).toMatchObject({ code: -1 })
  expect(await tickets()).toHaveLength(1)
})

test('and money of a method with a limit only within its days', async () => {
  const { payDirect, desk, file, pass, types } = await startDirect()
  const ref = await payDirect({ method: 'redpagos' })
  await desk('PUT', `payments/${ref}/script`, { ending: 'full' })
  await pass('181d')
  await file({ ref, type: '1', message: 'please' })
  await pass('90d')
  expect(types()).toEqual(['0'])
})

// The switches that distort one payment object, seen in i'mport's answers.
// Must not know lists and webhooks, whose switches have files of their own.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { startTogether } from './support.ts'

/**
 * A payment of USD 30.30 with two cancels: one by call with a
 * reason of ours, then one in the console.
 */
async function startCancelled(options = {}) {
  const together = await startTogether(options)
  const { pay, ask, desk, tickets, look } = together
  const impUid = await pay({ amount: 3030 })
  await ask('POST', '/payments/cancel', { imp_uid: impUid, amount: 19.9, reason: '#r-1 customer request' })
  await desk('POST', `tickets/${(await tickets())[0]?.id}/complete`)
  await desk('POST', `payments/${impUid}/consoleCancel`, { amount: 1000, reason: '관리자페이지취소' })
  return {
    ...together,
    impUid,
    wire: (wire: object) => desk('PUT', 'faults', { wire }),
    seen: () => look(`/payments/${impUid}?extension=true`),
    entries: async () => ENTRIES.parse(await look(`/payments/${impUid}`)).cancel_history,
  }
}
const ENTRIES = z.object({ cancel_history: z.array(z.looseObject({})) })

test('switches change one by one, and a reset takes all back', async () => {
  const { wire, desk } = await startCancelled()
  await wire({ floats: 'noisy' })
  expect((await wire({ numbers: 'text' })).body).toMatchObject({ wire: { floats: 'noisy', numbers: 'text' } })
  await desk('POST', 'reset')
  expect((await desk('GET', 'faults')).body).toMatchObject({ wire: { floats: 'exact', numbers: 'number' } })
})

test.each([
  [{ floats: 'wrong' }, 'wire.floats'],
  [{ colour: 'red' }, 'colour'],
  [{ omit: ['pgprovider'] }, 'wire.omit.0: must name a field of a payment'],
  [{ nulls: ['cancel_history.when'] }, 'wire.nulls.0'],
  [{ unseenLooks: -1 }, 'wire.unseenLooks'],
])('the switch %j is refused with a sentence, and nothing is changed', async (wire, sentence) => {
  const { desk } = await startTogether()
  const before = (await desk('GET', 'faults')).body
  const said = await desk('PUT', 'faults', { cancel: 'refuse', wire })
  expect(said).toMatchObject({ status: 422, body: { error: expect.stringContaining(sentence) } })
  expect((await desk('GET', 'faults')).body).toEqual(before)
})

test('the switches of one payment win over those of all, and touch no other', async () => {
  const { pay, desk, look, impUid, wire, seen } = await startCancelled()
  const other = await pay({ merchantUid: 'order-2' })
  await wire({ numbers: 'text', status: 'unknown' })
  expect((await desk('PUT', `payments/${impUid}/wire`, { numbers: 'number' })).body).toEqual({
    wire: { numbers: 'number' },
  })
  const set = await desk('PUT', `payments/${impUid}/wire`, { omit: ['name'] })
  expect(set.body).toEqual({ wire: { numbers: 'number', omit: ['name'] } })
  expect(await seen()).toMatchObject({ amount: 30.3, status: 'in_review' })
  expect(await look(`/payments/${other}`)).toMatchObject({ amount: '19.9', name: 'Simulated order' })
})

test('what belongs to pages is no switch of one payment', async () => {
  const { desk, impUid } = await startCancelled()
  const said = await desk('PUT', `payments/${impUid}/wire`, { next: 'missing' })
  expect(said).toMatchObject({ status: 422, body: { error: expect.stringContaining('next') } })
  expect(await desk('PUT', 'payments/imp_0/wire', {})).toMatchObject({ status: 404 })
})

test('switches of one payment are kept over a restart', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'simulator-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const { desk, impUid, simulator } = await startCancelled({ dataDir })
  await desk('PUT', `payments/${impUid}/wire`, { history: 'null' })
  await simulator.close()
  const again = await startTogether({ dataDir })
  expect(await again.look(`/payments/${impUid}`)).toMatchObject({ cancel_history: null })
})

test('every answer that holds a payment is distorted alike', async () => {
  const { ask, look, impUid, wire } = await startCancelled()
  await wire({ omit: ['sandbox'], status: 'unknown' })
  const single = await look(`/payments/${impUid}`)
  expect(single).toMatchObject({ status: 'in_review' })
  expect(single).not.toHaveProperty('sandbox')
  expect(await look('/payments/find/order-1')).toEqual(single)
  expect(await look('/payments/findAll/order-1')).toMatchObject({ list: [single] })
  expect(await look('/payments/status/cancelled')).toMatchObject({ list: [single] })
  expect((await ask('GET', `/payments?imp_uid[]=${impUid}`)).body).toMatchObject({ response: [single] })
  const cancelled = await ask('POST', '/payments/cancel', { imp_uid: impUid })
  expect(cancelled.body).toMatchObject({ code: 0, response: single })
})

test('omit: any field can be left out, of entries too', async () => {
  const { seen, wire } = await startCancelled()
  const names = Object.keys(await seen())
  const entryNames = ['reason', 'cancellation_id', 'cancelled_at', 'pg_tid']
  const entryFields = entryNames.map((name) => `cancel_history.${name}`)
  const left = names.filter((name) => name !== 'cancel_history')
  expect((await wire({ omit: [...left, ...entryFields] })).status).toBe(200)
  const amounts = [
    { amount: 19.9, receipt_url: null },
    { amount: 10, receipt_url: null },
  ]
  expect(await seen()).toEqual({ cancel_history: amounts })
})

test('nulls: the field is there and says nothing', async () => {
  const { seen, wire } = await startCancelled()
  await wire({ nulls: ['pg_provider', 'extension', 'cancel_history.reason'], omit: ['paid_at'] })
  const shown = await seen()
  expect(shown).toMatchObject({
    pg_provider: null,
    extension: null,
    cancel_history: [{ reason: null }, { reason: null }],
  })
  expect(shown).not.toHaveProperty('paid_at')
})

test.each([
  ['empty', []],
  ['null', null],
  ['absent', undefined],
])('history %s: the sums stay', async (history, shown) => {
  const { seen, wire } = await startCancelled()
  await wire({ history })
  const said = await seen()
  expect(said).toMatchObject({ status: 'cancelled', cancel_amount: 29.9 })
  expect(said.cancel_history).toEqual(shown)
  expect('cancel_history' in said).toBe(history !== 'absent')
})

test('floats noisy: a tail behind the amounts, the same in every answer', async () => {
  const { seen, wire } = await startCancelled()
  await wire({ floats: 'noisy' })
  const noisy = { amount: 30.299999999999997, cancel_amount: 29.900000000000002 }
  expect(await seen()).toMatchObject({
    ...noisy,
    cancel_history: [{ amount: 19.900000000000002 }, { amount: 10.000000000000002 }],
  })
  expect(await seen()).toMatchObject(noisy)
})

test('floats noisy: won too; nothing stays nothing', async () => {
  const { pay, look, desk } = await startTogether()
  await desk('PUT', 'faults', { wire: { floats: 'noisy' } })
  const impUid = await pay({ amount: 27964, currency: 'KRW' })
  expect(await look(`/payments/${impUid}`)).toMatchObject({ amount: 27964.000000000004, cancel_amount: 0 })
})

test('numbers text: amounts as text, with their tail where there is one', async () => {
  const { seen, wire } = await startCancelled()
  await wire({ numbers: 'text' })
  expect(await seen()).toMatchObject({
    amount: '30.3',
    cancel_amount: '29.9',
    cancel_history: [{ amount: '19.9' }, { amount: '10' }],
  })
  await wire({ floats: 'noisy' })
  expect(await seen()).toMatchObject({ amount: '30.299999999999997' })
})

test('entryIds never: no entry has an id', async () => {
  const { entries, wire } = await startCancelled()
  await wire({ entryIds: 'never' })
  for (const entry of await entries()) expect(entry).not.toHaveProperty('cancellation_id')
})

test('entryIds late: an entry has its id from the third answer on that shows it', async () => {
  const { desk, entries, look, impUid, wire } = await startCancelled()
  await wire({ entryIds: 'late' })
  const ids = async () => (await entries()).map((entry) => 'cancellation_id' in entry)
  expect(await ids()).toEqual([false, false])
  expect(await look('/payments/findAll/order-1')).toMatchObject({ total: 1 })
  await desk('POST', `payments/${impUid}/consoleCancel`, { amount: 1 })
  expect(await ids()).toEqual([true, true, false])
  expect(await ids()).toEqual([true, true, false])
  expect(await ids()).toEqual([true, true, true])
})

test('entryOrder newest: the other way round', async () => {
  const { entries, wire } = await startCancelled()
  await wire({ entryOrder: 'newest' })
  expect(await entries()).toMatchObject([{ amount: 10 }, { amount: 19.9 }])
})

test('entryOrder shuffled: another order in each answer, and nothing lost', async () => {
  const { desk, entries, impUid, wire } = await startCancelled()
  await desk('POST', `payments/${impUid}/consoleCancel`, { amount: 1 })
  await wire({ entryOrder: 'shuffled' })
  const answers = []
  for (let count = 0; count < 6; count += 1) answers.push((await entries()).map(({ amount }) => amount))
  expect(new Set(answers.map(String)).size).toBe(6)
  for (const amounts of answers) expect(new Set(amounts)).toEqual(new Set([0.01, 10, 19.9]))
})

test('zeroEntry: an entry of nothing stands among the others, the same in every answer', async () => {
  const { entries, wire } = await startCancelled()
  await wire({ zeroEntry: true })
  const fee = { amount: 0, reason: 'fee', cancellation_id: expect.stringMatching(/^cncl_/) }
  const first = await entries()
  expect(first).toMatchObject([fee, { amount: 19.9 }, { amount: 10 }])
  expect(await entries()).toEqual(first)
})

test('zeroEntry: a payment of which nothing went back has one too, one never paid has none', async () => {
  const { pay, look, desk } = await startTogether()
  await desk('PUT', 'faults', { wire: { zeroEntry: true } })
  const paid = await look(`/payments/${await pay()}`)
  expect(paid).toMatchObject({ status: 'paid', cancel_amount: 0, cancel_history: [{ amount: 0 }] })
  const failed = await look(`/payments/${await pay({ outcome: 'declined' })}`)
  expect(failed).toMatchObject({ status: 'failed', cancel_history: [] })
})

test('sameSecond: all entries carry one time', async () => {
  const { desk, entries, impUid, wire } = await startCancelled()
  await wire({ sameSecond: true })
  const [first] = await entries()
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  await desk('POST', `payments/${impUid}/consoleCancel`, { amount: 1 })
  const times = (await entries()).map(({ cancelled_at }) => cancelled_at)
  expect(times).toEqual([first?.cancelled_at, first?.cancelled_at, first?.cancelled_at])
})

test.each([
  [{ reason: 'cut' }, '#r-1 cus'],
  [{ reason: 'cut', reasonLength: 3 }, '#r-'],
  [{ reason: 'replaced' }, 'Refunded by Paymentwall'],
  [{ reason: 'blank' }, ''],
  [{ reason: 'appended' }, '#r-1 customer request [PG]'],
  [{ reason: 'prepended' }, '[PG] #r-1 customer request'],
  [{ reason: 'absent' }, undefined],
])('%j: our reason comes back so; what the console says is its own', async (switches, shown) => {
  const { entries, wire } = await startCancelled()
  await wire(switches)
  const [ours, console] = await entries()
  expect(ours?.reason).toBe(shown)
  expect(console?.reason).toBe('관리자페이지취소')
})

test('a distorted reason is the same in cancel_reason', async () => {
  const { pay, ask, look, desk } = await startTogether()
  const impUid = await pay({ method: 'paypal' })
  await ask('POST', '/payments/cancel', { imp_uid: impUid, reason: '#r-1 customer request' })
  const shown = async (reason: string) => {
    await desk('PUT', 'faults', { wire: { reason } })
    return (await look(`/payments/${impUid}`)).cancel_reason
  }
  expect(await shown('cut')).toBe('#r-1 cus')
  expect(await shown('absent')).toBeNull()
})

test('a chargeback may carry known words of its own', async () => {
  const { desk, entries, impUid } = await startCancelled()
  await desk('POST', `payments/${impUid}/chargeback`, { reason: 'Chargeback by bank' })
  expect((await entries()).at(-1)).toMatchObject({ amount: 0.4, reason: 'Chargeback by bank' })
})

const TIMES = z.object({
  paid_at: z.number(),
  failed_at: z.number(),
  cancelled_at: z.number(),
  cancel_history: z.array(z.looseObject({ cancelled_at: z.number() })),
})

test.each([
  ['milliseconds', (seconds: number) => seconds * 1000],
  ['text', String],
])('times %s: of the payment and its entries; 0 stays 0', async (times, write) => {
  const { seen, wire } = await startCancelled()
  const before = TIMES.parse(await seen())
  await wire({ times })
  expect(await seen()).toMatchObject({
    paid_at: write(before.paid_at),
    failed_at: write(0),
    cancelled_at: write(before.cancelled_at),
    cancel_history: before.cancel_history.map(({ cancelled_at }) => ({ cancelled_at: write(cancelled_at) })),
  })
})

test('backDated: paid and cancelled times stand before the real moment', async () => {
  const { seen, wire } = await startCancelled()
  const before = TIMES.parse(await seen())
  await wire({ backDated: 3600 })
  expect(await seen()).toMatchObject({
    paid_at: before.paid_at - 3600,
    cancelled_at: before.cancelled_at - 3600,
    cancel_history: before.cancel_history.map(({ cancelled_at }) => ({ cancelled_at: cancelled_at - 3600 })),
  })
})

test('failedAt: after a late approval it is kept or zero; before, it is what it was', async () => {
  const { pay, look, desk } = await startTogether()
  const impUid = await pay({ outcome: 'approvedLate' })
  await desk('PUT', `payments/${impUid}/wire`, { failedAt: 'zero' })
  expect((await look(`/payments/${impUid}`)).failed_at).toBeGreaterThan(0)
  await desk('POST', `payments/${impUid}/approve`)
  expect(await look(`/payments/${impUid}`)).toMatchObject({ status: 'paid', failed_at: 0 })
  await desk('PUT', `payments/${impUid}/wire`, { failedAt: 'kept' })
  expect((await look(`/payments/${impUid}`)).failed_at).toBeGreaterThan(0)
})

test('status unknown: a word of tomorrow; lists know it by its true status', async () => {
  const { seen, look, wire } = await startCancelled()
  await wire({ status: 'unknown' })
  expect(await seen()).toMatchObject({ status: 'in_review' })
  expect(await look('/payments/status/cancelled')).toMatchObject({ list: [{ status: 'in_review' }] })
})

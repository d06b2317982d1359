// State on disk: kept across restarts and kills, short after a start.
// Must not know what a payment means.
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startSimulator } from '../../src/simulator/app.ts'
import { openStore } from '../../src/simulator/world/store.ts'
import { startTogether } from './support.ts'

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'simulator-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function fill(dataDir: string) {
  const running = await startTogether({ dataDir })
  await running.ask('POST', '/payments/prepare', { merchant_uid: 'order-2', amount: 7, currency: 'USD' })
  const impUid = await running.pay()
  await running.ask('POST', '/payments/cancel', { imp_uid: impUid, amount: 5, reason: 'part #r-1' })
  await running.ask('POST', '/payments/cancel', { imp_uid: impUid, amount: 4, reason: 'part #r-2' })
  await running.desk('POST', `tickets/${(await running.tickets())[0]?.id}/complete`)
  const before = [await running.desk('GET', 'payments'), await running.desk('GET', 'tickets')].map(({ body }) => body)
  return { running, impUid, before }
}

test('a restart finds payments, tickets and registrations as they were', async () => {
  const dataDir = makeFolder()
  const { running, impUid, before } = await fill(dataDir)
  await running.simulator.close()
  const again = await startTogether({ dataDir })
  expect((await again.desk('GET', 'payments')).body).toEqual(before[0])
  expect((await again.desk('GET', 'tickets')).body).toEqual(before[1])
  const history = [{ amount: 5, reason: 'part #r-1' }]
  expect((await again.ask('GET', `/payments/${impUid}`)).body).toMatchObject({ response: { cancel_history: history } })
  expect((await again.ask('GET', '/payments/prepare/order-2')).body).toMatchObject({ response: { amount: 7 } })
})

test('what was answered is on disk already, and a torn last line is dropped', async () => {
  const dataDir = makeFolder()
  const { before } = await fill(dataDir)
  // A copy taken while the program runs is what a killed one leaves behind.
  const killed = makeFolder()
  writeFileSync(join(killed, 'simulator.jsonl'), readFileSync(join(dataDir, 'simulator.jsonl')))
  appendFileSync(join(killed, 'simulator.jsonl'), '{"payments":[{"impUid":"imp_')
  const again = await startTogether({ dataDir: killed })
  expect((await again.desk('GET', 'payments')).body).toEqual(before[0])
  await again.pay()
  await again.simulator.close()
  const third = await startTogether({ dataDir: killed })
  expect((await third.desk('GET', 'payments')).body).toMatchObject({ payments: [{}, {}] })
})

test('a start leaves one line for each thing; a change adds one', async () => {
  const dataDir = makeFolder()
  const { running } = await fill(dataDir)
  await running.simulator.close()
  const lines = () => readFileSync(join(dataDir, 'simulator.jsonl'), 'utf8').split('\n').length - 1
  expect(lines()).toBe(5)
  const again = await startTogether({ dataDir })
  expect(lines()).toBe(4)
  await again.pay()
  expect(lines()).toBe(5)
})

test('a damaged line stops the start with a sentence', async () => {
  const dataDir = makeFolder()
  writeFileSync(join(dataDir, 'simulator.jsonl'), 'nonsense\n{}\n')
  const start = startSimulator({ host: '127.0.0.1', port: 0, dataDir, webhookUrl: '' })
  await expect(start).rejects.toThrow('Line 1')
})

test('a folder of before the switches opens, and shows its payments straight', async () => {
  const dataDir = makeFolder()
  const { running, impUid, before } = await fill(dataDir)
  const shown = (await running.ask('GET', `/payments/${impUid}`)).body
  await running.simulator.close()
  const path = join(dataDir, 'simulator.jsonl')
  const later = ['pgProvider', 'toldWhenPaid', 'vanished', 'contradiction', 'wire', 'origin', 'enableWebhook']
  const drop = (name: string, value: unknown) => ([...later, 'account'].includes(name) ? undefined : value)
  const lines = readFileSync(path, 'utf8').trim().split('\n')
  writeFileSync(path, lines.map((line) => `${JSON.stringify(JSON.parse(line), drop)}\n`).join(''))
  const again = await startTogether({ dataDir })
  expect((await again.desk('GET', 'payments')).body).toEqual(before[0])
  expect((await again.ask('GET', `/payments/${impUid}`)).body).toEqual(shown)
})

test('a reset is kept too', async () => {
  const dataDir = makeFolder()
  const { running } = await fill(dataDir)
  await running.desk('POST', 'reset')
  await running.pay({ merchantUid: 'after' })
  await running.simulator.close()
  const again = await startTogether({ dataDir })
  expect((await again.desk('GET', 'payments')).body).toMatchObject({ payments: [{ merchantUid: 'after' }] })
  expect(await again.tickets()).toEqual([])
})

test('the file grows by the change, not by all that is kept', () => {
  const dataDir = makeFolder()
  const store = openStore(dataDir)
  onTestFinished(() => store.close())
  const prepare = (index: number) =>
    store.save({ prepared: [{ merchantUid: `o-${index}`, amount: 1, currency: null, account: 'ours' }] })
  for (let index = 0; index < 2_000; index += 1) prepare(index)
  const size = readFileSync(join(dataDir, 'simulator.jsonl')).length
  prepare(2_000)
  expect(readFileSync(join(dataDir, 'simulator.jsonl')).length - size).toBeLessThan(100)
})

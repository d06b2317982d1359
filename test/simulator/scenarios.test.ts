// Scenarios by name: listed, seeded, and played by the clock, over the control API and the command.
// Must not know how a scenario is written.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { startDirect } from './direct.ts'
import { call, eventually, startTogether } from './support.ts'

const STEP = z.object({ at: z.string().nullable(), what: z.string() })
const PLAYED = z.object({
  played: z.object({ seed: z.number(), merchantUid: z.string(), payments: z.array(z.string()), steps: z.array(STEP) }),
  armed: z.null(),
})
const LIST = z.object({ scenarios: z.array(z.object({ name: z.string(), says: z.string() })) })

/** A merchant with a prepared order, who has asked for nothing yet. */
async function startPrepared() {
  const running = await startDirect()
  const prepare = (merchant_uid: string) =>
    running.ask('POST', '/payments/prepare', { merchant_uid, amount: 19.9, currency: 'USD' })
  await prepare('order-1')
  const play = async (name: string, body: object = {}) =>
    PLAYED.parse((await running.desk('POST', `scenarios/${name}`, { seed: 7, ...body })).body).played
  const statuses = () => running.merchant.bodies().map((body) => z.object({ status: z.string() }).parse(body).status)
  const cancel = (impUid: string, more: object = {}) =>
    running.ask('POST', '/payments/cancel', { imp_uid: impUid, reason: '#r-1', ...more })
  const read = async (impUid: string) => (await running.ask('GET', `/payments/${impUid}`)).body
  return { ...running, prepare, play, statuses, cancel, read }
}

test('they are listed with a line each, and an unknown name names them all', async () => {
  const { desk } = await startTogether()
  const { scenarios } = LIST.parse((await desk('GET', 'scenarios')).body)
  expect(scenarios.length).toBeGreaterThanOrEqual(15)
  const unknown = z.object({ error: z.string() }).parse((await desk('POST', 'scenarios/none')).body).error
  for (const { name, says } of scenarios) {
    expect(says).toMatch(/^.{20,120}$/)
    expect(unknown).toContain(name)
  }
})

test('every one is played for an order of the gateways that it is for, and needs no merchant who answers', async () => {
  const { desk, pass, simulator, merchant } = await startTogether()
  simulator.setPingbackUrl('http://127.0.0.1:9/nobody')
  const { scenarios } = LIST.parse((await desk('GET', 'scenarios')).body)
  for (const { name } of scenarios) {
    for (const gateway of name === 'renewals-fail' ? ['paymentwall'] : ['iamport', 'paymentwall']) {
      const order = { merchantUid: `${name}-${gateway}`, amount: 1990, currency: 'USD', gateway }
      const said = await desk('POST', `scenarios/${name}`, order)
      expect(PLAYED.parse(said.body).played.payments, name).toHaveLength(1)
    }
  }
  await pass('1d')
  const faults = z.looseObject({ webhooks: z.string() }).parse((await desk('GET', 'faults')).body)
  expect(faults.webhooks).toBe('deliver')
  expect(merchant.heard.length).toBeGreaterThan(10)
})

test('late-approval: a failure that nobody is told of, and a payment a day later', async () => {
  const { play, pass, statuses, read } = await startPrepared()
  const { payments, steps } = await play('late-approval')
  expect(await read(payments[0] ?? '')).toMatchObject({ response: { status: 'failed', amount: 19.9 } })
  expect(steps).toMatchObject([{ what: expect.stringContaining('review') }, { what: 'the payment is approved' }])
  await pass('19h')
  expect(statuses()).toEqual([])
  await pass('9h')
  await eventually(statuses).toEqual(['paid'])
})

test('silent-refusal: the ticket is over, and nothing is heard of it', async () => {
  const { play, cancel, pass, statuses, tickets } = await startPrepared()
  const { payments } = await play('silent-refusal')
  expect((await cancel(payments[0] ?? '')).body).toMatchObject({ code: 0 })
  await pass('60d')
  expect(await tickets()).toMatchObject([{ state: 'refused' }])
  expect(statuses()).toEqual(['paid'])
})

test.each([
  ['desk-on-holiday', '7d', '13d'],
  ['forgotten-ticket', '49d', '71d'],
])('%s: nothing for %s, done after %s', async (name, quiet, over) => {
  const { play, cancel, pass, statuses } = await startPrepared()
  const { payments } = await play(name)
  await cancel(payments[0] ?? '')
  await pass(quiet)
  expect(statuses()).toEqual(['paid'])
  await pass(over)
  await eventually(statuses).toEqual(['paid', 'cancelled'])
})

test('chargeback-overtakes: what is booked is the bank’s', async () => {
  const { play, cancel, pass, read } = await startPrepared()
  const { payments } = await play('chargeback-overtakes')
  await cancel(payments[0] ?? '')
  await pass('1d')
  expect(await read(payments[0] ?? '')).toMatchObject({ response: { cancel_history: [{ reason: 'chargeback' }] } })
})

test('partial-twice: one ticket for a part, two parts back', async () => {
  const { play, cancel, pass, read } = await startPrepared()
  const { payments } = await play('partial-twice')
  await cancel(payments[0] ?? '', { amount: 5 })
  await pass('2d')
  const part = { amount: 5, reason: '#r-1' }
  expect(await read(payments[0] ?? '')).toMatchObject({ response: { cancel_amount: 10, cancel_history: [part, part] } })
})

test('lost-webhook: paid at the gateway, and never told; lost-pingback: told half an hour later', async () => {
  const { play, prepare, pass, statuses, read } = await startPrepared()
  const lost = await play('lost-webhook')
  expect(await read(lost.payments[0] ?? '')).toMatchObject({ response: { status: 'paid' } })
  await prepare('order-2')
  const late = await play('lost-pingback')
  expect([late.merchantUid, statuses()]).toEqual(['order-2', []])
  await pass('30m')
  await eventually(statuses).toEqual(['paid'])
})

test('forged-webhooks: four within the hour, and the payment stays as it is', async () => {
  const { play, pass, merchant, read } = await startPrepared()
  const { payments } = await play('forged-webhooks')
  await pass('1h')
  await eventually(() => merchant.heard.length).toBe(5)
  expect(await read(payments[0] ?? '')).toMatchObject({ response: { status: 'paid', cancel_amount: 0 } })
})

test('paid-twice, console-cancel, gateway-down', async () => {
  const { play, prepare, pass, statuses, desk, ask } = await startPrepared()
  await play('paid-twice')
  await prepare('order-2')
  await play('console-cancel')
  await pass('36h')
  await eventually(() => statuses().sort()).toEqual(['cancelled', 'paid', 'paid', 'paid'])
  await prepare('order-3')
  await play('gateway-down')
  expect(await ask('GET', '/users/pg')).toMatchObject({ status: 500 })
  await pass('6h')
  expect((await desk('GET', 'faults')).body).toMatchObject({ reads: 'ok' })
})

test('the same seed plays the same, another one something else', async () => {
  const waits = async (seed: number) => {
    const { play } = await startPrepared()
    const { steps } = await play('forged-webhooks', { seed })
    const begun = Date.parse(steps[0]?.at ?? '')
    return steps.map(({ at, what }) => `${Math.round((Date.parse(at ?? '') - begun) / 60_000)} ${what}`)
  }
  const [first, again, other] = [await waits(7), await waits(7), await waits(8)]
  expect(again).toEqual(first)
  expect(other).not.toEqual(first)
})

test('the same seed of a simulator gives the same ids', async () => {
  const ids = async (seed: number) => {
    const { pay, look } = await startTogether({ seed })
    const impUid = await pay()
    return `${impUid} ${String((await look(`/payments/${impUid}`)).pg_tid).slice(-4)}`
  }
  expect(await ids(3)).toBe(await ids(3))
  expect(await ids(4)).not.toBe(await ids(3))
})

test('with nothing to pay for it waits for the next order; `every` stays for all of them', async () => {
  const { desk, ask, pass, merchant } = await startTogether()
  const prepare = (merchant_uid: string) =>
    ask('POST', '/payments/prepare', { merchant_uid, amount: 1900, currency: 'KRW' })
  const told = () => merchant.bodies().map((body) => z.object({ merchant_uid: z.string() }).parse(body).merchant_uid)
  const next = { played: null, armed: { name: 'lost-answer', seed: 1, every: false } }
  expect((await desk('POST', 'scenarios/lost-answer', { seed: 1 })).body).toEqual(next)
  await prepare('first')
  await prepare('second')
  await pass('10s')
  await eventually(told).toEqual(['first'])
  await desk('POST', 'scenarios/lost-answer', { seed: 1, every: true })
  await prepare('third')
  await prepare('fourth')
  await pass('10s')
  await eventually(told).toEqual(['first', 'third', 'fourth'])
})

test('an order at Paymentwall itself is named, and what i’mport has no word for is refused there', async () => {
  const { desk, pass, types } = await startDirect()
  expect(await desk('POST', 'scenarios/lost-webhook', { gateway: 'paymentwall' })).toMatchObject({ status: 422 })
  const order = { merchantUid: 'sub-1', amount: 1990, currency: 'USD' }
  expect(await desk('POST', 'scenarios/renewals-fail', order)).toMatchObject({ status: 409 })
  await desk('POST', 'scenarios/renewals-fail', { ...order, gateway: 'paymentwall', uid: 'buyer-77' })
  await pass('90d')
  expect(types()).toEqual(['0', '0', '0', '14'])
})

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

function command(...words: string[]) {
  const args = ['src/run.js', 'src/simulator/main.ts', ...words]
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (text += piece.toString()))
  const ended = once(child, 'exit').then(([code]: unknown[]) => code)
  return { child, text: () => text, ended }
}

test('the command prints the list, also for a name that it does not know', async () => {
  const listed = command('--scenarios')
  expect(await listed.ended).toBe(0)
  expect(listed.text()).toMatch(/^ {2}late-approval +the fraud review/)
  const unknown = command('--scenario', 'none')
  expect(await unknown.ended).toBe(2)
  expect(unknown.text()).toContain('There is no scenario "none"')
  expect(unknown.text()).toContain(listed.text())
})

test('the command starts a simulator that plays its scenario for every order, and ends on a signal', async () => {
  const running = command('--port', '0', '--scenario', 'late-approval', '--seed', '5')
  await eventually(running.text).toContain('Move its clock')
  const url = /is at (http:\S+),/.exec(running.text())?.[1] ?? ''
  const armed = { name: 'late-approval', seed: 5, every: true }
  expect((await call(url, 'GET', '/__sim/scenarios')).body).toMatchObject({ armed })
  running.child.kill('SIGTERM')
  expect(await running.ended).toBe(0)
})

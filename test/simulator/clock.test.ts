// The simulator's clock: alone, on a real time of the test's own, and over HTTP.
// Must not know real time: nothing here waits for it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { durationMs, makeClock } from '../../src/simulator/world/clock.ts'
import { eventually, startMerchant, startTogether } from './support.ts'

const MINUTE_MS = 60_000

/** A clock whose real time stands still, so that nothing falls due by itself. */
function startClock() {
  const failures: unknown[] = []
  const clock = makeClock(
    0,
    (error) => failures.push(error),
    () => 1_000_000,
  )
  onTestFinished(() => clock.forget())
  return { clock, failures }
}

test('an advance runs what is due, in the order of due times, each at its own time', async () => {
  const { clock } = startClock()
  const ran: [string, number][] = []
  const note = (name: string) => () => void ran.push([name, clock.now()])
  clock.after(3 * MINUTE_MS, note('third'))
  clock.after(MINUTE_MS, note('first'))
  clock.after(MINUTE_MS, note('first too'))
  clock.after(5 * MINUTE_MS, note('later'))
  const { cancel } = clock.after(2 * MINUTE_MS, note('never'))
  cancel()
  await clock.advance(3 * MINUTE_MS)
  expect(ran).toEqual([
    ['first', 1_060_000],
    ['first too', 1_060_000],
    ['third', 1_180_000],
  ])
  expect(clock.now()).toBe(1_180_000)
})

test('what a timer asks for within the advance runs too, and each is over before the next begins', async () => {
  const { clock } = startClock()
  const ran: string[] = []
  clock.after(MINUTE_MS, async () => {
    ran.push('begun')
    await new Promise((resolve) => setTimeout(resolve, 5))
    clock.after(MINUTE_MS, () => ran.push(`again at ${clock.now()}`))
    ran.push('over')
  })
  clock.after(MINUTE_MS + 1, () => ran.push('next'))
  await clock.advance(2 * MINUTE_MS)
  expect(ran).toEqual(['begun', 'over', 'next', 'again at 1120000'])
})

test('an advance waits for work under way, and several run one after the other', async () => {
  const { clock } = startClock()
  const ran: number[] = []
  const work = (async () => {
    await new Promise((resolve) => setTimeout(resolve, 5))
    clock.after(MINUTE_MS, () => ran.push(clock.now()))
  })()
  clock.during(work)
  await Promise.all([clock.advance(MINUTE_MS), clock.advance(MINUTE_MS)])
  expect(ran).toEqual([1_060_000])
  expect([clock.now(), clock.aheadMs()]).toEqual([1_120_000, 120_000])
})

test('brought back in the middle of an advance, it stays there, and nothing more runs', async () => {
  const { clock } = startClock()
  const ran: string[] = []
  clock.after(1, () => clock.forget('back'))
  clock.after(2, () => ran.push('forgotten'))
  await clock.advance(MINUTE_MS)
  expect([ran, clock.now(), clock.aheadMs()]).toEqual([[], 1_000_000, 0])
})

test('a timer that fails is told of, and the advance goes on', async () => {
  const { clock, failures } = startClock()
  const ran: string[] = []
  clock.after(1, () => {
    throw new Error('broken')
  })
  clock.after(2, () => ran.push('next'))
  await clock.advance(2)
  expect(failures).toMatchObject([{ message: 'broken' }])
  expect(ran).toEqual(['next'])
})

test.each([
  ['30m', 1_800_000],
  ['24h', 86_400_000],
  ['7d', 604_800_000],
  ['90s', 90_000],
  ['5ms', 5],
  [1500, 1500],
  [0, 0],
  ['1.5h', undefined],
  ['30', undefined],
  ['-1h', undefined],
  [-1, undefined],
  [0.5, undefined],
  ['99999d', undefined],
])('the time %s is %s ms', (said, ms) => {
  expect(durationMs(said)).toBe(ms)
})

const shown = z.object({ now: z.iso.datetime() })

test('the clock is shown and moved by control calls, and what it writes follows', async () => {
  const { desk, pass, pay, look } = await startTogether()
  const before = Date.parse(shown.parse((await desk('GET', 'clock')).body).now)
  const after = Date.parse(shown.parse((await desk('POST', 'clock', { advance: '24h' })).body).now)
  expect(after - before).toBeGreaterThanOrEqual(86_400_000)
  await pass('1s')
  const { paid_at } = z.object({ paid_at: z.number() }).parse(await look(`/payments/${await pay()}`))
  expect(paid_at).toBeGreaterThanOrEqual(Math.floor(after / 1000))
  for (const advance of ['soon', -1, undefined]) {
    expect(await desk('POST', 'clock', { advance })).toMatchObject({ status: 422, body: { error: expect.any(String) } })
  }
})

test('a token ends by it', async () => {
  const { desk, ask } = await startTogether()
  await desk('POST', 'clock', { advance: '29m' })
  expect(await ask('GET', '/users/pg')).toMatchObject({ status: 200 })
  await desk('POST', 'clock', { advance: '1m' })
  expect(await ask('GET', '/users/pg')).toMatchObject({ status: 401 })
})

test('a pingback that is not taken is repeated every 30 simulated minutes, without an end', async () => {
  const merchant = await startMerchant([{ status: 500, body: 'OK' }])
  const { desk, pay, simulator } = await startTogether()
  simulator.setPingbackUrl(merchant.url)
  await pay({ gateway: 'paymentwall' })
  await desk('POST', 'clock', { advance: '29m' })
  expect(merchant.heard).toHaveLength(1)
  await desk('POST', 'clock', { advance: '1m' })
  expect(merchant.heard).toHaveLength(2)
  await desk('POST', 'clock', { advance: '24h' })
  expect(merchant.heard).toHaveLength(50)
})

test('and no more, once it is answered with 200 and OK', async () => {
  const merchant = await startMerchant([
    { status: 404, body: 'OK' },
    { status: 200, body: 'OK\n' },
    { status: 200, body: 'OK' },
  ])
  const { desk, pay, simulator } = await startTogether()
  simulator.setPingbackUrl(merchant.url)
  await pay({ gateway: 'paymentwall' })
  await desk('POST', 'clock', { advance: '7d' })
  expect(merchant.heard).toHaveLength(3)
})

test('a delayed webhook comes by it', async () => {
  const { desk, pay, merchant } = await startTogether()
  await desk('PUT', 'faults', { webhooks: 'delay' })
  await pay()
  await desk('POST', 'clock', { advance: '1m' })
  expect(merchant.heard).toHaveLength(1)
})

test('it stays ahead over a restart, and a reset brings it back', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'simulator-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const first = await startTogether({ dataDir })
  await first.desk('POST', 'clock', { advance: '7d' })
  await first.simulator.close()
  const again = await startTogether({ dataDir })
  const aheadMs = async () => Date.parse(shown.parse((await again.desk('GET', 'clock')).body).now) - Date.now()
  expect(await aheadMs()).toBeGreaterThan(6 * 86_400_000)
  await again.desk('POST', 'reset')
  await eventually(aheadMs).toBeLessThan(86_400_000)
})

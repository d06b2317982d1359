// A collector that fails, refuses or never answers: nothing is disturbed by it, it is said once, and a stop does not wait for it.
// Must not know: what is spanned.
import { afterEach, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { Failure } from '../../src/domain/failures.ts'
import { createLog } from '../../src/log.ts'
import { freePort } from '../../src/temporal/server/ports.ts'
import { spanned, traced, traceIn, tracing } from '../../src/tracing.ts'
import { startTraces } from '../../src/wiring/traces.ts'
import { startCollector } from '../support/collector.ts'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})
const SPAN = { name: 'step', kind: 'internal', facts: {} } as const

async function tracesTo(endpoint: string | undefined) {
  const said: string[] = []
  const log = createLog('silent', false)
  Object.assign(log, { warn: (line: string) => said.push(line), info: (line: string) => said.push(line) })
  const stops: (() => Promise<void>)[] = []
  const config = readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, SIMULATOR_PORT: '0' }, [
    'api',
    'worker',
    'simulator',
  ])
  await startTraces({ config, log, stops })
  const stop = async () => {
    for (const each of stops.splice(0)) await each()
  }
  ends.push(stop)
  return { said, stop, isOn: () => stops.length > 0 }
}
async function collecting(status?: number) {
  const collector = await startCollector(status)
  ends.push(collector.stop)
  return collector
}

test('what was spanned leaves with the stop, with its failure’s kind and none of its words', async () => {
  const collector = await collecting()
  const { said, stop } = await tracesTo(collector.url)
  await spanned(SPAN, () => spanned({ ...SPAN, name: 'inner' }, () => Promise.resolve('done')))
  await expect(spanned(SPAN, () => Promise.reject(new Failure('gatewayRefused', 'says Ann Roe')))).rejects.toThrow(
    'Ann Roe',
  )
  const failing = spanned(SPAN, () => Promise.reject(new RangeError('of Ann Roe')))
  await expect(failing).rejects.toThrow('of Ann Roe')
  await stop()

  const [inner, outer, declined, failed] = collector.spans()
  expect([inner?.name, inner?.traceId, inner?.parentSpanId]).toEqual(['inner', outer?.traceId, outer?.spanId])
  expect(declined?.attributes).toContainEqual({ key: 'error.type', value: { stringValue: 'gatewayRefused' } })
  expect(failed?.attributes).toContainEqual({ key: 'error.type', value: { stringValue: 'RangeError' } })
  expect(failed?.traceId).not.toBe(outer?.traceId)
  expect(collector.text()).not.toContain('Ann Roe')
  expect([said, tracing()]).toEqual([[], false])
})

test.each([
  ['answers with an error', 400],
  ['never answers', null],
  ['is not there', undefined],
])('a collector that %s holds up neither work nor stop', async (_how, status) => {
  const url =
    status === undefined ? `http://127.0.0.1:${await freePort('127.0.0.1')}` : (await collecting(status ?? 0)).url
  const { said, stop } = await tracesTo(url)
  for (let times = 0; times < 3; times += 1) expect(await spanned(SPAN, () => Promise.resolve(times))).toBe(times)
  await stop()

  // A stop gives a silent one up before the exporter does; then nothing is left to say.
  if (status === 400) expect(said).toEqual([expect.stringContaining('traces do not leave')])
})

test('without an address nothing is taken, and work is what it was', async () => {
  const { isOn } = await tracesTo(undefined)

  expect([isOn(), tracing()]).toEqual([false, false])
  expect(await spanned(SPAN, () => Promise.resolve(traced()))).toEqual({})
})

test('what is no traceparent is none', () => {
  const trace = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
  expect(traceIn({ traceparent: trace })).toBe(trace)
  const zeros = `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`
  for (const none of [zeros, trace.toUpperCase(), `${trace}-x`, 'a buyer', 7, null, undefined])
    expect(traceIn({ traceparent: none }), String(none)).toBeNull()
  for (const none of [undefined, null, 'x', {}]) expect(traceIn(none)).toBeNull()
})

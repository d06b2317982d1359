// Sagas run in namespaces that lack our search attributes, have them with another type, or have no place for all of them.
// Must not know: what the attributes hold.
import { Connection } from '@temporalio/client'
import { msToTs } from '@temporalio/common/lib/time.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { shownWith } from '../../activities/index.ts'
import { SEARCH_ATTRIBUTES } from '../../src/domain/names.ts'
import { linesToPaste, watchAttributes } from '../../src/temporal/attributes.ts'
import { createTemporalClient, type Start } from '../../src/temporal/client.ts'
import { prepareNamespace } from '../../src/temporal/namespace.ts'
import { installRuntime } from '../../src/temporal/telemetry.ts'
import { startWorkers, workflowBundle } from '../../src/temporal/worker.ts'
import { MAKING_MS, testCacheDir } from '../support/temporalCli.ts'
import { startRefusingServer, startTestServer, type TestServer } from '../support/temporalWorld.ts'

const NAMES = Object.keys(SEARCH_ATTRIBUTES)
const KEYWORD = 2
const LIMIT = { timeout: 60_000 }
let server: TestServer
let connection: Connection
beforeAll(async () => {
  installRuntime('ERROR', () => {})
  server = await startTestServer()
  connection = await Connection.connect({ address: server.address })
}, MAKING_MS)
afterAll(async () => {
  await connection?.close()
  await server?.stop()
})

async function makeNamespace(namespace: string, attributes: Record<string, number>): Promise<void> {
  const { workflowService, operatorService } = connection
  await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs(86_400_000) })
  const registered = async () => {
    const listed = await operatorService.listSearchAttributes({ namespace }).catch(() => undefined)
    return listed && Object.keys(listed.customAttributes).toSorted()
  }
  await expect.poll(registered, LIMIT).toEqual([])
  if (Object.keys(attributes).length === 0) return
  await operatorService.addSearchAttributes({ namespace, searchAttributes: attributes })
  await expect.poll(registered, LIMIT).toEqual(Object.keys(attributes).toSorted())
}

const START: Start = {
  workflowId: 'payment:o-1',
  workflowType: 'payment',
  taskQueue: 'payments',
  input: { merchantUid: 'o-1' },
  attributes: { SagaState: 'prepared', AmountMinor: 100, Currency: 'USD', TestChannel: false },
  summary: 'an order',
  details: '',
}
/** What the saga's steps carry in a namespace that takes everything: the first is shown by an upsert, the last ends it. */
const stepTo = (next: 'open' | 'end') => ({
  state: 'paid',
  next: { do: next },
  attributes: { SagaState: 'paid', Attention: 'none', AmountMinor: 100, Owner: 'ann' },
  details: 'paid',
})

/** A whole saga: started by our client, its step shown by our workflow code, in a namespace as it is. */
async function runSaga(namespace: string, warn: (line: string) => void) {
  const client = createTemporalClient({ address: server.address, namespace }, warn)
  const { attributes } = client
  await attributes.usable()
  const step = (next: 'open' | 'end') => () => Promise.resolve(shownWith(attributes.usableNow(), stepTo(next)))
  const workers = await startWorkers({
    connection: { address: server.address },
    namespace,
    bundlePath: await workflowBundle(testCacheDir()),
    log: () => {},
    activities: { beginPayment: step('open'), openPayment: step('end'), readPayment: step('end') },
  })
  try {
    await client.wake(START)
    const handle = client.client.workflow.getHandle(START.workflowId)
    const result: unknown = await handle.result()
    const { searchAttributes } = (await handle.describe()).raw.workflowExecutionInfo ?? {}
    return { result, shown: Object.keys(searchAttributes?.indexedFields ?? {}).filter((name) => NAMES.includes(name)) }
  } finally {
    await workers.stop()
    await client.close()
  }
}

test('in a namespace without any of them a saga starts and ends, and the lines to paste are said once', async () => {
  await makeNamespace('bare', {})
  const said: string[] = []
  const { result, shown } = await runSaga('bare', (line) => void said.push(line))
  expect(result).toEqual({ state: 'paid' })
  expect(shown).toEqual([])
  expect(said).toHaveLength(1)
  expect(said[0]).toContain(`namespace bare has no usable search attribute ${NAMES.join(', ')}: sagas run all the same`)
  expect(said[0]).toContain(
    'temporal operator search-attribute create --namespace bare --name SagaState --type Keyword',
  )
  expect(said[0]).toContain('tcld namespace search-attributes add --namespace bare --sa "SagaState=Keyword"')
}, 120_000)

test('what is there with another type is left out, and everything else is shown', async () => {
  await makeNamespace('clashing', { SagaState: KEYWORD, Attention: KEYWORD, AmountMinor: KEYWORD })
  const said: string[] = []
  const { result, shown } = await runSaga('clashing', (line) => void said.push(line))
  expect(result).toEqual({ state: 'paid' })
  expect(shown.toSorted()).toEqual(['Attention', 'SagaState'])
  expect(said[0]).toMatch(/no usable search attribute .*AmountMinor/)
}, 120_000)

test('a namespace with a few places left gets the first of them, and the rest is named', async () => {
  // SQL has ten places for keywords; these take five.
  const theirs = Object.fromEntries(['A', 'B', 'C', 'D', 'E'].map((name) => [`Their${name}`, KEYWORD]))
  await makeNamespace('crowded', theirs)
  const said: string[] = []
  const log = { info: () => {}, warn: (line: string) => void said.push(line) }
  const prepare = () => prepareNamespace(connection, { namespace: 'crowded', ownServer: false, log })
  const left = await prepare()
  expect(left).toEqual(['MerchantUid', 'Currency', 'PayerCountry', 'Owner'].filter((name) => left.includes(name)))
  expect(left.length).toBeGreaterThan(0)
  expect(said.at(-1)).toContain(linesToPaste('crowded', left))
  // Nothing is registered twice: the second start finds the same, and adds nothing.
  expect(await prepare()).toEqual(left)
  const usable = watchAttributes(connection, 'crowded', () => {}).usable()
  expect([...(await usable)]).toEqual(NAMES.filter((name) => !left.includes(name)))
  const { result } = await runSaga('crowded', () => {})
  expect(result).toEqual({ state: 'paid' })
}, 120_000)

test('what is added while we run is taken up without a restart', async () => {
  await makeNamespace('growing', {})
  let time = 0
  const watch = watchAttributes(
    connection,
    'growing',
    () => {},
    () => time,
  )
  expect([...(await watch.usable())]).toEqual([])
  const searchAttributes: Record<string, number> = { Owner: KEYWORD }
  await connection.operatorService.addSearchAttributes({ namespace: 'growing', searchAttributes })
  await expect
    .poll(async () => {
      time += 60_000
      return [...(await watch.usable())]
    }, LIMIT)
    .toEqual(['Owner'])
}, 120_000)

test('where nobody may list them, those that can be searched by are used', async () => {
  const denied = 7
  const stub = await startRefusingServer((path) => (path.endsWith('/ListSearchAttributes') ? denied : 0), 'said so')
  const stubbed = Connection.lazy({ address: stub.address })
  try {
    expect([...(await watchAttributes(stubbed, 'cloud', () => {}).usable())]).toEqual(NAMES)
  } finally {
    await stubbed.close()
    await stub.stop()
  }
  await makeNamespace('searched', { SagaState: KEYWORD, AmountMinor: KEYWORD })
  const count = (query: string) => connection.workflowService.countWorkflowExecutions({ namespace: 'searched', query })
  await expect(count("SagaState = '-'")).resolves.toBeDefined()
  await expect(count("Owner = '-'")).rejects.toMatchObject({ code: 3 })
}, 120_000)

// What a namespace looks like after we prepared it, on a server of ours, on a foreign one, and where it is forbidden.
// Must not know workflows.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Connection } from '@temporalio/client'
import { msToTs, tsToMs } from '@temporalio/common/lib/time.js'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { SEARCH_ATTRIBUTES, type AttributeName } from '../../src/domain/names.ts'
import { prepareNamespace } from '../../src/temporal/namespace.ts'
import { startTemporalServer, type TemporalServer } from '../../src/temporal/server/server.ts'
import { MAKING_MS, temporalCliForTests } from '../support/temporalCli.ts'
import { startRefusingServer } from '../support/temporalWorld.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const ALL_NAMES = Object.keys(SEARCH_ATTRIBUTES)
/** The numbers of the API's IndexedValueType, written out once more on purpose. */
const EXPECTED_TYPES = {
  SagaState: 2,
  Attention: 2,
  Gateway: 2,
  GatewayRef: 2,
  PaymentwallRef: 2,
  MerchantUid: 2,
  Currency: 2,
  PayerCountry: 2,
  Owner: 2,
  AmountMinor: 3,
  WaitingSince: 6,
  NextCheckpoint: 6,
  TestChannel: 5,
} satisfies Record<AttributeName, number>

const dataDir = mkdtempSync(join(tmpdir(), 'paymentwall-saga-'))
let server: TemporalServer
let connection: Connection
beforeAll(async () => {
  const cli = await temporalCliForTests()
  server = await startTemporalServer({
    cli,
    dataDir,
    ip: '127.0.0.1',
    port: 0,
    namespace: 'default',
    log: () => undefined,
  })
  connection = await Connection.connect({ address: server.address })
}, MAKING_MS)
afterAll(async () => {
  await connection.close()
  await server.stop()
  rmSync(dataDir, { recursive: true, force: true })
}, 60_000)

function written() {
  const lines: string[] = []
  const write = (line: string) => void lines.push(line)
  return { lines, log: { info: write, warn: (line: string) => write(`warning: ${line}`) } }
}

async function retentionDays(namespace: string): Promise<number> {
  const { config } = await connection.workflowService.describeNamespace({ namespace })
  return tsToMs(config?.workflowExecutionRetentionTtl) / DAY_MS
}

async function searchAttributes(namespace: string): Promise<Record<string, number>> {
  const listed = await connection.operatorService.listSearchAttributes({ namespace })
  return listed.customAttributes
}

async function foreignNamespace(namespace: string, attributes: Record<string, number>): Promise<void> {
  const workflowExecutionRetentionPeriod = msToTs(3 * DAY_MS)
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod })
  await expect.poll(() => searchAttributes(namespace).catch(() => undefined), { timeout: 60_000 }).toEqual({})
  if (Object.keys(attributes).length === 0) return
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: attributes })
}

test('the default namespace of a server of ours has the attributes from the first moment, and keeps 30 days', async () => {
  expect(await searchAttributes('default')).toEqual(EXPECTED_TYPES)
  const { lines, log } = written()
  const prepare = () => prepareNamespace(connection, { namespace: 'default', ownServer: true, log })
  expect(await prepare()).toEqual([])
  expect(await retentionDays('default')).toBe(30)
  expect(await prepare()).toEqual([])
  expect(lines).toEqual(['namespace default now keeps closed workflows for 30 days'])
})

test('a namespace that is missing on a server of ours is made, with 30 days and the attributes', async () => {
  const { lines, log } = written()
  const prepare = () => prepareNamespace(connection, { namespace: 'shop', ownServer: true, log })
  expect(await Promise.all([prepare(), prepare()])).toEqual([[], []]) // two starts at once
  expect(await retentionDays('shop')).toBe(30)
  expect(await searchAttributes('shop')).toEqual(EXPECTED_TYPES)
  const before = lines.length
  expect(await prepare()).toEqual([])
  expect(lines).toHaveLength(before)
  expect(lines.filter((line) => line.startsWith('warning'))).toEqual([])
}, 60_000)

test('a foreign namespace gets the attributes it lacks, and keeps its own retention', async () => {
  await foreignNamespace('foreign', { SagaState: 2, TheirOwn: 2 })
  const { log } = written()
  expect(await prepareNamespace(connection, { namespace: 'foreign', ownServer: false, log })).toEqual([])
  expect(await searchAttributes('foreign')).toEqual({ ...EXPECTED_TYPES, TheirOwn: 2 })
  expect(await retentionDays('foreign')).toBe(3)
}, 90_000)

test('an attribute that is there with another type is named, and the others are added', async () => {
  await foreignNamespace('clash', { AmountMinor: 2 })
  const { lines, log } = written()
  expect(await prepareNamespace(connection, { namespace: 'clash', ownServer: false, log })).toEqual(['AmountMinor'])
  expect(lines[0]).toBe(
    'warning: search attribute AmountMinor of namespace clash is not of type INT, so it is not used',
  )
  expect(await searchAttributes('clash')).toEqual({ ...EXPECTED_TYPES, AmountMinor: 2 })
}, 90_000)

test('a namespace that a foreign server does not have is an error that says how to make it', async () => {
  const preparing = prepareNamespace(connection, { namespace: 'nowhere', ownServer: false, log: written().log })
  await expect(preparing).rejects.toThrow(
    'no namespace nowhere. Make it there (temporal operator namespace create -n nowhere --retention 30d)',
  )
})

/** A server that answers every call with one of the gRPC status codes, or with an empty message for 0. */
async function answering(statusOf: (path: string) => number): Promise<Connection> {
  const stub = await startRefusingServer(statusOf, 'said so')
  const stubConnection = Connection.lazy({ address: stub.address })
  onTestFinished(async () => {
    await stubConnection.close()
    await stub.stop()
  })
  return stubConnection
}

const ADD = '/temporal.api.operatorservice.v1.OperatorService/AddSearchAttributes'
test.each([
  ['permission denied', 7],
  ['unimplemented', 12],
  ['a limit of the server', 3],
])('where adding is refused (%s), a warning names the attributes and the start goes on', async (_, code) => {
  const stub = await answering((path) => (path === ADD ? code : 0))
  const { lines, log } = written()
  expect(await prepareNamespace(stub, { namespace: 'cloud', ownServer: false, log })).toEqual(ALL_NAMES)
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain(
    `warning: cannot add search attributes to namespace cloud (said so): ${ALL_NAMES.join(', ')}`,
  )
})

test.each([7, 12])(
  'where even looking is refused (status %i), a warning says so and nothing is tried',
  async (code) => {
    const called: string[] = []
    const stub = await answering((path) => {
      called.push(path)
      return code
    })
    const { lines, log } = written()
    expect(await prepareNamespace(stub, { namespace: 'cloud', ownServer: false, log })).toEqual([])
    expect(lines[0]).toContain('warning: cannot list the search attributes of namespace cloud (said so)')
    expect(called).toEqual(['/temporal.api.operatorservice.v1.OperatorService/ListSearchAttributes'])
  },
)

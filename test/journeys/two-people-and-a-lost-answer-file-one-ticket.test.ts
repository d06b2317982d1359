// Two people who saw the same refund ask for a new ticket while Temporal's server stands still, and one of them asks again: one ticket more.
// Must not know: how a command finds its earlier answer.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startTemporalServer, type TemporalServer } from '../../src/temporal/server/server.ts'
import { overHttp } from '../support/doors.ts'
import { eventually, startShop, type OwnShop } from '../support/shop.ts'
import { pastPage } from '../support/situations.ts'
import { MAKING_MS, temporalCliForTests } from '../support/temporalCli.ts'

vi.setConfig({ testTimeout: 180_000 })

let folder = ''
let server: TemporalServer
let shop: OwnShop & { close(): Promise<void> }

beforeAll(async () => {
  const cli = await temporalCliForTests()
  folder = await mkdtemp(join(tmpdir(), 'paymentwall-saga-temporal-'))
  server = await startTemporalServer({
    cli,
    dataDir: folder,
    ip: '127.0.0.1',
    port: 0,
    namespace: 'default',
    log: () => {},
  })
  shop = await startShop({ TEMPORAL_ADDRESS: server.address })
}, MAKING_MS)

afterAll(async () => {
  process.kill(server.pid, 'SIGCONT')
  await shop?.close()
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

test('a retryTicket that got 503 and is sent again, beside that of another person: one ticket more', async () => {
  const saga = await pastPage(shop)
  const cancelCalls = () => shop.sim.callsOf('POST /payments/cancel')
  const before = await cancelCalls()
  const asked = { reason: 'they wrote', seen: await shop.seen(`/refunds/${saga.id}/retry-ticket`) }
  const [ann, bob] = [overHttp(shop, undefined, 'key-of-ann'), overHttp(shop, undefined, 'key-of-bob')]

  process.kill(server.pid, 'SIGSTOP')
  const lost = await Promise.all([ann(saga, 'retryTicket', asked), bob(saga, 'retryTicket', asked)])
  const unknown = { refused: 'temporarilyUnavailable', sentence: expect.any(String) }
  expect(lost).toEqual([unknown, unknown])
  process.kill(server.pid, 'SIGCONT')

  const again = async () => [await ann(saga, 'retryTicket', asked), await bob(saga, 'retryTicket', asked)]
  let told = await again()
  await eventually(async () => (told = await again()), 60_000).not.toContainEqual(unknown)
  const carriedOut = told.filter((each) => 'answer' in each)
  expect(carriedOut, JSON.stringify(told)).toEqual([
    { answer: 'done', state: 'requested', sentence: 'retryTicket is done' },
  ])
  expect(told.filter((each) => 'refused' in each)).toEqual([
    { refused: 'updateRejected', sentence: expect.stringContaining('has changed since it was seen') },
  ])
  await eventually(() => shop.refund(saga.id)).toMatchObject({ state: 'ticketOpen' })
  expect(await again(), 'told the same once more').toEqual(told)
  expect([await cancelCalls(), (await shop.sim.tickets(saga.merchantUid)).length]).toEqual([before + 1, 2])
  const retried = (await shop.journal(saga.merchantUid)).filter(({ what }) => what === 'retried')
  expect(retried).toHaveLength(1)
})

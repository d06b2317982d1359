// A trace goes through the rows: from what kept a hint to its look, or to the judge of what was signed, and from there to the wake, by whichever relay it leaves.
// Must not know: OpenTelemetry, Temporal. Spans are taken by a list, Temporal is a list of starts.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Database } from '../../src/db/connect.ts'
import { keepHint } from '../../src/db/hints/hints.ts'
import { keepReceived } from '../../src/db/hints/received.ts'
import { keepSigned } from '../../src/db/hints/signed.ts'
import { lookOnce } from '../../src/inbox/looker.ts'
import { relayOnce, startRelay } from '../../src/outbox/relay.ts'
import { deliverWake } from '../../src/outbox/wakes.ts'
import { spanned, takeSpans } from '../../src/tracing.ts'
import { anEvidence, GATEWAY } from '../support/books.ts'
import { emptyQueues, freshOrder, recordPrepared } from '../support/booksDatabase.ts'
import { lookerOptions, scriptedGateway, type Scripted } from '../support/booksGateway.ts'
import { openTestDatabase } from '../support/database.ts'

let database: Database
let gateway: Scripted
/** Each span with the one that caused it. */
let taken: { readonly name: string; readonly traceparent: string; readonly from: string | null }[]
let end: () => void
beforeAll(async () => {
  database = await openTestDatabase()
})
beforeEach(async () => {
  await emptyQueues(database.db)
  gateway = scriptedGateway()
  taken = []
  end = takeSpans(({ name }, from) => {
    const traceparent = `00-${'a'.repeat(32)}-${String(taken.length + 1).padStart(16, '0')}-01`
    taken.push({ name, traceparent, from })
    return { traceparent, end: () => {} }
  })
})
afterEach(() => end())
afterAll(() => database.close())

const webhook = <T>(work: () => Promise<T>) => spanned({ name: 'webhook', kind: 'server', facts: {} }, work)
const look = () => lookOnce(lookerOptions(database.db, gateway))
const deps = () => ({ db: database.db, temporal: { wake: () => Promise.resolve() }, language: 'en' as const })
const wakes = () =>
  relayOnce({
    db: database.db,
    pollMs: 3_600_000,
    log: () => {},
    deliverers: { wake: (saga, payload) => deliverWake(deps(), saga, undefined, payload) },
  })
/** `a → b` for each span that another one caused, else its name alone. */
const ways = () =>
  taken.map(({ name, from }) => {
    const cause = taken.find(({ traceparent }) => traceparent === from)
    return cause ? `${cause.name} → ${name}` : name
  })

async function aPaidHint(shown: { readonly messageId?: string } = {}): Promise<void> {
  const { order, ref } = freshOrder()
  await recordPrepared(database.db, order)
  gateway.truth = [anEvidence({ merchantUid: order, gatewayRef: ref })]
  const hint = {
    gateway: GATEWAY,
    gatewayRef: ref,
    merchantUid: order,
    saidStatus: 'paid',
    saidCancellationId: null,
    ...shown,
  }
  const from = { contentType: null, body: Buffer.from('{}'), remoteAddress: '203.0.113.9', fromKnownAddress: false }
  expect(await keepReceived(database.db, { ...hint, ...from }, { take: () => true, giveBack: () => {} })).toBe('row')
}

test.each([{}, { messageId: 'message-1' }])('a webhook leads to its look, and that to the wake (%o)', async (shown) => {
  await webhook(() => aPaidHint(shown))
  await look()
  await wakes()

  expect(ways()).toEqual(['webhook', 'webhook → look', 'look → wake'])
})

test('the same where the wake leaves right after its commit', async () => {
  const relay = startRelay({
    db: database.db,
    pollMs: 3_600_000,
    deliverers: {},
    log: () => {},
    wakeAtOnce: (saga, about, trace) => deliverWake(deps(), saga, about, trace),
  })
  await webhook(() => aPaidHint())
  await look()
  await expect.poll(ways).toEqual(['webhook', 'webhook → look', 'look → wake'])
  await relay.stop()
})

test('what was signed is judged in the trace of what kept it', async () => {
  const { order, ref } = freshOrder()
  await recordPrepared(database.db, order)
  const signed = { gatewayRef: ref, merchantUid: order, key: '0', event: { kind: 'paid', gift: false } as const }
  const buyer = {
    buyerId: 'buyer-77',
    channel: 'live',
    money: null,
    paidAt: null,
    payMethod: null,
    payerCountry: null,
  } as const
  gateway = { ...gateway, blind: true, readHint: () => ({ kind: 'signed', signed: { ...signed, ...buyer } }) }
  const row = { gateway: GATEWAY, gatewayRef: ref, merchantUid: order, signedKey: '0', saidStatus: 'paid' }
  const from = { contentType: null, body: Buffer.from('signed'), remoteAddress: '203.0.113.9', fromKnownAddress: false }
  await webhook(() => keepSigned(database.db, { ...row, ...from }))
  await look()
  await wakes()

  expect(ways()).toEqual(['webhook', 'webhook → judge', 'judge → wake'])
})

test('a hint kept outside of spans, and one that is due later, begin a trace of their own', async () => {
  await aPaidHint()
  await look()
  const { order, ref } = freshOrder()
  await recordPrepared(database.db, order)
  const later = { gateway: GATEWAY, source: 'again', gatewayRef: ref, merchantUid: order, delayMs: 0 } as const
  await webhook(() => keepHint(database.db, later))
  await look()

  expect(ways()).toEqual(['look', 'webhook', 'look'])
})

test('a look whose trace nobody wants any more is made as ever', async () => {
  await webhook(() => aPaidHint())
  end()
  await look()

  expect(ways()).toEqual(['webhook'])
  expect(gateway.asked).toHaveLength(1)
})

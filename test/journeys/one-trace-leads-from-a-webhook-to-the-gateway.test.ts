// With OTEL_EXPORTER_OTLP_ENDPOINT one trace leads from what came in, by the rows and Temporal, to the calls that it caused, and holds nothing of a person; without it nothing is loaded, written or sent.
// Must not know: which code spans what, how spans are handed on.
import { createRequire } from 'node:module'
import { sql } from 'kysely'
import { beforeAll, expect, test, vi } from 'vitest'
import { expectWithin } from '../support/budget.ts'
import { startCollector, type Span } from '../support/collector.ts'
import { foundIn } from '../support/leftBehind.ts'
import { BUYER, eventually, startShop, type OwnShop } from '../support/shop.ts'
import { sweepNow } from '../support/sweepNow.ts'
import { temporalCliForTests } from '../support/temporalCli.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 600_000 })
const KEY = 'key-of-the-shop-and-of-nobody-else'
const STRANGER = 'Jane Stranger'
const HEADER = '_tracer-data'
const CALLER = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`

/** Packages that make or send spans, loaded into this process. */
const loaded = () =>
  Object.keys(createRequire(import.meta.url).cache).filter((path) =>
    /@opentelemetry\/(sdk|exporter|otlp|resources)/.test(path),
  )

type Ids = { readonly paid: string; readonly refund: string; readonly again: string; readonly auto: string }

/** As in test/workflows/budgets.test.ts: the next step comes once the saga has come to rest. */
const resting = (shop: OwnShop, saga: string) =>
  eventually(async () => (await shop.events(saga)).at(-1)?.timerStartedEventAttributes).toBeTruthy()

/** A payment, its refund, whose end is told by webhook, and a second payment that goes back by itself. */
async function live(shop: OwnShop): Promise<Ids> {
  // The sweep that each start makes may find a payment before its webhook does: over before the first one.
  await sweepNow(shop)
  const { merchantUid: paid } = await shop.open()
  await resting(shop, `payment:${paid}`)
  await shop.sim.pay(paid)
  await shop.client.workflow.getHandle(`payment:${paid}`).result()
  const { refundId } = await shop.askRefund(paid)
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen' })
  await resting(shop, `refund:${refundId}`)
  const [ticket] = await shop.sim.tickets(paid)
  await shop.sim.complete(ticket?.id ?? '')
  await shop.client.workflow.getHandle(`refund:${refundId}`).result()
  const { merchantUid: again } = await shop.paid()
  await shop.sim.pay(again)
  const ofSecond = async () => (await shop.sim.tickets(again)).map(({ reason }) => reason)
  await eventually(ofSecond).toHaveLength(1)
  const auto = /^#(\S+) /.exec((await ofSecond())[0] ?? '')?.[1] ?? ''
  await eventually(() => shop.refund(auto)).toMatchObject({ state: 'ticketOpen' })
  return { paid, refund: refundId, again, auto }
}

const kept = async ({ db }: OwnShop) => {
  const hints = await sql<{ traceparent: string | null }>`select traceparent from inbox`.execute(db)
  const wakes = await sql<{ payload: object }>`select payload from outbox where kind = 'wake'`.execute(db)
  return { hints: hints.rows.map(({ traceparent }) => traceparent), wakes: wakes.rows.map(({ payload }) => payload) }
}
const history = async (shop: OwnShop, { refund, auto }: Ids): Promise<string> =>
  JSON.stringify([await shop.events(`refund:${refund}`), await shop.events(`refund:${auto}`)])
beforeAll(async () => void (await temporalCliForTests()))

/** Lived once, by whichever test is the first to ask. */
let living: ReturnType<typeof liveTraced> | undefined
const traced = () => (living ??= liveTraced())

async function liveTraced() {
  const collector = await startCollector()
  const shop = await startShop({ OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`, API_KEYS: `shop:checkout:${KEY}` })
  const ids = await live(shop)
  const json = { 'content-type': 'application/json', traceparent: CALLER }
  const returned = { method: 'POST', headers: { ...json, authorization: `Bearer ${KEY}` }, body: '{}' }
  expect((await fetch(`${shop.api}/payments/${ids.paid}/returned?of=a-query`, returned)).status).toBe(202)
  const forged = { imp_uid: 'imp_stranger', merchant_uid: ids.paid, status: 'paid', buyer_name: STRANGER }
  const hint = { method: 'POST', headers: json, body: JSON.stringify(forged) }
  expect((await fetch(`${shop.api}/webhooks/iamport`, hint)).status).toBe(200)
  const [rows, told] = [await kept(shop), await history(shop, ids)]
  const events = {
    refund: await shop.events(`refund:${ids.refund}`),
    payment: await shop.events(`payment:${ids.paid}`),
  }
  await shop.close()
  await collector.stop()
  return { ids, rows, told, events, text: collector.text(), ...reading(collector.spans()) }
}

const fact = ({ attributes }: Span, name: string): unknown =>
  Object.values(attributes.find(({ key }) => key === name)?.value ?? {})[0]
function reading(spans: readonly Span[]) {
  /** What led to it, the first cause first; all of one trace. */
  function leadingTo(span: Span): readonly Span[] {
    const parent = spans.find(({ spanId }) => spanId === span.parentSpanId)
    if (parent) expect(parent.traceId).toBe(span.traceId)
    return parent ? [...leadingTo(parent), span] : [span]
  }
  return {
    spans,
    leadingTo,
    /** Of this name, with what led to each; of those that led over this saga. */
    ways: (name: string, saga: string) =>
      spans
        .filter((span) => span.name === name)
        .map(leadingTo)
        .filter((way) => way.some((each) => fact(each, 'saga.id') === saga))
        .map((way) => way.map((each) => each.name).join(' → ')),
  }
}

test('without the setting no package is loaded, and no row, history or wake has anything of it', async () => {
  const shop = await startShop()
  const ids = await live(shop)
  const [{ hints, wakes }, told] = [await kept(shop), await history(shop, ids)]
  await shop.close()

  expect(loaded()).toEqual([])
  expect(new Set(hints)).toEqual(new Set([null]))
  expect(wakes.length).toBeGreaterThan(3)
  expect(wakes.filter((payload) => Object.keys(payload).length > 0)).toEqual([])
  expect(told).not.toContain(HEADER)
})

test('with it rows and histories carry the trace, and no event or action is added', async () => {
  const { rows, told, events } = await traced()

  expect(rows.hints.filter((each) => each !== null)).not.toEqual([])
  expect(rows.wakes).toContainEqual({ traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/) })
  expect(told).toContain(HEADER)
  // The budgets of test/workflows/budgets.test.ts.
  expectWithin({ actions: 5, events: 12 }, events.payment)
  expectWithin({ actions: 5, events: 17 }, events.refund)
  expect(loaded().length).toBeGreaterThan(10)
})

test('a second payment’s webhook leads to the cancel call that gives it back', async () => {
  const { ids, ways, spans, leadingTo } = await traced()

  expect(ways('gateway /payments/cancel', `refund:${ids.auto}`)).toEqual([
    'POST /webhooks/iamport → look → wake → refund fileTicket → gateway /payments/cancel',
  ])
  const cancel = spans.findLast(({ name }) => name === 'gateway /payments/cancel')
  const [saga, call] = cancel ? leadingTo(cancel).slice(-2) : []
  expect(saga && fact(saga, 'saga.id')).toBe(`refund:${ids.auto}`)
  expect(call && [fact(call, 'saga.gateway'), fact(call, 'saga.outcome')]).toEqual(['iamport/main', '200'])
})

test('a payment’s webhook leads to the look that asks the gateway, and to the step that reads the row', async () => {
  const { ids, ways } = await traced()

  expect(ways('payment readPayment', `payment:${ids.paid}`)).toEqual([
    'POST /webhooks/iamport → look → wake → payment readPayment',
  ])
})

test('every look asks the gateway, within its trace', async () => {
  const { spans } = await traced()

  const looks = spans.filter(({ name }) => name === 'look')
  const asking = new Set(
    spans.filter(({ name }) => name.startsWith('gateway /payments/')).map((each) => each.parentSpanId),
  )
  expect(looks.length).toBeGreaterThan(3)
  expect(looks.filter(({ spanId }) => !asking.has(spanId))).toEqual([])
})

test('a refund’s request leads to its cancel call, and the webhook that ends it to the step that reads so', async () => {
  const { ids, ways } = await traced()

  expect(ways('gateway /payments/cancel', `refund:${ids.refund}`)).toEqual([
    'POST /payments/{merchantUid}/refunds → wake → refund fileTicket → gateway /payments/cancel',
  ])
  expect(ways('refund readRefund', `refund:${ids.refund}`)).toEqual([
    'POST /webhooks/iamport → look → wake → refund readRefund',
  ])
})

test('a checkout’s own trace goes on, a stranger’s does not', async () => {
  const { spans } = await traced()

  const joined = spans.filter(({ traceId }) => traceId === CALLER.split('-')[1]).map(({ name }) => name)
  expect(joined).toContain('POST /payments/{merchantUid}/returned')
  expect(joined).not.toContain('POST /webhooks/iamport')
})

test('nothing of the buyer, no key, no secret, no word of the order and no query is in what left', async () => {
  const { text } = await traced()

  expect(text.length).toBeGreaterThan(1_000)
  expect(foundIn('the traces', text)).toEqual([])
  for (const word of [
    ...Object.values(BUYER),
    STRANGER,
    KEY,
    'Gold pack',
    'customer request',
    'sim-key',
    'a-query',
    'buyer',
    '127.0.0.1',
  ])
    expect(text.includes(word), word).toBe(false)
})

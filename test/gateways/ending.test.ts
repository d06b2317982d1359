// Questions to a gateway end with a signal, and with its own reason; a call for money never does.
// Must not know: activities, HTTP.
import { expect, test } from 'vitest'
import type { CancelAnswer, Gateway } from '../../src/domain/gateway.ts'
import { gatewayName, gatewayRef, merchantUid, refundId } from '../../src/domain/ids.ts'
import { money } from '../../src/domain/money.ts'
import { endingWith } from '../../src/gateways/ending.ts'

const hangs = () => new Promise<never>(() => {})
let answer: (answer: CancelAnswer) => void = () => {}
const HANGING: Gateway = {
  name: gatewayName('iamport/main'),
  accepts: () => undefined,
  limits: { together: 100, listRangeMs: 1_000 },
  readHint: () => ({ kind: 'unreadable', why: 'nothing is read here' }),
  window: () => ({}),
  register: hangs,
  look: hangs,
  lookMany: hangs,
  lookByOrder: hangs,
  list: hangs,
  account: hangs,
  now: hangs,
  setUp: () => ({ checks: [], questions: [] }),
  confirmDelivery: hangs,
  cancel: () => new Promise((resolve) => (answer = resolve)),
}
const REF = gatewayRef('imp_1')
const UID = merchantUid('order-1')
const DELIVERY = {
  gatewayRef: REF,
  merchantUid: UID,
  channel: 'live',
  kind: 'digital',
  status: 'delivered',
  email: 'ann@example.com',
  refundable: null,
  reason: null,
  details: null,
  carrier: null,
  trackingId: null,
  estimatedAt: null,
  estimatedUpdateAt: null,
  address: null,
} as const
const ORDER = { merchantUid: UID, ...money(100, 'USD'), channel: 'live' } as const
const RANGE = { status: 'paid', from: new Date(0), to: new Date(1), page: 1, size: 1 } as const
const CANCEL = {
  authorisedBy: 'submit',
  refundId: refundId('r-1'),
  gatewayRef: REF,
  money: money(100, 'USD'),
  checksum: 100,
  reason: '#r-1 sent back',
  timeoutMs: 1_000,
  mayStillSend: () => true,
}

const QUESTIONS: Readonly<Record<string, (gateway: Gateway) => Promise<unknown>>> = {
  register: (gateway) => gateway.register(ORDER),
  look: (gateway) => gateway.look(REF),
  lookMany: (gateway) => gateway.lookMany([REF]),
  lookByOrder: (gateway) => gateway.lookByOrder(UID),
  list: async (gateway) => gateway.list?.(RANGE),
  account: (gateway) => gateway.account(),
  confirmDelivery: (gateway) => gateway.confirmDelivery(DELIVERY),
}

test.each(Object.entries(QUESTIONS))('%s ends while it is under way, and is not begun afterwards', async (_, ask) => {
  const controller = new AbortController()
  const gateway = endingWith(HANGING, () => controller.signal)
  const underWay = ask(gateway)
  controller.abort(new Error('the worker stops'))
  await expect(underWay).rejects.toThrow('the worker stops')
  await expect(ask(gateway)).rejects.toThrow('the worker stops')
})

test('a cancel that is under way is waited for', async () => {
  const controller = new AbortController()
  const cancelling = endingWith(HANGING, () => controller.signal).cancel(CANCEL)
  controller.abort(new Error('the worker stops'))
  answer({ kind: 'unknown', said: 'late' })
  await expect(cancelling).resolves.toEqual({ kind: 'unknown', said: 'late' })
})

test('an answer in time is the answer', async () => {
  const quick: Gateway = { ...HANGING, account: () => Promise.resolve(['paymentwall/project/live']) }
  const gateway = endingWith(quick, () => new AbortController().signal)
  await expect(gateway.account()).resolves.toEqual(['paymentwall/project/live'])
})

// How a delivery is told at each gateway, and how that may end: an error in a good envelope is found.
// Must not know: the simulators; each answer here is written by the test itself.
import { expect, test } from 'vitest'
import type { Delivery, Gateway } from '../../src/domain/gateway.ts'
import { gatewayName, gatewayRef, merchantUid } from '../../src/domain/ids.ts'
import { createPaymentwallGateway } from '../../src/gateways/paymentwall/client.ts'
import { gatewayOn, json, no, reset, startWire, text, yes, type Seen, type Step } from './wire.ts'

const DELIVERY: Delivery = {
  gatewayRef: gatewayRef('b900100200'),
  merchantUid: merchantUid('order-1001'),
  channel: 'live',
  kind: 'physical',
  status: 'shipped',
  email: 'ann@example.com',
  refundable: true,
  reason: null,
  details: 'one box',
  carrier: 'DHL',
  trackingId: 'JD-1',
  estimatedAt: '2026-11-30T12:00:05.000Z',
  estimatedUpdateAt: null,
  address: {
    country: 'DE',
    city: 'Köln',
    zip: '50667',
    state: 'N/A',
    street: 'Domkloster 4',
    phone: '+49 221 1',
    firstName: 'Ann',
    lastName: 'Roe',
  },
}

type Wire = { readonly gateway: Gateway; readonly seen: () => Seen | undefined }
async function direct(step: Step): Promise<Wire> {
  const wire = await startWire({ 'POST /api/delivery': step })
  const name = gatewayName('paymentwall/main')
  const keys = { key: 'project-key', secret: 'the-secret-key', version: 3, statusApi: false } as const
  return { gateway: createPaymentwallGateway({ name, apiUrl: wire.url, ...keys }), seen: () => wire.seen.at(-1) }
}
async function iamport(step: Step): Promise<Wire> {
  const { gateway, sent } = await gatewayOn({ 'POST /paymentwall/delivery': step })
  return { gateway, seen: () => sent('POST /paymentwall/delivery').at(-1) }
}

test('Paymentwall itself is told by a form, with the secret in its header', async () => {
  const { gateway, seen } = await direct(json(200, { success: 1 }))
  expect(await gateway.confirmDelivery(DELIVERY)).toEqual({ kind: 'taken' })
  expect(seen()?.headers['x-apikey']).toBe('the-secret-key')
  expect(Object.fromEntries(new URLSearchParams(seen()?.body))).toEqual({
    payment_id: 'b900100200',
    merchant_reference_id: 'order-1001',
    type: 'physical',
    status: 'order_shipped',
    estimated_delivery_datetime: '2026/11/30 12:00:05 +0000',
    refundable: 'true',
    details: 'one box',
    carrier_type: 'DHL',
    carrier_tracking_id: 'JD-1',
    'shipping_address[email]': 'ann@example.com',
    'shipping_address[country]': 'DE',
    'shipping_address[city]': 'Köln',
    'shipping_address[zip]': '50667',
    'shipping_address[state]': 'N/A',
    'shipping_address[street]': 'Domkloster 4',
    'shipping_address[phone]': '+49 221 1',
    'shipping_address[firstname]': 'Ann',
    'shipping_address[lastname]': 'Roe',
  })
})

test('i’mport is told by JSON, of test money and digital goods too', async () => {
  const { gateway, seen } = await iamport(yes({ success: 1 }))
  expect(await gateway.confirmDelivery(DELIVERY)).toEqual({ kind: 'taken' })
  expect(JSON.parse(seen()?.body ?? '')).toEqual({
    imp_uid: 'b900100200',
    merchant_uid: 'order-1001',
    type: 'physical',
    status: 'order_shipped',
    carrier_type: 'DHL',
    carrier_tracking_id: 'JD-1',
    estimated_delivery_datetime: 1_796_040_005,
    refundable: 'yes',
    details: 'one box',
    shipping_address_email: 'ann@example.com',
    shipping_address_country: 'DE',
    shipping_address_city: 'Köln',
    shipping_address_zip: '50667',
    shipping_address_state: 'N/A',
    shipping_address_street: 'Domkloster 4',
    shipping_address_phone: '+49 221 1',
    shipping_address_firstname: 'Ann',
    shipping_address_lastname: 'Roe',
  })
})

test.each([
  ['placed', 'order_placed'],
  ['shipped', 'order_shipped'],
  ['delivering', 'delivering'],
  ['delivered', 'delivered'],
] as const)('%s is %s to both', async (status, wired) => {
  const told = { ...DELIVERY, status, channel: 'test', kind: 'digital', address: null } as const
  const [one, other] = [await direct(json(200, { success: 1 })), await iamport(yes({ success: 1 }))]
  for (const { gateway } of [one, other]) await gateway.confirmDelivery(told)
  const form = Object.fromEntries(new URLSearchParams(one.seen()?.body))
  expect(form).toMatchObject({ status: wired, type: 'digital', is_test: '1' })
  expect(JSON.parse(other.seen()?.body ?? '')).toMatchObject({ status: wired, type: 'digital' })
})

const REFUSED = { error: 'Invalid data', error_code: 3, notices: ['no city'] }
test('what is refused says why, in a good envelope too', async () => {
  for (const { gateway } of [
    await direct(json(200, REFUSED)),
    await direct(json(400, REFUSED)),
    await direct(json(200, { ...REFUSED, success: 1 })),
    await iamport(yes(REFUSED)),
    await iamport(yes({ ...REFUSED, success: 1 })),
  ])
    expect(await gateway.confirmDelivery(DELIVERY)).toEqual({ kind: 'refused', said: 'Invalid data; no city' })
  const { gateway } = await iamport(no(200, 1, 'unknown imp_uid'))
  expect(await gateway.confirmDelivery(DELIVERY)).toEqual({ kind: 'refused', said: 'unknown imp_uid' })
})

test('what is no answer is neither yes nor no', async () => {
  for (const { gateway } of [
    await direct(text(200, '<html>')),
    await direct(json(500, { success: 1 })),
    await direct(json(200, {})),
    await direct(json(200, { success: 0 })),
    await direct(reset),
    await iamport(yes({})),
    await iamport(yes({ success: 'maybe' })),
    await iamport(text(502, '<html>')),
  ])
    await expect(gateway.confirmDelivery(DELIVERY)).rejects.toMatchObject({
      kind: expect.stringMatching(/^gateway(Unavailable|AnswerUnreadable)$/),
    })
})

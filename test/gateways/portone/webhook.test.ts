// A webhook of PortOne is taken where one of our secrets signed it, within five minutes; and is a hint then, never the truth.
// Must not know: HTTP servers, rows.
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { readWebhook } from '../../../src/gateways/portone/hint.ts'
import { OTHER_SECRET, REF, SECRET, STORE, TRANSACTION } from './store.ts'

const ACCOUNT = { storeId: STORE, secrets: [SECRET, OTHER_SECRET] }
const ID = 'msg_2Xh'
const data = { storeId: STORE, paymentId: 'ord-1', transactionId: TRANSACTION }
const message = (type: string, more: object = {}) => ({
  type,
  timestamp: '2026-08-06T02:10:00.000Z',
  data: { ...data, ...more },
})

function signed(content: unknown, { secret = SECRET, at = new Date() } = {}) {
  const body = JSON.stringify(content)
  const headers = {
    'webhook-id': ID,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign(ID, at, body),
  }
  return { query: '', headers, body: new TextEncoder().encode(body) }
}
const HINT = { kind: 'hint', gatewayRef: REF, merchantUid: 'ord-1', messageId: ID }

test.each([
  ['Transaction.Paid', 'paid'],
  ['Transaction.Failed', 'failed'],
  ['Transaction.Ready', ''],
  ['Transaction.CancelPending', ''],
  ['Transaction.DisputeCreated', ''],
  ['Transaction.DisputeResolved', ''],
  ['Transaction.OfTomorrow', ''],
])('%s is a hint that says "%s"', (type, status) => {
  expect(readWebhook(ACCOUNT, signed(message(type)))).toEqual({ ...HINT, status, cancellationId: null })
})

test('what was cancelled is named; what only waits for it is not, for no entry of it is booked', () => {
  const named = { cancellationId: 'cancel-1' }
  for (const type of ['Transaction.Cancelled', 'Transaction.PartialCancelled'])
    expect(readWebhook(ACCOUNT, signed(message(type, named)))).toMatchObject({ status: 'cancelled', ...named })
  expect(readWebhook(ACCOUNT, signed(message('Transaction.CancelPending', named)))).toMatchObject({
    status: '',
    cancellationId: null,
  })
})

test('either secret will do, and the signature of both', () => {
  expect(readWebhook(ACCOUNT, signed(message('Transaction.Paid'), { secret: OTHER_SECRET }))).toMatchObject(HINT)
  const { headers, ...rest } = signed(message('Transaction.Paid'), { secret: OTHER_SECRET })
  const two = { ...headers, 'webhook-signature': `v1,AAAA v2,xyz ${headers['webhook-signature']}` }
  expect(readWebhook(ACCOUNT, { ...rest, headers: two })).toMatchObject(HINT)
})

const STRANGERS = `whsec_${Buffer.from('a secret of somebody else entirely').toString('base64')}`
const right = () => signed(message('Transaction.Paid'))
test.each([
  ['another secret', () => signed(message('Transaction.Paid'), { secret: STRANGERS }), 'its signature does not fit'],
  ['another body', () => ({ ...right(), body: new TextEncoder().encode('{}') }), 'its signature does not fit'],
  [
    'another id',
    () => ({ ...right(), headers: { ...right().headers, 'webhook-id': 'msg_other' } }),
    'its signature does not fit',
  ],
  ['no signature', () => ({ ...right(), headers: {} }), 'it is not signed'],
  [
    'two headers of a name',
    () => ({ ...right(), headers: { ...right().headers, 'webhook-id': [ID, ID] } }),
    'it is not signed',
  ],
  ['an old time', () => signed(message('Transaction.Paid'), { at: new Date(Date.now() - 301_000) }), 'five minutes'],
  ['a time to come', () => signed(message('Transaction.Paid'), { at: new Date(Date.now() + 301_500) }), 'five minutes'],
])('%s is a forgery', (_, request, why) => {
  const read = readWebhook(ACCOUNT, request())
  expect(read).toMatchObject({ kind: 'forged' })
  expect(read.kind === 'forged' && read.why).toContain(why)
})

test.each([
  ['a billing key', { type: 'BillingKey.Issued', data: { storeId: STORE, billingKey: 'b' } }],
  ['another store', message('Transaction.Paid', { storeId: 'store-2' })],
  ['an id that no order has', message('Transaction.Paid', { paymentId: 'x'.repeat(41) })],
  ['a trial call', { test: true }],
  ['a list', []],
])('what is signed and about %s is taken, and nothing follows', (_, content) => {
  expect(readWebhook(ACCOUNT, signed(content))).toMatchObject({ kind: 'ignored' })
})

test('the older, flat form names the payment, too', () => {
  const flat = { payment_id: 'ord-1', tx_id: TRANSACTION, status: 'Paid' }
  expect(readWebhook(ACCOUNT, signed(flat))).toEqual({ ...HINT, status: '', cancellationId: null })
})

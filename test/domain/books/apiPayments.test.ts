// Key-in and recurring payments are told apart from a wrong field, however they are written.
// Must not know: the other fields of an order.
import { expect, test } from 'vitest'
import { refuseApiPayment } from '../../../src/domain/books/apiPayments.ts'
import { Failure } from '../../../src/domain/failures.ts'

test.for([
  { customerUid: 'c-1' },
  { customer_uid: 'c-1' },
  { billingKey: 'b' },
  { cardNumber: '4111' },
  { 'card-number': '4111' },
  { schedules: [] },
  { recurring: true },
  { payMethod: 'api' },
  { pay_method: 'key-in' },
  { channel: 'api' },
])('%j asks for an API payment and is refused', (request) => {
  expect(() => refuseApiPayment({ merchantUid: 'ord-1', ...request })).toThrow(Failure)
  expect(() => refuseApiPayment({ merchantUid: 'ord-1', ...request })).toThrow(
    expect.objectContaining({ kind: 'apiPaymentNotSupported', details: { field: Object.keys(request)[0] } }),
  )
})

test('an ordinary request, and one that says no to recurring, pass', () => {
  const request = {
    merchantUid: 'ord-1',
    amount: 1990,
    buyer: { name: 'Ann Roe' },
    payMethod: 'card',
    recurring: false,
    schedule: null,
  }
  expect(() => refuseApiPayment(request)).not.toThrow()
})

test.for([undefined, null, 7, 'card', []])('%j asks for nothing', (request) => {
  expect(() => refuseApiPayment(request)).not.toThrow()
})

test('a name that never ends is cut', () => {
  const field = `${'-'.repeat(500)}card`
  expect(() => refuseApiPayment({ [field]: '4111' })).toThrow(
    expect.objectContaining({ details: { field: '-'.repeat(40) } }),
  )
})

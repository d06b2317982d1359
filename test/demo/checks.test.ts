// The demo fails loudly, with what was expected and what came, and waits no longer than it makes sense.
import { expect, test } from 'vitest'
import { createChecks, StoryFailure, until } from '../../src/demo/checks.ts'

const WAITING = { stillWaiting: () => {}, signal: new AbortController().signal }

test('a fact that does not hold is named with what was expected and what came', () => {
  const check = () => createChecks().must('refund r-1', { state: 'ticketOpen', why: /booked/ }, { state: 'refused' })
  expect(check).toThrow(StoryFailure)
  expect(check).toThrow(
    /refund r-1[^]*state +expected "ticketOpen", came "refused"[^]*why +expected \/booked\/, came nothing/,
  )
})

test('facts that hold are counted', () => {
  const checks = createChecks()
  checks.must(
    'a payment',
    { state: 'paid', accepted: true, because: /^as/ },
    { state: 'paid', accepted: true, because: 'as ordered' },
  )
  expect(checks.count()).toBe(3)
})

test('a text is not taken for a number, nor a missing fact for null', () => {
  const checks = createChecks()
  expect(() => checks.must('a payment', { paid: 1 }, { paid: '1' })).toThrow(/expected 1, came "1"/)
  expect(() => checks.must('a payment', { outcome: null }, {})).toThrow(/expected null, came nothing/)
})

test('waiting ends with what was waited for', async () => {
  let reads = 0
  await expect(until({ ...WAITING, read: async () => (reads += 1), done: (value) => value === 3 })).resolves.toBe(3)
})

test('waiting ends at once where what is waited for cannot come any more', async () => {
  const states = ['requested', 'refused', 'ticketOpen']
  const read = async () => states.shift()
  const found = until({
    ...WAITING,
    read,
    done: (state) => state === 'ticketOpen',
    onTheWay: (state) => state === 'requested',
  })
  await expect(found).resolves.toBe('refused')
})

test('waiting ends with its time, and gives what stood there then', async () => {
  await expect(until({ ...WAITING, read: async () => 'prepared', done: () => false, limitMs: 1 })).resolves.toBe(
    'prepared',
  )
})

test('waiting ends when it is interrupted', async () => {
  const signal = AbortSignal.abort()
  await expect(until({ ...WAITING, signal, read: async () => 1, done: () => false })).rejects.toThrow(/abort/i)
})

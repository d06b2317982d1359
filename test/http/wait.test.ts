// Waiting: until it is so, until the caller is gone, and in so many seats at most.
// Must not know: what is waited for.
import { expect, test } from 'vitest'
import { makeSeats, waitUntil } from '../../src/http/server/wait.ts'

const FOR_EVER_MS = 3_600_000
const here = new AbortController().signal

test('ends as soon as it is so, after as many questions as that took', async () => {
  let asked = 0
  await expect(waitUntil(() => Promise.resolve(++asked === 3), { forMs: FOR_EVER_MS, gone: here })).resolves.toBe(true)
  expect(asked).toBe(3)
})

test('asks once where there is no time to wait', async () => {
  let asked = 0
  const never = () => Promise.resolve(++asked < 0)
  await expect(waitUntil(never, { forMs: 0, gone: here })).resolves.toBe(false)
  expect(asked).toBe(1)
})

test('ends when the caller is gone', async () => {
  const caller = new AbortController()
  const waiting = waitUntil(
    () => {
      caller.abort()
      return Promise.resolve(false)
    },
    { forMs: FOR_EVER_MS, gone: caller.signal },
  )
  await expect(waiting).resolves.toBe(false)
})

test('ends with the error of the question', async () => {
  const broken = () => Promise.reject(new Error('away'))
  await expect(waitUntil(broken, { forMs: FOR_EVER_MS, gone: here })).rejects.toThrow('away')
})

test('a seat is given up again, and without one the work is told so', async () => {
  const withSeat = makeSeats(1)
  let leave = () => {}
  const first = withSeat((seated) => new Promise<boolean>((resolve) => (leave = () => resolve(seated))))
  await expect(withSeat((seated) => Promise.resolve(seated))).resolves.toBe(false)
  leave()
  await expect(first).resolves.toBe(true)
  await expect(withSeat((seated) => Promise.resolve(seated))).resolves.toBe(true)
})

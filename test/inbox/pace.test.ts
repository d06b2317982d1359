// How many looks are under way: fewer step by step while the thread is busy, as many as ever soon after.
// Must not know: looks. The clock is the test's.
import { expect, test } from 'vitest'
import { makePace, roomBeside, type Worked } from '../../src/inbox/looker.ts'

function paced(...stretches: readonly Worked[]) {
  let at = 0
  const clock = { worked: () => stretches[at] ?? { part: 0, ms: 0 }, beginAnew: () => void (at += 1) }
  const pace = makePace({ most: 8, least: 2 }, clock)
  return { pace, begunAnew: () => at }
}
const BUSY = { part: 0.9, ms: 100 }
const CALM = { part: 0.1, ms: 100 }

test('a busy thread halves them, down to the least; a calm one doubles them, up to the most', () => {
  const { pace } = paced(CALM, BUSY, BUSY, BUSY, CALM, CALM, CALM)
  expect(Array.from({ length: 7 }, pace)).toEqual([8, 4, 2, 2, 4, 8, 8])
})

test('of a moment too short nothing is said, and it goes on', () => {
  const { pace, begunAnew } = paced({ part: 1, ms: 99 })
  expect([pace(), pace(), begunAnew()]).toEqual([8, 8, 0])
})

test('the thread’s own clock begins with the pace', () => {
  expect(makePace({ most: 8, least: 2 })()).toBe(8)
})

test('a look that waits for its gateway leaves the room of those that work to another, and never more than all may have', () => {
  const beside = (...agesMs: readonly number[]) =>
    roomBeside(
      agesMs.map((age) => 60_000 - age),
      { now: 60_000, atOnce: 8, most: 1 },
    )
  expect([beside(), beside(10), beside(25_000), beside(25_000, 10)]).toEqual([1, 0, 1, 0])
  expect(beside(...Array.from({ length: 8 }, () => 25_000))).toBe(0)
  expect(roomBeside([], { now: 0, atOnce: 8, most: 8 })).toBe(8)
})

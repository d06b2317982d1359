// npm run fuzz finds what it looks for, and a seed draws the same requests again.
// Must not know: a program. The whole run is a command of its own.
import { expect, test } from 'vitest'
import { chanceOf } from '../support/seeded.ts'
import { API_DOORS, RECEIVERS } from './doors.ts'
import { drawInput } from './inputs.ts'
import { judge } from './judged.ts'
import type { Heard } from './sending.ts'

const good: Heard = {
  status: 400,
  head: 'HTTP/1.1 400 Bad Request',
  body: '{"detail":"amount: must be whole"}',
  late: false,
}

test('a refusal is no fault, nor is a busy program that says when to come again', () => {
  expect(judge({ how: 'answer' }, good)).toEqual([])
  const busy = { ...good, status: 503, head: 'HTTP/1.1 503 Service Unavailable\r\nretry-after: 5' }
  expect(judge({ how: 'answer' }, busy)).toEqual([])
  expect(judge({ how: 'cut' }, { ...good, status: 0, head: '', body: '' })).toEqual([])
})

test.each<[string, Partial<Heard>]>([
  ['500', { status: 500 }],
  ['503', { status: 503 }],
  ['too large', { body: 'x'.repeat(70_000) }],
  ['a stack', { body: 'at readBody (/app/src/http/server/body.ts:12:3)' }],
  ['the caller wrote', { head: 'HTTP/1.1 400 Bad Request\r\nX-Injected: 1' }],
  ['two answers', { body: '{}HTTP/1.1 200 OK' }],
  ['forgotten', { status: 0, late: true }],
  ['without an answer', { status: 0 }],
])('%s is one', (what, changed) => {
  expect(judge({ how: 'answer' }, { ...good, ...changed })).toEqual([expect.stringContaining(what)])
})

test('a seed draws the same bytes, for every webhook door and every call', () => {
  expect(RECEIVERS.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['/webhooks/iamport', '/webhooks/portone', '/webhooks/paymentwall']),
  )
  expect(API_DOORS.length).toBeGreaterThan(20)
  const drawn = (seed: number) => {
    const chance = chanceOf(seed)
    return Array.from({ length: 200 }, () => drawInput(chance, chance.pick([...RECEIVERS, ...API_DOORS])))
  }
  expect(drawn(7)).toEqual(drawn(7))
  expect(drawn(7)).not.toEqual(drawn(8))
})

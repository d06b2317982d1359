// What of overdue things is told, when, and in which words.
// Must not know: SQL, clocks.
import { describe, expect, test } from 'vitest'
import { anythingOverdue, pageSentence, verdictOn, type Overdue } from '../../../src/domain/shown/watchdog.ts'

const NOTHING: Overdue = {
  asOf: '2026-03-02T03:00:00.000Z',
  sums: [],
  oldest: [],
  oldestWake: null,
  lateWake: null,
  sweeps: [],
  schedules: [],
}
const since = '2026-03-01T00:00:00.000Z'
const sum = (kind: 'refund' | 'payment' | 'stray', currency: string, count: number, amount: number) =>
  ({ kind, currency, count, amount }) as const

describe('a page', () => {
  test.each([
    [true, { open: false, mayPage: true }, 'page'],
    [true, { open: true, mayPage: true }, 'page'],
    [true, { open: true, mayPage: false }, 'nothing'],
    [true, { open: false, mayPage: false }, 'nothing'],
    [false, { open: true, mayPage: true }, 'over'],
    [false, { open: true, mayPage: false }, 'over'],
    [false, { open: false, mayPage: true }, 'nothing'],
    [false, { open: false, mayPage: false }, 'nothing'],
  ] as const)('anything overdue: %s, told: %o → %s', (anything, told, verdict) => {
    expect(verdictOn(anything, told)).toBe(verdict)
  })
})

test('anything is a row, a wake that is late, a list, or a Schedule; a wake that is on its way is not', () => {
  expect(anythingOverdue({ ...NOTHING, oldestWake: since })).toBe(false)
  expect(anythingOverdue({ ...NOTHING, lateWake: since })).toBe(true)
  expect(anythingOverdue({ ...NOTHING, sums: [sum('stray', 'USD', 1, 5)] })).toBe(true)
  expect(anythingOverdue({ ...NOTHING, sweeps: [{ gateway: 'iamport/main', status: 'paid', since }] })).toBe(true)
  expect(anythingOverdue({ ...NOTHING, schedules: [{ name: 'supervise', since }] })).toBe(true)
})

test('the sentence counts by kind, sums by currency, and names the oldest', () => {
  const sums = [sum('payment', 'USD', 1, 1_200), sum('refund', 'KRW', 2, 9_000), sum('refund', 'USD', 3, 300)]
  const oldest = [{ saga: 'refund:r-1', what: 'filing', since } as const]
  expect(pageSentence({ ...NOTHING, sums, oldest, lateWake: since })).toEqual({
    en: `6 rows are overdue (1 payment, 5 refunds; USD 15.00, KRW 9,000), the oldest: refund:r-1 since ${since} (filing); the oldest wake has not left since ${since}`,
    ko: `지연된 행 6개(결제 1건, 환불 5건; USD 15.00, KRW 9,000). 가장 오래된 것: refund:r-1(${since}부터, 접수). 가장 오래된 깨움 신호가 ${since}부터 나가지 못했습니다`,
  })
})

test('a count that ends at its bound says so, and a currency of tomorrow hides nothing', () => {
  const found = { ...NOTHING, sums: [sum('refund', 'ZZZ', 100_000, 7)] }
  expect(pageSentence(found).en).toContain('100000 or more rows are overdue (100000 refunds; 7 ZZZ)')
})

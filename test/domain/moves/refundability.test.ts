// Which money may be refunded: rules by method, country and days, as they are read from a file and as they judge a payment.
// Must not know: where the file is.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { nearLimit, notRefundableBecause, type Paid } from '../../../src/domain/moves/refundability.ts'
import { parseRefundRules } from '../../../src/domain/moves/refundRules.ts'
import { intend } from '../../../src/domain/moves/tickets.ts'
import { anAttempt, aRefund, AT, DAY, kindsOf, later, linesOf, PATIENCE, theBooks } from '../../support/books.ts'

const HEAD = 'method,countries,refunds,limitDays,source,date\n'
const SHIPPED = parseRefundRules(readFileSync(new URL('../../../src/refundRules.csv', import.meta.url), 'utf8'))

const paidBy = (payMethod: string | null, payerCountry: string | null = 'KR'): Paid => ({
  payMethod,
  payerCountry,
  paidAt: AT,
})
const kindAfter = (days: number, paid: Paid, rules = SHIPPED) =>
  notRefundableBecause(paid, rules, later(days * DAY))?.kind

describe('the rules that come with the program', () => {
  test('are those of 106 methods, 44 of which cannot be refunded, each with its source and date', () => {
    expect(SHIPPED).toHaveLength(106)
    expect(SHIPPED.filter(({ refundable }) => !refundable)).toHaveLength(44)
    expect(SHIPPED.every(({ source, date }) => source.includes('.md') && date === '2017-10')).toBe(true)
    expect(SHIPPED.filter(({ limitDays }) => limitDays !== null).map(({ method }) => method)).toEqual([
      'banktransferargentina',
      'banktransfermexico',
      'redpagos',
      'redcompra',
    ])
  })

  test.each([
    ['a method that cannot be refunded', paidBy('tmoney'), 'notRefundable'],
    ['the same in a country that no rule names', paidBy('tmoney', 'DE'), undefined],
    ['the same in an unknown country', paidBy('tmoney', null), undefined],
    ['a method without countries, anywhere', paidBy('mint', 'BR'), 'notRefundable'],
    ['a method that can be refunded', paidBy('paypal'), undefined],
    ['what i’mport shows most often', paidBy('card'), undefined],
    ['an unknown method', paidBy(null), undefined],
  ] as const)('say of %s what is true of it', (_name, paid, kind) => {
    expect(kindAfter(0, paid)).toBe(kind)
  })

  test('say why, on what authority and what to do', () => {
    expect(notRefundableBecause(paidBy('tmoney'), SHIPPED, AT)?.sentence.en).toBe(
      'payments by tmoney cannot be refunded at Paymentwall (paymentwall.github.io payment-system/prepaid-tmoney.md, 2017-10); pay it back by bank and resolve it as settledElsewhere',
    )
  })
})

describe('a limit in days', () => {
  const limited = paidBy('banktransfermexico', 'MX')

  test('blocks a payment that is older, to the moment', () => {
    expect([kindAfter(180, limited), kindAfter(180.001, limited)]).toEqual([undefined, 'limitPassed'])
    expect(kindAfter(400, { ...limited, paidAt: null })).toBeUndefined()
  })

  test('warns in its last two weeks, and not before or after', () => {
    const warned = [165, 166.001, 179.5, 181].map((days) => nearLimit(limited, SHIPPED, later(days * DAY)))
    expect(warned.map(Boolean)).toEqual([false, true, true, false])
    expect(warned[2]?.en).toContain('within 180 days, of which 0 whole ones are left')
  })

  test('that is near alerts and is journalled at the first try of an authorisation, not at those after it', () => {
    const attempt = anAttempt({ payMethod: 'banktransfermexico', payerCountry: 'MX', paidAt: AT })
    const refund = aRefund({ state: 'requested', tickets: [] })
    const setting = { now: later(170 * DAY), patience: PATIENCE }
    const first = intend(
      theBooks({ attempts: [attempt], refunds: [refund] }),
      refund.refundId,
      'submit',
      setting,
      SHIPPED,
    )
    expect(first && kindsOf(first.decision)).toEqual(['warn refundLimitNear'])
    expect(first && linesOf(first.decision)).toEqual(['ticket.intent', 'refund.limitNear'])
    const tried = first?.refund.tickets.map((ticket) => ({ ...ticket, outcome: 'notSent' as const })) ?? []
    const again = theBooks({ attempts: [attempt], refunds: [{ ...refund, tickets: tried }] })
    const second = intend(again, refund.refundId, 'submit.2', setting, SHIPPED)
    expect(second && kindsOf(second.decision)).toEqual([])
  })
})

describe('a file of rules', () => {
  test('may name a country before everywhere, and remarks', () => {
    const rules = parseRefundRules(
      `# ours\r\n${HEAD}\nmint,,no,,our contract,2026-01\nmint,KR JP,yes,90,mail of the desk,2026-02\n`,
    )
    expect(kindAfter(0, paidBy('mint', 'DE'), rules)).toBe('notRefundable')
    expect(kindAfter(0, paidBy('mint', 'KR'), rules)).toBeUndefined()
    expect(kindAfter(91, paidBy('mint', 'JP'), rules)).toBe('limitPassed')
  })

  test('is refused with every fault and its line', () => {
    const read = () =>
      parseRefundRules(
        `${HEAD}mint,KR,maybe,,s,d\n\nMi nt,kr,yes,0,s,d\ncard,,yes,,,d\nfew,KR,no\ncard,,no,,s,d\nmany,KR,no,,s,d,e\n`,
      )
    expect(read).toThrow(RangeError)
    const lines = [
      'line 2: refunds is yes or no, not "maybe"',
      "line 4: method is Paymentwall's short name, for example mint",
      'line 4: countries are codes like KR with a space between, or empty for everywhere, not "kr"',
      'line 4: limitDays is a number of days, or empty, not "0"',
      'line 5: source and date say where it is written and since when',
      'line 6: six fields are needed',
      'line 7: card is in line 5 already',
      'line 8: six fields are needed',
    ]
    for (const line of lines) expect(read).toThrow(line)
  })

  test.each(['', 'method;countries', '# only a remark'])('that begins otherwise ("%s") is refused', (text) => {
    expect(() => parseRefundRules(text)).toThrow('the first line must be "method,countries,refunds')
  })
})

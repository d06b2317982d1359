// Money against independent lists and libraries: exponents, both directions of conversion, and what is refused.
// Must not know: providers.
import currencyCodes from 'currency-codes'
import { dinero, toDecimal } from 'dinero.js'
import * as dineroCurrencies from 'dinero.js/currencies'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CURRENCIES, exponentOf, isCurrency, type Currency } from '../../src/domain/currencies.ts'
import { fromMajor, majorText, money, printMoney, toMajor } from '../../src/domain/money.ts'

const ALL: readonly Currency[] = CURRENCIES.filter(isCurrency)
const anyCurrency = fc.constantFrom(...ALL)
const safe = fc.integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER })
/** A double carries any decimal of 15 significant digits (IEEE 754), so a JSON number does too. */
const fifteenDigits = fc.integer({ min: -999_999_999_999_999, max: 999_999_999_999_999 })

describe('the frozen table of currencies', () => {
  test('has the exponents of an independent list', () => {
    const others = ALL.flatMap((code) => {
      const digits = currencyCodes.code(code)?.digits
      return digits === undefined || digits === exponentOf(code) ? [] : [[code, exponentOf(code), digits]]
    })
    expect(others).toEqual([])
  })

  test('lacks none of the currencies of that list', () => {
    const missing = currencyCodes.codes().filter((code) => !isCurrency(code))
    // Not money that is paid in: metals, bond units, drawing rights, test and none.
    expect(missing.filter((code) => !/^X(AG|AU|PD|PT|B[A-D]|DR|UA|SU|TS|XX|AD)$/.test(code))).toEqual([])
  })

  test('is not that of Intl, which drops decimals people no longer use', () => {
    expect(['IDR', 'HUF', 'PKR'].filter(isCurrency).map(exponentOf)).toEqual([2, 2, 2])
  })

  test.for(['usd', 'XXX', '', '__proto__', 'constructor', 'US'])('does not know %j', (code) => {
    expect(isCurrency(code)).toBe(false)
    expect(() => money(1, code)).toThrow(RangeError)
  })
})

describe('major and minor units', () => {
  test('text goes there and back for every currency and every safe amount', () => {
    fc.assert(
      fc.property(anyCurrency, safe, (currency, amount) => {
        expect(fromMajor(majorText({ amount, currency }), currency)).toEqual({ amount, currency })
      }),
    )
  })

  test('JSON numbers of up to 15 digits go there and back for every currency', () => {
    fc.assert(
      fc.property(anyCurrency, fifteenDigits, (currency, amount) => {
        const wire: unknown = JSON.parse(JSON.stringify(toMajor({ amount, currency })))
        expect(fromMajor(Number(wire), currency)).toEqual({ amount, currency })
      }),
    )
  })

  test('toMajor is exact or throws, for every safe amount', () => {
    fc.assert(
      fc.property(anyCurrency, safe, (currency, amount) => {
        let major: number
        try {
          major = toMajor({ amount, currency })
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
          return
        }
        expect(fromMajor(major, currency).amount).toBe(amount)
      }),
    )
  })

  test('one decimal more than the currency has is refused, and zeros there are not', () => {
    fc.assert(
      fc.property(anyCurrency, safe, fc.integer({ min: 1, max: 9 }), (currency, amount, digit) => {
        const text = majorText({ amount, currency })
        const point = exponentOf(currency) === 0 ? '.' : ''
        expect(() => fromMajor(`${text}${point}${digit}`, currency)).toThrow(/decimals/)
        expect(fromMajor(`${text}${point}0`, currency).amount).toBe(amount)
      }),
    )
  })

  test('agree with dinero.js', () => {
    const known = Object.values(dineroCurrencies).flatMap((currency) =>
      isCurrency(currency.code) && currency.exponent === exponentOf(currency.code)
        ? [{ code: currency.code, currency }]
        : [],
    )
    expect(known.length).toBeGreaterThan(100)
    fc.assert(
      fc.property(fc.constantFrom(...known), fc.integer({ min: 0, max: 2 ** 50 }), ({ code, currency }, amount) => {
        expect(majorText({ amount, currency: code })).toBe(toDecimal(dinero({ amount, currency })))
      }),
    )
  })

  test.for([
    [19.999, 'USD'],
    [0.5, 'KRW'],
    [1e21, 'KRW'],
    [1e-7, 'USD'],
    [Number.NaN, 'USD'],
    [Number.POSITIVE_INFINITY, 'USD'],
    ['', 'USD'],
    ['1,000', 'USD'],
    [' 1', 'USD'],
    ['1.', 'USD'],
    ['.5', 'USD'],
    ['+1', 'USD'],
    ['0x10', 'USD'],
    ['9007199254740992', 'KRW'],
    ['90071992547409.92', 'USD'],
    [1, 'usd'],
  ] as const)('%j %s is refused', ([major, currency]) => {
    expect(() => fromMajor(major, currency)).toThrow(RangeError)
  })

  test('minus nothing is nothing', () => {
    expect(Object.is(fromMajor('-0.00', 'USD').amount, 0)).toBe(true)
  })

  test.for([
    [19.9, 'USD', 1990],
    ['0.5000', 'USD', 50],
    [19_000, 'KRW', 19_000],
    [1.001, 'KWD', 1001],
    ['-19.90', 'USD', -1990],
  ] as const)('%j %s is %d', ([major, currency, amount]) => {
    expect(fromMajor(major, currency)).toEqual({ amount, currency })
  })
})

test.for([
  [123_450, 'USD', 'USD 1,234.50'],
  [19_000, 'KRW', 'KRW 19,000'],
  [-5, 'USD', 'USD -0.05'],
  [1_234_567_890, 'KWD', 'KWD 1,234,567.890'],
] as const)('%d %s is printed as %s', ([amount, currency, text]) => {
  expect(printMoney({ amount, currency })).toBe(text)
})

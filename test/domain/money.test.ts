// Money against independent lists and libraries: exponents, both directions of conversion, and what
// is refused.
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

/**
 * Newer than the independent list, which is of 2024-06-25: the Caribbean guilder, current since
 * 2025-03-31.
 */
const NEWER: readonly string[] = ['XCG']

describe('the frozen table of currencies', () => {
  test('has the exponents of an independent list, and nothing that is not in it but what is newer', () => {
    const others = ALL.filter((code) => currencyCodes.code(code)?.digits !== exponentOf(code))
    expect(others).toEqual(NEWER)
  })

  test.for([
    ['XCG', 2],
    ['ZWG', 2],
    ['VED', 2],
    ['SLE', 2],
  ] as const)('knows %s, which is recent, with %d decimals', ([code, decimals]) => {
    expect(fromMajor(1, code)).toEqual({ amount: 10 ** decimals, currency: code })
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
    [19.905, 'USD'],
    [19.900001, 'USD'],
    [0.5, 'KRW'],
    [27_964.01, 'KRW'],
    [1.0005, 'KWD'],
    ['19.905', 'USD'],
    ['19.9000000000000000000000001', 'USD'],
    ['19.905000000000001', 'USD'],
    ['1e3', 'USD'],
    ['1e+21', 'KRW'],
    [-1e21, 'KRW'],
    [Number.MAX_VALUE, 'USD'],
    ['NaN', 'USD'],
    ['Infinity', 'USD'],
    [`0.${'0'.repeat(70)}`, 'USD'],
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

  test('minus nothing is nothing, and so is the noise that is left of a subtraction', () => {
    for (const nothing of ['-0.00', -0, 0.3 - 0.1 - 0.2, -Number.MIN_VALUE])
      expect(Object.is(fromMajor(nothing, 'USD').amount, 0)).toBe(true)
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

describe('the noise of floats', () => {
  test.for([
    [30.299999999999997, 'USD', 3030],
    [0.30000000000000004, 'USD', 30],
    [0.1 + 0.2, 'USD', 30],
    [27_964.000000000004, 'KRW', 27_964],
    [27_963.999999999996, 'KRW', 27_964],
    [-30.299999999999997, 'USD', -3030],
    [1.0009999999999999, 'KWD', 1001],
    [5.551115123125783e-17, 'USD', 0],
    [1e-7, 'KRW', 0],
    // Four steps of a double of this size are longer than a millionth of a cent.
    [123_456_789.12 + 3 * 2 ** -26, 'USD', 12_345_678_912],
    ['30.299999999999997', 'USD', 3030],
    ['0.30000000000000004', 'USD', 30],
    // PHP prints 17 digits where it is told to.
    ['19.899999999999999', 'USD', 1990],
    ['5.551115123125783e-17', 'USD', 0],
  ] as const)('%j %s is %d', ([major, currency, amount]) => {
    expect(fromMajor(major, currency)).toEqual({ amount, currency })
  })

  test.for([
    ['five steps beyond a millionth of a cent', 123_456_789.12 + 5 * 2 ** -26, 'USD'],
    ['one step that is longer than a hundredth of a cent', 9_999_999_999_999.99 + 2 ** -9, 'USD'],
    ['a tenth of a unit beyond all steps', 8_796_093_022_208.002, 'USD'],
    ['1e-7, which is more than a millionth of a cent', 1e-7, 'USD'],
    ['one 100,000th of a cent', 19.9 + 1e-7, 'USD'],
    ['a text of that size which a double would round', '9007199254740.991', 'USD'],
  ] as const)('is not %s', ([, major, currency]) => {
    expect(() => fromMajor(major, currency)).toThrow(/decimals/)
  })

  test('a sum of up to fifty amounts is the exact sum', () => {
    const amounts = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 50 })
    fc.assert(
      fc.property(anyCurrency, amounts, (currency, amounts) => {
        const floats = amounts.map((amount) => toMajor({ amount, currency }))
        const exact = amounts.reduce((sum, amount) => sum + amount, 0)
        const sum = floats.reduce((sum, float) => sum + float, 0)
        expect(fromMajor(sum, currency)).toEqual({ amount: exact, currency })
        expect(fromMajor(String(sum), currency)).toEqual({ amount: exact, currency })
        const left = floats.reduce((left, float) => left - float, sum)
        expect(fromMajor(left, currency).amount).toBe(0)
      }),
    )
  })

  test('four steps either way are noise for any amount of up to twelve digits', () => {
    const amounts = fc.integer({ min: 1, max: 999_999_999_999 })
    fc.assert(
      fc.property(anyCurrency, amounts, fc.integer({ min: -3, max: 3 }), (currency, amount, steps) => {
        const major = toMajor({ amount, currency })
        const step = 2 ** (Math.floor(Math.log2(major)) - 53)
        expect(fromMajor(major + steps * step, currency).amount).toBe(amount)
      }),
    )
  })

  test('a real decimal more than the currency has is refused as a number too', () => {
    const amounts = fc.integer({ min: 0, max: 99_999_999_999 })
    fc.assert(
      fc.property(anyCurrency, amounts, fc.integer({ min: 1, max: 9 }), (currency, amount, digit) => {
        const point = exponentOf(currency) === 0 ? '.' : ''
        const major = Number(`${majorText({ amount, currency })}${point}${digit}`)
        expect(() => fromMajor(major, currency)).toThrow(/decimals/)
      }),
    )
  })

  test('a text is worth what the number is that it prints', () => {
    fc.assert(
      fc.property(anyCurrency, fc.double({ noNaN: true, noDefaultInfinity: true }), (currency, number) => {
        expect(attempt(String(number), currency)).toEqual(attempt(number, currency))
      }),
    )
  })
})

function attempt(major: number | string, currency: Currency): number | 'refused' {
  try {
    return fromMajor(major, currency).amount
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError)
    return 'refused'
  }
}

test.for([
  [123_450, 'USD', 'USD 1,234.50'],
  [19_000, 'KRW', 'KRW 19,000'],
  [-5, 'USD', 'USD -0.05'],
  [1_234_567_890, 'KWD', 'KWD 1,234,567.890'],
] as const)('%d %s is printed as %s', ([amount, currency, text]) => {
  expect(printMoney({ amount, currency })).toBe(text)
})

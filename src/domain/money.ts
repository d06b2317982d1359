// Money: an integer of minor units and a currency, never a float and never alone. JSON-safe.
// Must not know: who sends or shows it. Providers' major-unit numbers are turned into it, and back, only here.
import { exponentOf, isCurrency, type Currency } from './currencies.ts'

/** `amount` counts the currency's smallest unit (cents, won): an integer, at most 2^53 − 1. */
export type Money = { readonly amount: number; readonly currency: Currency }

/** Parses a currency code and an integer of minor units. Throws RangeError with a sentence. */
export function money(amount: number, currency: string): Money {
  if (!isCurrency(currency)) throw new RangeError(`"${currency}" is not a currency code of ISO 4217`)
  if (!Number.isSafeInteger(amount)) throw new RangeError(`${amount} ${currency} is not a whole number of minor units`)
  return { amount, currency }
}

/**
 * From a provider's major-unit number or text (19.9, "0.5000") to minor units. Throws RangeError for what does not
 * round-trip: more decimals than the currency has, exponents, beyond 2^53 − 1 (i'mport sends JSON numbers: iamport.md §5).
 */
export function fromMajor(major: number | string, currency: string): Money {
  if (!isCurrency(currency)) throw new RangeError(`"${currency}" is not a currency code of ISO 4217`)
  const text = String(major)
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (!match) throw new RangeError(`"${text}" is not a plain decimal amount`)
  const exponent = exponentOf(currency)
  const fraction = (match[3] ?? '').replace(/0+$/, '')
  if (fraction.length > exponent) throw new RangeError(`${text} ${currency} has more than ${exponent} decimals`)
  const minor = Number((match[2] ?? '') + fraction.padEnd(exponent, '0'))
  return money(match[1] && minor !== 0 ? -minor : minor, currency)
}

/** The provider's major-unit JSON number, for example 19.9. Throws RangeError where a float cannot carry it exactly. */
export function toMajor(value: Money): number {
  const major = Number(majorText(value))
  if (fromMajor(major, value.currency).amount !== value.amount) {
    throw new RangeError(`${majorText(value)} ${value.currency} cannot be written as a JSON number without loss`)
  }
  return major
}

/** Decimal text with exactly the currency's decimals: "19.90", "19000". */
export function majorText({ amount, currency }: Money): string {
  const exponent = exponentOf(currency)
  const digits = String(Math.abs(amount)).padStart(exponent + 1, '0')
  const whole = digits.slice(0, digits.length - exponent)
  const sign = amount < 0 ? '-' : ''
  return exponent === 0 ? sign + whole : `${sign}${whole}.${digits.slice(-exponent)}`
}

/** For people: "USD 1,234.50". */
export function printMoney(value: Money): string {
  const [whole = '', fraction] = majorText(value).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return `${value.currency} ${fraction === undefined ? grouped : `${grouped}.${fraction}`}`
}

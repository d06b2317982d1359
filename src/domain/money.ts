// Money: an integer of minor units and a currency, never a float and never alone. JSON-safe.
// Must not know: who sends or shows it. Providers' major-unit numbers are turned into it, and back,
// only here.
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
 * An amount has some twenty digits at most; a longer text is none, and not worth the arithmetic.
 */
const LONGEST_TEXT = 64

/**
 * From a provider's major-unit number or decimal text (19.9, "0.5000") to minor units. A float's
 * noise is rounded away: sums of doubles end in 30.299999999999997 (a gateway may send JSON
 * numbers: iamport.md §5). Throws RangeError for decimals that the currency does not have and that
 * are no noise (19.905 USD, 0.5 KRW), and beyond 2^53 − 1.
 */
export function fromMajor(major: number | string, currency: string): Money {
  if (!isCurrency(currency)) throw new RangeError(`"${currency}" is not a currency code of ISO 4217`)
  const text = String(major)
  if (text.length > LONGEST_TEXT) throw new RangeError('an amount is not that long')
  const exponent = exponentOf(currency)
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)
  const fraction = (match?.[3] ?? '').replace(/0+$/, '')
  if (match && fraction.length <= exponent) {
    const minor = Number((match[2] ?? '') + fraction.padEnd(exponent, '0'))
    return money(match[1] && minor !== 0 ? -minor : minor, currency)
  }
  const printed = typeof major === 'number' ? major : printedDouble(text, fraction.slice(exponent))
  if (printed === undefined || !Number.isFinite(printed)) {
    if (match) throw new RangeError(`${text} ${currency} has more than ${exponent} decimals`)
    throw new RangeError(`"${text}" is not a plain decimal amount`)
  }
  return money(withoutNoise(printed, exponent, `${text} ${currency}`), currency)
}

/**
 * Text as a program writes a double: the shortest that reads back, or 15 to 17 digits. Any other
 * has no noise, nor has one that is a hundredth of the unit away from an amount; a double alone
 * would not tell, where its steps are long.
 */
function printedDouble(text: string, beyond: string): number | undefined {
  const read = Number(text)
  const bare = beyond === '' ? text : text.replace(/0+$/, '')
  const writings = [String(read), ...[15, 16, 17].map((digits) => read.toPrecision(digits))]
  return writings.includes(bare) && /^(00|99|$)/.test(beyond) ? read : undefined
}

/** Of the smallest unit: what is nearer to a whole number of units than this is that number. */
const NOISE = 1e-6
/**
 * Sums are off by some steps of the double, which are longer than a millionth of a cent from 16
 * millions on.
 */
const NOISE_STEPS = 4
/** Of the smallest unit: beyond this it is never noise, however long the double's steps are. */
const NOISE_AT_MOST = 0.01

function withoutNoise(major: number, exponent: number, said: string): number {
  const scale = 10 ** exponent
  const size = Math.abs(major)
  const nearest = Math.round(size * scale)
  // Both are doubles close to each other, so the difference is exact.
  const rest = Math.abs(size - nearest / scale)
  const noise = Math.max(NOISE / scale, NOISE_STEPS * stepAt(size))
  if (!(rest < noise && rest <= NOISE_AT_MOST / scale)) {
    throw new RangeError(`${said} has more than ${exponent} decimals`)
  }
  return major < 0 && nearest !== 0 ? -nearest : nearest
}

/** The distance from a positive double to the next one. */
function stepAt(size: number): number {
  const guess = Math.floor(Math.log2(size))
  const power = 2 ** guess > size ? guess - 1 : 2 ** (guess + 1) <= size ? guess + 1 : guess
  return 2 ** Math.max(power - 52, -1074)
}

/**
 * The provider's major-unit JSON number, for example 19.9. Throws RangeError where a float cannot
 * carry it exactly.
 */
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

// Amounts as people write them, from minor units and back.
// Must not know what is paid.
import { decimalsOf } from './decimals.js'
import { language } from './page.js'

/**
 * ₩19,000 from 19000 KRW, $14.90 from 1490 USD.
 * @param {number} minor
 * @param {string} currency
 * @returns {string}
 */
export function printed(minor, currency) {
  const decimals = decimalsOf(currency)
  return new Intl.NumberFormat(language, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    // Where Intl and ISO 4217 differ it is ISO that the wires count by.
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(minor / 10 ** decimals)
}

/**
 * As it stands in a field that is to be edited: 14.90.
 * @param {number} minor
 * @param {string} currency
 * @returns {string}
 */
export function written(minor, currency) {
  const decimals = decimalsOf(currency)
  return (minor / 10 ** decimals).toFixed(decimals)
}

/**
 * Minor units of what a person typed; undefined for what is no amount of this currency.
 * @param {string} typed
 * @param {string} currency
 * @returns {number | undefined}
 */
export function read(typed, currency) {
  const decimals = decimalsOf(currency)
  const [, whole, part = ''] = /^(\d{1,12})(?:\.(\d*))?$/.exec(typed.trim().replaceAll(/[,\s]/g, '')) ?? []
  if (whole === undefined || part.length > decimals) return undefined
  return Number(whole + part.padEnd(decimals, '0'))
}

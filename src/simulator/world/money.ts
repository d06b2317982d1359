// Amounts between minor units (ours) and what the two wires carry.
// Must not know payments, endpoints or who asks.
import { decimalsOf } from '../pages/browser/decimals.js'

/** i'mport's JSON number in major units (iamport.md §5): 1990 USD cents are 19.9. */
export function toMajor(minor: number, currency: string): number {
  return minor / 10 ** decimalsOf(currency)
}

/** Minor units, or undefined for an amount the currency cannot hold (19.999 USD, 0.5 KRW). */
export function fromMajor(major: number, currency: string): number | undefined {
  const scale = 10 ** decimalsOf(currency)
  const minor = Math.round(major * scale)
  return Number.isSafeInteger(minor) && minor / scale === major ? minor : undefined
}

/**
 * Paymentwall's text amounts have two decimals, also where the
 * currency has none (paymentwall.md §3.2, §7).
 */
export function toText(minor: number, currency: string): string {
  return toMajor(minor, currency).toFixed(Math.max(2, decimalsOf(currency)))
}

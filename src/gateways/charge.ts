// What no buyer can be charged at Paymentwall, and what no cancel may ask for, whichever way leads
// there.
// Must not know: wires, windows, which gateway asks.
import { isFund } from '../domain/currencies.ts'
import { Failure } from '../domain/failures.ts'
import type { CancelCall } from '../domain/gateway.ts'
import { reasonMarker } from '../domain/ids.ts'
import { printMoney, type Money } from '../domain/money.ts'

/**
 * The refusal, typed; undefined where nothing speaks against it. `minimum`: the least, in its
 * currency.
 */
export function chargeRefusal({ amount, currency }: Money, minimum: Money): Failure | undefined {
  const field = { field: 'amount' }
  if (isFund(currency)) {
    const sentence = `Paymentwall cannot charge in ${currency}; use a currency such as USD, EUR, KRW or JPY.`
    return new Failure('currencyNotSupported', sentence, { field: 'currency' })
  }
  if (!(amount > 0)) return new Failure('amountOutOfLimits', 'The amount of a payment is above zero.', field)
  if (currency === minimum.currency && amount < minimum.amount)
    return new Failure('amountOutOfLimits', `Paymentwall takes no payment below ${printMoney(minimum)}.`, field)
  return undefined
}

/** Throws RangeError, before anything is sent, for a cancel that must not be asked for. */
export function checkCancel({ refundId, money, checksum, reason }: CancelCall): void {
  if (!(money.amount > 0))
    throw new RangeError('a cancel names an amount above zero: none, or 0, would cancel everything')
  if (!(checksum >= money.amount))
    throw new RangeError('a cancel cannot be larger than its checksum, what is left to cancel')
  // In front, for that is what a gateway that cuts reasons leaves standing (design.md §5).
  const marker = reasonMarker(refundId)
  if (!reason.startsWith(marker)) throw new RangeError(`a cancel's reason begins with "${marker}"`)
}

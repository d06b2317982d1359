// What no buyer can be charged at Paymentwall, whichever way leads there.
// Must not know: wires, windows, which gateway asks.
import { isFund } from '../domain/currencies.ts'
import { Failure } from '../domain/failures.ts'
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

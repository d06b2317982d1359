// What Paymentwall takes through i'mport: currencies, amounts, widgets (iamport.md §4.3, §7). The
// port's `accepts` and the window share it.
// Must not know: HTTP, databases, the shape of an order. Pure.
import type { Currency } from '../../domain/currencies.ts'
import { Failure } from '../../domain/failures.ts'
import type { Gateway } from '../../domain/gateway.ts'
import { money, printMoney, toMajor, type Money } from '../../domain/money.ts'

/**
 * Funds and units of account: codes of ISO 4217 in which no buyer can be charged. All others may be
 * local ones.
 */
const NO_SHOP_CURRENCY: readonly string[] = ['BOV', 'CHE', 'CHW', 'CLF', 'COU', 'MXV', 'USN', 'UYI', 'UYW']
/**
 * The only minimum that is documented; the maximum (USD 500) can be raised at Paymentwall
 * (iamport.md §4.3).
 */
const MINIMUM: Money = { amount: 30, currency: 'EUR' }
const WIDGETS = ['pw_1', 't3_1'] as const

export const accepts: Gateway['accepts'] = (order) => {
  chargeOf(order)
  widgetOf(order.widget)
}

/**
 * The number that the window shows and i'mport registers. Throws a typed refusal for what cannot be
 * charged.
 */
export function chargeOf({ amount, currency }: Money): number {
  const field = { field: 'amount' }
  refuseFunds(currency)
  if (!(amount > 0)) throw new Failure('amountOutOfLimits', 'The amount of a payment is above zero.', field)
  if (currency === MINIMUM.currency && amount < MINIMUM.amount)
    throw new Failure('amountOutOfLimits', `Paymentwall takes no payment below ${printMoney(MINIMUM)}.`, field)
  try {
    return toMajor(money(amount, currency))
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new Failure('amountOutOfLimits', `The amount is unusable: ${error.message}.`, field)
  }
}

function refuseFunds(code: Currency): void {
  if (!NO_SHOP_CURRENCY.includes(code)) return
  const sentence = `Paymentwall cannot charge in ${code}; use a currency such as USD, EUR, KRW or JPY.`
  throw new Failure('currencyNotSupported', sentence, { field: 'currency' })
}

/** Where none is asked for, i'mport's own. */
export function widgetOf(code: string | null): (typeof WIDGETS)[number] {
  if (code === null) return WIDGETS[0]
  const known = WIDGETS.find((widget) => widget === code)
  if (known !== undefined) return known
  const sentence = `Paymentwall's widgets at i'mport are ${WIDGETS.join(' and ')}; leave the widget out for ${WIDGETS[0]}.`
  throw new Failure('invalidRequest', sentence, { field: 'widget' })
}

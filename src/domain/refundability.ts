// May this money be refunded at all? Rules by method and country, as data; what they do not name may be refunded.
// Must not know: where the rules were read from.

export type RefundRule = {
  readonly method: string
  /** Alpha-2 codes; empty: everywhere. */
  readonly countries: readonly string[]
  readonly refundable: boolean
  readonly limitDays: number | null
  readonly source: string
}

type Paid = { readonly payMethod: string | null; readonly payerCountry: string | null }

/** Why it cannot be refunded, as a sentence, or undefined where it may be tried. i'mport often shows only `card`. */
export function notRefundableBecause(paid: Paid, rules: readonly RefundRule[]): string | undefined {
  const rule = rules.find(
    ({ method, countries }) =>
      method === paid.payMethod &&
      (countries.length === 0 || (paid.payerCountry !== null && countries.includes(paid.payerCountry))),
  )
  if (!rule || rule.refundable) return undefined
  return `payments by ${rule.method} cannot be refunded at Paymentwall (${rule.source}); pay it back by bank and resolve it as settledElsewhere`
}

// May this money be refunded at all? Rules by method, country and days since the payment, as data;
// what they do not name may be refunded.
// Must not know: where the rules were read from.
import type { BlockedBecause } from '../books/alerts.ts'

export type RefundRule = {
  /** Paymentwall's short name; a gateway may show only `card`, which no rule names. */
  readonly method: string
  /** Alpha-2 codes; empty: everywhere. */
  readonly countries: readonly string[]
  readonly refundable: boolean
  /** Days since the payment in which it can be refunded; null: no limit is known. */
  readonly limitDays: number | null
  readonly source: string
  /** When the source said so, as it is written there. */
  readonly date: string
}

export type Paid = {
  readonly payMethod: string | null
  readonly payerCountry: string | null
  readonly paidAt: string | null
}

const DAY_MS = 86_400_000
/** A ticket takes days, and a silent one pages after a week: the last two are for finding out. */
export const NEAR_LIMIT_DAYS = 14
const BY_BANK = 'pay it back by bank and resolve it as settledElsewhere'

/** Why it cannot be refunded now; undefined where it may be tried. */
export function notRefundableBecause(
  paid: Paid,
  rules: readonly RefundRule[],
  now: string,
): { readonly kind: BlockedBecause; readonly sentence: string } | undefined {
  const rule = ruleFor(paid, rules)
  if (!rule) return undefined
  const said = `${rule.source}, ${rule.date}`
  if (!rule.refundable) {
    const sentence = `payments by ${rule.method} cannot be refunded at Paymentwall (${said}); ${BY_BANK}`
    return { kind: 'notRefundable', sentence }
  }
  const left = daysLeft(paid, rule, now)
  if (left === undefined || left >= 0) return undefined
  const sentence = `payments by ${rule.method} can be refunded within ${rule.limitDays} days (${said}), and this one is older; ${BY_BANK}`
  return { kind: 'limitPassed', sentence }
}

/** A sentence where the time in which it can be refunded runs out soon. */
export function nearLimit(paid: Paid, rules: readonly RefundRule[], now: string): string | undefined {
  const rule = ruleFor(paid, rules)
  const left = rule && daysLeft(paid, rule, now)
  if (!rule || left === undefined || left < 0 || left >= NEAR_LIMIT_DAYS) return undefined
  return `payments by ${rule.method} can be refunded within ${rule.limitDays} days, of which ${Math.floor(left)} whole ones are left; ask the desk to hurry, and do not wait for the usual reminders`
}

/** A rule that names the country comes before one for everywhere. */
function ruleFor({ payMethod, payerCountry }: Paid, rules: readonly RefundRule[]): RefundRule | undefined {
  const ofMethod = rules.filter(({ method }) => method === payMethod)
  return (
    ofMethod.find(({ countries }) => payerCountry !== null && countries.includes(payerCountry)) ??
    ofMethod.find(({ countries }) => countries.length === 0)
  )
}

function daysLeft({ paidAt }: Paid, { limitDays }: RefundRule, now: string): number | undefined {
  if (paidAt === null || limitDays === null) return undefined
  return limitDays - (Date.parse(now) - Date.parse(paidAt)) / DAY_MS
}

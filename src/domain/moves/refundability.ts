// May this money be refunded at all? Rules by method, country and days since the payment, as data;
// what they do not name may be refunded.
// Must not know: where the rules were read from.
import type { BlockedBecause } from '../books/alerts.ts'
import { NOT_FILED } from '../shown/words/told.ts'
import { inEach, type Said } from '../../language.ts'

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

/** Why it cannot be refunded now; undefined where it may be tried. */
export function notRefundableBecause(
  paid: Paid,
  rules: readonly RefundRule[],
  now: string,
): { readonly kind: BlockedBecause; readonly sentence: Said } | undefined {
  const rule = ruleFor(paid, rules)
  if (!rule) return undefined
  const { method } = rule
  const source = `${rule.source}, ${rule.date}`
  if (!rule.refundable) return { kind: 'notRefundable', sentence: inEach(NOT_FILED.notRefundable, { method, source }) }
  const limit = limitOf(paid, rule, now)
  if (limit === undefined || limit.left >= 0) return undefined
  return { kind: 'limitPassed', sentence: inEach(NOT_FILED.limitPassed, { method, days: limit.days, source }) }
}

/** A sentence where the time in which it can be refunded runs out soon. */
export function nearLimit(paid: Paid, rules: readonly RefundRule[], now: string): Said | undefined {
  const rule = ruleFor(paid, rules)
  const limit = rule && limitOf(paid, rule, now)
  if (!rule || limit === undefined || limit.left < 0 || limit.left >= NEAR_LIMIT_DAYS) return undefined
  return inEach(NOT_FILED.limitNear, { method: rule.method, days: limit.days, left: Math.floor(limit.left) })
}

/** A rule that names the country comes before one for everywhere. */
function ruleFor({ payMethod, payerCountry }: Paid, rules: readonly RefundRule[]): RefundRule | undefined {
  const ofMethod = rules.filter(({ method }) => method === payMethod)
  return (
    ofMethod.find(({ countries }) => payerCountry !== null && countries.includes(payerCountry)) ??
    ofMethod.find(({ countries }) => countries.length === 0)
  )
}

/** In days, of which what is left may be a part. */
function limitOf(
  { paidAt }: Paid,
  { limitDays: days }: RefundRule,
  now: string,
): { readonly days: number; readonly left: number } | undefined {
  if (paidAt === null || days === null) return undefined
  return { days, left: days - (Date.parse(now) - Date.parse(paidAt)) / DAY_MS }
}

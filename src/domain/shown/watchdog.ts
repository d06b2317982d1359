// The watchdog's judgement: what of that which is overdue is told to people, when, and in which
// words.
// Must not know: SQL, clocks, who asks. Many processes ask, and people are told once for all of
// them.
import { isCurrency } from '../currencies.ts'
import type { ListedStatus } from '../gateway.ts'
import { money, printMoney } from '../money.ts'
import { inEach, joined, type Said } from '../../language.ts'
import { LATE, LATE_FOR, LATE_MANY, LATE_ONE } from './words/toldElse.ts'

/** How long something may be late before it is overdue, in milliseconds. */
export type OverdueAfter = { readonly rowsMs: number; readonly sweepsMs: number }
export const OVERDUE_AFTER: OverdueAfter = { rowsMs: 900_000, sweepsMs: 3_600_000 }
/** Rows are counted so far by kind of what they are late for. */
export const MOST_COUNTED = 100_000

export const OVERDUE_KINDS = ['payment', 'refund', 'stray'] as const
export type OverdueKind = (typeof OVERDUE_KINDS)[number]
/**
 * What has not happened in time: a planned look, the order's end, its registration, the cancel
 * call.
 */
export const OVERDUE_FOR = ['checkpoint', 'expiry', 'registration', 'filing'] as const
export type OverdueFor = (typeof OVERDUE_FOR)[number]

/** Times are ISO 8601 in UTC, of the database. */
export type Overdue = {
  readonly asOf: string
  readonly sums: readonly OverdueSum[]
  /** The longest overdue first. */
  readonly oldest: readonly { readonly saga: string; readonly what: OverdueFor; readonly since: string }[]
  /** Since when the oldest wake has waited to leave, however short; null where none waits. */
  readonly oldestWake: string | null
  /** The same, where that is too long. */
  readonly lateWake: string | null
  /** Lists of a gateway that were not read to an end for too long. */
  readonly sweeps: readonly { readonly gateway: string; readonly status: ListedStatus; readonly since: string }[]
  /** Schedules whose work has not come to an end for too long: paused, gone, or stuck. */
  readonly schedules: readonly { readonly name: string; readonly since: string }[]
}
export type OverdueSum = {
  readonly kind: OverdueKind
  readonly currency: string
  readonly count: number
  /** Minor units. */
  readonly amount: number
}

export const anythingOverdue = ({ sums, lateWake, sweeps, schedules }: Overdue): boolean =>
  sums.length > 0 || lateWake !== null || sweeps.length > 0 || schedules.length > 0

/** What is remembered for all processes together. */
export type ToldOverdue = {
  /** A page has said that something is overdue, and no message that it is over. */
  readonly open: boolean
  /** The last page is so long ago, or there was none, that the next one may leave. */
  readonly mayPage: boolean
}

/**
 * A page while anything is overdue, again each hour, and one message when it is over; what comes
 * and goes is paged for no oftener.
 */
export function verdictOn(anything: boolean, { open, mayPage }: ToldOverdue): 'page' | 'over' | 'nothing' {
  if (anything) return mayPage ? 'page' : 'nothing'
  return open ? 'over' : 'nothing'
}

export const overdueCount = (sums: readonly OverdueSum[]): number => sums.reduce((all, { count }) => all + count, 0)

/**
 * "42 rows are overdue (40 refunds, 2 payments; KRW 190,000, USD 12.00), the oldest: refund:r-1
 * since … (filing), …"
 */
export function pageSentence(found: Overdue): Said {
  const { sums, lateWake, sweeps, schedules } = found
  const lists = sweeps.map(({ gateway, status, since }) => inEach(LATE.list, { gateway, status, since }))
  const silent = schedules.map(({ name, since }) => inEach(LATE.schedule, { name, since }))
  const parts = [
    ...(sums.length > 0 ? [rowsSentence(found)] : []),
    ...(lateWake === null ? [] : [inEach(LATE.wake, { since: lateWake })]),
    ...(lists.length > 0 ? [inEach(LATE.lists, { lists: joined(lists, ', ') })] : []),
    ...(silent.length > 0 ? [inEach(LATE.schedules, { schedules: joined(silent, ', ') })] : []),
  ]
  return joined(parts, { en: '; ', ko: '. ' })
}

function rowsSentence({ sums, oldest }: Overdue): Said {
  const count = overdueCount(sums)
  const kinds = OVERDUE_KINDS.flatMap((kind) => {
    const many = overdueCount(sums.filter((sum) => sum.kind === kind))
    return many === 0 ? [] : [inEach((many === 1 ? LATE_ONE : LATE_MANY)[kind], { count: many })]
  })
  const amounts = [...byCurrency(sums)].map(([currency, amount]) => amountText(amount, currency)).join(', ')
  const first = oldest.map(({ saga, what, since }) => inEach(LATE.one, { saga, since, what: LATE_FOR[what] }))
  const all = inEach(count >= MOST_COUNTED ? LATE.orMore : LATE.exactly, { count })
  const rows = inEach(count === 1 ? LATE.row : LATE.rows, { rows: all })
  return inEach(LATE.which, { rows, kinds: joined(kinds, ', '), amounts, oldest: joined(first, ', ') })
}

export function byCurrency(sums: readonly OverdueSum[]): ReadonlyMap<string, number> {
  const all = new Map<string, number>()
  for (const { currency, amount } of sums) all.set(currency, (all.get(currency) ?? 0) + amount)
  return all
}

/** A currency that this version does not know hides no amount. */
export const amountText = (amount: number, currency: string): string =>
  isCurrency(currency) && Number.isSafeInteger(amount) ? printMoney(money(amount, currency)) : `${amount} ${currency}`

export const overSentence = (since: string, asOf: string): Said => inEach(LATE.over, { at: asOf, since })

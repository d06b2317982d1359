// How i'mport's wire may differ from the likeliest one: every
// switch, and what the switches make of a payment object.
// Must not know payments, endpoints or what is true: one object comes in, another one goes out.
import { z } from 'zod'

// All names that an answer may hold, so that a misspelt one is
// refused instead of leaving out nothing.
const PAYMENT_FIELDS = `amount apply_num bank_code bank_name buyer_addr buyer_email buyer_name buyer_postcode buyer_tel
  cancel_amount cancel_history cancel_reason cancel_receipt_urls cancelled_at card_code card_issuer_code
  card_issuer_name card_name card_number card_publisher_code card_publisher_name card_quota card_type
  cash_receipt_issued channel currency custom_data customer_uid customer_uid_usage deposit_history emb_pg_provider
  escrow extension fail_reason failed_at imp_uid merchant_uid name paid_at pay_method pg_id pg_provider pg_tid
  promotion receipt_url risk_hint sandbox started_at status user_agent vbank_code vbank_date vbank_holder
  vbank_issued_at vbank_name vbank_num`.split(/\s+/)
const ENTRY = 'cancel_history.'
const ENTRY_FIELDS = 'amount cancellation_id cancelled_at pg_tid reason receipt_url'.split(' ')
const FIELDS = new Set([...PAYMENT_FIELDS, ...ENTRY_FIELDS.map((name) => ENTRY + name)])

const field = z.string().refine((name) => FIELDS.has(name), 'must name a field of a payment, like paid_at')
const TEN_YEARS_S = 10 * 365 * 24 * 60 * 60
/**
 * Letters of custom data in every answer that shows the payment, a list's included: enough of them,
 * and no reader takes it.
 */
export const CUSTOM_DATA = z.number().int().min(0).max(4_000_000)

// Of one payment. The first word of each is the likeliest, and the default.
const PAYMENT_SWITCHES = z.strictObject({
  /** Fields left out, or null; of entries as `cancel_history.reason`. Left out wins. */
  omit: z.array(field).max(100),
  nulls: z.array(field).max(100),
  history: z.enum(['full', 'empty', 'absent', 'null']),
  /** Noisy: a tail of one or two steps of the double, as a sum of floats has it. */
  floats: z.enum(['exact', 'noisy']),
  numbers: z.enum(['number', 'text']),
  /** Late: from the third answer on that shows the entry. */
  entryIds: z.enum(['always', 'never', 'late']),
  entryOrder: z.enum(['oldest', 'newest', 'shuffled']),
  zeroEntry: z.boolean(),
  sameSecond: z.boolean(),
  /**
   * How the reason of a cancel call comes back; what the console or a bank says is never an echo.
   */
  reason: z.enum(['kept', 'cut', 'replaced', 'blank', 'appended', 'prepended', 'absent']),
  reasonLength: z.number().int().min(0).max(1000),
  times: z.enum(['seconds', 'milliseconds', 'text']),
  /**
   * Seconds by which paid and cancelled times stand before the real moment; the order of updates
   * stays the real one.
   */
  backDated: z.number().int().min(0).max(TEN_YEARS_S),
  /**
   * So many reads of a paid payment by its imp_uid answer 404;
   * order looks, lists and the batch lack it meanwhile.
   */
  unseenLooks: z.number().int().min(0).max(1000),
  /** Whether failed_at is still shown once a failed payment was approved. */
  failedAt: z.enum(['kept', 'zero']),
  /** Unknown: a status word of tomorrow in place of the true one. */
  status: z.enum(['known', 'unknown']),
  /** Single only: order looks, lists and the batch never show the test channel. */
  testPayments: z.enum(['everywhere', 'singleOnly']),
  /**
   * Console only: `cancelled` goes to the console's URL, and after
   * an API cancel only if that call asked for it.
   */
  cancelWebhooks: z.enum(['always', 'consoleOnly']),
  /** How webhooks are written. Odd: ids that can be read among remarks that cannot. */
  hints: z.enum(['json', 'form', 'multipart', 'odd']),
  customData: CUSTOM_DATA,
})

// Of pages: these belong to no single payment.
const WIRE = PAYMENT_SWITCHES.extend({
  /** What a status list answers where a page has nothing to show. */
  emptyPages: z.enum(['list', '400', '404']),
  next: z.enum(['number', 'missing']),
  total: z.enum(['number', 'missing']),
})
export type Wire = z.infer<typeof WIRE>

export const WIRE_CHANGE = WIRE.partial()
export const PAYMENT_WIRE = PAYMENT_SWITCHES.partial()

export const LIKELIEST: Wire = {
  omit: [],
  nulls: [],
  history: 'full',
  floats: 'exact',
  numbers: 'number',
  entryIds: 'always',
  entryOrder: 'oldest',
  zeroEntry: false,
  sameSecond: false,
  reason: 'kept',
  reasonLength: 8,
  times: 'seconds',
  backDated: 0,
  unseenLooks: 0,
  failedAt: 'kept',
  status: 'known',
  testPayments: 'everywhere',
  cancelWebhooks: 'always',
  hints: 'json',
  customData: 0,
  emptyPages: 'list',
  next: 'number',
  total: 'number',
}

type Fields = Record<string, unknown>
type Entry = {
  amount: number
  cancellation_id: string
  cancelled_at: number
  pg_tid: string
  reason: string
  receipt_url: null
}
/**
 * A payment as i'mport likeliest writes it: major units, Unix
 * seconds, 0 for what has not happened, oldest entry first.
 */
export type PaymentObject = Fields & {
  amount: number
  cancel_amount: number
  cancel_history: Entry[]
  cancel_reason: string | null
  cancelled_at: number
  failed_at: number
  imp_uid: string
  paid_at: number
  pg_tid: string
  status: string
}
/**
 * What the object alone does not say. Entries by
 * cancellation_id; `asked`: by a cancel call of the merchant.
 */
export type Past = {
  answersBefore: number
  entries: ReadonlyMap<string, { asked: boolean; shownBefore: number }>
}

const TOMORROW = 'in_review'
const LATE_AFTER = 2

export function distort(object: PaymentObject, past: Past, wire: Wire): Fields {
  const last = object.cancel_history.at(-1)
  const approved = object.paid_at > 0
  const fields: Fields = {
    ...object,
    amount: writeAmount(object.amount, wire),
    cancel_amount: writeAmount(object.cancel_amount, wire),
    cancel_history: distortHistory(object, past, wire),
    cancel_reason: last ? (echo(last, past, wire) ?? null) : null,
    cancelled_at: writeTime(object.cancelled_at, wire),
    ...(wire.customData > 0 ? { custom_data: 'x'.repeat(wire.customData) } : {}),
    failed_at: writeTime(wire.failedAt === 'zero' && approved ? 0 : object.failed_at, { ...wire, backDated: 0 }),
    paid_at: writeTime(object.paid_at, wire),
    status: wire.status === 'unknown' ? TOMORROW : object.status,
  }
  return hide(fields, '', wire)
}

function distortHistory(object: PaymentObject, past: Past, wire: Wire): Fields[] | null | undefined {
  if (wire.history === 'absent') return undefined
  if (wire.history === 'null') return null
  if (wire.history === 'empty') return []
  const booked =
    wire.zeroEntry && object.paid_at > 0 ? [feeOf(object), ...object.cancel_history] : object.cancel_history
  const second = object.cancel_history[0]?.cancelled_at
  const entries = booked.map((entry) => {
    const { shownBefore } = past.entries.get(entry.cancellation_id) ?? { shownBefore: past.answersBefore }
    const named = wire.entryIds === 'always' || (wire.entryIds === 'late' && shownBefore >= LATE_AFTER)
    const written: Fields = {
      ...entry,
      amount: writeAmount(entry.amount, wire),
      cancellation_id: named ? entry.cancellation_id : undefined,
      cancelled_at: writeTime((wire.sameSecond ? second : undefined) ?? entry.cancelled_at, wire),
      reason: echo(entry, past, wire),
    }
    return hide(written, ENTRY, wire)
  })
  if (wire.entryOrder === 'oldest') return entries
  return wire.entryOrder === 'newest' ? entries.reverse() : shuffle(entries, past.answersBefore)
}

// Of nothing, at the time of the payment, so that it looks the same in every answer.
function feeOf({ imp_uid, paid_at, pg_tid }: PaymentObject): Entry {
  const cancellation_id = `${imp_uid.replace('imp', 'cncl')}0`
  return { amount: 0, cancellation_id, cancelled_at: paid_at, pg_tid, reason: 'fee', receipt_url: null }
}

function echo(entry: Entry, past: Past, { reason, reasonLength }: Wire): string | undefined {
  if (!past.entries.get(entry.cancellation_id)?.asked) return entry.reason
  switch (reason) {
    case 'kept':
      return entry.reason
    case 'cut':
      return Array.from(entry.reason).slice(0, reasonLength).join('')
    case 'replaced':
      return 'Refunded by Paymentwall'
    case 'blank':
      return ''
    case 'appended':
      return `${entry.reason} [PG]`
    case 'prepended':
      return `[PG] ${entry.reason}`
    case 'absent':
      return undefined
  }
}

// 0 means "has not happened" and stays 0, whatever it is written in.
function writeTime(seconds: number, { times, backDated }: Wire): number | string {
  const shown = seconds === 0 ? 0 : seconds - backDated
  if (times === 'text') return String(shown)
  return times === 'milliseconds' ? shown * 1000 : shown
}

function writeAmount(amount: number, { floats, numbers }: Wire): number | string {
  const shown = floats === 'noisy' ? noisy(amount) : amount
  return numbers === 'text' ? String(shown) : shown
}

// One or two steps of the double, the same ones for the same amount:
// 30.3 → 30.299999999999997, 19.9 → 19.900000000000002.
function noisy(amount: number): number {
  if (amount === 0) return 0
  const up = Number.isInteger(amount) || Math.floor(amount) % 2 === 1
  const steps = 1 + (Math.round(amount * 100) % 2)
  // The bits of a positive double, read as a whole number, count its steps.
  const double = new DataView(new ArrayBuffer(8))
  double.setFloat64(0, amount)
  double.setBigInt64(0, double.getBigInt64(0) + BigInt(up ? steps : -steps))
  return double.getFloat64(0)
}

// Each number is another order; two in a row always differ in what comes first.
function shuffle<Item>(items: Item[], number: number): Item[] {
  const rest = [...items]
  const shuffled: Item[] = []
  let left = number
  while (rest.length > 0) {
    const choices = rest.length
    shuffled.push(...rest.splice(left % choices, 1))
    left = Math.floor(left / choices)
  }
  return shuffled
}

function hide(fields: Fields, prefix: string, { omit, nulls }: Wire): Fields {
  const shown = Object.entries(fields).filter(([name, value]) => value !== undefined && !omit.includes(prefix + name))
  return Object.fromEntries(shown.map(([name, value]) => [name, nulls.includes(prefix + name) ? null : value]))
}

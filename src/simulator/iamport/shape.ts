// How i'mport writes: the envelope, and a payment with all its fields (iamport.md §2, §5).
// Must not know endpoints, nor why something is answered.
import type { Context } from 'koa'
import { PROJECT_KEY } from '../credentials.ts'
import { returnedOf, type Payment } from '../world/model.ts'
import { toMajor } from '../world/money.ts'
import type { PaymentObject } from './wire.ts'

export const NOT_FOUND = '존재하지 않는 결제정보입니다.'

export function answer(context: Context, response: unknown, status = 200): void {
  write(context, status, { code: 0, message: null, response })
}

export function refuse(context: Context, status: number, code: number, message: string): void {
  write(context, status, { code, message, response: null })
}

export function forbid(context: Context): void {
  refuse(context, 403, -1, '접근 권한이 없습니다.')
}

// Captured bodies have \uXXXX for everything beyond ASCII, and \/ for a slash (iamport.md §2).
function write(context: Context, status: number, envelope: object): void {
  context.status = status
  context.type = 'application/json; charset=UTF-8'
  context.body = JSON.stringify(envelope)
    .replace(/\//g, '\\/')
    .replace(/[^\x20-\x7e]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Straight, as is likeliest. `extension` only when asked for (iamport.md §3.1). */
export function paymentObject(payment: Payment & { status: string }, withExtension: boolean): PaymentObject {
  const extension = payment.country === null ? {} : { country_code: payment.country }
  return {
    ...unusedFields(),
    ...moneyFields(payment),
    imp_uid: payment.impUid,
    merchant_uid: payment.merchantUid,
    pay_method: payment.method,
    // Another provider's is its merchant number there.
    pg_id: payment.pgProvider === 'paymentwall' ? PROJECT_KEY : `mid-${payment.pgProvider}`,
    pg_provider: payment.pgProvider,
    pg_tid: payment.ref,
    sandbox: payment.sandbox,
    // Fields may be added at any time, and readers must bear it (iamport.md §5, compatibility):
    // this one nobody knows.
    risk_hint: { level: 'none', reviewed: payment.underReview },
    ...(withExtension ? { extension } : {}),
  }
}

/** Keys in alphabetical order, as in captured bodies (iamport.md §2). */
export function inOrder(fields: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(fields).sort(([left], [right]) => (left < right ? -1 : 1)))
}

function moneyFields(payment: Payment & { status: string }) {
  const last = payment.cancels.at(-1)
  return {
    amount: toMajor(payment.amount, payment.currency),
    cancel_amount: toMajor(returnedOf(payment), payment.currency),
    cancel_history: payment.cancels.map((cancel) => ({
      amount: toMajor(cancel.amount, payment.currency),
      cancellation_id: cancel.cancellationId,
      cancelled_at: cancel.cancelledAt,
      pg_tid: payment.ref,
      reason: cancel.reason,
      receipt_url: null,
    })),
    cancel_reason: last?.reason ?? null,
    cancelled_at: last?.cancelledAt ?? 0,
    currency: payment.currency,
    fail_reason: payment.failReason,
    failed_at: payment.failedAt,
    paid_at: payment.paidAt,
    receipt_url: payment.outcome === 'paid' ? `https://receipts.example/${payment.ref}` : null,
    started_at: payment.startedAt,
    status: payment.status,
  }
}

// What no simulated buyer brings along: null, empty or 0, as
// i'mport has it for a field that does not apply.
const NULL_FIELDS = `apply_num bank_code bank_name buyer_addr buyer_postcode buyer_tel card_code card_issuer_code
  card_issuer_name card_name card_number card_publisher_code card_publisher_name card_type custom_data customer_uid
  customer_uid_usage emb_pg_provider promotion vbank_code vbank_holder vbank_name vbank_num`.split(/\s+/)

function unusedFields(): Record<string, unknown> {
  return {
    ...Object.fromEntries(NULL_FIELDS.map((name) => [name, null])),
    buyer_email: 'ann@example.com',
    buyer_name: 'Ann Roe',
    cancel_receipt_urls: [],
    card_quota: 0,
    cash_receipt_issued: false,
    channel: 'pc',
    deposit_history: [],
    escrow: false,
    name: 'Simulated order',
    user_agent: 'Mozilla/5.0',
    vbank_date: 0,
    vbank_issued_at: 0,
  }
}

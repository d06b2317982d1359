// What the merchant is sent: i'mport's webhook (iamport.md §6) or
// Paymentwall's signed pingback (paymentwall.md §5).
// Must not know when something is told, nor how badly it is delivered.
import type { IamportSwitches } from '../iamport/switches.ts'
import type { Wire } from '../iamport/wire.ts'
import { signPingback, type Parameters, type PingbackVersion } from '../paymentwall/signature.ts'
import { isLoopback } from '../world/loopback.ts'
import { statusOf, type Cancel, type Payment } from '../world/model.ts'
import { toText } from '../world/money.ts'
import type { News } from '../world/simulation.ts'
import { write, type Words } from './hints.ts'
import type { Outgoing } from './request.ts'

type Ways = { wire: Wire; switches: IamportSwitches }

/**
 * Unsigned; of a cancel where there is one. The payment as i'mport knows it. Undefined where
 * i'mport keeps silent.
 */
export function webhookOf(
  payment: Payment,
  cancel: Cancel | undefined,
  consoleUrl: string | undefined,
  { wire, switches }: Ways,
): Outgoing | undefined {
  // Documented of other providers; whether it holds for Paymentwall nobody knows (iamport.md §13).
  const isRuled = wire.cancelWebhooks === 'consoleOnly' || payment.pgProvider !== 'paymentwall'
  const restricted = cancel !== undefined && isRuled
  if (restricted && !isDue(payment, cancel)) return undefined
  const named = cancel !== undefined && switches.cancellationId === 'sent'
  const words: Words = {
    imp_uid: payment.impUid,
    merchant_uid: payment.merchantUid,
    status: statusOf(payment),
    ...(named ? { cancellation_id: cancel.cancellationId } : {}),
  }
  // A state that was kept before may hold other addresses.
  const own = payment.noticeUrl !== null && isLoopback(payment.noticeUrl) ? payment.noticeUrl : consoleUrl
  const url = restricted ? consoleUrl : own
  if (url === undefined) return undefined
  const more = switches.extraFields === 'some' ? EXTRA_FIELDS : {}
  return { method: 'POST', url, ...write(words, more, wire.hints) }
}

// Fields may be added at any time (iamport.md §5, compatibility): these nobody knows.
const EXTRA_FIELDS = { store_id: 'store-simulator', webhook_version: '2026-11' }

// A cancel by the API is told only where that call asked for it, of
// a payment that was told itself (iamport.md §13).
function isDue(payment: Payment, { origin, enableWebhook }: Cancel): boolean {
  return origin !== 'call' || (enableWebhook && payment.toldWhenPaid)
}

export type Project = {
  secret: string
  signVersion: PingbackVersion
  customParameters: Readonly<Record<string, string>>
  /** Marks all of its pingbacks as tests. */
  isTest?: boolean
}

export function pingbackOf(payment: Payment, news: News, url: string, project: Project): Outgoing {
  const parameters: Parameters = {
    uid: payment.uid,
    goodsid: payment.merchantUid,
    ...periodOf(payment, news),
    ...typeOf(payment, news),
    ref: payment.ref,
    ...(payment.sandbox || project.isTest ? { is_test: '1' } : {}),
    ...customValues(payment, news, project.customParameters),
  }
  const query = new URLSearchParams(signPingback(parameters, project.secret, project.signVersion))
  return {
    method: 'GET',
    url: `${url}${url.includes('?') ? '&' : '?'}${query.toString()}`,
    headers: { 'user-agent': 'Paymentwall API' },
  }
}

// Both empty for what is bought once; what is taken back comes as a negative length
// (paymentwall.md §5.1).
function periodOf({ subscription }: Payment, news: News): Parameters {
  if (subscription === null) return { slength: '', speriod: '' }
  const isBack = news.kind === 'returned' || (news.kind === 'told' && news.type === '2')
  return { slength: String(isBack ? -subscription.length : subscription.length), speriod: subscription.period }
}

// Types and reasons of paymentwall.md §5.2, §5.3, §6.3. A part
// taken back by a bank has no size there: reason 10.
export function typeOf(payment: Payment, news: News): Parameters {
  if (news.kind === 'paid') return { type: news.review ? '201' : '0' }
  if (news.kind === 'told') return { type: news.type, ...(news.reason === null ? {} : { reason: news.reason }) }
  if (news.cancel.origin === 'chargeback') return { type: '2', reason: news.all ? news.cancel.chargebackReason : '10' }
  const ours: Parameters = news.merchantRefundId === null ? {} : { merchant_refund_id: news.merchantRefundId }
  if (news.all) return { type: '2', reason: '9', ...ours }
  return { type: '220', refund_amount: toText(news.cancel.amount, payment.currency), ...ours }
}

// Custom pingback parameters, switched on in the project: name by the
// merchant, value from a list (paymentwall.md §5.4).
function customValues(payment: Payment, news: News, wanted: Readonly<Record<string, string>>): Parameters {
  const values = new Map<string, string>([
    ['PRODUCT_PRICE', toText(payment.amount, payment.currency)],
    ['PRODUCT_CURRENCY_CODE', payment.currency],
    ['REVENUE_PAYMENT_LOCAL', toText(payment.amount, payment.currency)],
    ['CURRENCY_CODE', payment.currency],
    ['PAYMENT_DATETIME_UTC', new Date(payment.paidAt * 1000).toISOString().slice(0, 19).replace('T', ' ')],
    ['PAYMENT_TYPE', payment.method],
    ['USER_ID', payment.uid],
  ])
  if (payment.country !== null) values.set('COUNTRY_CODE', payment.country)
  if (news.kind === 'returned') {
    values.set('CHARGEBACK_TYPE', news.cancel.origin === 'chargeback' ? 'chargeback' : 'refund')
  }
  // What is not known of a payment is left out.
  const entries = Object.entries(wanted).flatMap(([name, value]): [string, string][] => {
    const known = values.get(value)
    return known === undefined ? [] : [[name, known]]
  })
  return Object.fromEntries(entries)
}

// What the merchant is sent: i'mport's webhook (iamport.md §6) or
// Paymentwall's signed pingback (paymentwall.md §5).
// Must not know when something is told, nor how badly it is delivered.
import type { Wire } from '../iamport/wire.ts'
import { sign, type Parameters, type SignVersion } from '../paymentwall/signature.ts'
import { isLoopback } from '../world/loopback.ts'
import { statusOf, type Payment } from '../world/model.ts'
import { toText } from '../world/money.ts'
import type { News, Returned } from '../world/simulation.ts'
import { write, type Words } from './hints.ts'
import type { Message } from './webhooks.ts'

/** Unsigned; `cancellation_id` with cancels only. Undefined where i'mport keeps silent. */
export function webhookOf(payment: Payment, news: News, consoleUrl: string, wire: Wire): Message | undefined {
  const restricted = news.kind === 'returned' && wire.cancelWebhooks === 'consoleOnly'
  if (restricted && !isDue(payment, news)) return undefined
  const words: Words = {
    imp_uid: payment.impUid,
    merchant_uid: payment.merchantUid,
    status: statusOf(payment),
    ...(news.kind === 'returned' ? { cancellation_id: news.cancel.cancellationId } : {}),
  }
  // A state that was kept before may hold other addresses.
  const own = payment.noticeUrl !== null && isLoopback(payment.noticeUrl) ? payment.noticeUrl : consoleUrl
  const url = restricted ? consoleUrl : own
  return { method: 'POST', url, ...write(words, wire.hints), about: `webhook ${words.status} ${payment.impUid}` }
}

// A cancel by the API is told only where that call asked for it, of
// a payment that was told itself (iamport.md §13).
function isDue(payment: Payment, { cancel, enableWebhook }: Returned): boolean {
  return cancel.origin !== 'call' || (enableWebhook && payment.toldWhenPaid)
}

export type Project = { secret: string; signVersion: SignVersion; customParameters: Readonly<Record<string, string>> }

/** Taken is only 200 with the body `OK` (paymentwall.md §5.5). */
export function pingbackOf(payment: Payment, news: News, url: string, project: Project): Message {
  const parameters: Parameters = {
    uid: payment.uid,
    goodsid: payment.merchantUid,
    slength: '',
    speriod: '',
    ...typeOf(payment, news),
    ref: payment.ref,
    ...(payment.sandbox ? { is_test: '1' } : {}),
    ...customValues(payment, news, project.customParameters),
    sign_version: String(project.signVersion),
  }
  const query = new URLSearchParams({ ...parameters, sig: sign(parameters, project.secret, project.signVersion) })
  return {
    method: 'GET',
    url: `${url}${url.includes('?') ? '&' : '?'}${query.toString()}`,
    headers: { 'user-agent': 'Paymentwall API' },
    about: `pingback ${parameters.type} ${payment.ref}`,
    isTaken: (answer) => answer.status === 200 && answer.body === 'OK',
  }
}

// Types and reasons of paymentwall.md §5.2, §5.3, §6.3. A part
// taken back by a bank has no size there: reason 10.
function typeOf(payment: Payment, news: News): Parameters {
  if (news.kind === 'paid') return { type: '0' }
  if (news.cancel.origin === 'chargeback') return { type: '2', reason: news.all ? '1' : '10' }
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
  const entries = Object.entries(wanted).map(([name, value]): [string, string] => [name, values.get(value) ?? ''])
  return Object.fromEntries(entries)
}

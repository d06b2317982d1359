// POST /payments: records the order once, waits until the gateway knows it, and answers with what the payment window needs.
// Must not know: gateways' addresses, Temporal. The buyer is used for the window alone: neither stored, compared nor logged.
import { transact, type Db, type Trx } from '../db/connect.ts'
import { databaseNow } from '../db/clock.ts'
import { loadBooks } from '../db/books.ts'
import { recordOrder } from '../db/orders.ts'
import type { Books, Payment } from '../domain/books.ts'
import { isCurrency, type Currency } from '../domain/currencies.ts'
import { Failure } from '../domain/failures.ts'
import type { MerchantUid } from '../domain/ids.ts'
import { orderDifferences, type OrderRequest } from '../domain/requests.ts'
import { paymentView } from '../domain/views.ts'
import { iamportWindow, refuseApiPayment, type IamportWindow } from '../gateways/iamport/window.ts'
import type { HttpDeps } from './deps.ts'
import { booksOf, readTogether } from './read.ts'
import type { Answer, Call } from './route.ts'
import type { PaymentBody } from './schemas.ts'
import { waitUntil } from './wait.ts'

/** Before any other rule: whoever asks for a key-in or recurring payment is told that, not that a field is unknown. */
export function refuseApiFields(json: unknown): void {
  if (typeof json === 'object' && json !== null) refuseApiPayment(Object.fromEntries(Object.entries(json)))
}

export async function openPayment(deps: HttpDeps, { body }: { body: PaymentBody }, call: Call): Promise<Answer> {
  const { db, links, openWaitMs: forMs } = deps
  const who = `checkout:${call.person?.name ?? 'local'}`
  const created = await transact(db, 'open payment', (trx) => record(deps, trx, body, who))
  if (created) deps.kick()
  const left = await waitUntil(() => leftOpening(db, body.merchantUid), { forMs, gone: call.gone })
  if (!left) throw stillOpening(body.merchantUid)
  const { books, payment } = await readTogether(db, 'read opened payment', (trx) => booksOf(trx, body.merchantUid))
  const window = hasMoney(books) ? null : windowOf(deps, stillSold(payment), body.buyer)
  return {
    status: created ? 201 : 200,
    body: { payment: paymentView(books, payment, links), window },
    ...(created ? { headers: { location: `/payments/${payment.merchantUid}` } } : {}),
  }
}

/**
 * True where this call recorded the order. An order that is known is compared before any gateway rule, so that a caller
 * hears of its mistake first; a new one must pass the rules before anything is recorded.
 */
async function record(deps: HttpDeps, trx: Trx, body: PaymentBody, who: string): Promise<boolean> {
  const at = await databaseNow(trx)
  const order = orderOf(deps, body, at)
  const { books } = await loadBooks(trx, { merchantUid: body.merchantUid }, false)
  if (books.payment) refuseOther(books.payment, order, body.expiresIn)
  const sold = books.payment === undefined || (!hasMoney(books) && !hasEnded(books.payment))
  if (sold) windowOf(deps, order, body.buyer)
  if (books.payment) return false
  const { links, patience } = deps
  const recorded = await recordOrder(trx, order, { who, at, saga: null, links, patience })
  if (!recorded.created) refuseOther(recorded.row, order, body.expiresIn)
  return recorded.created
}

function orderOf({ defaults }: HttpDeps, body: PaymentBody, now: string): OrderRequest {
  const { merchantUid, amount, name } = body
  return {
    merchantUid,
    amount,
    currency: currencyOf(body.currency),
    name,
    gateway: body.gateway ?? defaults.gateway,
    channel: body.channel ?? defaults.channel,
    returnUrl: body.returnUrl ?? null,
    country: body.country ?? null,
    widget: body.widget ?? null,
    latePolicy: body.latePolicy ?? null,
    expiresAt: new Date(Date.parse(now) + (body.expiresIn ?? defaults.expiryMs)).toISOString(),
  }
}

function currencyOf(code: string): Currency {
  if (isCurrency(code)) return code
  const sentence =
    'The currency is no code of ISO 4217 in capital letters, such as USD, EUR, KRW or JPY. Nothing was recorded.'
  throw new Failure('currencyNotSupported', sentence, { field: 'currency' })
}

/** `expiresInMs` is compared only where it was given: the default may have been configured anew since. */
function refuseOther(recorded: Payment, asked: OrderRequest, expiresInMs: number | undefined): void {
  const recordedMs = Date.parse(recorded.expiresAt) - Date.parse(recorded.createdAt)
  const expiry = expiresInMs !== undefined && expiresInMs !== recordedMs ? ['expiresIn'] : []
  const differs = [...orderDifferences(recorded, asked), ...expiry]
  if (differs.length === 0) return
  const sentence = `${asked.merchantUid} is recorded as another order; it differs in ${differs.join(', ')}. That one was kept as it is; use a new merchantUid for a new order.`
  throw new Failure('conflict', sentence, { differs })
}

const hasMoney = ({ attempts }: Books): boolean => attempts.some((attempt) => attempt.everPaid)
const hasEnded = ({ orderState }: Payment): boolean => orderState === 'closed' || orderState === 'expired'

/** A window for an order that has ended would only bring late money. */
function stillSold(payment: Payment): Payment {
  if (!hasEnded(payment)) return payment
  const { merchantUid, orderState, closedReason } = payment
  const because = closedReason === null ? '' : ` ("${closedReason}")`
  const sentence = `${merchantUid} is ${orderState}${because} and takes no payment any more. It stays recorded; open another order under a new merchantUid.`
  throw new Failure('conflict', sentence, { state: orderState, closedReason })
}

type Ordered = Pick<Payment, keyof OrderRequest>

/** Throws the typed refusals. Pure: the same order and buyer give the same window. */
function windowOf({ gateways, window }: HttpDeps, order: Ordered, buyer: PaymentBody['buyer']): IamportWindow {
  const { gateway, channel, country, widget, returnUrl } = order
  const field = { field: 'gateway' }
  if (!gateways.has(gateway)) {
    const sentence = `The gateway ${gateway} is not configured here; configured: ${[...gateways].join(', ') || 'none'}.`
    throw new Failure('invalidRequest', sentence, field)
  }
  if (!gateway.startsWith('iamport/')) {
    throw new Failure('invalidRequest', `Payment windows are opened through i'mport; ${gateway} offers none.`, field)
  }
  return iamportWindow({
    code: window.code,
    channelKey: window.channelKeys[channel],
    order: {
      ...order,
      country: country ?? undefined,
      widget: widget === 'pw_1' || widget === 't3_1' ? widget : undefined,
      returnUrl: returnUrl ?? undefined,
    },
    buyer,
    noticeUrl: `${window.publicUrl.replace(/\/+$/, '')}/webhooks/iamport`,
  })
}

/** By the shown state: money that came before its order settles it without a registration. */
async function leftOpening(db: Db, merchantUid: MerchantUid): Promise<boolean> {
  const row = await db
    .selectFrom('payments')
    .select('state')
    .where('merchantUid', '=', merchantUid)
    .executeTakeFirstOrThrow()
  return row.state !== 'opening'
}

function stillOpening(merchantUid: MerchantUid): Failure {
  const sentence = `${merchantUid} is recorded, and the gateway has not yet been told of it; that goes on by itself. Ask again with the same body, which is safe.`
  return new Failure('temporarilyUnavailable', sentence, { merchantUid, state: 'opening', retryAfterSeconds: 2 })
}

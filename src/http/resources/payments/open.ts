// POST /payments: records the order once, waits until the gateway knows it, and answers with what
// the payment window needs.
// Must not know: gateways' addresses, Temporal. The buyer is used for the window alone: neither
// stored, compared nor logged.
import { shownStateOf } from '../../../db/books/payments.ts'
import { openOrder } from '../../../db/books/record.ts'
import { databaseNow } from '../../../db/clock.ts'
import { transact, readTogether, type Db, type Trx } from '../../../db/connect.ts'
import type { Books, Payment } from '../../../domain/books/books.ts'
import { askItsGateway, type AskedOrder, type OrderRequest } from '../../../domain/books/order.ts'
import { Failure } from '../../../domain/failures.ts'
import type { Buyer, PaymentWindow } from '../../../domain/gateway.ts'
import type { MerchantUid } from '../../../domain/ids.ts'
import { paymentView } from '../../../domain/shown/views.ts'
import { quoted } from '../../../domain/text.ts'
import { checkoutNamed } from '../../server/caller.ts'
import type { HttpDeps } from '../../server/deps.ts'
import type { Answer, Call } from '../../server/route.ts'
import { waitUntil } from '../../server/wait.ts'
import { booksOf } from '../read.ts'

type Body = AskedOrder & { readonly buyer: Buyer }

export async function postPayment(
  deps: HttpDeps,
  { body: { buyer, ...asked } }: { body: Body },
  call: Call,
): Promise<Answer> {
  const { db, links, openWaitMs: forMs } = deps
  const { merchantUid } = asked
  const who = checkoutNamed(call)
  const created = await transact(db, 'open payment', (trx) => record(deps, trx, asked, { who, buyer }))
  if (created) deps.kick()
  const left = await waitUntil(() => leftOpening(db, merchantUid), { forMs, gone: call.gone })
  if (!left) throw stillOpening(merchantUid)
  const { books, payment } = await readTogether(db, 'read opened payment', (trx) => booksOf(trx, merchantUid))
  const window = hasMoney(books) ? null : windowOf(deps, stillSold(payment), buyer)
  return {
    status: created ? 201 : 200,
    body: { payment: paymentView(books, payment, links), window },
    ...(created ? { headers: { location: `/payments/${payment.merchantUid}` } } : {}),
  }
}

type Asking = { readonly who: string; readonly buyer: Buyer }

/**
 * True where this call recorded the order. Whatever refuses its window refuses it before anything
 * is recorded.
 */
async function record(deps: HttpDeps, trx: Trx, asked: AskedOrder, { who, buyer }: Asking): Promise<boolean> {
  const { defaults, links, patience } = deps
  const at = await databaseNow(trx)
  const allows = (order: OrderRequest): void => void windowOf(deps, order, buyer)
  const { row, books, created } = await openOrder(trx, asked, {
    who,
    at,
    saga: null,
    links,
    patience,
    defaults,
    allows,
  })
  if (!created && !hasMoney(books) && !hasEnded(row)) allows(row)
  return created
}

const hasMoney = ({ attempts }: Books): boolean => attempts.some((attempt) => attempt.everPaid)
const hasEnded = ({ orderState }: Payment): boolean => orderState === 'closed' || orderState === 'expired'

/** A window for an order that has ended would only bring late money. */
function stillSold(payment: Payment): Payment {
  if (!hasEnded(payment)) return payment
  const { merchantUid, orderState, closedReason } = payment
  const because = closedReason === null ? '' : ` (${quoted(closedReason)})`
  const sentence = `${merchantUid} is ${orderState}${because} and takes no payment any more. It stays recorded; open another order under a new merchantUid.`
  throw new Failure('conflict', sentence, { state: orderState, closedReason })
}

/** Throws the typed refusals. Pure: the same order and buyer give the same window. */
const windowOf = ({ gateways, publicUrl }: HttpDeps, order: OrderRequest, buyer: Buyer): PaymentWindow =>
  askItsGateway(gateways, order).window(order, buyer, publicUrl)

async function leftOpening(db: Db, merchantUid: MerchantUid): Promise<boolean> {
  return (await shownStateOf(db, merchantUid)) !== 'opening'
}

function stillOpening(merchantUid: MerchantUid): Failure {
  const sentence = `${merchantUid} is recorded, and the gateway has not yet been told of it; that goes on by itself. Ask again with the same body, which is safe.`
  return new Failure('temporarilyUnavailable', sentence, { merchantUid, state: 'opening', retryAfterSeconds: 2 })
}

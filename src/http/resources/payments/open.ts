// POST /payments: records the order once, waits until the gateway knows it, and answers with what
// the payment window needs.
// Must not know: gateways' addresses, Temporal. The buyer is used for the window alone: neither
// compared nor logged, and stored by his id only where the gateway finds orders by nothing else.
import { keepBuyer } from '../../../db/books/payments.ts'
import { openOrder } from '../../../db/books/record.ts'
import { transact, type Trx } from '../../../db/connect.ts'
import { whenOpened } from '../../../db/notify.ts'
import type { Books, Payment } from '../../../domain/books/books.ts'
import { askItsGateway, type AskedOrder, type OrderRequest } from '../../../domain/books/order.ts'
import { asRefusal, Failure, must } from '../../../domain/failures.ts'
import type { Buyer, PaymentWindow } from '../../../domain/gateway.ts'
import type { MerchantUid } from '../../../domain/ids.ts'
import { paymentView } from '../../../domain/shown/views.ts'
import { quoted } from '../../../domain/text.ts'
import { checkoutNamed } from '../../server/caller.ts'
import type { HttpDeps } from '../../server/deps.ts'
import type { Answer, Call } from '../../server/route.ts'
import { waitUntil, type Waiting } from '../../server/wait.ts'
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
  const waiting = opensWith(deps, merchantUid, { forMs, gone: call.gone, notYet: created })
  if (created) deps.kick()
  const books = await waiting
  if (!books?.payment) throw stillOpening(merchantUid)
  const { payment } = books
  const window = hasMoney(books) ? null : must(windowOf(deps, stillSold(payment), buyer))
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
  const refusal = (order: OrderRequest) => asRefusal(windowOf(deps, order, buyer))
  const { row, books, created } = await openOrder(trx, asked, {
    who,
    saga: null,
    links,
    patience,
    defaults,
    refusal,
  })
  const bars = created || hasMoney(books) || hasEnded(row) ? undefined : refusal(row)
  if (bars) throw bars
  const buyerId = buyer.id?.trim() ?? ''
  if (buyerId !== '' && deps.gateways.get(row.gateway)?.keepsBuyer) await keepBuyer(trx, row.merchantUid, buyerId)
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

/** Or the typed refusal. Pure: the same order and buyer give the same window. */
function windowOf({ gateways, publicUrl }: HttpDeps, order: OrderRequest, buyer: Buyer): PaymentWindow | Failure {
  const gateway = askItsGateway(gateways, order)
  return gateway instanceof Failure ? gateway : gateway.window(order, buyer, publicUrl)
}

/** Its books once it has left `opening`; undefined where it has not in time. */
async function opensWith(
  { db }: HttpDeps,
  id: MerchantUid,
  waiting: Omit<Waiting, 'when'>,
): Promise<Books | undefined> {
  let told: Books | undefined
  const when = (ring: () => void) =>
    whenOpened(db, id, (books) => {
      told = books
      ring()
    })
  const arrived = async (): Promise<boolean> => {
    told ??= (await booksOf(db, id)).books
    if (told.payment?.state !== 'opening') return true
    told = undefined
    return false
  }
  return (await waitUntil(arrived, { ...waiting, when })) ? told : undefined
}

function stillOpening(merchantUid: MerchantUid): Failure {
  const sentence = `${merchantUid} is recorded, and the gateway has not yet been told of it; that goes on by itself. Ask again with the same body, which is safe.`
  return new Failure('temporarilyUnavailable', sentence, { merchantUid, state: 'opening', retryAfterSeconds: 2 })
}

// The calls about one payment or a list of them: read, wait, returned, close, journal.
// Must not know: gateways, Temporal. A buyer's return is a hint like any other: kept, and believed
// no more than a webhook.
import { readJournal } from '../../../db/books/journal.ts'
import { listPayments, loadPayment, shownWord } from '../../../db/books/payments.ts'
import { closePayment } from '../../../db/books/record.ts'
import { databaseNow } from '../../../db/clock.ts'
import { transact, readTogether, type Db } from '../../../db/connect.ts'
import { keepReturned } from '../../../db/hints/returned.ts'
import { readOrderAndBuyer } from '../../../domain/books/order.ts'
import { OWN_ID, type GatewayRef, type MerchantUid } from '../../../domain/ids.ts'
import { PAYMENT_STATES, type PaymentState } from '../../../domain/payment.ts'
import { orderView, paymentView } from '../../../domain/shown/views.ts'
import { metrics } from '../../../metrics.ts'
import { ANYBODY, CHECKOUT, checkoutNamed } from '../../server/caller.ts'
import type { HttpDeps } from '../../server/deps.ts'
import { cursorOf, readCursor } from '../../server/page.ts'
import { REFUSALS, judgedBy, route, BODY_REFUSALS, at, type Answer, type Call, type Route } from '../../server/route.ts'
import { makeSeats, waitUntil } from '../../server/wait.ts'
import * as answers from '../answers.ts'
import { booksOf, unknownPayment } from '../read.ts'
import * as schemas from '../schemas.ts'
import { postDelivery } from './delivery.ts'
import { postPayment } from './open.ts'

type About = { readonly params: { readonly merchantUid: MerchantUid } }

const MOST_WAITING = 200
const withSeat = makeSeats(MOST_WAITING)

/** With `wait`, held until what it shows is no longer what it showed when it was asked. */
async function getPayment(
  deps: HttpDeps,
  { params: { merchantUid }, query: { wait } }: About & { query: { wait: number } },
  call: Call,
): Promise<Answer> {
  const { db, links } = deps
  const before = await shownOf(db, merchantUid)
  if (wait > 0) {
    await withSeat((seated) => {
      const changed = async () => (await shownOf(db, merchantUid)) !== before
      return waitUntil(changed, { forMs: seated ? wait * 1_000 : 0, gone: call.gone })
    })
  }
  const { books, payment } = await readTogether(db, 'read payment', (trx) => booksOf(trx, merchantUid))
  return { status: 200, body: orderView(books, payment, links) }
}

/**
 * State, acceptance and the refunds' states in one text, by one cheap statement: it is asked
 * several times a second.
 */
async function shownOf(db: Db, merchantUid: MerchantUid): Promise<string> {
  const shown = await shownWord(db, merchantUid)
  if (shown === undefined) throw unknownPayment(merchantUid)
  return shown
}

type PaymentsQuery = { state?: PaymentState | undefined; limit: number; cursor?: string | undefined }

async function getPayments({ db, links }: HttpDeps, { query }: { query: PaymentsQuery }): Promise<Answer> {
  const after = query.cursor === undefined ? undefined : readCursor(query.cursor, 1, ([id = '']) => OWN_ID.test(id))[0]
  return readTogether(db, 'list payments', async (trx) => {
    const page = await listPayments(trx, { state: query.state, limit: query.limit, after })
    const payments = []
    for (const id of page.ids) {
      const { books, payment } = await booksOf(trx, id)
      payments.push(paymentView(books, payment, links))
    }
    return { status: 200, body: { payments, cursor: page.cursor === null ? null : cursorOf([page.cursor]) } }
  })
}

type Returned = About & { readonly body: { gatewayRef?: GatewayRef | undefined } }

/**
 * A failed try sends no webhook at all, so the page that the buyer comes back to says that
 * something happened.
 */
async function returnPayment(deps: HttpDeps, { params: { merchantUid }, body }: Returned, call: Call): Promise<Answer> {
  const kept = await transact(deps.db, 'keep return', async (trx) => {
    const gateway = (await loadPayment(trx, merchantUid, false))?.row.gateway
    if (gateway === undefined) throw unknownPayment(merchantUid)
    const gatewayRef = body.gatewayRef ?? null
    return keepReturned(trx, { gateway, gatewayRef, merchantUid, remoteAddress: call.remoteAddress })
  })
  metrics.hintsReceived.inc({ source: 'browser' })
  // What was counted in a waiting row is looked at with it.
  if (kept === 'row') deps.kick()
  else metrics.hintsCounted.inc()
  return { status: 202, body: {} }
}

type Close = About & { readonly body: { reason: string } }

async function postClose(deps: HttpDeps, { params: { merchantUid }, body }: Close, call: Call): Promise<Answer> {
  const { db, links, patience } = deps
  const who = checkoutNamed(call)
  const books = await transact(db, 'close payment', async (trx) => {
    const at = await databaseNow(trx)
    return closePayment(trx, merchantUid, body.reason, { who, at, saga: null, links, patience })
  })
  deps.kick()
  if (!books.payment) throw unknownPayment(merchantUid)
  return { status: 200, body: orderView(books, books.payment, links) }
}

async function getJournal(
  { db }: HttpDeps,
  { params: { merchantUid }, query: { limit } }: About & { query: { limit: number } },
): Promise<Answer> {
  const found = await readTogether(db, 'read journal', async (trx) => {
    await booksOf(trx, merchantUid)
    return readJournal(trx, merchantUid, limit + 1)
  })
  const journal = found.slice(0, limit).map(({ id, at, bookedAt, who, what, refundId, gatewayRef, ...line }) => {
    const { fromState: from, toState: to, why, facts } = line
    return { id, at, bookedAt, who, what, refundId, gatewayRef, from, to, why, facts }
  })
  return { status: 200, body: { journal, more: found.length > limit } }
}

/** For documents: what the example of an order without money has. */
const UNPAID = {
  'Payment.accepted': false,
  'Payment.acceptedRef': null,
  'Payment.paid': 0,
  'Payment.payerCountry': null,
  'Payment.attempts': [],
}
const OPENED = { ...UNPAID, 'Payment.state': 'prepared', 'Payment.label': PAYMENT_STATES.prepared }
const CLOSED = {
  ...UNPAID,
  'Payment.state': 'closed',
  'Payment.label': PAYMENT_STATES.closed,
  'Payment.closedReason': 'not wanted any more',
}

export const paymentRoutes: readonly Route[] = [
  route({
    ...at('post', '/payments', CHECKOUT),
    summary: 'Record an order, register it with the gateway, and get what its payment window needs',
    body: judgedBy(readOrderAndBuyer),
    bodyShape: schemas.paymentBody,
    answers: {
      201: { description: 'Recorded', schema: answers.opened, sample: OPENED },
      200: { description: 'The same order was recorded before', schema: answers.opened, sample: OPENED },
    },
    errors: [
      ...BODY_REFUSALS,
      'conflict',
      'currencyNotSupported',
      'amountOutOfLimits',
      'buyerInvalid',
      'apiPaymentNotSupported',
    ],
    handle: postPayment,
  }),
  route({
    ...at('get', '/payments/{merchantUid}', ANYBODY),
    summary: 'A payment and its refunds; `wait` holds the answer, in seconds, until what it shows changes',
    params: schemas.merchantUidParams,
    query: schemas.waitQuery,
    answers: { 200: { description: 'As it stands', schema: answers.order } },
    errors: [...REFUSALS, 'notFound'],
    handle: getPayment,
  }),
  route({
    ...at('get', '/payments', ANYBODY),
    summary: 'Payments in the order of their merchantUid',
    query: schemas.paymentsQuery,
    answers: { 200: { description: 'A page', schema: answers.paymentPage } },
    errors: REFUSALS,
    handle: getPayments,
  }),
  route({
    ...at('post', '/payments/{merchantUid}/returned', CHECKOUT),
    summary: 'The buyer came back from the payment window, whatever happened there: the gateway is asked soon',
    params: schemas.merchantUidParams,
    body: schemas.returnedBody,
    answers: { 202: { description: 'Kept', schema: answers.empty } },
    errors: [...BODY_REFUSALS, 'notFound'],
    handle: returnPayment,
  }),
  route({
    ...at('post', '/payments/{merchantUid}/close', CHECKOUT),
    summary: 'Sell this order no more; money that comes later is late',
    params: schemas.merchantUidParams,
    body: schemas.closeBody,
    answers: { 200: { description: 'As it stands', schema: answers.order, sample: CLOSED } },
    errors: [...BODY_REFUSALS, 'notFound', 'alreadyPaid'],
    handle: postClose,
  }),
  route({
    ...at('post', '/payments/{merchantUid}/delivery', CHECKOUT),
    summary:
      'How the order is delivered, for the gateway: it withholds money for goods of whose delivery it hears nothing',
    params: schemas.merchantUidParams,
    body: schemas.deliveryBody,
    answers: { 200: { description: 'The gateway took it', schema: answers.empty } },
    errors: [...BODY_REFUSALS, 'notFound', 'conflict', 'paymentNotPaid', 'gatewayUnavailable'],
    handle: postDelivery,
  }),
  route({
    ...at('get', '/payments/{merchantUid}/journal', ANYBODY),
    summary: 'Every move of a payment and its refunds: who, what, why and on what evidence, the oldest first',
    params: schemas.merchantUidParams,
    query: schemas.journalQuery,
    answers: { 200: { description: 'Lines', schema: answers.journal } },
    errors: [...REFUSALS, 'notFound'],
    handle: getJournal,
  }),
]

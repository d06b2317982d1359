// What ops read about refunds and orders: what is stuck, what happened, and the letter to the desk.
// Must not know: gateways, Temporal.
import { refundAbout } from '../../../db/books/books.ts'
import { databaseNow } from '../../../db/clock.ts'
import { readTogether, type Trx } from '../../../db/connect.ts'
import { hintsAbout, journalAbout, looksAbout, type HistoryOf } from '../../../db/lists/history.ts'
import { listStuck, sumStuck } from '../../../db/lists/stuck.ts'
import type { Books, Refund } from '../../../domain/books/books.ts'
import { Failure } from '../../../domain/failures.ts'
import type { MerchantUid, RefundId } from '../../../domain/ids.ts'
import { money, printMoney } from '../../../domain/money.ts'
import { PAYMENT_STATES } from '../../../domain/payment.ts'
import { REFUND_STATES } from '../../../domain/refund.ts'
import { letterOf } from '../../../domain/shown/letter.ts'
import { timelineOf } from '../../../domain/shown/timeline.ts'
import { refundView } from '../../../domain/shown/views.ts'
import type { HttpDeps } from '../../server/deps.ts'
import type { Answer } from '../../server/route.ts'
import { booksOf, makeBooksReader } from '../read.ts'
import type { StuckQuery } from './opsSchemas.ts'

/** A page of what waits, and the sums of all of it. */
export function getStuck({ db, links }: HttpDeps, { query }: { query: StuckQuery }): Promise<Answer> {
  const { olderThan, ...filter } = query
  return readTogether(db, 'list stuck', async (trx) => {
    const asOf = await databaseNow(trx)
    const waitingBefore = olderThan === undefined ? undefined : new Date(Date.parse(asOf) - olderThan).toISOString()
    const booksFor = makeBooksReader(trx)
    const refunds = []
    for (const id of await listStuck(trx, { ...filter, waitingBefore })) {
      const about = await refundAbout(trx, id)
      const books = about && (await booksFor(about))
      const refund = books?.refunds.find(({ refundId }) => refundId === id)
      if (books && refund) refunds.push({ refund: refundView(books, refund, links), money: printMoney(refund) })
    }
    const sums = (await sumStuck(trx, { ...filter, waitingBefore })).map((sum) => ({
      ...sum,
      money: printMoney(money(sum.amount, sum.currency)),
    }))
    return { status: 200, body: { asOf, refunds, sums } }
  })
}

type OneRefund = { readonly params: { readonly refundId: RefundId } }
type OnePayment = { readonly params: { readonly merchantUid: MerchantUid } }

export function getRefundHistory({ db }: HttpDeps, { params: { refundId } }: OneRefund): Promise<Answer> {
  return readTogether(db, 'read refund history', async (trx) => {
    const { refund } = await refundIn(trx, refundId)
    const { merchantUid, gatewayRef, state } = refund
    const timeline = await readTimeline(trx, { merchantUid, gatewayRefs: [gatewayRef], refundId })
    const { en, ko } = REFUND_STATES[state]
    return { status: 200, body: { state, label: { en, ko }, money: printMoney(refund), timeline } }
  })
}

export function getPaymentHistory({ db }: HttpDeps, { params: { merchantUid } }: OnePayment): Promise<Answer> {
  return readTogether(db, 'read payment history', async (trx) => {
    const { books, payment } = await booksOf(trx, merchantUid)
    const gatewayRefs = books.attempts.map(({ gatewayRef }) => gatewayRef)
    const timeline = await readTimeline(trx, { merchantUid, gatewayRefs })
    const { state } = payment
    return { status: 200, body: { state, label: PAYMENT_STATES[state], money: printMoney(payment), timeline } }
  })
}

async function readTimeline(trx: Trx, about: HistoryOf) {
  const journal = await journalAbout(trx, about)
  const hints = await hintsAbout(trx, about)
  return timelineOf({ journal, hints, looks: await looksAbout(trx, about) })
}

type Lettered = OneRefund & { readonly query: { readonly project?: string | undefined } }

export function getLetter({ db }: HttpDeps, { params: { refundId }, query }: Lettered): Promise<Answer> {
  return readTogether(db, 'write letter', async (trx) => {
    const { books, refund } = await refundIn(trx, refundId)
    return { status: 200, body: letterOf(books, refund, query.project) }
  })
}

async function refundIn(trx: Trx, refundId: RefundId): Promise<{ books: Books; refund: Refund }> {
  const about = await refundAbout(trx, refundId)
  const books = about && (await makeBooksReader(trx)(about))
  const refund = books?.refunds.find((each) => each.refundId === refundId)
  if (!books || !refund) throw new Failure('notFound', `No refund is recorded as ${refundId}; check the refundId.`)
  return { books, refund }
}

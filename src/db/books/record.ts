// Records a new order and what callers ask of one: each a single transaction of row, journal and
// wake, repeatable by its id.
// Must not know: HTTP, Temporal. Used by the API and by the sagas' first steps alike, so that both
// are one path.
import type { Books, Payment, Refund } from '../../domain/books/books.ts'
import {
  differsFrom,
  filledIn,
  refuseOtherOrder,
  type AskedOrder,
  type OrderDefaults,
  type OrderRequest,
} from '../../domain/books/order.ts'
import { Failure } from '../../domain/failures.ts'
import { refundWorkflowId, type MerchantUid, type RefundId } from '../../domain/ids.ts'
import { START_REQUEST, type ApprovalLimits } from '../../domain/moves/people/unproved.ts'
import {
  closeOrder,
  newPayment,
  refuseOtherRefund,
  requestRefund,
  type RefundRequest,
  type RefundRules,
} from '../../domain/moves/requests.ts'
import type { Patience } from '../../domain/patience.ts'
import type { Trx } from '../connect.ts'
import { unpark } from '../hints/hints.ts'
import { adoptStrays } from '../lists/strays.ts'
import { putWake } from '../outgoing/outgoing.ts'
import { askApproval } from '../people.ts'
import { loadBooks, refundAbout } from './books.ts'
import { carryOut, type Mover } from './carryOut.ts'
import { writeJournal } from './journal.ts'
import { insertPayment } from './payments.ts'

export type Recorded<T> = { readonly row: T; readonly books: Books; readonly created: boolean }

type Opening = Mover & {
  readonly patience: Patience
  readonly defaults: OrderDefaults
  /**
   * Throws for what no gateway takes. Asked of new orders only: whoever repeats an order hears of a
   * difference first.
   */
  readonly allows: (order: OrderRequest) => void
}

/**
 * Records the order, or reads the same one. Throws a Failure that leaves no row: a refusal, or
 * `conflict` with another order.
 */
export async function openOrder(trx: Trx, asked: AskedOrder, opening: Opening): Promise<Recorded<Payment>> {
  const order = filledIn(asked, opening.defaults, opening.at)
  const { books } = await loadBooks(trx, { merchantUid: order.merchantUid }, false)
  if (!books.payment) opening.allows(order)
  const found = books.payment ? { row: books.payment, books, created: false } : await recordOrder(trx, order, opening)
  // Of two that ask at once, one finds the other's row after all.
  if (!found.created && differsFrom(found.row, order, asked.expiresInMs).length > 0)
    refuseOtherOrder(found.row, order, asked.expiresInMs, await openedBy(trx, order.merchantUid))
  return found
}

/** As the journal names whoever recorded the order. */
async function openedBy(trx: Trx, id: MerchantUid): Promise<string | undefined> {
  const line = await trx
    .selectFrom('journal')
    .select('who')
    .where('merchantUid', '=', id)
    .where('what', '=', 'order.recorded')
    .orderBy('id')
    .executeTakeFirst()
  return line?.who
}

/** Records the order, or reads the one recorded under this merchantUid. The caller compares. */
export async function recordOrder(
  trx: Trx,
  order: OrderRequest,
  mover: Mover & { patience: Patience },
): Promise<Recorded<Payment>> {
  const created = await insertPayment(trx, newPayment(order, { now: mover.at, patience: mover.patience }))
  const { books } = await loadBooks(trx, { merchantUid: order.merchantUid })
  if (!books.payment) throw new Failure('temporarilyUnavailable', 'the order was not recorded; ask again')
  if (created) {
    const facts = { amount: order.amount, currency: order.currency, channel: order.channel }
    const line = { what: 'order.recorded', to: 'opening', why: 'the checkout opened a payment', facts }
    await writeJournal(trx, [line], { ...mover, merchantUid: order.merchantUid })
    await unpark(trx, order.merchantUid)
    await adoptStrays(trx, order.merchantUid)
    const saga = `payment:${order.merchantUid}`
    if (mover.saga !== saga) await putWake(trx, saga)
  }
  return { row: books.payment, books, created }
}

type Asked = RefundRequest & { readonly merchantUid: MerchantUid }
type Judging = Mover & {
  readonly patience: Patience
  readonly rules: RefundRules
  /** Of refunds that nobody with a key asked for. */
  readonly limits?: ApprovalLimits
}

/**
 * Reserves a refund under the payment's lock, or reads the same request's row. Throws a Failure
 * that leaves no row.
 */
export async function recordRefund(trx: Trx, asked: Asked, mover: Judging): Promise<Recorded<Refund>> {
  const loaded = await loadBooks(trx, { merchantUid: asked.merchantUid })
  const known = await recordedRefund(trx, loaded.books, asked.refundId)
  if (known) {
    refuseOtherRefund(known, asked)
    return { row: known, books: loaded.books, created: false }
  }
  if (!loaded.books.payment) throw new Failure('notFound', `no payment is recorded as ${asked.merchantUid}`)
  const setting = { now: mover.at, patience: mover.patience }
  const decision = requestRefund(loaded.books, asked, setting, mover.rules, mover.limits)
  await carryOut(trx, loaded, decision, mover)
  const row = decision.books.refunds.find(({ refundId }) => refundId === asked.refundId)
  if (!row) throw new Error(`refund ${asked.refundId} was decided without a row`)
  if (row.blockedBecause === 'approvalNeeded') {
    const saga = refundWorkflowId(asked.refundId)
    const pending = {
      saga,
      request: START_REQUEST,
      command: START_REQUEST,
      args: {},
      person: mover.who,
      askedAt: mover.at,
    }
    await askApproval(trx, pending)
  }
  return { row, books: decision.books, created: true }
}

/** In the order's own books, or in those of another. */
async function recordedRefund(trx: Trx, { refunds }: Books, id: RefundId): Promise<Refund | undefined> {
  const isIt = ({ refundId }: Refund): boolean => refundId === id
  const own = refunds.find(isIt)
  const about = own ? undefined : await refundAbout(trx, id)
  return about ? (await loadBooks(trx, about, false)).books.refunds.find(isIt) : own
}

/**
 * No sale any more: `closed`, or `alreadyPaid` where money is in it. Closing a closed order again
 * changes nothing.
 */
export async function closePayment(
  trx: Trx,
  id: MerchantUid,
  reason: string,
  mover: Mover & { patience: Patience },
): Promise<Books> {
  const loaded = await loadBooks(trx, { merchantUid: id })
  if (!loaded.books.payment) throw new Failure('notFound', `no payment is recorded as ${id}`)
  const decision = closeOrder(loaded.books, reason, { now: mover.at, patience: mover.patience })
  await carryOut(trx, loaded, decision, mover)
  return decision.books
}

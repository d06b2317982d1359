// Records a new order and what callers ask of one: each a single transaction of row, journal and
// wake, repeatable by its id.
// Must not know: HTTP, Temporal. Used by the API and by the sagas' first steps alike, so that both
// are one path.
import { sql } from 'kysely'
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
import {
  paymentWorkflowId,
  refundWorkflowId,
  type GatewayName,
  type GatewayRef,
  type MerchantUid,
  type RefundId,
} from '../../domain/ids.ts'
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
import { adoptStrays } from '../lists/strays.ts'
import { notePut } from '../notify.ts'
import { noteOutgoing, outgoingWrite, wakeRows, type Outgoing } from '../outgoing/outgoing.ts'
import { askApproval } from '../people.ts'
import { HOT } from '../postgres.ts'
import { insertOf } from './batch.ts'
import { loadBooks, viewBooks, refundAbout } from './books.ts'
import { carryOut, type Mover } from './carryOut.ts'
import type { Keyed } from './attempts.ts'
import { journalWrite } from './journal.ts'

export type Recorded<T> = { readonly row: T; readonly books: Books; readonly created: boolean }

/** At the database's time where none is named. */
type Timed<M extends Mover> = Omit<M, 'at'> & { readonly at?: string }

type Opening = Timed<Mover> & {
  readonly patience: Patience
  readonly defaults: OrderDefaults
  /**
   * Why it cannot be paid. Asked of new orders only: whoever repeats an order hears of a difference
   * first.
   */
  readonly refusal: (order: OrderRequest) => Failure | undefined
}

/**
 * Records the order, or reads the same one. Throws a Failure that leaves no row: a refusal, or
 * `conflict` with another order.
 */
export async function openOrder(trx: Trx, asked: AskedOrder, opening: Opening): Promise<Recorded<Payment>> {
  const { books, now } = await viewBooks(trx, { merchantUid: asked.merchantUid })
  const at = opening.at ?? now
  const order = filledIn(asked, opening.defaults, at)
  const refusal = books.payment ? undefined : opening.refusal(order)
  if (refusal) throw refusal
  const found = books.payment
    ? { row: books.payment, books, created: false }
    : await recordOrder(trx, order, { ...opening, at }, now)
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

/**
 * Records the order, or reads the one recorded under this merchantUid. The caller compares. `now`:
 * the database's clock.
 */
export async function recordOrder(
  trx: Trx,
  order: OrderRequest,
  mover: Mover & { patience: Patience },
  now: string = mover.at,
): Promise<Recorded<Payment>> {
  const payment = newPayment(order, { now: mover.at, patience: mover.patience })
  const saga = paymentWorkflowId(payment.merchantUid)
  const books = { payment, attempts: [], refunds: [] }
  const wakes = mover.saga === saga ? [] : wakeRows(trx, [saga], { books, births: new Map() }, now)
  const { created, strays } = await insertOrder(trx, payment, mover, wakes)
  if (created) {
    await adoptStrays(trx, payment.merchantUid, strays)
    return { row: payment, books, created }
  }
  const { books: found } = await loadBooks(trx, { merchantUid: order.merchantUid })
  if (!found.payment) throw new Failure('temporarilyUnavailable', 'the order was not recorded; ask again')
  return { row: found.payment, books: found, created }
}

type Inserted = { readonly created: boolean; readonly strays: readonly Keyed[] }

/**
 * The row, its journal line and its wakes, by one statement; nothing where it exists already. Hints
 * that wait for it are free, and money that came before it is named.
 */
async function insertOrder(trx: Trx, payment: Payment, mover: Mover, wakes: readonly Outgoing[]): Promise<Inserted> {
  const { merchantUid, amount, currency, channel } = payment
  const facts = { amount, currency, channel }
  const line = { what: 'order.recorded', to: 'opening', why: 'the checkout opened a payment', facts }
  const journal = journalWrite([line], { who: mover.who, at: mover.at, merchantUid })
  const told =
    wakes.length > 0 ? sql`, told as (${insertOf(outgoingWrite(wakes))} where exists (select 1 from made))` : sql``
  const { rows } = await sql<{ created: boolean; freed: number; strays: readonly [GatewayName, GatewayRef][] }>`
    ${HOT} with made as (${insertOf({ into: 'payments', rows: [payment] })} on conflict do nothing returning 1),
    noted as (${insertOf(journal)} where exists (select 1 from made)),
    freed as (update inbox set state = 'received', parked_because = null, settled_at = null
      where merchant_uid = ${merchantUid} and state = 'parked' and parked_because = 'unknownOrder'
        and exists (select 1 from made) returning 1)${told}
    select exists (select 1 from made) as created, (select count(*) from freed)::int4 as freed,
      (select coalesce(jsonb_agg(jsonb_build_array(a.gateway, a.gateway_ref)), '[]') from attempts a
        where a.merchant_uid is null and a.said_merchant_uid = ${merchantUid}) as strays`.execute(trx)
  const { created = false, freed = 0, strays = [] } = rows[0] ?? {}
  if (created) noteOutgoing(trx, wakes)
  if (freed > 0) notePut(trx, 'hint')
  return { created, strays: strays.map(([gateway, gatewayRef]) => ({ gateway, gatewayRef })) }
}

type Asked = RefundRequest & { readonly merchantUid: MerchantUid }
type Judging = Timed<Mover> & {
  readonly patience: Patience
  readonly rules: RefundRules
  /** Of refunds that nobody with a key asked for. */
  readonly limits?: ApprovalLimits
}

/**
 * Reserves a refund under the payment's lock, or reads the same request's row. Throws a Failure
 * that leaves no row.
 */
export async function recordRefund(trx: Trx, asked: Asked, judging: Judging): Promise<Recorded<Refund>> {
  const loaded = await loadBooks(trx, { merchantUid: asked.merchantUid })
  const mover = { ...judging, at: judging.at ?? loaded.now }
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
  return about ? (await viewBooks(trx, about)).books.refunds.find(isIt) : own
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

// Delivers wakes: tells Temporal to start the saga of a row, or that its row moved. Reads the row
// for what the UI shows at the start.
// Must not know: why it moved.
import { loadBooks, refundAbout } from '../db/books/books.ts'
import { transact, type Db } from '../db/connect.ts'
import type { Books } from '../domain/books/books.ts'
import { merchantUid, refundId, strayNamedBy, type GatewayName, type GatewayRef } from '../domain/ids.ts'
import { printMoney } from '../domain/money.ts'
import { PAYMENT_WORKFLOW, PAYMENTS_QUEUE, REFUND_WORKFLOW, REFUNDS_QUEUE, STRAY_WORKFLOW } from '../domain/names.ts'
import { paymentAttributes, refundAttributes, strayAttributes } from '../domain/shown/attributes.ts'
import { standing } from '../domain/shown/sheet.ts'
import { shownId } from '../domain/text.ts'
import type { Start, TemporalClient } from '../temporal/client.ts'

/** Throws where Temporal did not accept it. A sentence says what was done. */
export async function deliverWake(db: Db, temporal: TemporalClient, saga: string): Promise<string> {
  const start = await startOf(db, saga)
  if (!start) return 'no row of this saga is known any more; nothing was started'
  await temporal.wake(start)
  return 'accepted'
}

/** What starts this saga; undefined where no row of it is known. */
export async function startOf(db: Db, saga: string): Promise<Start | undefined> {
  const [kind, ...rest] = saga.split(':')
  const id = rest.join(':')
  if (kind === 'payment')
    return paymentStart(await booksOf(db, (trx) => loadBooks(trx, { merchantUid: merchantUid(id) }, false)), saga)
  if (kind === 'refund') {
    const books = await booksOf(db, async (trx) => {
      const about = await refundAbout(trx, refundId(id))
      return about ? loadBooks(trx, about, false) : undefined
    })
    return books && refundStart(books, saga, id)
  }
  const stray = strayNamedBy(saga)
  if (stray) return strayStart(await booksOf(db, (trx) => loadBooks(trx, stray, false)), saga, stray)
  return undefined
}

const booksOf = (
  db: Db,
  load: (trx: Parameters<Parameters<typeof transact>[2]>[0]) => Promise<{ books: Books } | undefined>,
): Promise<Books | undefined> => transact(db, 'read for wake', async (trx) => (await load(trx))?.books)

function paymentStart(books: Books | undefined, workflowId: string): Start | undefined {
  const payment = books?.payment
  if (!books || !payment) return undefined
  const { merchantUid: id } = payment
  const summary = `order ${id} · ${printMoney(payment)}`
  return {
    workflowId,
    workflowType: PAYMENT_WORKFLOW,
    taskQueue: PAYMENTS_QUEUE,
    input: { merchantUid: id },
    attributes: paymentAttributes(books, payment),
    summary,
    details: standing(summary, id),
  }
}

function refundStart(books: Books, workflowId: string, id: string): Start | undefined {
  const refund = books.refunds.find((each) => each.refundId === id)
  if (!refund) return undefined
  const summary = `refund ${id} of order ${refund.merchantUid ?? shownId(refund.gatewayRef)} · ${printMoney(refund)} · ${refund.origin}`
  return {
    workflowId,
    workflowType: REFUND_WORKFLOW,
    taskQueue: REFUNDS_QUEUE,
    input: { refundId: id },
    memory: refund.state === 'requested' && refund.tickets.length === 0 ? 'none' : 'some',
    attributes: refundAttributes(books, refund),
    summary,
    details: standing(summary, id),
  }
}

function strayStart(
  books: Books | undefined,
  workflowId: string,
  about: { gateway: GatewayName; gatewayRef: GatewayRef },
): Start | undefined {
  const attempt = books?.attempts.find(({ gatewayRef: ref }) => ref === about.gatewayRef)
  if (!books || !attempt) return undefined
  const summary = `money ${shownId(attempt.gatewayRef)} of order ${shownId(attempt.saidMerchantUid.slice(0, 40))} · ${printMoney(attempt)}`
  return {
    workflowId,
    workflowType: STRAY_WORKFLOW,
    taskQueue: PAYMENTS_QUEUE,
    input: about,
    attributes: strayAttributes(books, attempt),
    summary,
    details: standing(summary, null),
  }
}

// openPayment registers the order with the gateway; expirePayment looks once more before the checkout is told that its time is over.
// Must not know: workflows. Both catch a gateway that does not answer and say when to come back.
import type { Books, Decision } from '../src/domain/books/books.ts'
import { draftOf, decided, moveOrder } from '../src/domain/books/draft.ts'
import { Failure } from '../src/domain/failures.ts'
import { merchantUid, paymentWorkflowId } from '../src/domain/ids.ts'
import type { PaymentStep } from '../src/domain/next.ts'
import { loadBooks } from '../src/db/books/books.ts'
import { transact } from '../src/db/connect.ts'
import { unpark } from '../src/db/hints/hints.ts'
import { accountFailure } from '../src/inbox/account.ts'
import { look } from '../src/inbox/look.ts'
import { onPayment } from './checkpoint.ts'
import type { ActivityDeps } from './deps.ts'
import { paymentIn, type ReadPayment } from './begin/rows.ts'

const MINUTE_MS = 60_000

export async function openPayment(deps: ActivityDeps, { merchantUid: text, now }: ReadPayment): Promise<PaymentStep> {
  const id = merchantUid(text)
  const {
    orderState,
    gateway: name,
    amount,
    currency,
    channel,
  } = await transact(
    deps.db,
    'read payment',
    async (trx) => {
      await unpark(trx, id)
      return paymentIn((await loadBooks(trx, { merchantUid: id })).books, id)
    },
    deps.log,
  )
  if (orderState !== 'opening') return onPayment(deps, id, now, 'read payment', unchanged)
  const gateway = deps.gateways.get(name)
  if (!gateway)
    return onPayment(deps, id, now, 'order refused', (books) =>
      refuse(deps, books, now, `the gateway ${name} is not configured`),
    )
  try {
    const differs = await accountFailure(deps.db, name)
    if (differs) throw differs
    const answer = await gateway.register({ merchantUid: id, amount, currency, channel })
    if (answer.kind === 'refused')
      return await onPayment(deps, id, now, 'order refused', (books) => refuse(deps, books, now, answer.said))
    return await onPayment(deps, id, now, 'order registered', (books) => {
      const draft = draftOf(books, { now, patience: deps.patience })
      moveOrder(draft, 'registered', { why: 'the gateway knows the amount and the currency' })
      return decided(draft)
    })
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    deps.log(`order ${id} is not registered yet: ${error.message}`)
    return onPayment(deps, id, now, 'order not registered', (books) =>
      later(books, now, (tries) => Math.min(MINUTE_MS, 1_000 * 2 ** (tries - 1))),
    )
  }
}

function refuse(deps: ActivityDeps, books: Books, now: string, said: string): Decision {
  const draft = draftOf(books, { now, patience: deps.patience })
  if (moveOrder(draft, 'closed', { why: said }) && draft.payment)
    draft.payment = { ...draft.payment, closedReason: said }
  return decided(draft)
}

/** Expiry needs a look that answered; until then it is tried again after 1, 5, then every 10 minutes. */
export async function expirePayment(deps: ActivityDeps, { merchantUid: text, now }: ReadPayment): Promise<PaymentStep> {
  const id = merchantUid(text)
  const saga = paymentWorkflowId(id)
  const { gateway } = await transact(
    deps.db,
    'read payment',
    async (trx) => paymentIn((await loadBooks(trx, { merchantUid: id })).books, id),
    deps.log,
  )
  try {
    await look(deps, { gateway, merchantUid: id }, { who: saga, saga, at: now })
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return onPayment(deps, id, now, 'order not expired', (books) =>
      later(books, now, (tries) => MINUTE_MS * ([1, 5][tries - 1] ?? 10)),
    )
  }
  return onPayment(deps, id, now, 'order expired', (books) => {
    const draft = draftOf(books, { now, patience: deps.patience })
    const moneyCame = books.attempts.some((attempt) => attempt.everPaid)
    if (!moneyCame) moveOrder(draft, 'timedOut', { why: 'not paid in time; the last look found no money' })
    return decided(draft)
  })
}

const unchanged = (books: Books): Decision => ({ books, journal: [], alerts: [] })

function later(books: Books, now: string, delayMs: (tries: number) => number): Decision {
  if (!books.payment) return unchanged(books)
  const tries = books.payment.tries + 1
  const nextTryAt = new Date(Date.parse(now) + delayMs(tries)).toISOString()
  return { books: { ...books, payment: { ...books.payment, tries, nextTryAt } }, journal: [], alerts: [] }
}

// openPayment registers the order with the gateway; expirePayment looks once more before the
// checkout is told that its time is over.
// Must not know: workflows. Both catch a gateway that does not answer and say when to come back.
import { loadBooks } from '../src/db/books/books.ts'
import { transact } from '../src/db/connect.ts'
import { unpark } from '../src/db/hints/hints.ts'
import { draftOf, decided, moveOrder } from '../src/domain/books/draft.ts'
import { Failure } from '../src/domain/failures.ts'
import { merchantUid, paymentWorkflowId } from '../src/domain/ids.ts'
import type { PaymentStep } from '../src/domain/next.ts'
import { accountFailure } from '../src/inbox/account.ts'
import { look } from '../src/inbox/look.ts'
import type { ReadPayment } from './begin/begin.ts'
import { decidePayment, paymentIn, readPaymentRow, same, type Change } from './decide.ts'
import type { ActivityDeps } from './deps.ts'

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
  const about = { id, now }
  if (orderState !== 'opening') return decidePayment(deps, about, 'read payment', same)
  const gateway = deps.gateways.get(name)
  if (!gateway) return decidePayment(deps, about, 'order refused', refuse(`the gateway ${name} is not configured`))
  try {
    const differs = await accountFailure(deps.db, name)
    if (differs) throw differs
    const answer = await gateway.register({ merchantUid: id, amount, currency, channel })
    if (answer.kind === 'refused') return await decidePayment(deps, about, 'order refused', refuse(answer.said))
    return await decidePayment(deps, about, 'order registered', (books, setting) => {
      const draft = draftOf(books, setting)
      moveOrder(draft, 'registered', { why: 'the gateway knows the amount and the currency' })
      return decided(draft)
    })
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    deps.log(`order ${id} is not registered yet: ${error.message}`)
    const delayMs = (tries: number) => Math.min(MINUTE_MS, 1_000 * 2 ** (tries - 1))
    return decidePayment(deps, about, 'order not registered', later(delayMs))
  }
}

const refuse =
  (said: string): Change =>
  (books, setting) => {
    const draft = draftOf(books, setting)
    if (moveOrder(draft, 'closed', { why: said }) && draft.payment)
      draft.payment = { ...draft.payment, closedReason: said }
    return decided(draft)
  }

/**
 * Expiry needs a look that answered; until then it is tried again after 1, 5, then every 10
 * minutes.
 */
export async function expirePayment(deps: ActivityDeps, { merchantUid: text, now }: ReadPayment): Promise<PaymentStep> {
  const id = merchantUid(text)
  const saga = paymentWorkflowId(id)
  const { gateway } = await readPaymentRow(deps, id)
  try {
    await look(deps, { gateway, merchantUid: id }, { who: saga, saga, at: now })
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const delayMs = (tries: number) => MINUTE_MS * ([1, 5][tries - 1] ?? 10)
    return decidePayment(deps, { id, now }, 'order not expired', later(delayMs))
  }
  return decidePayment(deps, { id, now }, 'order expired', (books, setting) => {
    const draft = draftOf(books, setting)
    const moneyCame = books.attempts.some((attempt) => attempt.everPaid)
    if (!moneyCame) moveOrder(draft, 'timedOut', { why: 'not paid in time; the last look found no money' })
    return decided(draft)
  })
}

const later =
  (delayMs: (tries: number) => number): Change =>
  (books, setting) => {
    if (!books.payment) return same(books, setting)
    const tries = books.payment.tries + 1
    const nextTryAt = new Date(Date.parse(setting.now) + delayMs(tries)).toISOString()
    return same({ ...books, payment: { ...books.payment, tries, nextTryAt } }, setting)
  }

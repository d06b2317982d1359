// openPayment registers the order with the gateway, openPaymentBriefly tries so for a moment;
// expirePayment looks once more before the checkout is told that its time is over.
// Must not know: workflows. They catch a gateway that does not answer and say when to come back.
import { viewBooks, type Loaded } from '../src/db/books/books.ts'
import { hasReturned } from '../src/db/hints/returned.ts'
import { draftOf, decided, moveOrder } from '../src/domain/books/draft.ts'
import { Failure } from '../src/domain/failures.ts'
import { merchantUid, paymentWorkflowId } from '../src/domain/ids.ts'
import { expireOrder, type LookAtEnd } from '../src/domain/moves/expiry.ts'
import { paymentStep, type PaymentStep } from '../src/domain/next.ts'
import { failureIn } from '../src/inbox/account.ts'
import { look } from '../src/inbox/look.ts'
import { paymentBorn, readPayment, type Begin, type ReadPayment } from './begin/begin.ts'
import { BRIEFLY_MS, type BriefTries } from './briefly.ts'
import { decidePayment, paymentIn, readPaymentRow, same, type Change, type OnPayment } from './decide.ts'
import type { ActivityDeps } from './deps.ts'
import { answeredWithin, cancellation, endingWithActivity } from './ending.ts'

const MINUTE_MS = 60_000

export async function openPayment(deps: ActivityDeps, { merchantUid: text, now }: ReadPayment): Promise<PaymentStep> {
  const about = { id: merchantUid(text), now }
  const seen = await viewBooks(deps.db, { merchantUid: about.id })
  if (paymentIn(seen.books, about.id).orderState !== 'opening') return decidePayment(deps, about, 'read payment', same)
  try {
    return await register(deps, seen, about)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    deps.log(`order ${about.id} is not registered yet: ${error.message}`)
    const delayMs = (tries: number) => Math.min(MINUTE_MS, 1_000 * 2 ** (tries - 1))
    return decidePayment(deps, about, 'order not registered', later(delayMs))
  }
}

/**
 * The first step of an order's saga, within its first workflow task: reads the row, and registers
 * where the gateway answers soon. Where it does not, the row asks for what it asked for before, and
 * openPayment takes its time.
 */
export async function openPaymentBriefly(deps: ActivityDeps, tries: BriefTries, begin: Begin): Promise<PaymentStep> {
  const about = { id: await paymentBorn(deps, begin), now: begin.now }
  const seen = await viewBooks(deps.db, { merchantUid: about.id })
  const payment = paymentIn(seen.books, about.id)
  const step = paymentStep(seen.books, payment, about.now, deps.language)
  if (step.next.do !== 'open') return readPayment(deps, { merchantUid: about.id, now: about.now })
  if (!tries.worthIt(payment.gateway)) return step
  try {
    const registered = await register(answeredWithin(endingWithActivity(deps), BRIEFLY_MS), seen, about)
    tries.ended(payment.gateway, true)
    return registered
  } catch (error) {
    // A stop is no word of the gateway.
    if (cancellation().aborted) return step
    if (!(error instanceof Failure)) throw error
    tries.ended(payment.gateway, false)
    return step
  }
}

/** Throws a Failure where the gateway does not answer, or is not to be asked. */
async function register(deps: ActivityDeps, seen: Loaded, about: OnPayment): Promise<PaymentStep> {
  const { merchantUid: id, gateway: name, amount, currency, channel } = paymentIn(seen.books, about.id)
  const gateway = deps.gateways.get(name)
  if (!gateway) return decidePayment(deps, about, 'order refused', refuse(`the gateway ${name} is not configured`))
  const differs = failureIn(seen, name)
  if (differs) throw differs
  const answer = await gateway.register({ merchantUid: id, amount, currency, channel })
  if (answer.kind === 'refused') return decidePayment(deps, about, 'order refused', refuse(answer.said))
  return decidePayment(deps, about, 'order registered', (books, setting) => {
    const draft = draftOf(books, setting)
    moveOrder(draft, 'registered', { why: 'the gateway knows the amount and the currency' })
    return decided(draft)
  })
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
 * Expiry needs a look that answered, or a gateway that can be asked by nobody; until then it is
 * tried again after 1, 5, then every 10 minutes.
 */
export async function expirePayment(deps: ActivityDeps, { merchantUid: text, now }: ReadPayment): Promise<PaymentStep> {
  const id = merchantUid(text)
  const saga = paymentWorkflowId(id)
  const { gateway } = await readPaymentRow(deps, id)
  let seen: LookAtEnd = {}
  try {
    await look(deps, { gateway, merchantUid: id }, { who: saga, saga, at: now })
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    if (error.kind !== 'cannotLook') {
      const delayMs = (tries: number) => MINUTE_MS * ([1, 5][tries - 1] ?? 10)
      return decidePayment(deps, { id, now }, 'order not expired', later(delayMs))
    }
    seen = { unseen: error.message, cameBack: await hasReturned(deps.db, id) }
  }
  return decidePayment(deps, { id, now }, 'order expired', (books, setting) => expireOrder(books, seen, setting))
}

const later =
  (delayMs: (tries: number) => number): Change =>
  (books, setting) => {
    if (!books.payment) return same(books, setting)
    const tries = books.payment.tries + 1
    const nextTryAt = new Date(Date.parse(setting.now) + delayMs(tries)).toISOString()
    return same({ ...books, payment: { ...books.payment, tries, nextTryAt } }, setting)
  }

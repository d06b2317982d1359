// The sagas' first steps and reads: record or read the row, plan its next checkpoint, say what to do next.
// Must not know: gateways. Short enough for a local activity.
import { attemptOf, paymentClosed } from '../../src/domain/books/balance.ts'
import type { Attempt, Books, Payment, Refund } from '../../src/domain/books/books.ts'
import { Failure } from '../../src/domain/failures.ts'
import {
  merchantUid,
  paymentWorkflowId,
  refundId,
  refundWorkflowId,
  type GatewayName,
  type GatewayRef,
  type RefundId,
} from '../../src/domain/ids.ts'
import { askItsGateway, type OrderRequest } from '../../src/domain/books/order.ts'
import { paymentStep, refundStep, type PaymentStep, type RefundStep } from '../../src/domain/next.ts'
import { loadBooks, memoryAfter, refundAbout, type Loaded } from '../../src/db/books/books.ts'
import { carryOut, type Mover } from '../../src/db/books/carryOut.ts'
import { transact, type Trx } from '../../src/db/connect.ts'
import { openOrder, recordRefund } from '../../src/db/books/record.ts'
import { loadPayment } from '../../src/db/books/payments.ts'
import { markIfBack } from '../../src/db/books/wentBack.ts'
import { planned } from '../../src/domain/books/draft.ts'
import { isMemory, type Memory } from '../../src/domain/books/memory.ts'
import type { ActivityDeps } from '../deps.ts'
import { parsePaymentInput, parseRefundInput } from './input.ts'
import { wokenIfRefused } from './refusedStarts.ts'
import { starterOf, withoutProof } from './starters.ts'

export type Begin = {
  readonly input: unknown
  readonly workflowId: string
  readonly now: string
  readonly memory?: Memory
}
export type ReadPayment = { readonly merchantUid: string; readonly now: string }
export type ReadRefund = { readonly refundId: string; readonly now: string; readonly memory?: Memory }

export function beginPayment(deps: ActivityDeps, { input, workflowId, now }: Begin): Promise<PaymentStep> {
  return wokenIfRefused(deps, workflowId, async () => {
    const { proof, rest } = withoutProof(input)
    const { id, asked } = parsePaymentInput(rest)
    checkWorkflowId(workflowId, paymentWorkflowId(id))
    const { patience, defaults, gateways } = deps
    const allows = (order: OrderRequest): void => void askItsGateway(gateways, order)
    return transact(
      deps.db,
      'begin payment',
      async (trx) => {
        if (asked) {
          const { who } = await starterOf(
            deps,
            trx,
            { saga: workflowId, args: rest, proof },
            async () => (await loadPayment(trx, id, false)) !== undefined,
          )
          await openOrder(trx, asked, { ...mover(deps, workflowId, now), who, patience, defaults, allows })
        }
        return stepOfPayment(deps, trx, id, now)
      },
      deps.log,
    )
  })
}

export const readPayment = (deps: ActivityDeps, { merchantUid: id, now }: ReadPayment): Promise<PaymentStep> =>
  transact(deps.db, 'read payment', (trx) => stepOfPayment(deps, trx, id, now), deps.log)

const NO_MEMORY = 'the memory of a run is passed on by this program alone; start the workflow without it'

export function beginRefund(deps: ActivityDeps, { input, workflowId, now, memory }: Begin): Promise<RefundStep> {
  return wokenIfRefused(deps, workflowId, async () => {
    if (memory !== undefined && !isMemory(memory)) throw new Failure('invalidRequest', NO_MEMORY)
    const { proof, rest } = withoutProof(input)
    const { id, asked } = parseRefundInput(rest)
    checkWorkflowId(workflowId, refundWorkflowId(id))
    const judging = {
      ...mover(deps, workflowId, now),
      patience: deps.patience,
      rules: deps.rules,
      limits: deps.approvalLimit,
    }
    return transact(
      deps.db,
      'begin refund',
      async (trx) => {
        if (asked) {
          const isThere = async () => (await refundAbout(trx, id)) !== undefined
          const { who, proved } = await starterOf(deps, trx, { saga: workflowId, args: rest, proof }, isThere)
          await recordRefund(trx, { ...asked, origin: proved ? 'checkout' : 'temporal' }, { ...judging, who })
        }
        return stepOfRefund(deps, trx, id, now, memory)
      },
      deps.log,
    )
  })
}

export const readRefund = (deps: ActivityDeps, { refundId: id, now, memory }: ReadRefund): Promise<RefundStep> =>
  transact(deps.db, 'read refund', (trx) => stepOfRefund(deps, trx, refundId(id), now, memory), deps.log)

/** A saga under a foreign id would act on a row that another one owns. */
export function checkWorkflowId(workflowId: string, expected: string): void {
  if (workflowId !== expected)
    throw new Failure(
      'invalidRequest',
      `this workflow must be started as "${expected}", not "${workflowId}"; start it again under that id`,
    )
}

export const mover = (deps: ActivityDeps, saga: string, now: string): Mover => ({
  who: saga,
  at: now,
  saga,
  links: deps.links,
})

async function stepOfPayment(deps: ActivityDeps, trx: Trx, id: string, now: string): Promise<PaymentStep> {
  const loaded = await loadBooks(trx, { merchantUid: merchantUid(id) })
  const books = await replanned(deps, trx, loaded, now, paymentWorkflowId(merchantUid(id)))
  return paymentStep(books, paymentIn(books, id), now)
}

async function stepOfRefund(
  deps: ActivityDeps,
  trx: Trx,
  id: RefundId,
  now: string,
  memory: Memory | undefined,
): Promise<RefundStep> {
  const { loaded } = await recallRefund(deps, trx, id, now, memory)
  const books = await replanned(deps, trx, loaded, now, refundWorkflowId(id))
  return stepAfter(loaded, books, id, now)
}

/** With what its workflow hands back next time. */
export const stepAfter = (loaded: Loaded, books: Books, id: RefundId, now: string): RefundStep =>
  refundStep(books, refundIn(books, id), now, memoryAfter(loaded, books, id))

/**
 * The refund's books under lock, compared with what its workflow has seen: a row that went back is
 * marked as such first, and nothing is sent from it.
 */
export async function recallRefund(
  deps: ActivityDeps,
  trx: Trx,
  id: RefundId,
  now: string,
  memory: Memory | undefined,
): Promise<{ loaded: Loaded; wentBack: boolean }> {
  const loaded = await loadRefund(trx, id, memory)
  const moving = { ...mover(deps, refundWorkflowId(id), now), patience: deps.patience }
  const wentBack = await markIfBack(trx, loaded, id, memory, moving)
  return { loaded: wentBack ? await loadRefund(trx, id) : loaded, wentBack }
}

/** A configuration that changed since the row was written reaches it here. */
async function replanned(deps: ActivityDeps, trx: Trx, loaded: Loaded, now: string, saga: string): Promise<Books> {
  if (
    loaded.books.payment &&
    paymentClosed(loaded.books) &&
    saga === paymentWorkflowId(loaded.books.payment.merchantUid)
  )
    return loaded.books
  const decision = planned(loaded.books, saga, { now, patience: deps.patience })
  await carryOut(trx, loaded, decision, mover(deps, saga, now))
  return decision.books
}

/** A row that was there when its workflow saw it, and is not: it is waited for, and the supervisor pages. */
export async function loadRefund(trx: Trx, id: RefundId, memory?: Memory): Promise<Loaded> {
  const about = await refundAbout(trx, id)
  if (!about && memory)
    throw new Failure(
      'temporarilyUnavailable',
      `the row of refund ${id} is gone; was a backup restored? Nothing is done until it is there again`,
    )
  if (!about)
    throw new Failure(
      'notFound',
      `no refund is recorded as ${id}; a saga without a row starts nothing. Ask for the refund through the API, or end this workflow`,
    )
  return loadBooks(trx, about)
}

export async function loadStray(
  trx: Trx,
  { gateway, gatewayRef }: { gateway: GatewayName; gatewayRef: GatewayRef },
): Promise<Loaded> {
  return loadBooks(trx, { gateway, gatewayRef })
}

export function strayIn(books: Books, ref: GatewayRef): Attempt {
  const attempt = attemptOf(books, ref)
  if (!attempt) throw new Failure('notFound', `no money is recorded as ${ref}; a saga without a row starts nothing`)
  return attempt
}

export function refundIn(books: Books, id: RefundId): Refund {
  const refund = books.refunds.find((each) => each.refundId === id)
  if (!refund) throw new Error(`refund ${id} is not in the books of its attempt`)
  return refund
}

export function paymentIn(books: Books, id: string): Payment {
  if (!books.payment)
    throw new Failure(
      'notFound',
      `no payment is recorded as ${id}; a saga without a row starts nothing. Open the payment through the API, or start this workflow with the whole order`,
    )
  return books.payment
}

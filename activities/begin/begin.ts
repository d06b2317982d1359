// The sagas' first steps and reads: record or read the row, plan its next checkpoint, say what to
// do next.
// Must not know: gateways. Short enough for a local activity.
import { refundAbout } from '../../src/db/books/books.ts'
import { loadPayment } from '../../src/db/books/payments.ts'
import { openOrder, recordRefund } from '../../src/db/books/record.ts'
import { transact } from '../../src/db/connect.ts'
import { paymentClosed } from '../../src/domain/books/balance.ts'
import { planned } from '../../src/domain/books/draft.ts'
import { isMemory, type Memory } from '../../src/domain/books/memory.ts'
import { askItsGateway, type OrderRequest } from '../../src/domain/books/order.ts'
import { asRefusal, Failure } from '../../src/domain/failures.ts'
import {
  merchantUid,
  paymentWorkflowId,
  refundId,
  refundWorkflowId,
  type MerchantUid,
  type RefundId,
} from '../../src/domain/ids.ts'
import type { PaymentStep, RefundStep } from '../../src/domain/next.ts'
import { mover, onPayment, onRefund, same, stepOfPayment, stepOfRefund, type Change } from '../decide.ts'
import type { ActivityDeps } from '../deps.ts'
import { parsePaymentBirth, parsePaymentInput, parseRefundBirth, parseRefundInput } from './input.ts'
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
    const change = paymentReplanned(workflowId)
    if (!asked) return stepOfPayment(deps, { id: merchantUid(id), now }, 'begin payment', change)
    const { patience, defaults, gateways } = deps
    const refusal = (order: OrderRequest) => asRefusal(askItsGateway(gateways, order))
    const step = await transact(
      deps.db,
      'begin payment',
      async (trx) => {
        const { who } = await starterOf(
          deps,
          trx,
          { saga: workflowId, args: rest, proof },
          async () => (await loadPayment(trx, id, false)) !== undefined,
        )
        await openOrder(trx, asked, { ...mover(deps, workflowId, now), who, patience, defaults, refusal })
        const { step } = await onPayment(deps, trx, { id: merchantUid(id), now }, change)
        return step
      },
      deps.log,
    )
    deps.kick()
    return step
  })
}

export const readPayment = (deps: ActivityDeps, { merchantUid: id, now }: ReadPayment): Promise<PaymentStep> =>
  stepOfPayment(
    deps,
    { id: merchantUid(id), now },
    'read payment',
    paymentReplanned(paymentWorkflowId(merchantUid(id))),
  )

const NO_MEMORY = 'the memory of a run is passed on by this program alone; start the workflow without it'

export function beginRefund(deps: ActivityDeps, { input, workflowId, now, memory }: Begin): Promise<RefundStep> {
  return wokenIfRefused(deps, workflowId, async () => {
    if (memory !== undefined && !isMemory(memory)) throw new Failure('invalidRequest', NO_MEMORY)
    const { proof, rest } = withoutProof(input)
    const { id, asked } = parseRefundInput(rest)
    checkWorkflowId(workflowId, refundWorkflowId(id))
    const about = { id, now, ...(memory && { memory }) }
    if (!asked) return stepOfRefund(deps, about, 'begin refund', replanned(workflowId))
    const judging = {
      ...mover(deps, workflowId, now),
      patience: deps.patience,
      rules: deps.rules,
      limits: deps.approvalLimit,
    }
    const step = await transact(
      deps.db,
      'begin refund',
      async (trx) => {
        const isThere = async () => (await refundAbout(trx, id)) !== undefined
        const { who, proved } = await starterOf(deps, trx, { saga: workflowId, args: rest, proof }, isThere)
        await recordRefund(trx, { ...asked, origin: proved ? 'checkout' : 'temporal' }, { ...judging, who })
        const { step } = await onRefund(deps, trx, about, replanned(workflowId))
        return step
      },
      deps.log,
    )
    deps.kick()
    return step
  })
}

export const readRefund = (deps: ActivityDeps, { refundId: id, ...rest }: ReadRefund): Promise<RefundStep> =>
  stepOfRefund(deps, { ...rest, id: refundId(id) }, 'read refund', replanned(refundWorkflowId(refundId(id))))

/** What the first run of a refund's saga was started with, apart from its memory. */
export type RefundBirth = Pick<Begin, 'input' | 'workflowId'>

/** Throws where this is no birth, and wakes the saga of the row that has its name. */
export const paymentBorn = (deps: ActivityDeps, { input, workflowId }: Begin): Promise<MerchantUid> =>
  wokenIfRefused(deps, workflowId, async () => {
    const id = parsePaymentBirth(input)
    checkWorkflowId(workflowId, paymentWorkflowId(id))
    return id
  })

/**
 * The same. Its memory is that of the row at its birth: without one it may be any row. `key`: under
 * which it files at once.
 */
export const refundBorn = (
  deps: ActivityDeps,
  { input, workflowId }: RefundBirth,
  { memory, key }: { readonly memory?: unknown; readonly key: string },
): Promise<RefundId> =>
  wokenIfRefused(deps, workflowId, async () => {
    const id = parseRefundBirth(input)
    if (!isMemory(memory) || !isMemory({ ...memory, keys: [key] })) throw new Failure('invalidRequest', NO_MEMORY)
    checkWorkflowId(workflowId, refundWorkflowId(id))
    return id
  })

/** A saga under a foreign id would act on a row that another one owns. */
export function checkWorkflowId(workflowId: string, expected: string): void {
  if (workflowId !== expected)
    throw new Failure(
      'invalidRequest',
      `this workflow must be started as "${expected}", not "${workflowId}"; start it again under that id`,
    )
}

/** A configuration that changed since the row was written reaches it here. */
const replanned =
  (saga: string): Change =>
  (books, setting) =>
    planned(books, saga, setting)

const paymentReplanned =
  (saga: string): Change =>
  (books, setting) =>
    paymentClosed(books) ? same(books, setting) : planned(books, saga, setting)

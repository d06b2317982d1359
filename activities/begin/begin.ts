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
import { Failure } from '../../src/domain/failures.ts'
import { merchantUid, paymentWorkflowId, refundId, refundWorkflowId } from '../../src/domain/ids.ts'
import type { PaymentStep, RefundStep } from '../../src/domain/next.ts'
import { decidePayment, decideRefund, mover, onPayment, onRefund, same, type Change } from '../decide.ts'
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
        const { step } = await onPayment(deps, trx, { id: merchantUid(id), now }, paymentReplanned(workflowId))
        return step
      },
      deps.log,
    )
  })
}

export const readPayment = (deps: ActivityDeps, { merchantUid: id, now }: ReadPayment): Promise<PaymentStep> =>
  decidePayment(
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
        const { step } = await onRefund(deps, trx, { id, now, ...(memory && { memory }) }, replanned(workflowId))
        return step
      },
      deps.log,
    )
  })
}

export const readRefund = (deps: ActivityDeps, { refundId: id, ...rest }: ReadRefund): Promise<RefundStep> =>
  decideRefund(deps, { ...rest, id: refundId(id) }, 'read refund', replanned(refundWorkflowId(refundId(id))))

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

// Sagas as any Temporal client starts them, and why one was refused.
// Must not know: what a test promises.
import { ApplicationFailure, WorkflowFailedError, type Client } from '@temporalio/client'

export const startPaymentSaga = ({ workflow }: Client, input: unknown, workflowId: string) =>
  workflow.start('payment', { workflowId, taskQueue: 'payments', args: [input] })

export const startRefundSaga = ({ workflow }: Client, input: unknown, workflowId: string) =>
  workflow.start('refund', { workflowId, taskQueue: 'refunds', args: [input] })

/** The kind and the sentence of the failure that ended the workflow. */
export async function failureOf(handle: { result(): Promise<unknown> }): Promise<{ type: string; message: string }> {
  const error = await handle.result().then(
    () => undefined,
    (failed: unknown) => failed,
  )
  let cause: unknown = error instanceof WorkflowFailedError ? error.cause : undefined
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause
  if (!(cause instanceof ApplicationFailure)) throw new Error('the workflow did not fail with a failure of ours')
  return { type: cause.type ?? '', message: cause.message }
}

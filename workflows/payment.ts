// The payment saga: register the order, wait for money or for its time to run out; money that needs a person keeps it open.
// Must not know: databases, gateways. The row is the memory, the workflow is the hand.
import { continueAsNew, workflowInfo } from '@temporalio/workflow'
import type { PaymentStep } from '../src/domain/next.ts'
import { checkpointPayment, expirePayment, noteCancelRequest, openPayment, rows } from './activities.ts'
import { shower } from './shown.ts'
import { uncancellable } from './cancelRequests.ts'
import type { Ended, PaymentInput } from './messages.ts'
import { handlersFinished, here, openNewsDesk, quiet, type NewsDesk } from './news.ts'
import { takePaymentCommands } from './people.ts'
import { changed } from './versions.ts'

/** Without input it is refused as any other that names nothing. */
export async function payment(input: PaymentInput = { merchantUid: '' }): Promise<Ended> {
  const { workflowId } = workflowInfo()
  const { merchantUid } = input
  const desk = openNewsDesk()
  const show = shower()
  takePaymentCommands(desk, workflowId)
  return uncancellable(async (cancelRequests) => {
    let step = await desk.reading(() => rows.beginPayment({ input, workflowId, now: here() }))
    while (step.next.do !== 'end' || !(await quiet(desk))) {
      show(step)
      if (workflowInfo().continueAsNewSuggested) {
        await handlersFinished()
        await continueAsNew<typeof payment>({ merchantUid })
      }
      if (cancelRequests.pending()) {
        await noteCancelRequest({ workflowId, now: here() })
        cancelRequests.answered()
        if (changed('showCancelRequest')) desk.ring()
      }
      step = desk.pending()
        ? await read(desk, merchantUid)
        : await advance(desk, merchantUid, step, cancelRequests.pending)
    }
    return { state: step.state }
  })
}

const read = (desk: NewsDesk, merchantUid: string): Promise<PaymentStep> =>
  desk.reading(() => rows.readPayment({ merchantUid, now: here() }))

async function advance(
  desk: NewsDesk,
  merchantUid: string,
  { next }: PaymentStep,
  interrupted: () => boolean,
): Promise<PaymentStep> {
  switch (next.do) {
    case 'end':
      return read(desk, merchantUid)
    case 'open':
      return openPayment({ merchantUid, now: here() })
    case 'wait': {
      const woken = await desk.until(next, interrupted)
      if (woken || next.whenDue === 'read') return read(desk, merchantUid)
      return next.whenDue === 'expire'
        ? expirePayment({ merchantUid, now: here() })
        : checkpointPayment({ merchantUid, now: here() })
    }
  }
}

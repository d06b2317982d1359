// The refund saga: reserve, file one ticket, then wait for evidence, with checkpoints and a person at the end of it.
// Must not know: databases, gateways, calendars. The row is the memory, the workflow is the hand.
import { ActivityFailure, continueAsNew, workflowInfo } from '@temporalio/workflow'
import type { RefundStep } from '../src/domain/steps.ts'
import { checkpointRefund, fileTicket, noteCancelRequest, rows, settleTicket } from './activities.ts'
import { shower } from './attributes.ts'
import { uncancellable } from './cancelRequests.ts'
import type { Ended, RefundInput } from './messages.ts'
import { here, openNewsDesk, quiet, type NewsDesk } from './news.ts'
import { takeRefundCommands } from './people.ts'
import { changed } from './versions.ts'

export async function refund(input: RefundInput): Promise<Ended> {
  const { workflowId } = workflowInfo()
  const { refundId } = input
  const desk = openNewsDesk()
  const show = shower()
  takeRefundCommands(desk, workflowId)
  return uncancellable(async (cancelRequests) => {
    let step = await desk.reading(() => rows.beginRefund({ input, workflowId, now: here() }))
    while (step.next.do !== 'end' || !(await quiet(desk))) {
      show(step)
      if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof refund>({ refundId })
      if (cancelRequests.pending()) {
        await noteCancelRequest({ workflowId, now: here() })
        cancelRequests.answered()
        if (changed('showCancelRequest')) desk.ring()
      }
      step = desk.pending() ? await read(desk, refundId) : await advance(desk, refundId, step, cancelRequests.pending)
    }
    return { state: step.state }
  })
}

const read = (desk: NewsDesk, refundId: string): Promise<RefundStep> =>
  desk.reading(() => rows.readRefund({ refundId, now: here() }))

async function advance(
  desk: NewsDesk,
  refundId: string,
  { next }: RefundStep,
  interrupted: () => boolean,
): Promise<RefundStep> {
  switch (next.do) {
    case 'end':
      return read(desk, refundId)
    case 'fileTicket':
      return file(refundId, next.key)
    case 'settleTicket':
      return settleTicket({ refundId, key: next.key, now: here() })
    case 'wait': {
      const woken = await desk.within(next.ms, next.summary, interrupted)
      if (woken || next.whenDue === 'read') return read(desk, refundId)
      return checkpointRefund({ refundId, now: here() })
    }
  }
}

/** One try at one ticket. A lost activity may still have sent it: its rows say, or nobody knows, and then it is `unknown`. */
async function file(refundId: string, key: string): Promise<RefundStep> {
  try {
    return await fileTicket({ refundId, key, now: here() })
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error
    return await settleTicket({ refundId, key, now: here() })
  }
}

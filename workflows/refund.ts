// The refund saga: reserve, file one ticket, then wait for evidence, with checkpoints and a person at the end of it.
// Must not know: databases, gateways, calendars. The row is the memory, the workflow is the hand; what it has seen of the
// row it hands back with each step, so that a row that went back in time is known.
import { ActivityFailure, continueAsNew, workflowInfo } from '@temporalio/workflow'
import { remembered, type Memory } from '../src/domain/books/memory.ts'
import type { RefundStep } from '../src/domain/next.ts'
import { checkpointRefund, fileTicket, noteCancelRequest, rows, settleTicket } from './activities.ts'
import { shower } from './shown.ts'
import { uncancellable } from './cancelRequests.ts'
import { mayHaveSent } from './lostCalls.ts'
import type { Ended, RefundInput } from './messages.ts'
import { handlersFinished, here, openNewsDesk, quiet, type NewsDesk } from './news.ts'
import { takeRefundCommands } from './people.ts'
import { changed } from './versions.ts'

/** Without input it is refused as any other that names nothing. */
export async function refund({ memory: before, ...input }: RefundInput = { refundId: '' }): Promise<Ended> {
  const { workflowId } = workflowInfo()
  const { refundId } = input
  const desk = openNewsDesk()
  const show = shower()
  const row = recalling(refundId, before)
  takeRefundCommands(desk, workflowId, row.memory)
  return uncancellable(async (cancelRequests) => {
    const begin = () => rows.beginRefund({ ...row.seen(), input, workflowId })
    let step = row.after(await desk.reading(begin))
    while (step.next.do !== 'end' || !(await quiet(desk))) {
      show(step)
      if (workflowInfo().continueAsNewSuggested) {
        await handlersFinished()
        const memory = row.memory()
        await continueAsNew<typeof refund>({ refundId, ...(memory && { memory }) })
      }
      if (cancelRequests.pending()) {
        await noteCancelRequest({ workflowId, now: here() })
        cancelRequests.answered()
        if (changed('showCancelRequest')) desk.ring()
      }
      const next = desk.pending() ? read(desk, row) : advance(desk, row, step, cancelRequests.pending)
      step = row.after(await next)
    }
    return { state: step.state }
  })
}

/** What every activity on the row is told: which it is, what was seen of it, and the time of this task. */
type Seen = { readonly refundId: string; readonly now: string; readonly memory?: Memory }
type Row = {
  readonly memory: () => Memory | undefined
  readonly seen: () => Seen
  /** Keeps what the step has seen. */
  readonly after: (step: RefundStep) => RefundStep
}

function recalling(refundId: string, before: Memory | undefined): Row {
  let memory = before
  return {
    memory: () => memory,
    seen: () => ({ refundId, now: here(), ...(memory && { memory }) }),
    after: (step) => {
      if (step.memory) memory = remembered(memory, step.memory)
      return step
    },
  }
}

const read = (desk: NewsDesk, row: Row): Promise<RefundStep> => desk.reading(() => rows.readRefund(row.seen()))

async function advance(
  desk: NewsDesk,
  row: Row,
  { next }: RefundStep,
  interrupted: () => boolean,
): Promise<RefundStep> {
  switch (next.do) {
    case 'end':
      return read(desk, row)
    case 'fileTicket':
      return file(row, next.key)
    case 'settleTicket':
      return settleTicket({ ...row.seen(), key: next.key })
    case 'wait': {
      const woken = await desk.until(next, interrupted)
      if (woken || next.whenDue === 'read') return read(desk, row)
      return checkpointRefund(row.seen())
    }
  }
}

/** One try at one ticket. A lost activity may still have sent it: its rows say, or nobody knows, and then it is `unknown`. */
async function file(row: Row, key: string): Promise<RefundStep> {
  try {
    return await fileTicket({ ...row.seen(), key })
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error
    return await settleTicket({ ...row.seen(), key, mayHaveSent: mayHaveSent(error, key) })
  }
}

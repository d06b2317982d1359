// The refund saga: reserve, file one ticket, then wait for evidence, with checkpoints and a person
// at the end of it.
// Must not know: databases, gateways, calendars. What it has seen of its row it hands back with
// each step, so that a row that went back in time is known.
import { ApplicationFailure, TimeoutFailure } from '@temporalio/common'
import { ActivityFailure, continueAsNew } from '@temporalio/workflow'
import type { RefundBirth } from '../activities/begin/begin.ts'
import { remembered, type Memory } from '../src/domain/books/memory.ts'
import type { RefundNext, RefundStep } from '../src/domain/next.ts'
import { cannotSucceed, checkpointRefund, fileTicket, rows, settleTicket } from './activities.ts'
import type { Ended, RefundInput } from './messages.ts'
import { takeRefundCommands } from './people.ts'
import { here, run } from './saga.ts'
import { bornWithThisRun } from './versions.ts'

/** Without input it is refused as any other that names nothing. */
export async function refund({ memory: before, ...input }: RefundInput = { refundId: '' }): Promise<Ended> {
  const { refundId, born } = input
  let memory = before
  /**
   * What every activity on the row is told: which it is, what was seen of it, and the time of this
   * task.
   */
  const seen = (): Seen => ({ refundId, now: here(), ...(memory && { memory }) })
  /** Keeps what the step has seen. */
  const noting = async (asked: Promise<RefundStep>): Promise<RefundStep> => {
    const step = await asked
    if (step.memory) memory = remembered(memory, step.memory)
    return step
  }
  if (born !== undefined) bornWithThisRun()
  return run<RefundNext, RefundStep>({
    takeCommands: (desk, workflowId) => takeRefundCommands(desk, workflowId, () => memory),
    begin: (workflowId) =>
      noting(
        born === undefined
          ? rows.beginRefund({ ...seen(), input, workflowId })
          : file(seen, born, { input, workflowId }),
      ),
    read: () => noting(rows.readRefund(seen())),
    act: ({ do: what, key }) => {
      switch (what) {
        case 'fileTicket':
          return noting(file(seen, key))
        case 'settleTicket':
          return noting(settleTicket({ ...seen(), key }))
      }
    },
    due: () => noting(checkpointRefund(seen())),
    goOn: () => continueAsNew<typeof refund>({ refundId, ...(memory && { memory }) }),
  })
}

type Seen = { readonly refundId: string; readonly now: string; readonly memory?: Memory }

/**
 * One try at one ticket. A lost activity may still have sent it: its rows say, or nobody knows, and
 * then it is `unknown`. `birth`: it is the first step too, and may refuse what the run was started
 * with.
 */
async function file(seen: () => Seen, key: string, birth?: RefundBirth): Promise<RefundStep> {
  try {
    return await fileTicket({ ...seen(), key, ...(birth && { birth }) })
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error
    if (birth && cannotSucceed(error) && !mayHaveSent(error, key)) throw error
    return await settleTicket({ ...seen(), key, mayHaveSent: mayHaveSent(error, key), ...(birth && { birth }) })
  }
}

/**
 * Whether a lost try had come as far as its call: the heartbeat right before it names the key.
 * Where a row has lost its intent too, this is the only memory of the call.
 */
function mayHaveSent({ cause }: ActivityFailure, key: string): boolean {
  if (cause instanceof TimeoutFailure) return names(cause.lastHeartbeatDetails, key)
  return cause instanceof ApplicationFailure && (cause.details ?? []).some((detail) => names(detail, key))
}

const names = (detail: unknown, key: string): boolean =>
  typeof detail === 'object' && detail !== null && 'key' in detail && detail.key === key

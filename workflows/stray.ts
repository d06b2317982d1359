// The stray saga: money that no order waits for, kept in sight until a person accepts it or gives it back.
// Must not know: databases, gateways. The row is the memory, the workflow is the hand.
import { continueAsNew, workflowInfo } from '@temporalio/workflow'
import type { StrayStep } from '../src/domain/next.ts'
import { checkpointStray, noteCancelRequest, rows } from './activities.ts'
import { shower } from './shown.ts'
import { uncancellable } from './cancelRequests.ts'
import type { Ended, StrayInput } from './messages.ts'
import { handlersFinished, here, openNewsDesk, quiet, type NewsDesk } from './news.ts'
import { takeStrayCommands } from './people.ts'
import { changed } from './versions.ts'

export async function stray({ gateway, gatewayRef }: StrayInput): Promise<Ended> {
  const { workflowId } = workflowInfo()
  const about = { gateway, gatewayRef }
  const desk = openNewsDesk()
  const show = shower()
  takeStrayCommands(desk, workflowId)
  return uncancellable(async (cancelRequests) => {
    let step = await desk.reading(() => rows.beginStray({ input: about, workflowId, now: here() }))
    while (step.next.do !== 'end' || !(await quiet(desk))) {
      show(step)
      if (workflowInfo().continueAsNewSuggested) {
        await handlersFinished()
        await continueAsNew<typeof stray>(about)
      }
      if (cancelRequests.pending()) {
        await noteCancelRequest({ workflowId, now: here() })
        cancelRequests.answered()
        if (changed('showCancelRequest')) desk.ring()
      }
      step = desk.pending() ? await read(desk, about) : await advance(desk, about, step, cancelRequests.pending)
    }
    return { state: step.state }
  })
}

const read = (desk: NewsDesk, about: StrayInput): Promise<StrayStep> =>
  desk.reading(() => rows.readStray({ ...about, now: here() }))

async function advance(
  desk: NewsDesk,
  about: StrayInput,
  { next }: StrayStep,
  interrupted: () => boolean,
): Promise<StrayStep> {
  switch (next.do) {
    case 'end':
      return read(desk, about)
    case 'wait': {
      const woken = await desk.until(next, interrupted)
      return woken ? read(desk, about) : checkpointStray({ ...about, now: here() })
    }
  }
}

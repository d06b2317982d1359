// The stray saga: money that no order waits for, kept in sight until a person accepts it or gives
// it back.
// Must not know: databases, gateways.
import { continueAsNew } from '@temporalio/workflow'
import type { StrayNext } from '../src/domain/next.ts'
import { checkpointStray, rows } from './activities.ts'
import type { Ended, StrayInput } from './messages.ts'
import { takePaymentCommands } from './people.ts'
import { here, run } from './saga.ts'

export async function stray({ gateway, gatewayRef }: StrayInput): Promise<Ended> {
  const about = { gateway, gatewayRef }
  return run<StrayNext>({
    takeCommands: takePaymentCommands,
    begin: (workflowId) => rows.beginStray({ input: about, workflowId, now: here() }),
    read: () => rows.readStray({ ...about, now: here() }),
    act: (nothing) => nothing,
    due: () => checkpointStray({ ...about, now: here() }),
    goOn: () => continueAsNew<typeof stray>(about),
  })
}

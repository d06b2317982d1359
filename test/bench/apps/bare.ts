// Bare Temporal: a worker and a receiver in one process, as ours is here.
// Must not know: what is measured.
import { Client, Connection } from '@temporalio/client'
import { NativeConnection, Worker } from '@temporalio/worker'
import { makeSteps, openPool, sagaOf, setting, type Kind, type Order } from './steps.ts'
import { serve } from './receiver.ts'

const TASK_QUEUE = 'bare'
const address = setting('TEMPORAL_ADDRESS')
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue: TASK_QUEUE,
  workflowBundle: { codePath: setting('BUNDLE') },
  activities: makeSteps(setting('GATEWAY_URL'), openPool()),
})
const running = worker.run()
const { workflow } = new Client({ connection: await Connection.connect({ address }) })
const sagas = {
  start: async (kind: Kind, order: Order) => {
    const workflowId = sagaOf(kind, order.merchantUid)
    await workflow.start('bareSaga', { workflowId, taskQueue: TASK_QUEUE, args: [kind, order] })
  },
  tell: (kind: Kind, merchantUid: string, impUid: string) =>
    workflow.getHandle(sagaOf(kind, merchantUid)).signal('told', impUid),
}
await serve(sagas, Number(setting('PORT')))
await running

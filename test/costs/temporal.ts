// What Temporal keeps of a saga: its events, their bytes, its timers; and one run of a workflow, begun by hand.
// Must not know: sagas.
import { randomUUID } from 'node:crypto'
import { Client, Connection } from '@temporalio/client'

export type TemporalClient = Awaited<ReturnType<typeof connectTemporal>>

export async function connectTemporal(address: string) {
  const connection = await Connection.connect({ address })
  const client = new Client({ connection, namespace: 'default' })
  return {
    async sizeOf(workflowId: string): Promise<{ readonly events: number; readonly 'history KB': string }> {
      const { historyLength, historySize = 0 } = await client.workflow.getHandle(workflowId).describe()
      return { events: historyLength, 'history KB': (historySize / 1_024).toFixed(1) }
    },
    /** Asked of the server, which holds the answer back until then: no statement of ours. */
    ended: (workflowId: string): Promise<unknown> => client.workflow.getHandle(workflowId).result(),
    /** Timers that have neither fired nor been cancelled. */
    async timersOf(workflowId: string): Promise<number> {
      const { events } = await client.workflow.getHandle(workflowId).fetchHistory()
      const started = events?.filter((event) => event.timerStartedEventAttributes).length ?? 0
      const over = events?.filter((event) => event.timerFiredEventAttributes ?? event.timerCanceledEventAttributes)
      return started - (over?.length ?? 0)
    },
    /** What one run answers, begun now. */
    run: (
      workflowType: string,
      of: { readonly taskQueue: string; readonly args: readonly object[] },
    ): Promise<unknown> =>
      client.workflow.execute(workflowType, {
        ...of,
        args: [...of.args],
        workflowId: `${workflowType}-${randomUUID()}`,
      }),
    close: () => connection.close(),
  }
}

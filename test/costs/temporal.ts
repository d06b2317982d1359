// What Temporal keeps of a saga: its events, and their bytes.
// Must not know: sagas.
import { Client, Connection } from '@temporalio/client'

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
    close: () => connection.close(),
  }
}

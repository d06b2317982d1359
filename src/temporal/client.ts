// The typed verbs of our Temporal client: wake a saga, tell whether the server answers. Boots while Temporal is down.
// Must not know: databases. Every call has a deadline: the SDK's own is none.
import { Client, Connection } from '@temporalio/client'
import type { ConnectionOptions } from '@temporalio/client'
import { NEWS_SIGNAL } from '../domain/queues.ts'
import type { Attributes } from '../domain/steps.ts'
import { startPairs } from '../../workflows/attributePairs.ts'

export type Start = {
  readonly workflowId: string
  readonly workflowType: string
  readonly taskQueue: string
  readonly input: Readonly<Record<string, string>>
  readonly attributes: Attributes
  /** For the list in the Temporal UI, at most 200 bytes. */
  readonly summary: string
}

export type TemporalClient = {
  readonly client: Client
  readonly connection: Connection
  /** Starts the saga or tells the running one that its row moved. Resolves once Temporal has accepted. */
  wake(start: Start): Promise<void>
  ready(): Promise<boolean>
  close(): Promise<void>
}

const DEADLINE_MS = 3_000

export function createTemporalClient(options: ConnectionOptions & { namespace: string }): TemporalClient {
  const { namespace, ...connecting } = options
  const connection = Connection.lazy(connecting)
  const client = new Client({ connection, namespace })
  const soon = <T>(call: () => Promise<T>) => connection.withDeadline(Date.now() + DEADLINE_MS, call)
  return {
    client,
    connection,
    wake: async ({ workflowType, input, attributes, summary, ...ids }) => {
      await soon(() =>
        client.workflow.signalWithStart(workflowType, {
          ...ids,
          args: [input],
          signal: NEWS_SIGNAL,
          // Right only because every first step reads the row: a closed saga started again ends at once.
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          typedSearchAttributes: startPairs(attributes),
          staticSummary: summary,
        }),
      )
    },
    ready: async () => {
      try {
        await soon(() => connection.workflowService.describeNamespace({ namespace }))
        return true
      } catch {
        return false
      }
    },
    close: () => connection.close(),
  }
}

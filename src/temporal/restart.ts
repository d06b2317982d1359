// Ends the run of a saga that cannot go on, and starts the next one from its row.
// Must not know: rows, why it cannot. A ticket call that the ended run has under way goes on, and
// its rows say how it ended.
import { WorkflowNotFoundError } from '@temporalio/client'
import type { Start, TemporalClient } from './client.ts'

const RPC_MS = 5_000
/** Runs that ended and began again between the question and the order. */
const TRIES = 3

export type Restarting = Pick<TemporalClient, 'client' | 'connection' | 'wake'>
/** The run that was ended; null where none was there. */
export type Restarted = { readonly runId: string | null }

/**
 * Resolves once Temporal has accepted both; throws where it did not, and then the first may have
 * been done.
 */
export async function restartSaga(temporal: Restarting, start: Start, reason: string): Promise<Restarted> {
  const runId = await endRun(temporal, start.workflowId, reason)
  // What the ended run had seen of its row is read by the wake from its history, which gets no
  // longer now.
  await temporal.wake(start)
  return { runId }
}

/**
 * The run that was ended; null where none was there. By the run that was found: never one that
 * somebody else has just started from the row.
 */
export async function endRun(
  temporal: Pick<Restarting, 'client' | 'connection'>,
  workflowId: string,
  reason: string,
): Promise<string | null> {
  const { client, connection } = temporal
  const soon = <T>(call: () => Promise<T>) => connection.withDeadline(Date.now() + RPC_MS, call)
  for (let tries = 1; ; tries += 1) {
    try {
      const found = await soon(() => client.workflow.getHandle(workflowId).describe())
      if (found.status.name !== 'RUNNING') return null
      await soon(() => client.workflow.getHandle(workflowId, found.runId).terminate(reason))
      return found.runId
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error
      if (tries >= TRIES) return null
    }
  }
}

// Which sagas run, by the visibility list: all pages, each under a deadline.
// Must not know: rows. Visibility follows the truth after a moment, so the list proposes and decides nothing.
import type { Connection } from '@temporalio/client'
import { tsToMs } from '@temporalio/common/lib/time.js'
import { PAYMENT_WORKFLOW, REFUND_WORKFLOW, STRAY_WORKFLOW } from '../domain/queues.ts'

const TYPES = [PAYMENT_WORKFLOW, REFUND_WORKFLOW, STRAY_WORKFLOW] as const
const QUERY = `ExecutionStatus="Running" AND WorkflowType IN (${TYPES.map((type) => `"${type}"`).join(', ')})`
const PAGE_SIZE = 1_000
const MOST_PAGES = 1_000
const PAGE_MS = 10_000

export type Running = {
  readonly workflowId: string
  readonly runId: string
  readonly type: (typeof TYPES)[number]
  readonly startedAt: string
}

/** Throws where one page does not come: half a list is worse than none. */
export async function listRunning(connection: Connection, namespace: string): Promise<readonly Running[]> {
  const found: Running[] = []
  let nextPageToken: Uint8Array | undefined
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const request = { namespace, query: QUERY, pageSize: PAGE_SIZE, ...(nextPageToken && { nextPageToken }) }
    const answer = await connection.withDeadline(Date.now() + PAGE_MS, () =>
      connection.workflowService.listWorkflowExecutions(request),
    )
    for (const { execution, type, startTime } of answer.executions) {
      const kind = TYPES.find((each) => each === type?.name)
      if (!kind || !execution?.workflowId || !execution.runId || !startTime) continue
      const { workflowId, runId } = execution
      found.push({ workflowId, runId, type: kind, startedAt: new Date(tsToMs(startTime)).toISOString() })
    }
    if (answer.nextPageToken.length === 0) return found
    nextPageToken = answer.nextPageToken
  }
  throw new Error(`more than ${MOST_PAGES * PAGE_SIZE} sagas run; the list was not read to its end`)
}

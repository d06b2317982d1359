// Which sagas run, and which ended otherwise than by their own word: by the visibility list, in
// pages, each under a deadline.
// Must not know: rows. Visibility follows the truth after a moment, so the list proposes and
// decides nothing.
import type { Connection } from '@temporalio/client'
import { tsToMs } from '@temporalio/common/lib/time.js'
import { PAYMENT_WORKFLOW, REFUND_WORKFLOW, STRAY_WORKFLOW } from '../domain/names.ts'

const TYPES = [PAYMENT_WORKFLOW, REFUND_WORKFLOW, STRAY_WORKFLOW] as const
type SagaType = (typeof TYPES)[number]
const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ')
const SAGAS = `WorkflowType IN (${quoted(TYPES)})`
/** Ended from outside, or by a bug: a saga that ends by its own word has closed its row. */
const LOST = `ExecutionStatus IN (${quoted(['Terminated', 'Failed', 'TimedOut', 'Canceled'])})`
const runs = (type: SagaType) => `ExecutionStatus="Running" AND WorkflowType="${type}"`
const PAGE_SIZE = 1_000
const MOST_PAGES = 1_000
const PAGE_MS = 10_000

export type Running = {
  readonly workflowId: string
  readonly runId: string
  readonly type: SagaType
  readonly startedAt: string
}

/**
 * What one namespace shows of its sagas. Everything throws where a page does not come: half a list
 * is worse than none.
 */
export function sagaRunsIn(connection: Connection, namespace: string) {
  return {
    count: async (type: SagaType): Promise<number> => {
      const answer = await connection.withDeadline(Date.now() + PAGE_MS, () =>
        connection.workflowService.countWorkflowExecutions({ namespace, query: runs(type) }),
      )
      return Number(answer.count)
    },
    running: (type: SagaType) => pagesOf(connection, namespace, runs(type)),
    /**
     * Workflow ids, of a time of the Temporal server's clock on; one that ended twice is named
     * twice.
     */
    lostSince: async function* (since: string): AsyncGenerator<readonly string[]> {
      for await (const page of pagesOf(connection, namespace, `${SAGAS} AND ${LOST} AND CloseTime > "${since}"`))
        yield page.map(({ workflowId }) => workflowId)
    },
  }
}

/** Executions of any types that this query finds, a page at a time. */
export async function* executionsOf(connection: Connection, namespace: string, query: string) {
  let nextPageToken: Uint8Array | undefined
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const request = { namespace, query, pageSize: PAGE_SIZE, ...(nextPageToken && { nextPageToken }) }
    const answer = await connection.withDeadline(Date.now() + PAGE_MS, () =>
      connection.workflowService.listWorkflowExecutions(request),
    )
    yield answer.executions
    if (answer.nextPageToken.length === 0) return
    nextPageToken = answer.nextPageToken
  }
  throw new Error(`more than ${MOST_PAGES * PAGE_SIZE} workflows are listed; the list was not read to its end`)
}

async function* pagesOf(connection: Connection, namespace: string, query: string): AsyncGenerator<readonly Running[]> {
  for await (const page of executionsOf(connection, namespace, query)) {
    yield page.flatMap(({ execution, type, startTime }) => {
      const kind = TYPES.find((each) => each === type?.name)
      if (!kind || !execution?.workflowId || !execution.runId || !startTime) return []
      const { workflowId, runId } = execution
      return [{ workflowId, runId, type: kind, startedAt: new Date(tsToMs(startTime)).toISOString() }]
    })
  }
}

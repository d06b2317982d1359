// Replays the histories of everything that runs in a namespace with one build of the workflows,
// before that build meets them.
// Must not know: what the workflows do, who reads the result. Nothing is written: neither here nor
// in Temporal.
import type { Connection } from '@temporalio/client'
import { Worker } from '@temporalio/worker'
import {
  PAYMENT_WORKFLOW,
  REFUND_WORKFLOW,
  STRAY_WORKFLOW,
  SUPERVISE_WORKFLOW,
  SWEEP_WORKFLOW,
} from '../domain/names.ts'
import { ask, STATUS } from './ask.ts'
import { executionsOf } from './running.ts'
import { saidBy } from './said.ts'

export type ReplayCheck = {
  readonly connection: Connection
  readonly namespace: string
  /** The build that is to be deployed. */
  readonly bundlePath: string
  /** Temporal's list filter for some of them; undefined for all. */
  readonly only: string | undefined
  /** After each. */
  readonly progress: (done: number, failed: number) => void
}
export type NotReplayed = { readonly workflowId: string; readonly runId: string; readonly said: string }
export type ReplayedHistory = {
  readonly replayed: number
  readonly failures: readonly NotReplayed[]
  /**
   * No task of it was ever carried out, so that any build may begin it; or it ended while we read.
   */
  readonly passedBy: number
}

const TYPES = [PAYMENT_WORKFLOW, REFUND_WORKFLOW, STRAY_WORKFLOW, SWEEP_WORKFLOW, SUPERVISE_WORKFLOW]
const OPEN = `ExecutionStatus="Running" AND WorkflowType IN (${TYPES.map((type) => `"${type}"`).join(', ')})`
const queryOf = (only: string | undefined): string => (only === undefined ? OPEN : `${OPEN} AND (${only})`)
const RPC_MS = 10_000

type Open = { readonly workflowId: string; readonly runId: string }
type Page = Awaited<ReturnType<Connection['workflowService']['getWorkflowExecutionHistory']>>
type History = NonNullable<Page['history']>

export async function countOpenRuns({ connection, namespace, only }: ReplayCheck): Promise<number> {
  const answer = await connection.withDeadline(Date.now() + RPC_MS, () =>
    connection.workflowService.countWorkflowExecutions({ namespace, query: queryOf(only) }),
  )
  return Number(answer.count)
}

/** One after the other. Throws where Temporal does not answer: half a check proves nothing. */
export async function replayOpen(check: ReplayCheck): Promise<ReplayedHistory> {
  const { bundlePath: codePath, progress } = check
  const failures: NotReplayed[] = []
  let [replayed, passedBy] = [0, 0]
  let current: Open = { workflowId: '', runId: '' }
  const histories = async function* () {
    for await (const open of openRuns(check)) {
      const history = await historyOf(check, open)
      if (!history) {
        passedBy += 1
        continue
      }
      current = open
      yield { workflowId: open.workflowId, history }
    }
  }
  for await (const { error } of Worker.runReplayHistories({ workflowBundle: { codePath } }, histories())) {
    replayed += 1
    if (error !== undefined) failures.push({ ...current, said: saidBy(error) })
    progress(replayed, failures.length)
  }
  return { replayed, failures, passedBy }
}

async function* openRuns({ connection, namespace, only }: ReplayCheck): AsyncGenerator<Open> {
  for await (const page of executionsOf(connection, namespace, queryOf(only))) {
    for (const { execution } of page) {
      if (execution?.workflowId && execution.runId) yield { workflowId: execution.workflowId, runId: execution.runId }
    }
  }
}

/** All pages of it; undefined where there is nothing to replay. */
async function historyOf({ connection, namespace }: ReplayCheck, execution: Open): Promise<History | undefined> {
  const events: NonNullable<History['events']> = []
  let nextPageToken: Uint8Array | undefined
  do {
    const request = { namespace, execution, ...(nextPageToken && { nextPageToken }) }
    const page = await ask(connection, [STATUS.NOT_FOUND], () =>
      connection.workflowService.getWorkflowExecutionHistory(request),
    )
    if (!page.ok) return undefined
    events.push(...(page.value.history?.events ?? []))
    nextPageToken = page.value.nextPageToken
  } while (nextPageToken && nextPageToken.length > 0)
  return events.some((event) => event.workflowTaskCompletedEventAttributes) ? { events } : undefined
}

// The sagas' histories at the Temporal server: how many runs there are, what is in them.
// Must not know: what the sagas are for.
import { Client, Connection } from '@temporalio/client'
import { costOf, sumOf, type Cost } from './cost.ts'

type Saga = {
  readonly workflowId: string
  readonly runs: number
  readonly cost: Cost
  readonly activities: readonly string[]
}
export type Histories = {
  /**
   * Every saga on the server, in the order of their ids, and whether none of them is about to do
   * something.
   */
  all(): Promise<{ readonly sagas: readonly Saga[]; readonly quiet: boolean }>
  close(): Promise<void>
}

/** All else runs by the clock: the sweep. */
const SAGA = /^(payment|refund|stray):/

export async function openHistories(address: string): Promise<Histories> {
  const connection = await Connection.connect({ address })
  const { workflow } = new Client({ connection })
  const all = async () => {
    const runs: { workflowId: string; cost: Cost; activities: string[]; quiet: boolean }[] = []
    for await (const { workflowId, runId } of workflow.list()) {
      if (!SAGA.test(workflowId)) continue
      const history = await workflow.getHandle(workflowId, runId).fetchHistory()
      const events = history.events ?? []
      const activities = events.flatMap(
        ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name ?? [],
      )
      runs.push({ workflowId, cost: costOf(history), activities, quiet: !isBusy(events.at(-1) ?? {}) })
    }
    const ids = [...new Set(runs.map(({ workflowId }) => workflowId))].toSorted()
    const sagas = ids.map((workflowId) => {
      const own = runs.filter((run) => run.workflowId === workflowId)
      const activities = own.flatMap((run) => run.activities)
      return { workflowId, runs: own.length, cost: sumOf(own.map(({ cost }) => cost)), activities }
    })
    return { sagas, quiet: runs.every(({ quiet }) => quiet) }
  }
  return { all, close: () => connection.close() }
}

const BUSY = [
  'workflowExecutionStartedEventAttributes',
  'workflowExecutionSignaledEventAttributes',
  'workflowTaskScheduledEventAttributes',
  'workflowTaskStartedEventAttributes',
  'activityTaskScheduledEventAttributes',
  'activityTaskStartedEventAttributes',
  'activityTaskCompletedEventAttributes',
  'timerFiredEventAttributes',
]

/** After such an event another one is certain to follow. */
const isBusy = (last: object): boolean =>
  Object.entries(last).some(([name, value]) => BUSY.includes(name) && value != null)

// The Schedules: each gateway's sweep, and the supervisor. Made where one is missing, brought up to
// date where it differs.
// Must not know: what their runs do. Asked again every ten minutes, for a server may be replaced
// while we run.
import {
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleDescription,
  type ScheduleUpdateOptions,
} from '@temporalio/client'
import {
  MAINTENANCE_QUEUE,
  SUPERVISE_SCHEDULE,
  SUPERVISE_WORKFLOW,
  SWEEP_WORKFLOW,
  sweepScheduleId,
} from '../domain/names.ts'

/** What runs, and under which name; the runs' ids begin with it. */
export type Scheduled = {
  readonly scheduleId: string
  readonly workflowType: string
  readonly args: readonly Readonly<Record<string, string>>[]
  readonly summary: string
}
type When = {
  readonly everyMs: number
  /** Runs once at once: what was missed while nothing ran is healed now. */
  readonly atOnce: boolean
}
const RPC_MS = 10_000
const CATCHUP_WINDOW = '10 minutes'
/**
 * The next run begins only once this one is over: one that is stuck must not stop all that follow.
 */
const RUN_MS = 3_600_000

export const sweepOf = (gateway: string): Scheduled => ({
  scheduleId: sweepScheduleId(gateway),
  workflowType: SWEEP_WORKFLOW,
  args: [{ gateway }],
  summary: `sweep of ${gateway}`,
})
export const SUPERVISOR: Scheduled = {
  scheduleId: SUPERVISE_SCHEDULE,
  workflowType: SUPERVISE_WORKFLOW,
  args: [],
  summary: 'every open row has a workflow, and none is overdue',
}

/** May be called at any time, by several workers; a pause that a person set stays. */
export async function ensureSchedule(
  client: Client,
  scheduled: Scheduled,
  { everyMs, atOnce }: When,
): Promise<'made' | 'changed' | 'there'> {
  const { scheduleId } = scheduled
  const soon = <T>(call: () => Promise<T>) => client.connection.withDeadline(Date.now() + RPC_MS, call)
  const handle = client.schedule.getHandle(scheduleId)
  const spec = { intervals: [{ every: everyMs }] }
  const action = actionOf(scheduled)
  try {
    const now = await soon(() => handle.describe())
    const same = isEvery(now, everyMs) && startsTheSame(now, action)
    if (!same) await soon(() => handle.update((before) => ({ ...before, spec, action })))
    if (atOnce) await soon(() => handle.trigger(ScheduleOverlapPolicy.SKIP))
    return same ? 'there' : 'changed'
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error
  }
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCHUP_WINDOW }
  const state = { triggerImmediately: atOnce }
  await soon(() => client.schedule.create({ scheduleId, spec, policies, state, action }))
  return 'made'
}

const actionOf = ({ scheduleId, workflowType, args, summary }: Scheduled) => ({
  type: 'startWorkflow' as const,
  workflowType,
  workflowId: scheduleId,
  taskQueue: MAINTENANCE_QUEUE,
  workflowRunTimeout: RUN_MS,
  args: [...args],
  staticSummary: summary,
})

const isEvery = ({ spec: { intervals } }: ScheduleDescription, everyMs: number): boolean =>
  intervals?.length === 1 && intervals[0]?.every === everyMs

/** One of an earlier version may start its runs on another queue, or without an end. */
const startsTheSame = ({ action }: ScheduleDescription, wanted: ScheduleUpdateOptions['action']): boolean =>
  action.workflowType === wanted.workflowType &&
  action.taskQueue === wanted.taskQueue &&
  action.workflowRunTimeout === wanted.workflowRunTimeout

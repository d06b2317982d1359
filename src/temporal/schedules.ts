// The Schedule of each gateway's sweep: made where it is missing, brought up to date where its interval differs.
// Must not know: what a sweep does. Asked again every ten minutes, for a server may be replaced while we run.
import { ScheduleNotFoundError, ScheduleOverlapPolicy, type Client } from '@temporalio/client'
import { PAYMENTS_QUEUE, SWEEP_WORKFLOW } from '../domain/queues.ts'

export type SweepSchedule = {
  readonly gateway: string
  readonly everyMs: number
  /** Runs once at once: what was missed while nothing ran is healed now. */
  readonly atOnce: boolean
}
const RPC_MS = 10_000
const CATCHUP_WINDOW = '10 minutes'

export const sweepScheduleId = (gateway: string): string => `sweep:${gateway}`

/** May be called at any time, by several workers; a pause that a person set stays. */
export async function ensureSweepSchedule(
  client: Client,
  { gateway, everyMs, atOnce }: SweepSchedule,
): Promise<'made' | 'changed' | 'there'> {
  const scheduleId = sweepScheduleId(gateway)
  const soon = <T>(call: () => Promise<T>) => client.connection.withDeadline(Date.now() + RPC_MS, call)
  const handle = client.schedule.getHandle(scheduleId)
  const spec = { intervals: [{ every: everyMs }] }
  try {
    const { spec: now } = await soon(() => handle.describe())
    const same = now.intervals?.length === 1 && now.intervals[0]?.every === everyMs
    if (!same) await soon(() => handle.update((before) => ({ ...before, spec })))
    if (atOnce) await soon(() => handle.trigger(ScheduleOverlapPolicy.SKIP))
    return same ? 'there' : 'changed'
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error
  }
  await soon(() =>
    client.schedule.create({
      scheduleId,
      spec,
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCHUP_WINDOW },
      state: { triggerImmediately: atOnce },
      action: {
        type: 'startWorkflow',
        workflowType: SWEEP_WORKFLOW,
        workflowId: scheduleId,
        taskQueue: PAYMENTS_QUEUE,
        args: [{ gateway }],
        staticSummary: `sweep of ${gateway}`,
      },
    }),
  )
  return 'made'
}

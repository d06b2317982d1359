// One run of the Schedule that sweeps and supervises, begun after this moment, to its end.
// Must not know: what it will find, or whether it fails.
import { IAMPORT_MAIN } from '../../src/gateways/index.ts'
import { sweepScheduleId } from '../../src/temporal/schedules.ts'
import { eventually, type Shop } from './shop.ts'

export async function sweepNow({ client }: Shop): Promise<void> {
  const schedule = client.schedule.getHandle(sweepScheduleId(IAMPORT_MAIN))
  const info = async () => (await schedule.describe()).info
  // A run that has just begun is not among the running ones yet, and a trigger beside it is skipped in silence.
  const ended = async () => {
    const started = (await info()).recentActions.at(-1)?.action.workflow
    if (!started) return
    await client.workflow
      .getHandle(started.workflowId, started.firstExecutionRunId)
      .result()
      .catch(() => undefined)
  }
  await eventually(async () => (await info()).createdAt).toBeDefined()
  await ended()
  const before = (await info()).numActionsTaken
  await schedule.trigger()
  await eventually(async () => (await info()).numActionsTaken).toBeGreaterThan(before)
  await ended()
}

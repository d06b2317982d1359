// One run of a Schedule, begun after this moment, to its end: the sweep of the gateway, or the supervisor.
// Must not know: what it will find, or whether it fails. Answers with the id of its workflow.
import { SUPERVISE_SCHEDULE, sweepScheduleId } from '../../src/domain/names.ts'
import { gatewayName } from '../../src/domain/ids.ts'
import { eventually, type Shop } from './shop.ts'

export const sweepNow = (shop: Pick<Shop, 'client'>, gateway = 'iamport/main'): Promise<string> =>
  runNow(shop, sweepScheduleId(gatewayName(gateway)))
export const superviseNow = (shop: Pick<Shop, 'client'>): Promise<string> => runNow(shop, SUPERVISE_SCHEDULE)

async function runNow({ client }: Pick<Shop, 'client'>, scheduleId: string): Promise<string> {
  const schedule = client.schedule.getHandle(scheduleId)
  const info = async () => (await schedule.describe()).info
  // A run that has just begun is not among the running ones yet, and a trigger beside it is skipped in silence.
  const ended = async () => {
    const started = (await info()).recentActions.at(-1)?.action.workflow
    if (!started) return ''
    await client.workflow
      .getHandle(started.workflowId, started.firstExecutionRunId)
      .result()
      .catch(() => undefined)
    return started.workflowId
  }
  await eventually(async () => (await info()).createdAt).toBeDefined()
  await ended()
  const before = (await info()).numActionsTaken
  await schedule.trigger()
  await eventually(async () => (await info()).numActionsTaken).toBeGreaterThan(before)
  return ended()
}

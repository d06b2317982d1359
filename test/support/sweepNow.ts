// One run of the Schedule that sweeps and supervises, begun after this moment, to its end.
// Must not know: what it will find.
import { IAMPORT_MAIN } from '../../src/gateways/index.ts'
import { sweepScheduleId } from '../../src/temporal/schedules.ts'
import { eventually, type Shop } from './shop.ts'

export async function sweepNow({ client }: Shop): Promise<void> {
  const schedule = client.schedule.getHandle(sweepScheduleId(IAMPORT_MAIN))
  const before = (await schedule.describe()).info.numActionsTaken
  await eventually(async () => (await schedule.describe()).info.runningActions).toEqual([])
  await schedule.trigger()
  await eventually(async () => (await schedule.describe()).info.numActionsTaken).toBeGreaterThan(before)
  await eventually(async () => (await schedule.describe()).info.runningActions).toEqual([])
}

// Keeps the Schedules in being while a worker runs, and the database told which are expected to
// run.
// Must not know: what their runs do.
import type { Db } from '../db/connect.ts'
import { expectPasses } from '../db/watch/passes.ts'
import type { GatewayName } from '../domain/ids.ts'
import { startLoop, type Loop } from '../loop.ts'
import { saidBy } from '../temporal/said.ts'
import { ensureSchedule, SUPERVISOR, sweepOf } from '../temporal/schedules.ts'
import type { Temporal } from './parts.ts'

export type KeepSchedules = {
  readonly db: Db
  readonly temporal: Pick<Temporal, 'client' | 'own'>
  /** Those that can list; the supervisor runs whatever gateways there are. */
  readonly gateways: readonly GatewayName[]
  readonly everyMs: number
  readonly log: { info(line: string): void; warn(line: string): void }
}

const ASKED = { everyMs: 600_000, retryMs: 10_000 }

/**
 * Asked again every ten minutes: with its server a Schedule may be lost, and then it comes back.
 */
export function keepSchedules({ db, temporal, gateways, everyMs, log }: KeepSchedules): Loop {
  const scheduled = [SUPERVISOR, ...gateways.map(sweepOf)]
  // Of the embedded server it is known that nothing ran before: a run at once heals what was missed
  // meanwhile.
  const fresh = new Map(scheduled.map((each) => [each, temporal.own]))
  let dueAt = 0
  const ensure = async () => {
    await expectPasses(
      db,
      scheduled.map(({ scheduleId }) => scheduleId),
    )
    for (const [each, atOnce] of fresh) {
      const said = await ensureSchedule(temporal.client, each, { everyMs, atOnce })
      fresh.set(each, false)
      if (said !== 'there') log.info(`the Schedule ${each.scheduleId} was ${said}`)
    }
    dueAt = performance.now() + ASKED.everyMs
  }
  const work = async () => {
    if (performance.now() >= dueAt)
      await ensure().catch((error: unknown) =>
        log.warn(`the Schedules could not be made: ${saidBy(error)}; trying again`),
      )
    return false
  }
  return startLoop({ name: 'schedules', pollMs: ASKED.retryMs, log: (line) => log.warn(line), work })
}

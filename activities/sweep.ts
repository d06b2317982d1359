// What Schedules run, as activities: both only put rows of their own, so they may be killed and
// repeated at any point, and end with their activity.
// Must not know: how lists are walked or rows are found.
import { notePass } from '../src/db/watch/passes.ts'
import { gatewayName } from '../src/domain/ids.ts'
import { sweepScheduleId } from '../src/domain/names.ts'
import { sweepGateway, type Swept } from '../src/inbox/sweep/sweep.ts'
import { superviseRows, type Supervised } from '../src/outbox/supervisor.ts'
import type { ActivityDeps } from './deps.ts'
import { cancellation } from './ending.ts'
import { heartbeating } from './heartbeat.ts'

export type SweepLists = { readonly gateway: string }

export async function sweepLists(deps: ActivityDeps, { gateway }: SweepLists): Promise<Swept> {
  const { db, looksPerSecond } = deps
  const stopping = cancellation()
  try {
    return await heartbeating(() => sweepGateway(deps, gatewayName(gateway), { looksPerSecond, stopping }))
  } finally {
    // The Schedule runs; whether its lists were read is seen by their own cursors.
    if (!stopping.aborted) await notePass(db, sweepScheduleId(gateway))
  }
}

export async function superviseSagas(deps: ActivityDeps): Promise<Supervised> {
  const stopping = cancellation()
  return heartbeating(() => superviseRows(deps, { stopping }))
}

// The two halves of a sweep as activities: both only put rows of their own, so they may be killed
// and repeated at any point.
// Must not know: how lists are walked or rows are found.
import { Context } from '@temporalio/activity'
import { gatewayName } from '../src/domain/ids.ts'
import { sweepGateway, type Swept } from '../src/inbox/sweep.ts'
import { supervise, type Supervised } from '../src/outbox/supervisor.ts'
import type { ActivityDeps } from './deps.ts'
import { heartbeating } from './heartbeat.ts'

export type SweepLists = { readonly gateway: string }

export const sweepLists = (deps: ActivityDeps, { gateway }: SweepLists): Promise<Swept> => {
  const { looksPerSecond } = deps
  const { cancellationSignal: stopping } = Context.current()
  return heartbeating(() => sweepGateway(deps, gatewayName(gateway), { looksPerSecond, stopping }))
}

export const superviseSagas = (deps: ActivityDeps): Promise<Supervised> => heartbeating(() => supervise(deps))

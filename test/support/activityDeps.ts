// What activities work with, over a real database and a gateway that says what its test writes.
// Must not know: what a test asserts, Temporal's server.
import type { ActivityDeps } from '../../activities/deps.ts'
import type { Db } from '../../src/db/connect.ts'
import type { Gateway } from '../../src/domain/gateway.ts'
import { GATEWAY, MINUTE } from './books.ts'
import { lookerOptions } from './booksGateway.ts'
import { runsShown } from './sagaRuns.ts'

/** Nobody needs to approve, Temporal takes note of every heartbeat, and a checkpoint's look gives up at once. */
export function activityDeps(db: Db, gateway: Gateway, changes: Partial<ActivityDeps> = {}): ActivityDeps {
  return {
    ...lookerOptions(db, gateway),
    language: 'en',
    rules: { partialRefunds: true },
    refundability: [],
    defaults: { gateway: GATEWAY, channel: 'live', expiryMs: 30 * MINUTE },
    approvalLimit: undefined,
    temporalAccess: { starts: 'open', commands: 'all' },
    cancelTimeoutMs: 1_000,
    checkpointLook: { everyMs: 1, forMs: 1 },
    looksPerSecond: 2,
    heartbeat: () => Promise.resolve(true),
    sagaRuns: runsShown(),
    ...changes,
  }
}

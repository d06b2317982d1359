// What the activities work with: handed over once by the composition root.
// Must not know: how any of it is made.
import type { OrderDefaults } from '../src/domain/books/order.ts'
import type { ApprovalLimits, TemporalAccess } from '../src/domain/moves/people/unproved.ts'
import type { RefundRule } from '../src/domain/moves/refundability.ts'
import type { RefundRules } from '../src/domain/moves/requests.ts'
import type { OverdueAfter } from '../src/domain/shown/watchdog.ts'
import type { LookDeps } from '../src/inbox/subject.ts'
import type { SagaRuns } from '../src/outbox/supervisor.ts'

export type ActivityDeps = LookDeps & {
  readonly rules: RefundRules
  readonly refundability: readonly RefundRule[]
  readonly defaults: OrderDefaults
  /** Minor units by currency above which another person approves; undefined: no four eyes. */
  readonly approvalLimit: ApprovalLimits
  /** What whoever reaches Temporal without a proof may do. */
  readonly temporalAccess: TemporalAccess
  /** At most so long may a cancel call take; the activity has 45 s. */
  readonly cancelTimeoutMs: number
  /**
   * Pauses between the tries of one checkpoint's look, and how long it may go on; tests shorten
   * them.
   */
  readonly checkpointLook: { readonly everyMs: number; readonly forMs: number }
  /** Daily looks of what waits, at most, for each gateway. */
  readonly looksPerSecond: number
  /**
   * A heartbeat that is waited for: whether Temporal has taken note of it, and still wants the
   * activity.
   */
  readonly heartbeat: (taskToken: Uint8Array, details: object) => Promise<boolean>
  /** What Temporal shows of the sagas' runs, for the supervisor. */
  readonly sagaRuns: SagaRuns
  /** For the supervisor too; 15 minutes where nothing is said. */
  readonly overdueAfter?: OverdueAfter
}

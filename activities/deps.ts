// What the activities work with: handed over once by the composition root.
// Must not know: how any of it is made.
import type { OrderDefaults } from '../src/domain/books/order.ts'
import type { ApprovalLimits, TemporalAccess } from '../src/domain/moves/people/unproved.ts'
import type { RefundRule } from '../src/domain/moves/refundability.ts'
import type { RefundRules } from '../src/domain/moves/requests.ts'
import type { OverdueAfter } from '../src/domain/shown/watchdog.ts'
import type { Language } from '../src/language.ts'
import type { LookDeps } from '../src/inbox/subject.ts'
import type { SagaRuns } from '../src/outbox/supervisor.ts'

export type ActivityDeps = LookDeps & {
  /** Of what the Temporal UI shows of a saga: it comes into workflows with each step, as words. */
  readonly language: Language
  readonly rules: RefundRules
  readonly refundability: readonly RefundRule[]
  readonly defaults: OrderDefaults
  /** Minor units by currency above which another person approves; undefined: no four eyes. */
  readonly approvalLimit: ApprovalLimits
  /** What whoever reaches Temporal without a proof may do. */
  readonly temporalAccess: TemporalAccess
  /** So long may a cancel call take at most, where the gateway does not say so itself. */
  readonly cancelTimeoutMs: number
  /**
   * Pauses between the tries of one checkpoint's look, and how long it may go on; tests shorten
   * them.
   */
  readonly checkpointLook: { readonly everyMs: number; readonly forMs: number }
  /** Daily looks of what waits, at most, for each gateway. */
  readonly looksPerSecond: number
  /**
   * This machine's time, ISO: a step may have waited for a worker for days, and a call counts from
   * when it is made. Left out: from the time that its step was given.
   */
  readonly clock?: () => string
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

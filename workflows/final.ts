// Whether an activity's failure is one that no further try can mend.
// Must not know: which activity failed. It decides nothing about the order of commands.
import { ActivityFailure, ApplicationFailure } from '@temporalio/common'

/** The failure itself, or what the SDK wrapped: a local activity's comes bare today, and nothing promises that it stays so. */
export function cannotSucceed(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : error
  return cause instanceof ApplicationFailure && cause.nonRetryable === true
}

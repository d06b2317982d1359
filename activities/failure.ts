// From a domain failure to what Temporal does with it, through THE table in src/domain/failures.ts.
// Must not know: which activity failed.
import { ApplicationFailure } from '@temporalio/common'
import { Failure, FAILURES } from '../src/domain/failures.ts'

/**
 * Failures that no retry can mend end the workflow with their kind as type; everything else is
 * tried again.
 */
export function toApplicationFailure(error: unknown): unknown {
  if (!(error instanceof Failure)) return error
  const { retry } = FAILURES[error.kind]
  // A person's refused command is no fault of the program: it is not logged as one.
  const benign = error.kind === 'updateRejected' || error.kind === 'conflict'
  return ApplicationFailure.create({
    type: error.kind,
    message: error.message,
    nonRetryable: !retry,
    ...(benign && { category: 'BENIGN' as const }),
    details: [error.details],
  })
}

type Activity<Arg, Result> = (arg: Arg) => Promise<Result>

export function mapped<Arg, Result>(activity: Activity<Arg, Result>): Activity<Arg, Result> {
  return async (arg) => {
    try {
      return await activity(arg)
    } catch (error) {
      throw toApplicationFailure(error)
    }
  }
}

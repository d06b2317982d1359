// "Request Cancellation" in the Temporal UI stops no saga: a ticket cannot be called back. It is noted once and the wait goes on.
// Must not know: rows.
import { CancellationScope } from '@temporalio/workflow'

export type CancelRequests = { pending(): boolean; answered(): void }

/** Runs the whole body non-cancellable, and tells it when somebody asked for a cancellation (Temporal passes on one request at most). */
export function uncancellable<T>(body: (requests: CancelRequests) => Promise<T>): Promise<T> {
  let asked = false
  let answered = false
  CancellationScope.current().cancelRequested.catch(() => {
    asked = true
  })
  const requests = { pending: () => asked && !answered, answered: () => void (answered = true) }
  return CancellationScope.nonCancellable(() => body(requests))
}

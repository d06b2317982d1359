// Heartbeats from the fifth second on: an activity that is quick costs none, a killed one is found
// after fifteen.
// Must not know: what it runs.
import { Context } from '@temporalio/activity'
import type { ActivityDeps } from './deps.ts'

const EVERY_MS = 5_000

/**
 * Where a lost call's key is found: details of the heartbeat, or of the failure, both read by
 * workflows/refund.ts.
 */
export type Announced = { readonly key: string }
export type Heart = {
  /**
   * Tells Temporal, and waits until it has taken note, that a call under this key begins. False
   * where it did not.
   */
  announce(send: ActivityDeps['heartbeat'], call: Announced): Promise<boolean>
}

export async function heartbeating<T>(work: (heart: Heart) => Promise<T>): Promise<T> {
  const context = Context.current()
  let said: Announced | undefined
  const timer = setInterval(() => context.heartbeat(said), EVERY_MS)
  const announce: Heart['announce'] = (send, call) => {
    said = call
    // The SDK sends its own heartbeats when it likes: the latest of them must not take the key
    // back.
    context.heartbeat(said)
    return send(context.info.taskToken, call)
  }
  try {
    return await work({ announce })
  } finally {
    clearInterval(timer)
  }
}

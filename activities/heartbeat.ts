// Heartbeats from the fifth second on: an activity that is quick costs none, a killed one is found after fifteen.
// Must not know: what it runs.
import { Context } from '@temporalio/activity'

const EVERY_MS = 5_000

export async function heartbeating<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current()
  const timer = setInterval(() => context.heartbeat(), EVERY_MS)
  try {
    return await work()
  } finally {
    clearInterval(timer)
  }
}

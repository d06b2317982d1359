// One run of the sweep: what changed at the gateway, and which open sagas have no workflow. Started by its Schedule, or by hand.
// Must not know: lists, rows. Neither half waits for the other or fails because of it.
import { sweepLists, superviseSagas } from './activities.ts'
import type { SweepInput } from './messages.ts'

export async function sweep({ gateway }: SweepInput): Promise<Swept> {
  const [lists, sagas] = await Promise.allSettled([sweepLists({ gateway }), superviseSagas()])
  if (lists.status === 'rejected') throw lists.reason
  if (sagas.status === 'rejected') throw sagas.reason
  return { lists: lists.value, sagas: sagas.value }
}

/** Shown as the workflow's result in the Temporal UI. */
type Swept = {
  readonly lists: Awaited<ReturnType<typeof sweepLists>>
  readonly sagas: Awaited<ReturnType<typeof superviseSagas>>
}

// One run of the sweep: what changed at the gateway. Started by its Schedule, or by hand.
// Must not know: lists, rows.
import { superviseSagas, sweepLists } from './activities.ts'
import type { SweepInput } from './messages.ts'
import { changed } from './versions.ts'

export async function sweep({ gateway }: SweepInput): Promise<Swept> {
  if (changed('superviseApart')) return { lists: await sweepLists({ gateway }) }
  const [lists, sagas] = await Promise.allSettled([sweepLists({ gateway }), superviseSagas()])
  if (lists.status === 'rejected') throw lists.reason
  if (sagas.status === 'rejected') throw sagas.reason
  return { lists: lists.value }
}

/** Shown as the workflow's result in the Temporal UI. */
type Swept = { readonly lists: Awaited<ReturnType<typeof sweepLists>> }

// What Schedules start, or people by hand: one run of a gateway's sweep, which asks what changed
// there; and one pass of the supervisor, over open rows that have no workflow or are overdue.
// Must not know: lists, rows, gateways.
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

export async function supervise(): Promise<Awaited<ReturnType<typeof superviseSagas>>> {
  return superviseSagas()
}

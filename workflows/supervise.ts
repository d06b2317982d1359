// One pass of the supervisor: which open rows have no workflow, and which are overdue. Started by its Schedule, or by hand.
// Must not know: rows, gateways.
import { superviseSagas } from './activities.ts'

export async function supervise(): Promise<Awaited<ReturnType<typeof superviseSagas>>> {
  return superviseSagas()
}

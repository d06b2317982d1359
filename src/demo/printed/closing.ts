// The table at the end: what each saga cost, counted from its history, and what the forgeries cost.
// Must not know: how a history is counted.
import { until } from '../checks.ts'
import type { Stage } from '../stage.ts'
import type { Ledger } from './ledger.ts'

const HEAD = ['saga', 'state', 'actions', 'events', 'gateway calls']

/** `forgeries`: under which name they are charged. */
export async function closingTable(stage: Stage, ledger: Ledger, forgeries: string): Promise<void> {
  const { timeline, histories, signal, must } = stage
  const stillWaiting = () => timeline.event('program', 'waiting for the sagas to come to rest')
  const { sagas, quiet } = await until({ read: histories.all, done: ({ quiet }) => quiet, stillWaiting, signal })
  must('the sagas, once left alone,', { quiet: true }, { quiet })
  const rows: (string | number)[][] = []
  for (const { workflowId, cost, activities } of sagas) {
    if (workflowId.startsWith('refund:'))
      must(
        `the tickets of ${workflowId}`,
        { filed: 1 },
        { filed: activities.filter((name) => name === 'fileTicket').length },
      )
    rows.push([workflowId, await stateOf(stage, workflowId), cost.actions, cost.events, ledger.of(workflowId)])
  }
  rows.push([forgeries, 'nothing moved', 0, 0, ledger.of(forgeries)])
  timeline.title('What each saga cost')
  timeline.table(HEAD, rows)
  timeline.plain('  Actions and events are read from the histories in Temporal. Tokens and the sweep are not counted.')
}

async function stateOf({ checkout }: Stage, workflowId: string): Promise<string> {
  const [kind, id = ''] = workflowId.split(':')
  const { state, label } = kind === 'refund' ? await checkout.refund(id) : await checkout.payment(id)
  return `${state} ${label.ko}`
}

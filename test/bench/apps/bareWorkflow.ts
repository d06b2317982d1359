// The smallest saga on Temporal: ask, wait for the signal, settle. 21 events.
// Must not know: the gateway, the database.
import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow'
import type { Kind, Order, Steps } from './steps.ts'

const { ask, settle } = proxyActivities<Steps>({ startToCloseTimeout: '30 seconds' })

export const told = defineSignal<[string]>('told')

export async function bareSaga(kind: Kind, order: Order): Promise<void> {
  let impUid: string | undefined
  setHandler(told, (ref) => void (impUid = ref))
  await ask(kind, order)
  await condition(() => impUid !== undefined)
  await settle(kind, order.merchantUid, impUid ?? '')
}

// What the keys in use belong to: this store, or another one
// that knows nothing of ours (fault `account`); as far as i'mport has heard.
// Must not know what reads show of it.
import { PROJECT_KEY } from '../credentials.ts'
import type { Payment, Prepared } from '../world/model.ts'
import type { Simulation } from '../world/simulation.ts'

/** By imp_uid alone; what was paid at Paymentwall directly is not known at i'mport. */
export function iamportPayment(simulation: Simulation, impUid: string): Payment | undefined {
  const payment = simulation.store.payment(impUid)
  return payment?.impUid === impUid ? known(simulation, [payment])[0] : undefined
}

export function iamportPayments(simulation: Simulation): Payment[] {
  return known(simulation, simulation.store.payments())
}

/** Those that stand under this merchant_uid, or are shown under it by a contradiction. */
export function iamportPaymentsOf(simulation: Simulation, merchantUid: string): Payment[] {
  return known(simulation, simulation.store.paymentsOf(merchantUid))
}

function known(simulation: Simulation, payments: Payment[]): Payment[] {
  if (simulation.faults.now().account === 'other') return []
  return payments.filter(({ gateway }) => gateway === 'iamport').map((payment) => simulation.ear.asHeard(payment))
}

export function prepared(simulation: Simulation, merchantUid: string): Prepared | undefined {
  return simulation.store.prepared(merchantUid, simulation.faults.now().account)
}

const entered = { both: [false, true], liveOnly: [false], testOnly: [true], none: [] as boolean[] }

export function channels(simulation: Simulation): object[] {
  const ours = simulation.faults.now().account === 'ours'
  const pgId = ours ? PROJECT_KEY : '9999eeee8888ffff7777aaaa6666bbbb'
  const channel = { pg_id: pgId, pg_provider: 'paymentwall', type: 'payment' }
  const prefix = ours ? 'channel-key-simulator' : 'channel-key-another-store'
  const name = ours ? 'Paymentwall' : 'Paymentwall of another store'
  const all = [
    { channel_key: `${prefix}-live`, channel_name: name, sandbox: false, ...channel },
    { channel_key: `${prefix}-test`, channel_name: `${name} test`, sandbox: true, ...channel },
  ]
  return all.filter(({ sandbox }) => entered[simulation.faults.now().setUp.channels].includes(sandbox))
}

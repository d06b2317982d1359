// All that could have moved, read when nothing is under way; and the states that must stand,
// whatever strangers send.
// Must not know: what they send.
import { until } from '../checks.ts'
import { paymentMustBe } from '../expect.ts'
import type { Stage } from '../stage.ts'

export type Targets = { readonly paid: string; readonly ref: string; readonly unpaid: string }

/**
 * What could have moved, counted once no webhook waits, no wake has to leave and no saga is about
 * to do something.
 */
export async function everythingAtRest(stage: Stage) {
  const { rows, histories, timeline, signal, must } = stage
  const read = async () => {
    const { hints, wakes } = await rows.underWay()
    const { sagas, quiet } = await histories.all()
    const { payments, refunds, journal, outbox } = await rows.books()
    const sum = (pick: (saga: (typeof sagas)[number]) => number) => sagas.reduce((total, saga) => total + pick(saga), 0)
    // A saga shows in the server's list a moment after it was started.
    const atRest = hints === 0 && wakes === 0 && quiet && sagas.length >= payments + refunds
    const events = sum(({ cost }) => cost.events)
    return { atRest, payments, refunds, journal, outbox, sagas: sagas.length, runs: sum(({ runs }) => runs), events }
  }
  const done = ({ atRest }: { atRest: boolean }) => atRest
  const stillWaiting = () => timeline.event('program', 'waiting until nothing is under way')
  const found = await until({ read, done, stillWaiting, signal })
  must('the program, once left alone,', { atRest: true }, found)
  return found
}

/** People may be told meanwhile that signatures do not fit: that alert is in the outbox. */
export function withoutAlerts({ outbox: _alerts, ...rest }: Awaited<ReturnType<typeof everythingAtRest>>) {
  return rest
}

export const inWords = ({ runs, events }: { runs: number; events: number }): string =>
  `${runs} runs of sagas with ${events} events`

export async function statesMustStand(stage: Stage, { paid, unpaid }: Targets): Promise<void> {
  const { paid: amount } = await stage.checkout.payment(paid)
  const nothing = { waits: false, returned: 0, reserved: 0 }
  await paymentMustBe(stage, paid, { state: 'paid', ko: '결제완료', accepted: true, paid: amount, ...nothing })
  await paymentMustBe(stage, unpaid, { state: 'prepared', ko: '결제대기', accepted: false, paid: 0, ...nothing })
}

export async function hasMovedNothing({ rows, timeline }: Stage, after: { runs: number; events: number }) {
  const { payments, journal } = await rows.books()
  timeline.event('saga', `has moved nothing. Temporal holds ${inWords(after)}, as before`, [
    `payments ${payments}, journal lines ${journal}, as before`,
  ])
}

export const count = (from: number): readonly number[] => Array.from({ length: from }, (_, index) => index + 1)

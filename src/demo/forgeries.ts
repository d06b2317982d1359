// Twenty forged webhooks: they cost a look at the gateway at most, move no row, and never reach
// Temporal.
// Must not know: how webhooks are judged.
import { until } from './checks.ts'
import { paymentMustBe } from './expect.ts'
import { CANCEL_ROUTE } from './outside.ts'
import type { Ledger } from './printed/ledger.ts'
import type { Stage } from './stage.ts'

type Targets = { readonly paid: string; readonly impUid: string; readonly unpaid: string }
type Forgery = {
  readonly imp_uid: string
  readonly merchant_uid: string
  readonly status: string
  readonly cancellation_id?: string
}

export const FORGERIES = '20 forged webhooks'
const UNKNOWN = 6
const INVENTED = 8
const MISMATCHED = 2
const CANCELS = 4

export async function forgedWebhooks(stage: Stage, ledger: Ledger, targets: Targets): Promise<void> {
  const { timeline, rows, outside } = stage
  const before = await everythingAtRest(stage)
  const cancelsBefore = (await outside.calls())[CANCEL_ROUTE] ?? 0
  timeline.event('program', `Temporal holds ${inWords(before)}`)

  await forge(stage, `${UNKNOWN} webhooks of orders and payments that nobody knows`, unknownIds())
  await untilLooked(stage)
  const blind = await ledger.charge(stage, FORGERIES)
  stage.must('the price of the unknown ids', { gatewayCalls: 0 }, { gatewayCalls: blind })
  timeline.event('saga', 'keeps them in the inbox for a person; no gateway call', [`inbox +${UNKNOWN}, parked`])

  await forge(
    stage,
    `${INVENTED + MISMATCHED} times "paid" for ${targets.unpaid}, which is not paid`,
    paidForUnpaid(targets),
  )
  await forge(stage, `${CANCELS} times "cancelled" for ${targets.paid}, which is paid`, cancelledForPaid(targets))
  await untilLooked(stage)
  const looks = await ledger.charge(stage, FORGERIES)
  const kept = INVENTED + MISMATCHED + CANCELS
  stage.must(
    'the price of the others',
    { fewerLooksThanHints: true },
    { fewerLooksThanHints: looks < kept, looks, kept },
  )
  timeline.event('saga', `asks the gateway itself, ${looks} looks for ${kept} webhooks: nothing of it is true`, [
    `inbox +${kept}, looked`,
  ])

  const after = await everythingAtRest(stage)
  const cancels = ((await outside.calls())[CANCEL_ROUTE] ?? 0) - cancelsBefore
  stage.must('everything after the forgeries', { ...before, cancels: 0 }, { ...after, cancels })
  await statesMustStand(stage, targets)
  await inboxMustTell(stage, targets)
  const { payments, journal } = await rows.books()
  timeline.event('saga', `has moved nothing. Temporal holds ${inWords(after)}, as before`, [
    `payments ${payments}, journal lines ${journal}, as before`,
  ])
  timeline.why('nothing unproven enters Temporal: a forged or repeated webhook costs it 0 actions and 0 events')
}

/**
 * What could have moved, counted once no webhook waits, no wake has to leave and no saga is about
 * to do something.
 */
async function everythingAtRest(stage: Stage) {
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

const inWords = ({ runs, events }: { runs: number; events: number }): string =>
  `${runs} runs of sagas with ${events} events`

async function forge(stage: Stage, what: string, forgeries: readonly Forgery[]): Promise<void> {
  for (const forgery of forgeries) {
    const status = await stage.checkout.webhook(forgery)
    stage.must('the answer to a forged webhook', { status: 200 }, { status })
  }
  stage.timeline.event('stranger', `posts ${what}`)
}

async function untilLooked({ rows, timeline, signal, must }: Stage): Promise<void> {
  const stillWaiting = () => timeline.event('program', 'waiting until every webhook is looked at or parked')
  const left = await until({ read: rows.underWay, done: ({ hints }) => hints === 0, stillWaiting, signal })
  must('the inbox', { hints: 0 }, left)
}

async function statesMustStand(stage: Stage, { paid, unpaid }: Targets): Promise<void> {
  const { paid: amount } = await stage.checkout.payment(paid)
  const nothing = { waits: false, returned: 0, reserved: 0 }
  await paymentMustBe(stage, paid, { state: 'paid', ko: '결제완료', accepted: true, paid: amount, ...nothing })
  await paymentMustBe(stage, unpaid, { state: 'prepared', ko: '결제대기', accepted: false, paid: 0, ...nothing })
}

/** Why each of them moved nothing. */
async function inboxMustTell({ rows, must }: Stage, { paid, unpaid }: Targets): Promise<void> {
  const about = 'the inbox after the forgeries'
  for (const { merchant_uid: order } of unknownIds()) {
    const [only] = await rows.webhooks(order)
    must(about, { state: 'parked', parkedBecause: 'unknownOrder' }, only ?? {})
  }
  const paidForUnpaid = await rows.webhooks(unpaid)
  const mismatched = hintsIn(paidForUnpaid.filter((hint) => hint.mismatched))
  const facts = { looked: hintsIn(paidForUnpaid.filter(({ state }) => state === 'looked')), mismatched }
  must(about, { looked: INVENTED + MISMATCHED, mismatched: MISMATCHED }, facts)
  const cancels = (await rows.webhooks(paid)).filter(({ saidStatus }) => saidStatus === 'cancelled')
  must(about, { looked: CANCELS }, { looked: hintsIn(cancels.filter(({ state }) => state === 'looked')) })
}

const hintsIn = (rows: readonly { readonly times: number }[]): number => rows.reduce((sum, { times }) => sum + times, 0)

const count = (from: number): readonly number[] => Array.from({ length: from }, (_, index) => index + 1)

const unknownIds = (): readonly Forgery[] =>
  count(UNKNOWN).map((n) => ({
    imp_uid: `imp_nobody_${n}`,
    merchant_uid: `nobody-${n}`,
    status: n % 2 === 0 ? 'paid' : 'cancelled',
  }))

/** Invented references, each twice, and the reference of a real payment of another order. */
const paidForUnpaid = ({ unpaid, impUid }: Targets): readonly Forgery[] => [
  ...count(INVENTED).map((n) => ({
    imp_uid: `imp_invented_${Math.ceil(n / 2)}`,
    merchant_uid: unpaid,
    status: 'paid',
  })),
  ...count(MISMATCHED).map(() => ({ imp_uid: impUid, merchant_uid: unpaid, status: 'paid' })),
]

const cancelledForPaid = ({ paid, impUid }: Targets): readonly Forgery[] =>
  count(CANCELS).map((n) => ({
    imp_uid: impUid,
    merchant_uid: paid,
    status: 'cancelled',
    cancellation_id: `cncl_invented_${n}`,
  }))

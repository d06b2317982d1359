// Twenty forged webhooks: they cost a look at the gateway at most, move no row, and never reach
// Temporal.
// Must not know: how webhooks are judged.
import { until } from '../checks.ts'
import type { Ledger } from '../printed/ledger.ts'
import type { Stage } from '../stage.ts'
import { count, everythingAtRest, hasMovedNothing, inWords, statesMustStand, type Targets } from './atRest.ts'

type Forgery = {
  readonly imp_uid: string
  readonly merchant_uid: string
  readonly status: string
  readonly cancellation_id?: string
}

export const FORGED_WEBHOOKS = '20 forged webhooks'
const UNKNOWN = 6
const INVENTED = 8
const MISMATCHED = 2
const CANCELS = 4

export async function forgedWebhooks(stage: Stage, ledger: Ledger, targets: Targets): Promise<void> {
  const { timeline, outside, way } = stage
  const before = await everythingAtRest(stage)
  const cancelsBefore = (await outside.calls())[way.cancelRoute] ?? 0
  timeline.event('program', `Temporal holds ${inWords(before)}`)

  await forge(stage, `${UNKNOWN} webhooks of orders and payments that nobody knows`, unknownIds())
  await untilLooked(stage)
  const blind = await ledger.charge(stage, FORGED_WEBHOOKS)
  stage.must('the price of the unknown ids', { gatewayCalls: 0 }, { gatewayCalls: blind })
  timeline.event('saga', 'keeps them in the inbox for a person; no gateway call', [`inbox +${UNKNOWN}, parked`])

  await forge(
    stage,
    `${INVENTED + MISMATCHED} times "paid" for ${targets.unpaid}, which is not paid`,
    paidForUnpaid(targets),
  )
  await forge(stage, `${CANCELS} times "cancelled" for ${targets.paid}, which is paid`, cancelledForPaid(targets))
  await untilLooked(stage)
  const looks = await ledger.charge(stage, FORGED_WEBHOOKS)
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
  const cancels = ((await outside.calls())[way.cancelRoute] ?? 0) - cancelsBefore
  stage.must('everything after the forgeries', { ...before, cancels: 0 }, { ...after, cancels })
  await statesMustStand(stage, targets)
  await inboxMustTell(stage, targets)
  await hasMovedNothing(stage, after)
  timeline.why('nothing unproven enters Temporal: a forged or repeated webhook costs it 0 actions and 0 events')
}

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

const unknownIds = (): readonly Forgery[] =>
  count(UNKNOWN).map((n) => ({
    imp_uid: `imp_nobody_${n}`,
    merchant_uid: `nobody-${n}`,
    status: n % 2 === 0 ? 'paid' : 'cancelled',
  }))

/** Invented references, each twice, and the reference of a real payment of another order. */
const paidForUnpaid = ({ unpaid, ref }: Targets): readonly Forgery[] => [
  ...count(INVENTED).map((n) => ({
    imp_uid: `imp_invented_${Math.ceil(n / 2)}`,
    merchant_uid: unpaid,
    status: 'paid',
  })),
  ...count(MISMATCHED).map(() => ({ imp_uid: ref, merchant_uid: unpaid, status: 'paid' })),
]

const cancelledForPaid = ({ paid, ref }: Targets): readonly Forgery[] =>
  count(CANCELS).map((n) => ({
    imp_uid: ref,
    merchant_uid: paid,
    status: 'cancelled',
    cancellation_id: `cncl_invented_${n}`,
  }))

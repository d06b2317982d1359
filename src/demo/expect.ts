// What payments and refunds must show: awaited, then checked in the API's answer, in the row and in
// the journal's reason.
// Must not know: the story.
import type { JournalLine, PaymentShown, RefundShown } from './checkout.ts'
import { until } from './checks.ts'
import type { Stage } from './stage.ts'

export type ExpectedPayment = {
  readonly state: string
  readonly ko: string
  readonly accepted: boolean
  readonly waits: boolean
  readonly paid: number
  readonly returned: number
  readonly reserved: number
  /** States that may be shown until then. */
  readonly via?: readonly string[]
}
export type ExpectedRefund = {
  readonly state: string
  readonly ko: string
  readonly waits: boolean
  /** How the one call to the gateway ended. */
  readonly outcome: string | null
  readonly because: RegExp
  readonly via?: readonly string[]
}

/** The database's line for the timeline comes back with it. */
export async function paymentMustBe(
  stage: Stage,
  id: string,
  expected: ExpectedPayment,
): Promise<{ shown: PaymentShown; line: string }> {
  const { state, ko, accepted, waits, paid, returned, reserved, via = [] } = expected
  const shown = await awaited(stage, `payment ${id}`, () => stage.checkout.payment(id), state, via)
  const row = await stage.rows.payment(id)
  stage.must(
    `payment ${id}`,
    { state, label: ko, row: state, accepted, waitingForCancellation: waits, paid, returned, reserved },
    { ...shown, label: shown.label.ko, row: row.state },
  )
  return { shown, line: `payment ${row.state} ${shown.label.ko}` }
}

export async function refundMustBe(
  stage: Stage,
  { merchantUid, refundId }: { merchantUid: string; refundId: string },
  expected: ExpectedRefund,
): Promise<{ shown: RefundShown; line: string; why: string }> {
  const { state, ko, waits, outcome, because, via = [] } = expected
  const shown = await awaited(stage, `refund ${refundId}`, () => stage.checkout.refund(refundId), state, via)
  const row = await stage.rows.refund(refundId)
  const journal = await stage.checkout.journal(merchantUid)
  const move = journal.findLast((line) => line.refundId === refundId && line.to === shown.state)
  stage.must(
    `refund ${refundId}`,
    { state, label: ko, row: state, waitingForCancellation: waits, ticket: outcome, because },
    {
      state: shown.state,
      label: shown.label.ko,
      row: row.state,
      waitingForCancellation: shown.waitingForCancellation,
      ticket: shown.tickets.at(-1)?.outcome ?? null,
      because: move?.why,
    },
  )
  return { shown, line: `refund ${row.state} ${shown.label.ko}`, why: move?.why ?? '' }
}

function awaited<T extends { state: string }>(
  { timeline, signal }: Stage,
  about: string,
  read: () => Promise<T>,
  state: string,
  via: readonly string[],
): Promise<T> {
  return until({
    read,
    signal,
    done: (shown) => shown.state === state,
    onTheWay: (shown) => via.includes(shown.state),
    stillWaiting: (shown) => timeline.event('program', `waiting for ${about} to be ${state}; it is ${shown.state}`),
  })
}

/** What the journal says of the move into a state: the newest line. */
export async function reasonMustBe(
  stage: Stage,
  id: string,
  wanted: { readonly what: string; readonly who: RegExp; readonly why: RegExp },
): Promise<JournalLine | undefined> {
  const journal = await stage.checkout.journal(id)
  const line = journal.findLast(({ what }) => what === wanted.what)
  stage.must(`the journal's line "${wanted.what}" of ${id}`, wanted, line ?? {})
  return line
}

/**
 * The move came by webhook: it was kept, and a look has answered it. A sweep may have been faster;
 * then its own look follows.
 */
export async function newsMustBeLooked(stage: Stage, id: string, said: string): Promise<void> {
  const { rows, timeline, signal, way } = stage
  const { source } = way.news
  const last = await until({
    read: async () => (await rows.webhooks(id, source)).at(-1),
    done: (webhook) => webhook?.saidStatus === said && webhook.state === 'looked',
    onTheWay: (webhook) => webhook?.state !== 'parked',
    stillWaiting: () => timeline.event('program', `waiting for the ${source} of ${id} to be looked at`),
    signal,
  })
  stage.must(`the last ${source} of ${id}`, { saidStatus: said, state: 'looked', mismatched: false }, last ?? {})
}

// The story: a payment, a refund that waits, a refund whose answer is lost, and forged webhooks.
// Every step checks itself.
// Must not know: how the program is started, or how lines are printed.
import type { Order } from './checkout.ts'
import { StoryFailure } from './checks.ts'
import { paymentMustBe, reasonMustBe, refundMustBe, webhookMustBeLooked } from './expect.ts'
import { forgedWebhooks } from './forgeries.ts'
import { CANCEL_ROUTE, type CancelFault } from './outside.ts'
import type { Ledger } from './printed/ledger.ts'
import type { Stage } from './stage.ts'

type Paid = Order & { readonly impUid: string; readonly money: string }
type Asked = Paid & { readonly refundId: string }

const FIRST = { merchantUid: 'order-1', amount: 1_990, currency: 'USD', money: 'USD 19.90' }
const SECOND = { merchantUid: 'order-2', amount: 19_000, currency: 'KRW', money: 'KRW 19,000' }
const THIRD = { merchantUid: 'order-3', amount: 500, currency: 'EUR', money: 'EUR 5.00' }
const UNPAID = { merchantUid: 'order-4', amount: 99_000, currency: 'JPY', money: 'JPY 99,000' }

export type Part = { readonly title: string; play(stage: Stage, ledger: Ledger): Promise<void> }

/**
 * `firstCancel` is how the gateway takes the cancel of the first refund; with anything but `accept`
 * the story cannot hold.
 */
export function partsOf(firstCancel: CancelFault): readonly Part[] {
  let first: Paid | undefined
  return [
    {
      title: 'A payment: opened, paid, settled by webhook',
      play: async (stage, ledger) => {
        first = await openAndPay(stage, ledger, FIRST, 'DE')
      },
    },
    {
      title: 'A refund is a ticket, and a ticket is a wait',
      play: async (stage, ledger) => {
        if (!first) throw new StoryFailure('the first order should be paid by now, and is not')
        await stage.outside.cancelFault(firstCancel)
        await refundThatWaits(stage, ledger, { ...first, refundId: 'refund-1' })
      },
    },
    {
      title: 'The answer to a cancel is lost: nobody knows, so nobody guesses',
      play: async (stage, ledger) => {
        const second = await openAndPay(stage, ledger, SECOND, 'KR')
        await refundWithLostAnswer(stage, ledger, { ...second, refundId: 'refund-2' })
      },
    },
    {
      title: 'Forged webhooks: anybody can post them, nobody is believed',
      play: async (stage, ledger) => {
        const { impUid } = await openAndPay(stage, ledger, THIRD, 'FR')
        await open(stage, UNPAID)
        await ledger.charge(stage, `payment:${UNPAID.merchantUid}`)
        await forgedWebhooks(stage, ledger, { paid: THIRD.merchantUid, impUid, unpaid: UNPAID.merchantUid })
      },
    },
  ]
}

const nothingYet = { accepted: false, waits: false, paid: 0, returned: 0, reserved: 0 }
const settled = ({ amount }: Order) => ({ accepted: true, waits: false, paid: amount, returned: 0, reserved: 0 })
const waiting = (order: Order) => ({ ...settled(order), waits: true, reserved: order.amount })
const givenBack = (order: Order) => ({ ...settled(order), returned: order.amount })

type Priced = Order & { readonly money: string }

async function open(stage: Stage, { money, ...order }: Priced): Promise<void> {
  const { timeline } = stage
  const id = order.merchantUid
  timeline.event('checkout', `opens ${id}: ${money}`)
  await stage.checkout.open(order)
  const { line } = await paymentMustBe(stage, id, { state: 'prepared', ko: '결제대기', ...nothingYet })
  await reasonMustBe(stage, id, { what: 'order.registered', who: /^payment:/, why: /./ })
  timeline.event('saga', 'registers amount and currency with the gateway, then waits', [line])
}

async function openAndPay(stage: Stage, ledger: Ledger, order: Priced, country: string): Promise<Paid> {
  const { timeline } = stage
  const id = order.merchantUid
  await open(stage, order)
  const impUid = await stage.outside.pay(id, country)
  timeline.event('buyer', `pays ${order.money} in the payment window (${country})`)
  timeline.event('gateway', `webhook, sent once and unsigned: ${impUid} is "paid"`)
  const expected = { state: 'paid', ko: '결제완료', ...settled(order), via: ['prepared'] }
  const { shown, line } = await paymentMustBe(stage, id, expected)
  stage.must(`the attempt of ${id}`, { gatewayRef: impUid, because: 'asOrdered' }, shown.attempts[0] ?? {})
  const move = await reasonMustBe(stage, id, {
    what: 'attempt.accepted',
    who: /^look$/,
    why: /^paid as ordered, in time$/,
  })
  await webhookMustBeLooked(stage, id, 'paid')
  timeline.event('saga', `asks the gateway itself: ${move?.why}`, [line])
  if (order === FIRST)
    timeline.why('a webhook proves nothing: it is kept, answered 200, and then the gateway is asked what is true')
  await ledger.charge(stage, `payment:${id}`)
  return { ...order, impUid }
}

async function askRefund(stage: Stage, refund: Asked): Promise<void> {
  const { merchantUid, refundId } = refund
  const shown = await stage.checkout.askRefund(merchantUid, refundId, 'customer request')
  stage.must(
    `the answer to ${refundId}`,
    { state: 'requested', label: '취소접수' },
    { ...shown, label: shown.label.ko },
  )
  const lines = [`refund ${shown.state} ${shown.label.ko}`]
  stage.timeline.event('checkout', `asks for a refund of ${merchantUid}: ${refundId}, ${refund.money}`, lines)
}

async function refundThatWaits(stage: Stage, ledger: Ledger, refund: Asked): Promise<void> {
  const { timeline } = stage
  await askRefund(stage, refund)
  const open = { state: 'ticketOpen', ko: '취소처리 대기', waits: true, outcome: 'filed', via: ['requested'] }
  const filed = await refundMustBe(stage, refund, { ...open, because: /a ticket is open at Paymentwall/ })
  const payment = { state: 'cancelPending', ko: '취소처리 대기', ...waiting(refund) }
  const { line } = await paymentMustBe(stage, refund.merchantUid, payment)
  await gatewayMustStillSayPaid(stage, refund)
  timeline.event('saga', 'asks the gateway to cancel; the answer is code 0', [filed.line, line])
  timeline.why(
    'code 0, but still paid: a ticket was filed, nothing is refunded yet. 취소처리 대기 = waiting for cancellation',
  )
  await workOffTicket(stage, refund)
  await refundMustEnd(stage, refund, 'ticketOpen', 'filed')
  await ledger.charge(stage, `refund:${refund.refundId}`)
}

async function refundWithLostAnswer(stage: Stage, ledger: Ledger, refund: Asked): Promise<void> {
  const { timeline, outside } = stage
  const before = (await outside.calls())[CANCEL_ROUTE] ?? 0
  await outside.cancelFault('lostAnswer')
  timeline.event('gateway', '(from now on it takes a cancel, but its answer is lost)')
  await askRefund(stage, refund)
  timeline.event('saga', 'asks the gateway to cancel and waits 2 s for the answer')
  const lost = { state: 'unknown', ko: '취소요청 확인중', waits: true, outcome: 'unknown', via: ['requested'] }
  const unknown = await refundMustBe(stage, refund, { ...lost, because: /./ })
  const payment = { state: 'cancelPending', ko: '취소처리 대기', ...waiting(refund) }
  const { line } = await paymentMustBe(stage, refund.merchantUid, payment)
  await gatewayMustStillSayPaid(stage, refund)
  timeline.event('saga', `no answer came: ${unknown.why}`, [unknown.line, line])
  timeline.why(
    'a ticket may be open or not. Asking again could open a second one and pay twice, so nothing is sent again',
  )
  await outside.cancelFault('accept')
  await workOffTicket(stage, refund)
  await refundMustEnd(stage, refund, 'unknown', 'unknown')
  const after = (await outside.calls())[CANCEL_ROUTE] ?? 0
  stage.must(`all that was sent for ${refund.refundId}`, { cancels: 1 }, { cancels: after - before })
  timeline.why(
    'cancel calls for this refund, all in all: 1. It was found by its id, which ends the reason of the cancel',
  )
  await ledger.charge(stage, `refund:${refund.refundId}`)
}

async function gatewayMustStillSayPaid(stage: Stage, { impUid }: Paid): Promise<void> {
  const payment = await stage.outside.payment(impUid)
  stage.must(`${impUid} at the gateway`, { status: 'paid', cancelAmount: 0 }, payment ?? {})
}

/**
 * The people at Paymentwall find exactly one ticket, whatever became of the answer, and complete
 * it.
 */
async function workOffTicket({ outside, timeline, must }: Stage, { merchantUid, refundId }: Asked): Promise<void> {
  const tickets = await outside.tickets(merchantUid)
  const facts = { tickets: tickets.length, state: tickets[0]?.state, reason: tickets[0]?.reason }
  const reason = new RegExp(`^#${refundId} `)
  must(`the desk's list for ${merchantUid}`, { tickets: 1, state: 'open', reason }, facts)
  const id = tickets[0]?.id ?? ''
  timeline.event('desk', `finds one ticket, "${tickets[0]?.reason}", and completes it (in real life days later)`)
  await outside.complete(id)
}

async function refundMustEnd(stage: Stage, refund: Asked, before: string, outcome: string): Promise<void> {
  const { timeline } = stage
  timeline.event('gateway', `webhook: ${refund.impUid} is "cancelled"`)
  const end = { state: 'refunded', ko: '취소완료', waits: false, outcome, via: [before] }
  const refunded = await refundMustBe(stage, refund, { ...end, because: /^the gateway booked the cancel$/ })
  const payment = { state: 'cancelled', ko: '취소완료', ...givenBack(refund) }
  const { line } = await paymentMustBe(stage, refund.merchantUid, payment)
  await webhookMustBeLooked(stage, refund.merchantUid, 'cancelled')
  timeline.event('saga', `asks the gateway itself: ${refunded.why}`, [refunded.line, line])
}

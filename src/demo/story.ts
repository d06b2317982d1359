// The story: a payment, a refund that waits, a refund whose answer is lost, forged webhooks; and a
// payment and a refund on the other ways, where not all of it is played there.
// Every step checks itself.
// Must not know: how the program is started, or how lines are printed.
import type { Order } from './checkout.ts'
import { StoryFailure } from './checks.ts'
import { newsMustBeLooked, paymentMustBe, reasonMustBe, refundMustBe } from './expect.ts'
import { FORGED_PINGBACKS, forgedPingbacks } from './forged/pingbacks.ts'
import { FORGED_WEBHOOKS, forgedWebhooks } from './forged/webhooks.ts'
import type { CancelFault } from './outside.ts'
import type { Ledger } from './printed/ledger.ts'
import type { Stage } from './stage.ts'
import { FORGED_SIGNED, forgedSigned } from './forged/signed.ts'
import { WAYS, type Way } from './ways.ts'

type Paid = Order & { readonly ref: string; readonly money: string }
type Asked = Paid & { readonly refundId: string }

const FIRST = { merchantUid: 'order-1', amount: 1_990, currency: 'USD', money: 'USD 19.90' }
const SECOND = { merchantUid: 'order-2', amount: 19_000, currency: 'KRW', money: 'KRW 19,000' }
const THIRD = { merchantUid: 'order-3', amount: 500, currency: 'EUR', money: 'EUR 5.00' }
const DIRECT = { merchantUid: 'order-5', amount: 2_500, currency: 'USD', money: 'USD 25.00' }
const SIGNED = { merchantUid: 'order-6', amount: 30_000, currency: 'KRW', money: 'KRW 30,000' }
const UNPAID = { merchantUid: 'order-4', amount: 99_000, currency: 'JPY', money: 'JPY 99,000' }

export type Part = { readonly title: string; play(stage: Stage, ledger: Ledger): Promise<void> }

/** Under which names forgeries are charged. */
export const FORGERIES: Readonly<Record<Way['played'], string>> = {
  iamport: FORGED_WEBHOOKS,
  portone: FORGED_SIGNED,
  paymentwall: FORGED_PINGBACKS,
}
const FORGED_PART: Readonly<Record<Way['played'], { title: string; forge: typeof forgedWebhooks }>> = {
  iamport: { title: 'Forged webhooks: anybody can post them, nobody is believed', forge: forgedWebhooks },
  portone: { title: 'Forged webhooks: anybody can post them, and who cannot sign is refused', forge: forgedSigned },
  paymentwall: {
    title: 'Forged pingbacks: anybody can post them, and who cannot sign is refused',
    forge: forgedPingbacks,
  },
}

/**
 * `firstCancel` is how the gateway takes the cancel of the first refund; with anything but `accept`
 * the story cannot hold.
 */
export function partsOf(firstCancel: CancelFault, way: Way): readonly Part[] {
  let first: Paid | undefined
  const { title, forge } = FORGED_PART[way.played]
  return [
    {
      title: `A payment: opened, paid, settled by ${way.news.source}`,
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
      title,
      play: async (stage, ledger) => {
        const { ref } = await openAndPay(stage, ledger, THIRD, 'FR')
        await open(stage, UNPAID)
        await ledger.charge(stage, `payment:${UNPAID.merchantUid}`)
        await forge(stage, ledger, { paid: THIRD.merchantUid, ref, unpaid: UNPAID.merchantUid })
      },
    },
    ...way.too.map((other) => playedToo(WAYS[other])),
  ]
}

const TOO: Readonly<Record<Way['played'], { title: string; order: Priced; country: string; refundId: string }>> = {
  iamport: { title: "Through i'mport", order: FIRST, country: 'DE', refundId: 'refund-1' },
  paymentwall: {
    title: 'At Paymentwall itself: its news is signed, and a refund is a ticket all the same',
    order: DIRECT,
    country: 'DE',
    refundId: 'refund-3',
  },
  portone: {
    title: "Through PortOne's V2: its news is signed, and a ticket can be seen",
    order: SIGNED,
    country: 'KR',
    refundId: 'refund-4',
  },
}

function playedToo(way: Way): Part {
  const { title, order, country, refundId } = TOO[way.played]
  return {
    title,
    play: async (elsewhere, ledger) => {
      const stage = { ...elsewhere, way }
      for (const cannot of way.cannot) stage.timeline.event('program', `(cannot happen here: ${cannot})`)
      const paid = await openAndPay(stage, ledger, order, country)
      await refundThatWaits(stage, ledger, { ...paid, refundId })
    },
  }
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
  await stage.checkout.open(order, stage.way.name)
  const { line } = await paymentMustBe(stage, id, { state: 'prepared', ko: '결제대기', ...nothingYet })
  await reasonMustBe(stage, id, { what: 'order.registered', who: /^payment:/, why: /./ })
  timeline.event('saga', stage.way.words.registered, [line])
}

async function openAndPay(stage: Stage, ledger: Ledger, order: Priced, country: string): Promise<Paid> {
  const { timeline, way } = stage
  const id = order.merchantUid
  await open(stage, order)
  const ref = await stage.outside.pay(order, country, way.played)
  timeline.event('buyer', `pays ${order.money} in the payment window (${country})`)
  timeline.event('gateway', way.words.tells(ref, 'paid'))
  const expected = { state: 'paid', ko: '결제완료', ...settled(order), via: ['prepared'] }
  const { shown, line } = await paymentMustBe(stage, id, expected)
  stage.must(`the attempt of ${id}`, { gatewayRef: way.refOf(id, ref), because: 'asOrdered' }, shown.attempts[0] ?? {})
  const move = await reasonMustBe(stage, id, {
    what: 'attempt.accepted',
    who: way.news.booker,
    why: /^paid as ordered, in time$/,
  })
  await newsMustBeLooked(stage, id, 'paid')
  timeline.event('saga', way.words.learns(move?.why ?? ''), [line])
  if (order === FIRST || order === TOO[way.played].order) timeline.why(way.words.whyLearned)
  await ledger.charge(stage, `payment:${id}`)
  return { ...order, ref }
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
  const { timeline, way } = stage
  await askRefund(stage, refund)
  const open = { state: 'ticketOpen', ko: '취소처리 대기', waits: true, outcome: 'filed', via: ['requested'] }
  const filed = await refundMustBe(stage, refund, { ...open, because: way.filed })
  const payment = { state: 'cancelPending', ko: '취소처리 대기', ...waiting(refund) }
  const { line } = await paymentMustBe(stage, refund.merchantUid, payment)
  await gatewayMustStillSayPaid(stage, refund)
  timeline.event('saga', way.words.cancelTaken, [filed.line, line])
  timeline.why(way.words.whyTaken)
  await workOffTicket(stage, refund)
  await refundMustEnd(stage, refund, 'ticketOpen', 'filed')
  await ledger.charge(stage, `refund:${refund.refundId}`)
}

async function refundWithLostAnswer(stage: Stage, ledger: Ledger, refund: Asked): Promise<void> {
  const { timeline, outside, way } = stage
  const callsBefore = (await outside.calls())[way.cancelRoute] ?? 0
  await outside.cancelFault('lostAnswer')
  // Its webhook would have it looked at before the call has ended.
  if (way.showsRequests) await outside.webhooks('drop')
  const lostToo = way.showsRequests ? ', and its webhook, too' : ''
  timeline.event('gateway', `(from now on it takes a cancel, but its answer is lost${lostToo})`)
  await askRefund(stage, refund)
  timeline.event('saga', 'asks the gateway to cancel and waits 2 s for the answer')
  const lost = { state: 'unknown', ko: '취소요청 확인중', waits: true, outcome: 'unknown', via: ['requested'] }
  const unknown = await refundMustBe(stage, refund, { ...lost, because: /./ })
  const payment = { state: 'cancelPending', ko: '취소처리 대기', ...waiting(refund) }
  const { line } = await paymentMustBe(stage, refund.merchantUid, payment)
  await gatewayMustStillSayPaid(stage, refund)
  timeline.event('saga', `no answer came: ${unknown.why}`, [unknown.line, line])
  timeline.why(way.words.whyUnknown)
  await outside.cancelFault('accept')
  if (way.showsRequests) {
    await outside.webhooks('deliver')
    await requestMustBeSeen(stage, refund)
  }
  await workOffTicket(stage, refund)
  const [before, outcome] = way.showsRequests ? ['ticketOpen', 'filed'] : ['unknown', 'unknown']
  await refundMustEnd(stage, refund, before, outcome)
  const after = (await outside.calls())[way.cancelRoute] ?? 0
  stage.must(`all that was sent for ${refund.refundId}`, { cancels: 1 }, { cancels: after - callsBefore })
  timeline.why(way.words.whyFound)
  await ledger.charge(stage, `refund:${refund.refundId}`)
}

/** In life after a minute, by itself. */
async function requestMustBeSeen(stage: Stage, refund: Asked): Promise<void> {
  const { timeline, checkout } = stage
  await checkout.recheck(refund.refundId)
  const open = { state: 'ticketOpen', ko: '취소처리 대기', waits: true, outcome: 'filed', via: ['unknown'] }
  const seen = await refundMustBe(stage, refund, { ...open, because: /^the gateway shows its request as open$/ })
  timeline.event('saga', `looks, before it would send anything: ${seen.why}`, [seen.line])
}

async function gatewayMustStillSayPaid(stage: Stage, { ref }: Paid): Promise<void> {
  const payment = await stage.outside.payment(ref)
  stage.must(`${ref} at the gateway`, { status: 'paid', cancelAmount: 0 }, payment ?? {})
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
  const { timeline, way } = stage
  timeline.event('gateway', way.words.tells(refund.ref, 'cancelled'))
  const end = { state: 'refunded', ko: '취소완료', waits: false, outcome, via: [before] }
  const refunded = await refundMustBe(stage, refund, { ...end, because: /^the gateway booked the cancel$/ })
  const payment = { state: 'cancelled', ko: '취소완료', ...givenBack(refund) }
  const { line } = await paymentMustBe(stage, refund.merchantUid, payment)
  await newsMustBeLooked(stage, refund.merchantUid, way.news.returned)
  timeline.event('saga', way.words.learns(refunded.why), [refunded.line, line])
}

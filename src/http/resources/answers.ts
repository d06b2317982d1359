// The shapes of what is answered, for OpenAPI; a test holds every answer against them, so that the
// documents cannot lie.
// Must not know: how an answer is made.
import { z } from 'zod'
import { ATTENTIONS } from '../../domain/books/books.ts'
import { GOODS } from '../../domain/books/order.ts'
import { ERROR_CODES } from '../../domain/failures.ts'
import { REFUND_ORIGINS } from '../../domain/refund.ts'
import { KINDS } from '../../gateways/index.ts'
import { paymentStates, refundStates } from './schemas.ts'

const text = z.string().nullable()
const time = z.iso.datetime()
const timeOrNull = time.nullable()
const minor = z.int().meta({ description: 'Minor units of the currency' })
const attention = z.enum(ATTENTIONS)
const channel = z.enum(['live', 'test'])
const label = z.strictObject({ en: z.string(), ko: z.string() })
const look = z.strictObject({ at: time, said: z.string() })

const attempt = z
  .strictObject({
    gatewayRef: z.string(),
    paymentwallRef: text,
    state: z.string(),
    accepted: z.boolean(),
    because: text,
    provider: text.meta({ description: 'The payment provider, as the gateway names it' }),
    contradiction: text.meta({ description: 'What the gateway says against what is booked; null while it agrees' }),
    released: z.boolean().meta({ description: 'A person has released exactly this contradiction' }),
    amount: minor,
    currency: z.string(),
    channel,
    paid: minor,
    returned: minor,
    reserved: minor,
    payMethod: text,
    payerCountry: text,
    paidAt: timeOrNull,
    failReason: text,
    chargedBack: z.boolean(),
    lastLook: look,
  })
  .meta({ id: 'Attempt', description: 'One payment at the gateway for the order.' })

export const payment = z
  .strictObject({
    merchantUid: z.string(),
    gateway: z.string(),
    state: z.enum(paymentStates),
    label,
    accepted: z.boolean(),
    acceptedRef: text,
    amount: minor,
    currency: z.string(),
    channel,
    name: z.string(),
    goods: z.enum(GOODS).nullable(),
    deliveryToldAt: timeOrNull.meta({ description: 'When the gateway last took what it was told of the delivery' }),
    paid: minor,
    returned: minor,
    reserved: minor,
    payerCountry: text,
    waitingForCancellation: z.boolean(),
    chargedBack: z.boolean(),
    seen: z.string().meta({ description: 'The mark of what a person sees here; commands that move money name it' }),
    closedReason: text,
    attention,
    owner: text,
    expiresAt: time,
    createdAt: time,
    temporalUi: text,
    attempts: z.array(attempt),
  })
  .meta({ id: 'Payment', description: 'Deliver on `accepted` with the state `paid`. Sums are the shown attempt’s.' })

const ticket = z.strictObject({ authorisedBy: z.string(), intentAt: time, outcome: text, said: text })

export const refund = z
  .strictObject({
    refundId: z.string(),
    merchantUid: text,
    gateway: z.string(),
    gatewayRef: z.string(),
    paymentwallRef: text,
    payerCountry: text,
    state: z.enum(refundStates),
    label,
    waitingForCancellation: z.boolean(),
    amount: minor,
    remaining: minor,
    currency: z.string(),
    reason: z.string(),
    origin: z.enum(REFUND_ORIGINS),
    testChannel: z.boolean(),
    attention,
    owner: text,
    snoozedUntil: timeOrNull,
    waitingSince: time,
    stateSince: time,
    nextCheckpoint: z.strictObject({ at: time, level: attention.nullable() }).nullable(),
    lastLook: look.nullable(),
    blockedBecause: text,
    seen: z.string().meta({ description: 'The mark of what a person sees here; commands that move money name it' }),
    matchedByAmount: z
      .boolean()
      .meta({ description: 'Closed by an entry that does not name it: its amount stays reserved' }),
    said: text,
    tickets: z.array(ticket),
    createdAt: time,
    temporalUi: text,
  })
  .meta({ id: 'Refund' })

export const order = z.strictObject({ payment, refunds: z.array(refund) }).meta({ id: 'Order' })
export const oneRefund = z.strictObject({ refund })

export const stray = attempt
  .extend({
    gateway: z.string(),
    merchantUid: text.meta({ description: 'null while the order that the gateway names is unknown' }),
    saidMerchantUid: z.string(),
    attention,
    owner: text,
    waitingSince: time,
    nextCheckpoint: z.strictObject({ at: time, level: attention.nullable() }).nullable(),
    refunds: z.array(z.string()).meta({ description: 'refundIds' }),
    seen: z.string(),
    temporalUi: text,
  })
  .meta({ id: 'Stray', description: 'Money with a saga of its own: a second payment, or for an order unknown here.' })
export const oneStray = z.strictObject({ stray })

const [firstWindow, ...otherWindows] = KINDS.flatMap(({ windowShape }) => windowShape ?? [])
/** One for each kind of gateway that has one. */
const paymentWindow =
  firstWindow === undefined || otherWindows.length === 0
    ? (firstWindow ?? z.never())
    : z.union([firstWindow, ...otherWindows])
export const opened = z.strictObject({
  payment,
  window: paymentWindow.nullable().meta({ description: 'null once money is in the order' }),
})

const cursor = text.meta({ description: 'Ask for the next page with it; null on the last one' })
export const paymentPage = z.strictObject({ payments: z.array(payment), cursor })
export const refundPage = z.strictObject({ refunds: z.array(refund), cursor })

export const strayPage = z.strictObject({ strays: z.array(stray), cursor })

const notice = z
  .strictObject({
    id: z.string(),
    merchantUid: z.string(),
    number: z.int().meta({ description: 'Counts from 1 for each payment; a gap is a notice that was not delivered' }),
    type: z.string(),
    at: time,
    state: z.enum(['pending', 'delivered', 'parked']),
    tries: z.int(),
    nextTry: timeOrNull,
    settledAt: timeOrNull,
    said: text,
  })
  .meta({ id: 'Notice', description: 'A signed message to the checkout, and how its delivery stands.' })
export const oneNotice = z.strictObject({ notice })
export const noticePage = z.strictObject({ notices: z.array(notice), cursor })

const changes = [
  ...paymentStates.map((state) => `payment.${state}` as const),
  ...refundStates.map((state) => `refund.${state}` as const),
]
export const noticeMessage = z
  .strictObject({
    id: z.string(),
    number: z
      .int()
      .meta({ description: 'Counts from 1 for each payment; a gap says: ask GET /payments/{merchantUid}' }),
    type: z.enum(changes),
    at: time,
    testChannel: z.boolean(),
    again: z.literal(true).optional().meta({ description: 'Paid once more; an order is delivered once' }),
    payment,
    refund: refund.optional().meta({ description: 'Of `refund.…` only' }),
  })
  .meta({ id: 'NoticeMessage', description: 'Exactly what GET showed at that move.' })

export const journal = z.strictObject({
  journal: z.array(
    z.strictObject({
      id: z.int(),
      at: time,
      bookedAt: time,
      who: z.string(),
      what: z.string(),
      refundId: text,
      gatewayRef: text,
      from: text,
      to: text,
      why: z.string(),
      facts: z.unknown(),
    }),
  ),
  more: z.boolean().meta({ description: 'There are later lines than these' }),
})

export const empty = z.strictObject({})
export const live = z.strictObject({ status: z.literal('live') })
const part = z.enum(['up', 'down'])
export const ready = z.strictObject({ status: z.enum(['ready', 'notReady']), database: part, temporal: part })

export const commanded = z.strictObject({
  answer: z.enum(['done', 'approvalNeeded']),
  state: z.string(),
  sentence: z.string(),
  request: z.string().optional().meta({ description: 'What waits for another person: approve names it' }),
})

export const problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(ERROR_CODES),
    detail: z.string().meta({ description: 'What happened, what was kept, what to do next' }),
  })
  .meta({ id: 'Problem' })

const count = z.int()
export const sweep = z.strictObject({
  sweep: z
    .strictObject({
      id: z.string(),
      askedBy: z.string(),
      from: time,
      to: time,
      state: z.enum(['listing', 'looking', 'done', 'failed']),
      listed: count.meta({ description: "Payments that the gateway's lists show for the range" }),
      differing: count.meta({ description: 'Those that say something else than the evidence kept here' }),
      kept: count.meta({ description: 'Hints kept for them; less where one waited already' }),
      unreadable: count.meta({ description: 'Listed, and not to be read' }),
      strangers: count.meta({ description: "Other providers' payments on the account, which are no business of ours" }),
      calls: count.meta({ description: 'Calls to the lists' }),
      waiting: count.meta({ description: 'Hints that no look has answered yet' }),
      healed: count.meta({ description: 'Looks that moved something' }),
      unchanged: count.meta({ description: 'Looks that found everything booked already' }),
      forPeople: count.meta({ description: 'What could not be looked at, or asks for a person after its look' }),
      said: text,
    })
    .meta({ id: 'Sweep', description: 'A catch-up: what the lists of a range differed in, and what became of it.' }),
})

// How PortOne's V2 writes: errors, a payment with its cancels and the requests for them, a
// transaction (portone.md §4, §5).
// Must not know endpoints, nor why something is answered.
import { createHash } from 'node:crypto'
import type { Context } from 'koa'
import { PORTONE_STORE, PROJECT_KEY } from '../credentials.ts'
import { leftOf, returnedOf, statusTimeOf, type Cancel, type Payment, type Ticket } from '../world/model.ts'
import type { Answered } from './memory.ts'
import type { PortoneSwitches } from './switches.ts'

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function answerWith(context: Context, { status, body }: Answered): void {
  context.status = status
  context.type = 'application/json; charset=utf-8'
  context.body = JSON.stringify(body)
}

export const error = (status: number, type: string, message: string, more: object = {}): Answered => ({
  status,
  body: { type, message, ...more },
})
export const NOT_FOUND = error(404, 'PAYMENT_NOT_FOUND', '결제 건이 존재하지 않습니다.')

/** The same name of PortOne's for the same thing of ours. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}

export type Entry = {
  status: 'REQUESTED' | 'SUCCEEDED' | 'FAILED'
  id: string
  totalAmount: number
  taxFreeAmount: number
  vatAmount: number
  reason: string
  requestedAt: string
  cancelledAt?: string
  trigger?: string
}

/** A ticket keeps its id when it is done; one that is done twice does so once. */
export const idOfTicket = ({ id }: Pick<Ticket, 'id'>): string => uuidOf(id)
export function idOfCancel({ cancels }: Payment, { ticketId, cancellationId }: Cancel): string {
  const first = cancels.find((cancel) => cancel.ticketId === ticketId)
  const isOfTicket = ticketId !== null && (first === undefined || first.cancellationId === cancellationId)
  return uuidOf(isOfTicket ? ticketId : cancellationId)
}

const CONSOLE_REASON = '관리자페이지취소'
const TRIGGERS = { call: 'API', console: 'CONSOLE', chargeback: 'CHARGEBACK' } as const

export function requestOf(ticket: Ticket, switches: PortoneSwitches): Entry {
  const status = ticket.state === 'refused' && switches.declined !== 'silent' ? 'FAILED' : 'REQUESTED'
  return {
    status,
    id: idOfTicket(ticket),
    ...sumsOf(ticket.amount),
    reason: ticket.reason,
    requestedAt: ticket.openedAt,
    ...(switches.trigger === 'named' ? { trigger: 'API' } : {}),
  }
}

function entryOf(payment: Payment, cancel: Cancel, tickets: Ticket[], { trigger, optional }: PortoneSwitches): Entry {
  const ticket = tickets.find(({ id }) => id === cancel.ticketId)
  const at = isoOf(cancel.cancelledAt)
  return {
    status: 'SUCCEEDED',
    id: idOfCancel(payment, cancel),
    ...sumsOf(cancel.amount),
    reason: cancel.origin === 'console' ? CONSOLE_REASON : cancel.reason,
    requestedAt: ticket?.openedAt ?? at,
    ...(optional === 'there' ? { cancelledAt: at } : {}),
    ...(trigger === 'named' ? { trigger: TRIGGERS[cancel.origin] } : {}),
  }
}

const sumsOf = (amount: number) => ({ totalAmount: amount, taxFreeAmount: 0, vatAmount: 0 })
const isoOf = (seconds: number): string => new Date(seconds * 1_000).toISOString()

/** All that have a ticket of it, in the order of filing, then those that nobody asked for here. */
function cancellationsOf(payment: Payment, tickets: Ticket[], switches: PortoneSwitches): Entry[] {
  return [
    ...tickets.filter(({ state }) => state !== 'completed').map((ticket) => requestOf(ticket, switches)),
    ...payment.cancels.map((cancel) => entryOf(payment, cancel, tickets, switches)),
  ]
}

export function statusOf(payment: Payment): string {
  if (payment.outcome === 'ready') return 'READY'
  if (payment.outcome === 'failed') return 'FAILED'
  if (payment.cancels.length === 0) return 'PAID'
  return leftOf(payment) === 0 ? 'CANCELLED' : 'PARTIAL_CANCELLED'
}

/** By its order; the cancels only where there are some. */
export function paymentObject(payment: Payment, tickets: Ticket[], switches: PortoneSwitches): object {
  const cancellations = cancellationsOf(payment, tickets, switches)
  const status = statusOf(payment)
  return {
    ...commonFields(payment, switches),
    origin: { ipAddress: '203.0.113.9', platformType: 'PC' },
    id: payment.merchantUid,
    transactionId: payment.impUid,
    ...(status === 'PAID' ? { disputes: [] } : {}),
    ...(cancellations.length > 0 ? { cancellations } : {}),
  }
}

/** One attempt of it: of a paid one neither the cancels nor the requests are told. */
export function transactionObject(payment: Payment, tickets: Ticket[], switches: PortoneSwitches): object {
  const isCancelled = payment.cancels.length > 0
  return {
    ...commonFields(payment, switches),
    id: payment.impUid,
    paymentId: payment.merchantUid,
    ...(isCancelled ? { cancellations: cancellationsOf(payment, tickets, switches) } : {}),
  }
}

function commonFields(payment: Payment, { optional, unknown, customData: ofAll }: PortoneSwitches): object {
  const { amount, currency, sandbox } = { ...payment, ...payment.contradiction }
  const returned = returnedOf(payment)
  const paid = payment.outcome === 'paid'
  const status = payment.contradiction.status ?? (unknown === 'status' ? 'UNDER_INQUIRY' : statusOf(payment))
  const provider = (payment.contradiction.pgProvider ?? payment.pgProvider).toUpperCase()
  const customData = payment.wire?.customData ?? ofAll
  const channel = { type: sandbox ? 'TEST' : 'LIVE', pgProvider: provider, pgMerchantId: PROJECT_KEY }
  return {
    status,
    merchantId: 'merchant-simulator',
    storeId: PORTONE_STORE,
    version: 'V2',
    ...(paid || optional === 'there' ? { channel } : {}),
    ...(optional === 'there' && paid ? { pgTxId: payment.ref, method: { type: 'PaymentMethodCard' } } : {}),
    requestedAt: isoOf(payment.startedAt),
    updatedAt: new Date(payment.updatedAtMs).toISOString(),
    statusChangedAt: isoOf(statusTimeOf(payment)),
    orderName: 'Simulated order',
    amount: {
      total: amount,
      taxFree: 0,
      discount: 0,
      paid: paid ? amount : 0,
      cancelled: returned,
      cancelledTaxFree: 0,
    },
    currency,
    customer: { id: payment.uid },
    ...timesOf(payment),
    ...(customData > 0 ? { customData: 'x'.repeat(customData) } : {}),
    ...(unknown === 'fields' ? { riskHint: { level: 'none' } } : {}),
  }
}

function timesOf(payment: Payment): object {
  const { outcome, paidAt, failedAt, failReason } = payment
  if (outcome === 'failed') return { failedAt: isoOf(failedAt), failure: { reason: failReason ?? '' } }
  if (outcome !== 'paid') return {}
  const last = payment.cancels.at(-1)
  return { paidAt: isoOf(paidAt), ...(last ? { cancelledAt: isoOf(last.cancelledAt) } : {}) }
}

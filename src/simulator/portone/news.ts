// What PortOne's V2 tells the merchant: Standard Webhooks, signed, and up to six times
// (portone.md §8).
// Must not know why it happened, nor how a message is carried.
import { PORTONE_OTHER_WEBHOOK_SECRET, PORTONE_STORE, PORTONE_WEBHOOK_SECRET } from '../credentials.ts'
import type { Outgoing } from '../post/request.ts'
import type { Way } from '../post/webhooks.ts'
import { leftOf, type Payment, type Ticket } from '../world/model.ts'
import type { News, Simulation } from '../world/simulation.ts'
import { idOfCancel, idOfTicket } from './shape.ts'
import { sign, signedHeaders } from './signature.ts'
import type { PortoneSwitches } from './switches.ts'

/** The first of five waits is up to a minute; here each is. */
const AGAIN_MS = 60_000
const REPEATS = 5
const OLD_MS = 600_000

type Event = { type: string; cancellationId?: string }

export function tellMerchant(simulation: Simulation, payment: Payment, news: News): Promise<void> {
  const event = eventOf(payment, news)
  return event ? send(simulation, payment, event) : Promise.resolve()
}

/** A ticket waits: the status is as it was. */
export function tellPending(simulation: Simulation, payment: Payment, ticket: Ticket): Promise<void> {
  return send(simulation, payment, { type: 'Transaction.CancelPending', cancellationId: idOfTicket(ticket) })
}

/** V2 tells of failures, too. */
export function tellFailed(simulation: Simulation, payment: Payment): Promise<void> {
  return send(simulation, payment, { type: 'Transaction.Failed' })
}

/** Nobody says so, or it comes as a second Paid (portone.md §8). */
export function tellDeclined(simulation: Simulation, ticket: Ticket): Promise<void> {
  const payment = simulation.store.payment(ticket.impUid)
  if (payment?.gateway !== 'portone' || simulation.faults.now().portone.declined !== 'failedAndPaid')
    return Promise.resolve()
  return send(simulation, payment, { type: 'Transaction.Paid' })
}

function eventOf(payment: Payment, news: News): Event | undefined {
  if (news.kind === 'paid') return { type: 'Transaction.Paid' }
  if (news.kind !== 'returned') return undefined
  const type = leftOf(payment) === 0 ? 'Transaction.Cancelled' : 'Transaction.PartialCancelled'
  return { type, cancellationId: idOfCancel(payment, news.cancel) }
}

function send(simulation: Simulation, payment: Payment, event: Event): Promise<void> {
  const { messenger, clock, dice, faults, log } = simulation
  const url = simulation.portoneUrl()
  const id = `msg_${dice.hex(24)}`
  const timestamp = new Date(clock.now()).toISOString()
  if (url === undefined) {
    log(`no webhook address: nothing told about ${payment.impUid}`)
    return Promise.resolve()
  }
  return messenger.tell({
    from: 'portone',
    to: 'merchant',
    about: `${event.type} ${payment.impUid}`,
    moved: event.type,
    write: () => written(faults.now().portone, { id, url, timestamp, payment, event }),
    way: () => wayOf(simulation),
    repeat: {
      everyMs: AGAIN_MS,
      times: () => REPEATS,
      isTaken: (answer) => answer !== undefined && answer.status >= 200 && answer.status < 300,
    },
  })
}

function wayOf({ faults }: Simulation): Way {
  const { webhooks } = faults.now()
  return webhooks === 'duplicate' ? 'pair' : webhooks
}

type Told = { id: string; url: string; timestamp: string; payment: Payment; event: Event }

/** By the standard the id stays in repeats and the time of sending is new: it is the real one. */
function written({ webhooks }: PortoneSwitches, { id, url, timestamp, payment, event }: Told): Outgoing {
  const ids = { storeId: PORTONE_STORE, paymentId: payment.merchantUid, transactionId: payment.impUid }
  const { type, ...more } = event
  const message =
    webhooks === 'older'
      ? { payment_id: ids.paymentId, tx_id: ids.transactionId, status: 'Paid' }
      : { type: webhooks === 'unknownType' ? 'Transaction.OfTomorrow' : type, timestamp, data: { ...ids, ...more } }
  const body = JSON.stringify(message)
  const atMs = Date.now() - (webhooks === 'oldTime' ? OLD_MS : 0)
  const headers = signedHeaders({ id, atMs, body }, (content) => signatures(webhooks, content))
  return { method: 'POST', url, headers, body }
}

function signatures(webhooks: PortoneSwitches['webhooks'], content: string): string {
  const first = sign(PORTONE_WEBHOOK_SECRET, content)
  if (webhooks === 'badSignature') return sign(PORTONE_WEBHOOK_SECRET, `${content} `)
  if (webhooks === 'secondSecret') return sign(PORTONE_OTHER_WEBHOOK_SECRET, content)
  return webhooks === 'bothSecrets' ? `${sign(PORTONE_OTHER_WEBHOOK_SECRET, content)} ${first}` : first
}

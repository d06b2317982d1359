// What operators read of a saga in the Temporal UI, as markdown: what it waits for, since when,
// what the gateway said, what comes next, what they may do.
// Must not know: Temporal. No personal data: neither the buyer nor free text of his.
import type { BlockedBecause } from '../books/alerts.ts'
import { attemptOf, undecidedOfPayment } from '../books/balance.ts'
import type { Attempt, Attention, Books, Payment, Refund, Wait } from '../books/books.ts'
import { contradicted } from '../books/holds.ts'
import { seenOf, seenOfRefund } from '../books/seen.ts'
import { money, printMoney, type Money } from '../money.ts'
import { COMMAND_HELP } from '../moves/people/commands.ts'
import { closesByDeadTicket, EVENTS, mayBeSent, OUTCOMES, possible } from '../moves/people/possible.ts'
import { MONEY_STATES, PAYMENT_STATES, type AttemptReason, type OrderState } from '../payment.ts'
import { closedByAmount, REFUND_STATES, type OpenRefundState, type RefundState } from '../refund.ts'
import { inJson, quoted } from '../text.ts'
import { command, labelled, moment, sheet } from './sheet.ts'
import { strayState } from './views.ts'

const REFUND_WAITS_FOR: Partial<Record<RefundState, string>> = {
  requested: 'the gateway to take the cancel',
  ticketOpen: 'the people at Paymentwall to work off its ticket; a refused or forgotten one is silent',
  unknown: 'certainty: the cancel went out and no answer came, so a ticket may be open',
  blocked: 'a person: no ticket can be filed',
  refused: 'a person: the gateway turned it down',
  reversed: 'a person: the money was booked as returned, and is no longer',
} satisfies Record<OpenRefundState, string>
/** The first thing to do; the commands that the table allows follow. */
const ADVICE: Partial<Record<RefundState, string>> = {
  requested: 'Nothing yet: it is tried until the gateway has answered.',
  ticketOpen: 'Write to the desk (`ops letter`), look again after their answer, resolve only with what they wrote.',
  unknown:
    'Ask the desk whether the request reached them (`ops letter`). It did: resolve as ticketOpen. It did not: retryTicket, but never before they have answered, or it is paid back twice.',
  blocked: 'Pay back by bank and resolve as settledElsewhere; or retryTicket once the cause is gone; or withdraw.',
  refused:
    'Read what the gateway said; then retryTicket, withdraw, or resolve as refused with ticketDead and what the desk wrote.',
  reversed: 'Ask the desk whether the buyer has the money; then retryTicket or resolve.',
} satisfies Record<OpenRefundState, string>
const DOUBT = 'a person: a cancel that does not name it was taken as this refund by its amount, so its ticket may live'
const DOUBT_ADVICE =
  'Ask the desk whether its ticket was worked off (`ops letter`); then resolve as refunded with ticketDead and what they wrote. A cancel that names it ends this by itself.'
const BLOCKED: Readonly<Record<string, string>> = {
  noAttempt: 'the attempt that it belongs to is not in the books',
  notRefundable: 'this method cannot be refunded at Paymentwall for this country',
  limitPassed: 'the days in which this method can be refunded are over',
  contradicted: 'the gateway speaks against our books of this order, until somebody releases it',
  firstGoesBack: 'others took back the payment that had settled the order',
  approvalNeeded: 'asked for in Temporal without a key and above the limit, so another person must approve it',
  rowWentBack: 'our database went back in time, and what this refund came to since is lost',
  balanceDiffers: 'what the gateway counts as returned differs from its cancel entries or from our books',
} satisfies Record<BlockedBecause, string>

const CANCELLING_REFUND =
  'Cancelling this workflow calls no ticket back. Request Cancellation is journalled, raises attention, and stops nothing.'

export function refundDetails(books: Books, refund: Refund): string {
  const { state, merchantUid, gatewayRef, blockedBecause, nextTryAt, tries } = refund
  const attempt = attemptOf(books, gatewayRef)
  const because = blockedBecause === null ? '' : ` (${BLOCKED[blockedBecause] ?? blockedBecause})`
  return sheet(
    `${labelled(REFUND_STATES[state])} · ${printMoney(refund)}`,
    {
      'Waits for': `${closedByAmount(refund) ? DOUBT : (REFUND_WAITS_FOR[state] ?? 'nothing')}${because}`,
      Since: sinceWhen(refund) + inStateSince(refund),
      'The gateway said': refund.said && `${quoted(refund.said)}${askedWhen(refund)}`,
      'Last look': attempt && looked(attempt),
      'Comes next':
        state === 'requested' && nextTryAt !== null
          ? `${moment(nextTryAt)}: another try, after ${tries} that sent nothing`
          : comesNext(refund),
      About: `order **${merchantUid ?? 'unknown'}**, ${named(gatewayRef, attempt)}, asked for by ${refund.origin}`,
    },
    {
      advice: closedByAmount(refund) ? DOUBT_ADVICE : (ADVICE[state] ?? 'It is over.'),
      commands: commandsOf(books, refund),
      cancelling: CANCELLING_REFUND,
    },
  )
}

/** Of a wait that began with this state there is nothing to add. */
const inStateSince = ({ waitingSince, stateSince }: Refund): string =>
  Date.parse(stateSince) - Date.parse(waitingSince) < 60_000 ? '' : `; in this state since ${moment(stateSince)}`

const askedWhen = ({ tickets }: Refund): string => {
  const last = tickets.at(-1)
  return last ? ` (asked ${moment(last.intentAt)}, \`${last.authorisedBy}\`)` : ''
}

/**
 * As far as the row alone tells; whether its ticket has been waited for is judged when somebody
 * asks.
 */
const mayRetry = (refund: Refund): boolean =>
  possible(refund, 'retried') && (refund.state !== 'ticketOpen' || refund.attention === 'page')

/** Where a command's help has the mark of what its person saw. */
const SEEN = '"seen":"…"'
const seenAs = (mark: string): string => `"seen":"${mark}"`

function commandsOf(books: Books, refund: Refund): readonly string[] {
  const mark = seenAs(seenOfRefund(books, refund))
  const outcomes = OUTCOMES.filter(
    (outcome) => possible(refund, EVENTS[outcome]) || closesByDeadTicket(refund, outcome),
  )
  const help = COMMAND_HELP.resolve.replace(OUTCOMES.join('|'), outcomes.join('|')).replace(SEEN, mark)
  const resolve = closedByAmount(refund) ? help.replace('"ticketDead":false', '"ticketDead":true') : help
  return [
    command('recheck'),
    command('acknowledge'),
    command('snooze'),
    ...(outcomes.length > 0 ? [command('resolve', resolve)] : []),
    ...(mayRetry(refund) ? [command('retryTicket', COMMAND_HELP.retryTicket.replace(SEEN, mark))] : []),
    ...(possible(refund, 'withdrawn') && !mayBeSent(refund) ? [command('withdraw')] : []),
  ]
}

const ORDER_WAITS_FOR: Record<OrderState, string> = {
  opening: 'the gateway to register amount and currency',
  prepared: 'the buyer to pay',
  declined: 'the buyer to try again, or the gateway to approve after all',
  expired: 'nothing',
  closed: 'nothing',
}
const MONEY_BECAUSE: Record<AttemptReason, string> = {
  asOrdered: 'paid as ordered',
  amountDiffers: 'another amount than was ordered',
  currencyDiffers: 'another currency than was ordered',
  channelDiffers: 'test money for a live order, or live money for a test order',
  providerDiffers: 'paid through another payment provider',
  firstSeenCancelled: 'it was cancelled already when it was first seen, and not all of it is back',
  firstInDoubt: 'paid again, while another payment of the order is contradicted, or what had settled it is back',
  late: 'it came after the order was closed',
  second: 'a second payment: another attempt has settled the order',
  unknownOrder: 'for an order that is unknown here',
  alreadyReturned: 'all of it had gone back before it was seen',
}

const CANCELLING = 'Request Cancellation is journalled and told, and stops nothing.'

/** The commands that decide on money, with the reference that they are about. */
const decide = (books: Books, ref: string): readonly string[] =>
  (['accept', 'refund', 'recheck', 'acknowledge'] as const).map((name) =>
    command(name, COMMAND_HELP[name].replace('imp_…', () => inJson(ref)).replace(SEEN, seenAs(seenOf(books)))),
  )

const RELEASE_ADVICE =
  'Compare the console; release ends the holds of exactly what stands here, and evidence that agrees again does so by itself.'
const releaseCommand = (books: Books): string =>
  command('release', COMMAND_HELP.release.replace(SEEN, seenAs(seenOf(books))))

export function paymentDetails(books: Books, payment: Payment): string {
  const open = undecidedOfPayment(books)
  const against = books.attempts.filter(contradicted)
  const held = open.length > 0 || against.length > 0
  const { expiresAt, orderState, nextTryAt, tries, merchantUid } = payment
  const expiry = `${moment(expiresAt)}: one last look, then it expires`
  return sheet(
    `${labelled(PAYMENT_STATES[payment.state])} · ${printMoney(payment)}`,
    {
      'Waits for':
        against.length > 0
          ? 'a person: the gateway speaks against our books, and refunds of this order are held'
          : held
            ? 'a person to decide on its money'
            : ORDER_WAITS_FOR[orderState],
      Against: against
        .map(({ gatewayRef, contradiction }) => `${quoted(gatewayRef)} ${quoted(contradiction ?? '')}`)
        .join('; '),
      Money: open
        .map((attempt) => `${named(attempt.gatewayRef, attempt)}, ${printMoney(attempt)}: ${why(attempt)}`)
        .join('; '),
      Since: held ? sinceWhen(payment) : moment(payment.createdAt),
      'Last look': books.attempts.map((attempt) => `${quoted(attempt.gatewayRef)} ${looked(attempt)}`).join('; '),
      'Comes next': held
        ? comesNext(payment)
        : nextTryAt === null
          ? expiry
          : `${moment(nextTryAt)}: another try, after ${tries}`,
      About: `order **${merchantUid}** at ${payment.gateway}`,
    },
    {
      advice:
        against.length > 0
          ? RELEASE_ADVICE
          : held
            ? 'Accept keeps the money and delivers, refund gives it back.'
            : 'Nothing is to be done; the checkout may close the order.',
      commands: [
        ...(against.length > 0 ? [releaseCommand(books)] : []),
        ...(open[0] ? decide(books, open[0].gatewayRef) : [command('recheck')]),
      ],
      cancelling: CANCELLING,
    },
  )
}

export function strayDetails(books: Books, attempt: Attempt): string {
  return sheet(
    `${labelled(MONEY_STATES[strayState(books, attempt)])} · ${printMoney(attempt)}`,
    {
      'Waits for': contradicted(attempt)
        ? 'a person: the gateway speaks against our books'
        : `a person to decide on money that no order waits for: ${why(attempt)}`,
      Against: contradicted(attempt) ? quoted(attempt.contradiction ?? '') : null,
      Since: sinceWhen(attempt),
      'Last look': looked(attempt),
      'Comes next': comesNext(attempt),
      About: `order ${quoted(attempt.saidMerchantUid)}, ${named(attempt.gatewayRef, attempt)}`,
    },
    {
      advice: contradicted(attempt) ? RELEASE_ADVICE : 'Accept keeps the money, refund gives it back.',
      commands: [...(contradicted(attempt) ? [releaseCommand(books)] : []), ...decide(books, attempt.gatewayRef)],
      cancelling: CANCELLING,
    },
  )
}

const why = ({ because }: Attempt): string => (because === null ? '' : MONEY_BECAUSE[because])

/** What a checkpoint does when it is due, for timers and details alike. */
export function checkpointWord(level: Attention | null): string {
  switch (level) {
    case null:
    case 'none':
      return 'a quiet look'
    case 'remind':
      return 'a look, then a reminder'
    case 'warn':
      return 'a look, then a warning'
    case 'page':
      return 'a look, then a page'
  }
}

const comesNext = ({ nextCheckpointAt: at, nextCheckpointLevel: level, snoozedUntil }: Wait): string =>
  at === null ? '' : `${moment(at)}: ${checkpointWord(level)}${snoozedUntil === at ? ' (snoozed until then)' : ''}`

const sinceWhen = ({ waitingSince, attention, owner }: Wait): string =>
  `${moment(waitingSince)}, attention **${attention}**, ${owner === null ? 'nobody has taken it' : `taken by ${quoted(owner)}`}`

function looked({ lookFailedAt, lookFailedSaid, evidenceAsOf, status, gatewayReturned, ...paid }: Attempt): string {
  if (lookFailedAt !== null) return `${moment(lookFailedAt)}: could not look: ${quoted(lookFailedSaid ?? 'no answer')}`
  const returned: Money = money(gatewayReturned, paid.currency)
  return `${moment(evidenceAsOf)}: ${status}, ${printMoney(returned)} of ${printMoney(paid)} returned`
}

function named(ref: string, attempt: Attempt | undefined): string {
  const { paymentwallRef, payerCountry, payMethod } = attempt ?? {}
  const words = [
    paymentwallRef && `Paymentwall ${quoted(paymentwallRef)}`,
    ...[payMethod, payerCountry].map((word) => word && quoted(word)),
  ]
  return [`attempt ${quoted(ref)}`, ...words.filter((word) => typeof word === 'string' && word !== '')].join(', ')
}

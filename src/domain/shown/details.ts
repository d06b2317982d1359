// What operators read of a saga in the Temporal UI, as markdown: what it waits for, since when,
// what the gateway said, what comes next, what they may do.
// Must not know: Temporal. No personal data: neither the buyer nor free text of his.
import { attemptOf, undecidedOfPayment } from '../books/balance.ts'
import type { Attempt, Attention, Books, Payment, Refund, Wait } from '../books/books.ts'
import type { Setting } from '../books/draft.ts'
import { contradicted } from '../books/holds.ts'
import { seenOf, seenOfRefund } from '../books/seen.ts'
import { money, printMoney, type Money } from '../money.ts'
import { COMMAND_HELP } from '../moves/people/commands.ts'
import { closesByDeadTicket, EVENTS, mayBeSent, OUTCOMES, possible } from '../moves/people/possible.ts'
import { retryOf } from '../moves/people/retry.ts'
import { MONEY_STATES, PAYMENT_STATES } from '../payment.ts'
import { closedByAmount, REFUND_STATES } from '../refund.ts'
import { inJson, quoted } from '../text.ts'
import { command, labelled, moment, sheet } from './sheet.ts'
import { strayState } from './views.ts'
import { speakerOf, wordOf, type Language, type Speak } from '../../language.ts'
import {
  ATTENTION,
  BLOCKED,
  CHECKPOINT,
  MONEY_BECAUSE,
  ORDER_WAITS_FOR,
  ORIGIN,
  PAGE,
  REFUND_ADVICE,
  REFUND_WAITS_FOR,
  ATTEMPT_STATUS,
} from './words/pages.ts'

export function refundDetails(books: Books, refund: Refund, setting: Setting, language: Language = 'en'): string {
  const speak = speakerOf(language)
  const { state, merchantUid, gatewayRef, blockedBecause, nextTryAt, tries, origin } = refund
  const attempt = attemptOf(books, gatewayRef)
  const doubted = closedByAmount(refund)
  const waitsFor = doubted ? PAGE.doubt : (wordOf(REFUND_WAITS_FOR, state) ?? PAGE.nothing)
  const advice = doubted ? PAGE.doubtAdvice : (wordOf(REFUND_ADVICE, state) ?? PAGE.over)
  return sheet(
    speak,
    `${labelled(REFUND_STATES[state])} · ${printMoney(refund)}`,
    {
      waitsFor: speak(waitsFor) + blockedWhy(speak, blockedBecause),
      since: sinceWhen(speak, refund) + inStateSince(speak, refund),
      gatewaySaid: refund.said && `${quoted(refund.said)}${askedWhen(speak, refund)}`,
      lastLook: attempt && looked(speak, attempt),
      comesNext:
        state === 'requested' && nextTryAt !== null
          ? speak(PAGE.anotherTry, { at: moment(nextTryAt), tries })
          : comesNext(speak, refund),
      about: speak(PAGE.aboutRefund, {
        order: merchantUid ?? speak(PAGE.unknownOrder),
        attempt: attemptNamed(speak, gatewayRef, attempt),
        origin: speak(ORIGIN[origin]),
      }),
    },
    {
      advice: speak(advice),
      commands: commandsOf(speak, books, refund, setting),
      cancelling: speak(PAGE.cancellingRefund),
    },
  )
}

function blockedWhy(speak: Speak, because: string | null): string {
  if (because === null) return ''
  const word = wordOf(BLOCKED, because)
  return ` (${word ? speak(word) : because})`
}

/** Of a wait that began with this state there is nothing to add. */
const inStateSince = (speak: Speak, { waitingSince, stateSince }: Refund): string =>
  Date.parse(stateSince) - Date.parse(waitingSince) < 60_000 ? '' : speak(PAGE.inStateSince, { at: moment(stateSince) })

const askedWhen = (speak: Speak, { tickets }: Refund): string => {
  const last = tickets.at(-1)
  return last ? speak(PAGE.asked, { at: moment(last.intentAt), key: last.authorisedBy }) : ''
}

/**
 * A page stands until the row moves, so it says from when on another ticket is taken where that is
 * not so yet.
 */
function retryCommand(
  speak: Speak,
  books: Books,
  refund: Refund,
  { now, patience }: Setting,
  mark: string,
): readonly string[] {
  const retry = retryOf(books, refund, patience)
  if (!('from' in retry)) return []
  const from = Date.parse(retry.from) <= Date.parse(now) ? undefined : retry.from
  return [command(speak, 'retryTicket', COMMAND_HELP.retryTicket.replace(SEEN, mark), from)]
}

/** Where a command's help has the mark of what its person saw. */
const SEEN = '"seen":"…"'
const seenAs = (mark: string): string => `"seen":"${mark}"`

function commandsOf(speak: Speak, books: Books, refund: Refund, setting: Setting): readonly string[] {
  const mark = seenAs(seenOfRefund(books, refund))
  const outcomes = OUTCOMES.filter(
    (outcome) => possible(refund, EVENTS[outcome]) || closesByDeadTicket(refund, outcome),
  )
  const help = COMMAND_HELP.resolve.replace(OUTCOMES.join('|'), outcomes.join('|')).replace(SEEN, mark)
  const resolve = closedByAmount(refund) ? help.replace('"ticketDead":false', '"ticketDead":true') : help
  return [
    command(speak, 'recheck'),
    command(speak, 'acknowledge'),
    command(speak, 'snooze'),
    ...(outcomes.length > 0 ? [command(speak, 'resolve', resolve)] : []),
    ...retryCommand(speak, books, refund, setting, mark),
    ...(possible(refund, 'withdrawn') && !mayBeSent(refund) ? [command(speak, 'withdraw')] : []),
  ]
}

/** The commands that decide on money, with the reference that they are about. */
const decide = (speak: Speak, books: Books, ref: string): readonly string[] =>
  (['accept', 'refund', 'recheck', 'acknowledge'] as const).map((name) =>
    command(speak, name, COMMAND_HELP[name].replace('imp_…', () => inJson(ref)).replace(SEEN, seenAs(seenOf(books)))),
  )

const releaseCommand = (speak: Speak, books: Books): string =>
  command(speak, 'release', COMMAND_HELP.release.replace(SEEN, seenAs(seenOf(books))))

export function paymentDetails(books: Books, payment: Payment, language: Language = 'en'): string {
  const speak = speakerOf(language)
  const open = undecidedOfPayment(books)
  const against = books.attempts.filter(contradicted)
  const held = open.length > 0 || against.length > 0
  const { merchantUid, gateway } = payment
  const decides = held ? PAGE.decideOnMoney : ORDER_WAITS_FOR[payment.orderState]
  return sheet(
    speak,
    `${labelled(PAYMENT_STATES[payment.state])} · ${printMoney(payment)}`,
    {
      waitsFor: speak(against.length > 0 ? PAGE.orderAgainst : decides),
      against: against
        .map(({ gatewayRef, contradiction }) => `${quoted(gatewayRef)} ${quoted(contradiction ?? '')}`)
        .join('; '),
      money: open
        .map(
          (attempt) =>
            `${attemptNamed(speak, attempt.gatewayRef, attempt)}, ${printMoney(attempt)}: ${why(speak, attempt)}`,
        )
        .join('; '),
      since: held ? sinceWhen(speak, payment) : moment(payment.createdAt),
      lastLook: books.attempts.map((attempt) => `${quoted(attempt.gatewayRef)} ${looked(speak, attempt)}`).join('; '),
      comesNext: held ? comesNext(speak, payment) : endComes(speak, payment),
      about: speak(PAGE.aboutOrder, { order: merchantUid, gateway }),
    },
    {
      advice: speak(against.length > 0 ? PAGE.releaseAdvice : held ? PAGE.decideAdvice : PAGE.orderAdvice),
      commands: [
        ...(against.length > 0 ? [releaseCommand(speak, books)] : []),
        ...(open[0] ? decide(speak, books, open[0].gatewayRef) : [command(speak, 'recheck')]),
      ],
      cancelling: speak(PAGE.cancelling),
    },
  )
}

const endComes = (speak: Speak, { expiresAt, nextTryAt, tries }: Payment): string =>
  nextTryAt === null
    ? speak(PAGE.expiry, { at: moment(expiresAt) })
    : speak(PAGE.anotherLook, { at: moment(nextTryAt), tries })

export function strayDetails(books: Books, attempt: Attempt, language: Language = 'en'): string {
  const speak = speakerOf(language)
  const against = contradicted(attempt)
  return sheet(
    speak,
    `${labelled(MONEY_STATES[strayState(books, attempt)])} · ${printMoney(attempt)}`,
    {
      waitsFor: against ? speak(PAGE.strayAgainst) : speak(PAGE.decideOnStray, { why: why(speak, attempt) }),
      against: against ? quoted(attempt.contradiction ?? '') : null,
      since: sinceWhen(speak, attempt),
      lastLook: looked(speak, attempt),
      comesNext: comesNext(speak, attempt),
      about: speak(PAGE.aboutStray, {
        order: quoted(attempt.saidMerchantUid),
        attempt: attemptNamed(speak, attempt.gatewayRef, attempt),
      }),
    },
    {
      advice: speak(against ? PAGE.releaseAdvice : PAGE.strayAdvice),
      commands: [...(against ? [releaseCommand(speak, books)] : []), ...decide(speak, books, attempt.gatewayRef)],
      cancelling: speak(PAGE.cancelling),
    },
  )
}

const why = (speak: Speak, { because }: Attempt): string => (because === null ? '' : speak(MONEY_BECAUSE[because]))

/** What a checkpoint does when it is due, for timers and details alike. */
export const checkpointWord = (speak: Speak, level: Attention | null): string => speak(CHECKPOINT[level ?? 'none'])

const comesNext = (speak: Speak, { nextCheckpointAt: at, nextCheckpointLevel: level, snoozedUntil }: Wait): string =>
  at === null ? '' : `${moment(at)}: ${checkpointWord(speak, level)}${snoozedUntil === at ? speak(PAGE.snoozed) : ''}`

const sinceWhen = (speak: Speak, { waitingSince, attention, owner }: Wait): string =>
  speak(PAGE.since, {
    at: moment(waitingSince),
    level: speak(ATTENTION[attention]),
    owner: owner === null ? speak(PAGE.nobody) : speak(PAGE.taken, { owner: quoted(owner) }),
  })

function looked(speak: Speak, attempt: Attempt): string {
  const { lookFailedAt, lookFailedSaid, evidenceAsOf, status, gatewayReturned, ...paid } = attempt
  if (lookFailedAt !== null)
    return speak(PAGE.couldNotLook, {
      at: moment(lookFailedAt),
      said: quoted(lookFailedSaid ?? speak(PAGE.noAnswer)),
    })
  const returned: Money = money(gatewayReturned, paid.currency)
  return speak(PAGE.looked, {
    at: moment(evidenceAsOf),
    status: speak(ATTEMPT_STATUS[status]),
    returned: printMoney(returned),
    paid: printMoney(paid),
  })
}

function attemptNamed(speak: Speak, ref: string, attempt: Attempt | undefined): string {
  const { paymentwallRef, payerCountry, payMethod } = attempt ?? {}
  const words = [
    paymentwallRef && speak(PAGE.paymentwallRef, { ref: quoted(paymentwallRef) }),
    ...[payMethod, payerCountry].map((word) => word && quoted(word)),
  ]
  return [
    speak(PAGE.attempt, { ref: quoted(ref) }),
    ...words.filter((word) => typeof word === 'string' && word !== ''),
  ].join(', ')
}

// Who hears what has happened, and how: Paymentwall's pingback to i'mport or to the merchant
// (paymentwall.md §5), and i'mport's webhook to the merchant (iamport.md §6).
// Must not know why it happened, nor how a message is carried.
import { PROJECT_SECRET } from '../credentials.ts'
import type { Ear } from '../iamport/ear.ts'
import { wireOf } from '../iamport/shown.ts'
import type { Dice } from '../play/dice.ts'
import type { Faults } from '../world/faults.ts'
import { isLoopback } from '../world/loopback.ts'
import { statusOf, type Cancel, type Payment } from '../world/model.ts'
import { toText } from '../world/money.ts'
import type { ConsoleSetUp } from '../world/setUp.ts'
import type { News, Told } from '../world/simulation.ts'
import { forged, type Forgery } from './forged.ts'
import { pingbackOf, typeOf, webhookOf } from './news.ts'
import type { Answer, Outgoing } from './request.ts'
import type { Message, Messenger, Repeat, Way } from './webhooks.ts'

export type Targets = {
  webhook: string
  pingback: string | undefined
  /** Where i'mport itself takes pingbacks: in this program. */
  iamport: string
  portone: string | undefined
}
type Options = {
  faults: Faults
  ear: Ear
  messenger: Messenger
  targets: Targets
  dice: Dice
  /** Between two tries of a pingback. */
  pingbackEveryMs: number
  log: (line: string) => void
}
export type Telling = {
  /** All that follows from it; settles when the first message is out, or put aside. */
  tell(payment: Payment, news: News): Promise<void>
  /** i'mport's own part: the webhook about a payment, and about a cancel where one is named. */
  tellWebhook(payment: Payment, cancel: Cancel | undefined): Promise<void>
  /** What a stranger writes about a payment; false where it has nowhere to go. */
  forge(payment: Payment, kind: Forgery): boolean
}

export function makeTelling(options: Options): Telling {
  const { faults, ear, messenger, targets, dice, log } = options

  function tellWebhook(payment: Payment, cancel: Cancel | undefined): Promise<void> {
    const ways = { wire: wireOf(faults, payment), switches: faults.now().iamport }
    const entered = urlEntered(targets.webhook, faults.now().setUp.webhookUrl)
    const outgoing = webhookOf(payment, cancel, entered, ways)
    if (!outgoing) {
      log(`no webhook asked for: nothing told about ${payment.impUid}`)
      return Promise.resolve()
    }
    const status = statusOf(payment)
    const carried = messenger.tell({
      from: 'iamport',
      to: 'merchant',
      about: `webhook ${status} ${payment.impUid}`,
      moved: cancel ? movedBy(payment, { cancel }) : `${status} ${amountOf(payment, payment.amount)}`,
      write: () => outgoing,
      way: () => webhookWay(faults, cancel),
      repeat: webhookRepeat(faults),
    })
    ear.follow(payment.impUid, carried)
    return carried
  }

  function tell(payment: Payment, news: News): Promise<void> {
    if (payment.gateway === 'paymentwall') return tellDirect(payment, news)
    // Other providers on the account answer i'mport itself.
    if (payment.pgProvider !== 'paymentwall') {
      return tellWebhook(payment, news.kind === 'returned' ? news.cancel : undefined)
    }
    return messenger.tell(pingback(payment, news, () => targets.iamport, options))
  }

  function tellDirect(payment: Payment, news: News): Promise<void> {
    const urlOf = () => {
      const { projects, setUp } = faults.now()
      const heeded = projects.direct.ownPingbackUrl === 'heeded'
      const own = heeded && payment.pingbackUrl !== null && isLoopback(payment.pingbackUrl) ? payment.pingbackUrl : null
      return own ?? (targets.pingback === undefined ? undefined : urlEntered(targets.pingback, setUp.pingbackUrl))
    }
    if (urlOf() !== undefined) return messenger.tell(pingback(payment, news, () => urlOf() ?? '', options))
    log(`no pingback address: nothing told about ${payment.ref}`)
    return Promise.resolve()
  }

  function forge(payment: Payment, kind: Forgery): boolean {
    const doors = { iamport: targets.webhook, paymentwall: targets.pingback, portone: targets.portone }
    const url = doors[payment.gateway]
    if (url === undefined) return false
    const about = `forged ${kind} ${payment.impUid}`
    const write = () => forged(kind, payment, url, dice)
    void messenger.tell({ from: 'stranger', to: 'merchant', about, moved: 'nothing', write, way: () => 'deliver' })
    return true
  }

  return { tell, tellWebhook, forge }
}

// What nobody has entered is told to nobody.
export function urlEntered(url: string, entered: ConsoleSetUp['webhookUrl']): string | undefined {
  if (entered === 'missing') return undefined
  return entered === 'entered' ? url : `${url}/other`
}

function pingback(payment: Payment, news: News, urlOf: () => string, { faults, pingbackEveryMs }: Options): Message {
  const isDirect = payment.gateway === 'paymentwall'
  const project = () => faults.now().projects[isDirect ? 'direct' : 'iamport']
  const { type } = typeOf(payment, news)
  return {
    from: 'paymentwall',
    to: isDirect ? 'merchant' : 'iamport',
    about: `pingback ${type} ${payment.ref}`,
    moved: movedBy(payment, news),
    write: () => distorted(payment, news, urlOf(), project()),
    way: () => (isDirect && faults.now().webhooks !== 'deliver' ? merchantWay(faults) : wayOf(project().pingbacks)),
    repeat: {
      everyMs: pingbackEveryMs,
      times: () => project().repeats ?? Number.POSITIVE_INFINITY,
      isTaken: (answer) => isTaken(answer, project().taken),
    },
  }
}

type ProjectNow = ReturnType<Faults['now']>['projects']['direct']

// Taken is only 200 with the body `OK` (paymentwall.md §5.5).
function isTaken(answer: Answer | undefined, taken: ProjectNow['taken']): boolean {
  const body = taken === 'trimmed' ? answer?.body.trim() : answer?.body
  return answer?.status === 200 && body === 'OK'
}

function distorted(payment: Payment, news: News, url: string, project: ProjectNow): Outgoing {
  const { pingbacks, mode, parameters, address } = project
  const signVersion = pingbacks === 'downgrade' ? 1 : project.signVersion
  const isTest = mode === 'test'
  const written = pingbackOf(payment, news, url, {
    secret: PROJECT_SECRET,
    signVersion,
    customParameters: parameters,
    isTest,
  })
  const sender: Record<string, string> = address === 'unsaid' ? {} : { 'x-forwarded-for': ADDRESSES[address] }
  const headers = { ...written.headers, ...sender }
  if (pingbacks === 'extraParameter') return { ...written, headers, url: `${written.url}&utm_source=router` }
  if (pingbacks !== 'badSignature') return { ...written, headers }
  const flipped = written.url.endsWith('0') ? '1' : '0'
  return { ...written, headers, url: written.url.slice(0, -1) + flipped }
}

// One of Paymentwall's (paymentwall.md §5.5), and one that is nobody's.
const ADDRESSES = { known: '216.127.71.10', foreign: '203.0.113.77' }

function wayOf(pingbacks: ProjectNow['pingbacks']): Way {
  const isContent = pingbacks === 'badSignature' || pingbacks === 'downgrade' || pingbacks === 'extraParameter'
  return isContent ? 'deliver' : pingbacks
}

function merchantWay(faults: Faults): Way {
  const { webhooks } = faults.now()
  return webhooks === 'duplicate' ? 'pair' : webhooks
}

// The buyer's browser is back before it, where it is so (iamport.md §6).
function webhookWay(faults: Faults, cancel: Cancel | undefined): Way {
  const way = merchantWay(faults)
  const waits = cancel === undefined && faults.now().iamport.redirect === 'beforeWebhook'
  return waits && way === 'deliver' ? 'delay' : way
}

const WEBHOOK_AGAIN_MS = 60_000

// On no answer and 5xx only, where support has turned it on (iamport.md §6).
function webhookRepeat(faults: Faults): Repeat {
  return {
    everyMs: WEBHOOK_AGAIN_MS,
    times: () => (faults.now().iamport.retries === 'fiveTimes' ? 5 : 0),
    isTaken: (answer) => answer !== undefined && answer.status < 500,
  }
}

type Moving = { kind: 'paid' } | Told | { cancel: Cancel }

function movedBy(payment: Payment, moving: Moving): string {
  if ('cancel' in moving) return `${moving.cancel.origin} gave back ${amountOf(payment, moving.cancel.amount)}`
  return moving.kind === 'paid' ? `paid ${amountOf(payment, payment.amount)}` : `said type ${moving.type}`
}

export function amountOf({ currency }: Payment, amount: number): string {
  return `${toText(amount, currency)} ${currency}`
}

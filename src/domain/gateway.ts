// The port to a payment gateway: what we ask, what it may answer. One implementation per kind in
// src/gateways.
// Must not know: wire formats, HTTP, credentials.
import type { Currency } from './currencies.ts'
import type { Failure } from './failures.ts'
import type { GatewayName, GatewayRef, MerchantUid, RefundId } from './ids.ts'
import type { Money } from './money.ts'
import type { SetUp, SetUpFacts } from './shown/setUp.ts'

export type Channel = 'live' | 'test'

/**
 * Who asked for a cancel, where the gateway says so: the merchant's console, or the payer's bank.
 * Never one of our tickets.
 */
export type ForeignMark = 'console' | 'chargeback'

/**
 * One booked cancel: money that the gateway says has gone back. Nothing here is a name that stays
 * but the id.
 */
export type CancelEntry = {
  /** Some entries have none, some get theirs later. */
  readonly cancellationId: string | null
  /** Minor units, of the attempt's currency; above zero. */
  readonly amount: number
  readonly cancelledAt: string | null
  /** Ours as it was sent, cut, replaced or empty. */
  readonly reason: string
  readonly mark: ForeignMark | null
}

/** A request for a cancel that the gateway shows, and nothing has gone back by it. */
export type SeenTicket = {
  readonly id: string
  /** Minor units, of the attempt's currency. */
  readonly amount: number
  readonly requestedAt: string | null
  /** Ours as it was sent, cut, replaced or empty. */
  readonly reason: string
  readonly mark: ForeignMark | null
  /** `refused` is its end. */
  readonly state: 'open' | 'refused'
}

/**
 * What a gateway says of one attempt. Amounts in minor units of `currency`; times are ISO 8601 in
 * UTC.
 */
export type Evidence = {
  readonly gateway: GatewayName
  readonly gatewayRef: GatewayRef
  /** The order that the evidence names itself; may be one that we do not know. */
  readonly merchantUid: string
  /** Whose payment it is: the payment provider's name at the gateway; null where none is named. */
  readonly provider: string | null
  /** False: a provider that this program does not work for was paid. True where none is named. */
  readonly ours: boolean
  /**
   * `unrecognized` is a status that this program does not know yet: it is kept and moves nothing.
   */
  readonly status: 'ready' | 'paid' | 'cancelled' | 'failed' | 'unrecognized'
  readonly statusSaid: string
  readonly amount: number
  readonly currency: Currency
  /** null where the gateway does not say: the order's own stands in, live for an unknown order. */
  readonly channel: Channel | null
  /** Sum of what went back, as the gateway counts it. */
  readonly returned: number
  /** In any order: entries are told apart by what they say, never by their place. */
  readonly entries: readonly CancelEntry[]
  /** Left out where the gateway shows none at all, or did not say: then it says nothing of them. */
  readonly tickets?: readonly SeenTicket[]
  readonly paidAt: string | null
  readonly failedAt: string | null
  readonly failReason: string | null
  readonly paymentwallRef: string | null
  readonly payMethod: string | null
  readonly payerCountry: string | null
  /**
   * It names some of what is true: what it does not show says nothing, and nothing is ever missing
   * in it. All of `returned` that its entries do not name is one cancel more.
   */
  readonly partial?: true
}

export type Order = {
  readonly merchantUid: MerchantUid
  readonly amount: number
  readonly currency: Currency
  readonly channel: Channel
}

/** What a payment window shows of an order. */
export type WindowOrder = Order & {
  readonly name: string
  readonly country: string | null
  readonly widget: string | null
  readonly returnUrl: string | null
}
/**
 * Used for the window alone: neither compared nor logged, and stored by the id only where the
 * gateway `keepsBuyer`.
 */
export type Buyer = { readonly id: string | null; readonly name: string; readonly email: string }

export type CancelRequest = {
  readonly refundId: RefundId
  /** The ticket's key: each of a refund's authorisations has its own. */
  readonly authorisedBy: string
  /**
   * The text of the first call, where this one repeats it under the same key: it is sent byte for
   * byte, by a gateway that `repeats`.
   */
  readonly asSent?: string
  readonly gatewayRef: GatewayRef
  readonly money: Money
  /**
   * Paid minus the sum of booked cancel entries, minor units; the gateway refuses when its books
   * differ.
   */
  readonly checksum: number
  readonly reason: string
  readonly timeoutMs: number
  /**
   * Asked immediately before anything is put on the wire; false ends the call as `notSent`
   * (design.md §6.3c).
   */
  readonly mayStillSend: () => boolean
}

/** What is asked for, apart from when and for how long. */
export type CancelCall = Omit<CancelRequest, 'timeoutMs' | 'mayStillSend'>

/**
 * Every way in which a cancel call can end. Only `notSent` may be tried again by itself.
 * `accepted`: it was taken, and the answer shows no payment, so that it is evidence of nothing;
 * `seenAs`: a look shows it under this id. `repeatable`: the same call, under the same key, tells
 * how it ended.
 */
export type CancelAnswer =
  | { readonly kind: 'answered'; readonly evidence: Evidence }
  | { readonly kind: 'accepted'; readonly said: string; readonly seenAs?: string }
  | { readonly kind: 'turnedDown'; readonly code: string; readonly said: string }
  | { readonly kind: 'notSent'; readonly said: string }
  | { readonly kind: 'unknown'; readonly said: string; readonly repeatable?: true }

export type RegisterAnswer = { readonly kind: 'registered' } | { readonly kind: 'refused'; readonly said: string }

/** What the sweep and catch-ups list, in this order. */
export const LISTED = ['paid', 'cancelled', 'failed'] as const
export type ListedStatus = (typeof LISTED)[number]
export type ListAsked = {
  readonly status: ListedStatus
  /** Of the time of the present status, seconds rounded outwards. */
  readonly from: Date
  readonly to: Date
  /** From 1. */
  readonly page: number
  /** Elements of a page, at most 100. */
  readonly size: number
}
/** An element of a list that cannot be read, with the ids that can. */
export type Unreadable = {
  readonly gatewayRef: GatewayRef | null
  readonly merchantUid: string | null
  /** Whether it may be ours, as in Evidence. */
  readonly ours: boolean
  readonly why: string
}
/** One page of the gateway's own list, ascending by the time of the last change. */
export type ListPage = {
  readonly listed: readonly Evidence[]
  readonly unreadable: readonly Unreadable[]
  /** How many the whole range holds; null where the gateway does not say. */
  readonly total: number | null
  readonly more: boolean
}

/** A webhook as it came in. */
export type HintRequest = {
  /** Without its question mark, not decoded. */
  readonly query: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: Uint8Array
}
/** What a gateway signed of one attempt: evidence of what it names, and of nothing else. */
export type Signed = {
  readonly gatewayRef: GatewayRef
  /** May be one that we do not know. */
  readonly merchantUid: string
  /** Of the event: its repeats have the same one, another event of the attempt never. */
  readonly key: string
  readonly event: SignedEvent
  readonly buyerId: string
  readonly channel: Channel
  /** What was to be paid, where it is named. */
  readonly money: Money | null
  readonly paidAt: string | null
  readonly payMethod: string | null
  readonly payerCountry: string | null
}
export type SignedEvent =
  /** `gift`: customer service gave it. */
  | { readonly kind: 'paid'; readonly gift: boolean }
  | { readonly kind: 'review' }
  /** It will not be paid after all; what was paid goes back whole. */
  | { readonly kind: 'declined'; readonly said: string }
  | {
      readonly kind: 'returned'
      /**
       * Decimal text of a part, in the attempt's currency where none is named; null: all that is
       * left.
       */
      readonly part: { readonly amount: string; readonly currency: string | null } | null
      /** As we had sent it with the ticket. */
      readonly refundId: string | null
      readonly mark: ForeignMark | null
      readonly said: string
    }
  /** A part whose size it does not name. */
  | { readonly kind: 'partReturned'; readonly said: string }
  /** About no money of the attempt. */
  | { readonly kind: 'remark'; readonly said: string }
  /** Of a kind that this program does not know. */
  | { readonly kind: 'unrecognized'; readonly said: string }

/** What a webhook says: a hint is not believed, and what is signed is. */
export type ReadHint =
  | { readonly kind: 'signed'; readonly signed: Signed }
  /** Its signature is wrong, or missing where there must be one: nothing of it is kept. */
  | { readonly kind: 'forged'; readonly why: string }
  | {
      readonly kind: 'hint'
      readonly gatewayRef: string
      readonly merchantUid: string
      /** An open set, as posted; empty where it was left out or is no word. */
      readonly status: string
      readonly cancellationId: string | null
      /** Where the gateway signs: of the message, the same in its repeats, never another's. */
      readonly messageId?: string
    }
  /** It is the gateway's own, and about nothing here: it is taken, and nothing of it is kept. */
  | { readonly kind: 'ignored'; readonly why: string }
  /** `isSigned`: the gateway said it, so it is taken, and kept for a person. */
  | { readonly kind: 'unreadable'; readonly why: string; readonly isSigned?: true }

/** How the webhooks of one kind of gateway come in, and what their sender wants to hear. */
export type Webhooks = {
  readonly method: 'get' | 'post'
  /** Of our API, for example /webhooks/name. */
  readonly path: string
  readonly summary: string
  /** Content types of the bodies; none for those that have no body. */
  readonly bodies: readonly string[]
  /** Whether what the gateway has not signed is turned away. */
  readonly signed: boolean
  /** The answer to what was kept. */
  readonly taken: { readonly body: unknown; readonly type?: string }
  /** IPv4 addresses that the gateway says it sends from: a score, never a proof. */
  readonly addresses: readonly string[]
  /** When the sender tries again what was answered with 503. */
  readonly againAfterSeconds: number
}

export const DELIVERY_STATUSES = ['placed', 'shipped', 'delivering', 'delivered'] as const
/** How what was paid reaches the buyer, as the gateway wants to be told. */
export type Delivery = {
  readonly gatewayRef: GatewayRef
  readonly merchantUid: MerchantUid
  readonly channel: Channel
  readonly kind: 'digital' | 'physical'
  readonly status: (typeof DELIVERY_STATUSES)[number]
  /** The buyer's. */
  readonly email: string
  /** null: not said, here and below. */
  readonly refundable: boolean | null
  readonly reason: string | null
  readonly details: string | null
  readonly carrier: string | null
  readonly trackingId: string | null
  /** When it will be there, and when there will be news of it; ISO. */
  readonly estimatedAt: string | null
  readonly estimatedUpdateAt: string | null
  /** Where it is sent to; there where it is shipped. */
  readonly address: DeliveryAddress | null
}
export type DeliveryAddress = {
  readonly country: string
  readonly city: string
  readonly zip: string
  /** N/A where a country has none. */
  readonly state: string
  readonly street: string
  readonly phone: string
  readonly firstName: string
  readonly lastName: string
}
export type DeliveryAnswer = { readonly kind: 'taken' } | { readonly kind: 'refused'; readonly said: string }

/** How much this gateway takes at once. */
export type GatewayLimits = {
  /** References of one `lookMany`. */
  readonly together: number
  /** Milliseconds of one list's range. */
  readonly listRangeMs: number
  /** So long a cancel call may take, where the gateway advises more than others need. */
  readonly cancelMs?: number
}

/** One that can list. */
export type ListingGateway = Gateway & Required<Pick<Gateway, 'list'>>

/**
 * What a checkout's page opens the gateway's payment window with: names and values are the
 * vendor's.
 */
export type PaymentWindow = Readonly<Record<string, unknown>>

export type Gateway = {
  readonly name: GatewayName
  readonly limits: GatewayLimits
  /** It shows nothing to anybody: every look throws `cannotLook`. */
  readonly blind?: true
  /** It finds orders by their buyer's id, which is kept with the order. */
  readonly keepsBuyer?: true
  /** Reads a webhook that came to this account's path. Pure. */
  readHint(request: HintRequest): ReadHint
  /**
   * Pure: the same order and buyer give the same window. Webhooks about it go to `publicUrl`,
   * followed by the kind's path. A refusal, typed, for what cannot be paid.
   */
  window(order: WindowOrder, buyer: Buyer, publicUrl: string): PaymentWindow | Failure
  /**
   * The refusal, typed, of an order that it cannot be paid by. Asks nobody: the same order, the
   * same answer.
   */
  accepts(order: Order & { readonly widget: string | null }): Failure | undefined
  /**
   * Registers the order's amount and currency; repeatable. Throws a Failure when the answer is not
   * known.
   */
  register(order: Order): Promise<RegisterAnswer>
  /**
   * What is true now of one attempt; undefined when the gateway does not show it. Throws a Failure:
   * `cannotLook` where this gateway shows nothing to anybody.
   */
  look(ref: GatewayRef): Promise<Evidence | undefined>
  /**
   * At most 100 attempts at once; what is not shown proves nothing, and unreadable ones are left
   * out. Throws a Failure.
   */
  lookMany(refs: readonly GatewayRef[]): Promise<readonly Evidence[]>
  /**
   * Every attempt of an order, all pages. `buyerId`: as it was kept with the order. Throws a
   * Failure, as `look` does.
   */
  lookByOrder(merchantUid: MerchantUid, buyerId?: string | null): Promise<readonly Evidence[]>
  /**
   * Asks for money back. Never throws for a provider's behaviour: each ending is a CancelAnswer.
   */
  cancel(request: CancelRequest): Promise<CancelAnswer>
  /**
   * Where a cancel call that was lost may be sent again under its key, for so long after the first
   * one: it is answered as the first was, and files nothing twice. `textOf`: what is sent.
   */
  readonly repeats?: { readonly forMs: number; readonly textOf: (request: CancelCall) => string }
  /**
   * Attempts whose final status changed within a range, for the sweep. Throws a Failure;
   * `gatewayAnswerTooLarge` where a smaller page may be read. Left out by a gateway that has no
   * list.
   */
  readonly list?: (asked: ListAsked) => Promise<ListPage>
  /** May be told again and again. Throws a Failure where it is not known what became of it. */
  confirmDelivery(delivery: Delivery): Promise<DeliveryAnswer>
  /**
   * What identifies the account: its channels at providers of ours, sorted; never secret. Throws a
   * Failure.
   */
  account(): Promise<readonly string[]>
  /**
   * How its set-up is checked, in the order of its consoles, and what a person must look up there.
   * Asks nobody yet; its checks change nothing, and say no secret. The one named `keys` is followed
   * by one of whether the account is the one that is remembered: `account`.
   */
  setUp(facts: SetUpFacts): SetUp
  /**
   * What its own clock says, in Unix milliseconds; undefined where it tells no time. Throws a
   * Failure.
   */
  now(): Promise<number | undefined>
}

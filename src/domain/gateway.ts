// The port to a payment gateway: what we ask, what it may answer. One implementation per kind in
// src/gateways.
// Must not know: wire formats, HTTP, credentials.
import type { Currency } from './currencies.ts'
import type { GatewayName, GatewayRef, MerchantUid, RefundId } from './ids.ts'
import type { Money } from './money.ts'

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
  readonly paidAt: string | null
  readonly failedAt: string | null
  readonly failReason: string | null
  readonly paymentwallRef: string | null
  readonly payMethod: string | null
  readonly payerCountry: string | null
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
/** Used for the window alone: neither stored, compared nor logged. */
export type Buyer = { readonly id: string | null; readonly name: string; readonly email: string }

export type CancelRequest = {
  readonly refundId: RefundId
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

/** Every way in which a cancel call can end. Only `notSent` may be tried again by itself. */
export type CancelAnswer =
  | { readonly kind: 'answered'; readonly evidence: Evidence }
  | { readonly kind: 'turnedDown'; readonly code: string; readonly said: string }
  | { readonly kind: 'notSent'; readonly said: string }
  | { readonly kind: 'unknown'; readonly said: string }

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
/** What a webhook says; none of it is believed. */
export type ReadHint =
  | {
      readonly kind: 'hint'
      readonly gatewayRef: string
      readonly merchantUid: string
      /** An open set, as posted; empty where it was left out or is no word. */
      readonly status: string
      readonly cancellationId: string | null
    }
  | { readonly kind: 'unreadable'; readonly why: string }

/** How the webhooks of one kind of gateway come in, and what their sender wants to hear. */
export type Webhooks = {
  readonly method: 'get' | 'post'
  /** Of our API, for example /webhooks/name. */
  readonly path: string
  readonly summary: string
  /** Content types of the bodies; none for those that have no body. */
  readonly bodies: readonly string[]
  /** The answer to what was kept. */
  readonly taken: { readonly body: unknown; readonly type?: string }
  /** IPv4 addresses that the gateway says it sends from: a score, never a proof. */
  readonly addresses: readonly string[]
  /** When the sender tries again what was answered with 503. */
  readonly againAfterSeconds: number
}

/** How much this gateway takes at once. */
export type GatewayLimits = {
  /** References of one `lookMany`. */
  readonly together: number
  /** Milliseconds of one list's range. */
  readonly listRangeMs: number
}

/**
 * What a checkout's page opens the gateway's payment window with: names and values are the
 * vendor's.
 */
export type PaymentWindow = Readonly<Record<string, unknown>>

export type Gateway = {
  readonly name: GatewayName
  readonly limits: GatewayLimits
  /** Reads a webhook that came to this account's path. Pure. */
  readHint(request: HintRequest): ReadHint
  /**
   * Pure: the same order and buyer give the same window. Webhooks about it go to `publicUrl`,
   * followed by the kind's path. Throws a typed Failure for what cannot be paid.
   */
  window(order: WindowOrder, buyer: Buyer, publicUrl: string): PaymentWindow
  /**
   * Throws a Failure, typed, for an order that it cannot be paid by. Asks nobody: the same order,
   * the same answer.
   */
  accepts(order: Order & { readonly widget: string | null }): void
  /**
   * Registers the order's amount and currency; repeatable. Throws a Failure when the answer is not
   * known.
   */
  register(order: Order): Promise<RegisterAnswer>
  /**
   * What is true now of one attempt; undefined when the gateway does not show it. Throws a Failure.
   */
  look(ref: GatewayRef): Promise<Evidence | undefined>
  /**
   * At most 100 attempts at once; what is not shown proves nothing, and unreadable ones are left
   * out. Throws a Failure.
   */
  lookMany(refs: readonly GatewayRef[]): Promise<readonly Evidence[]>
  /** Every attempt of an order, all pages. Throws a Failure. */
  lookByOrder(merchantUid: MerchantUid): Promise<readonly Evidence[]>
  /**
   * Asks for money back. Never throws for a provider's behaviour: each ending is a CancelAnswer.
   */
  cancel(request: CancelRequest): Promise<CancelAnswer>
  /**
   * Attempts whose final status changed within a range, for the sweep. Throws a Failure;
   * `gatewayAnswerTooLarge` where a smaller page may be read.
   */
  list(asked: ListAsked): Promise<ListPage>
  /**
   * What identifies the account: its channels at providers of ours, sorted; never secret. Throws a
   * Failure.
   */
  account(): Promise<readonly string[]>
}

// The port to a payment gateway: what we ask, what it may answer. One implementation per kind in src/gateways.
// Must not know: wire formats, HTTP, credentials.
import type { GatewayName, GatewayRef, MerchantUid, RefundId } from './ids.ts'
import type { Currency } from './currencies.ts'
import type { Money } from './money.ts'

export type Channel = 'live' | 'test'

/** One booked cancel: money that the gateway says has gone back. Open tickets are not visible here. */
export type CancelEntry = {
  /** Cancellation id where the gateway gives one, else the ordinal: `#1`, `#2` … Unique within the attempt. */
  readonly key: string
  readonly cancellationId: string | null
  /** Minor units, of the attempt's currency. */
  readonly amount: number
  readonly cancelledAt: string | null
  readonly reason: string
}

/** What a gateway says of one attempt. Amounts in minor units of `currency`; times are ISO 8601 in UTC. */
export type Evidence = {
  readonly gateway: GatewayName
  readonly gatewayRef: GatewayRef
  /** The order that the evidence names itself; may be one that we do not know. */
  readonly merchantUid: string
  /** `unrecognized` is a status that this program does not know yet: it is kept and moves nothing. */
  readonly status: 'ready' | 'paid' | 'cancelled' | 'failed' | 'unrecognized'
  readonly statusSaid: string
  readonly amount: number
  readonly currency: Currency
  readonly channel: Channel
  /** Sum of what went back, as the gateway counts it. */
  readonly returned: number
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

export type CancelRequest = {
  readonly refundId: RefundId
  readonly gatewayRef: GatewayRef
  readonly money: Money
  /** Paid minus the sum of booked cancel entries, minor units; the gateway refuses when its books differ. */
  readonly checksum: number
  readonly reason: string
  readonly timeoutMs: number
  /** Asked immediately before anything is put on the wire; false ends the call as `notSent` (design.md §6.3c). */
  readonly mayStillSend: () => boolean
}

/** Every way in which a cancel call can end. Only `notSent` may be tried again by itself. */
export type CancelAnswer =
  | { readonly kind: 'answered'; readonly evidence: Evidence }
  | { readonly kind: 'turnedDown'; readonly code: string; readonly said: string }
  | { readonly kind: 'notSent'; readonly said: string }
  | { readonly kind: 'unknown'; readonly said: string }

export type RegisterAnswer = { readonly kind: 'registered' } | { readonly kind: 'refused'; readonly said: string }

export type ListedStatus = 'paid' | 'cancelled' | 'failed'
/** One page of the gateway's own list, ascending by the time of the last change. */
export type ListPage = { readonly listed: readonly Evidence[]; readonly more: boolean; readonly unreadable: number }

export type Gateway = {
  readonly name: GatewayName
  /** Registers the order's amount and currency; repeatable. Throws a Failure when the answer is not known. */
  register(order: Order): Promise<RegisterAnswer>
  /** What is true now of one attempt; undefined when the gateway does not know it. Throws a Failure. */
  look(ref: GatewayRef): Promise<Evidence | undefined>
  /** Every attempt of an order, all pages. Throws a Failure. */
  lookByOrder(merchantUid: MerchantUid): Promise<readonly Evidence[]>
  /** Asks for money back. Never throws for a provider's behaviour: each ending is a CancelAnswer. */
  cancel(request: CancelRequest): Promise<CancelAnswer>
  /** Attempts whose final status changed since `from`, for the sweep. Throws a Failure. */
  list(status: ListedStatus, from: Date, to: Date, page: number): Promise<ListPage>
}

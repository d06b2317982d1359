// The states of a payment: the order's own, moved by events, and the money states, computed from an
// attempt's sums.
// Must not know: who moves a row, or how it is stored.

type Meaning = { readonly en: string; readonly ko: string }

/** Order states, before any money came. */
export const ORDER_STATES = {
  opening: { en: 'opening', ko: '결제준비' },
  prepared: { en: 'waiting for payment', ko: '결제대기' },
  declined: { en: 'declined', ko: '결제실패' },
  expired: { en: 'expired', ko: '주문종료' },
  closed: { en: 'closed', ko: '주문종료' },
} as const satisfies Record<string, Meaning>

/** Money states of an attempt, computed by `attemptState`. */
export const MONEY_STATES = {
  paid: { en: 'paid', ko: '결제완료' },
  cancelPending: { en: 'waiting for cancellation', ko: '취소처리 대기' },
  partlyCancelled: { en: 'partly cancelled', ko: '부분취소' },
  cancelled: { en: 'cancelled', ko: '취소완료' },
  quarantined: { en: 'needs a person', ko: '확인필요' },
} as const satisfies Record<string, Meaning>

export const PAYMENT_STATES = { ...ORDER_STATES, ...MONEY_STATES } as const
export type OrderState = keyof typeof ORDER_STATES
export type MoneyState = keyof typeof MONEY_STATES
export type PaymentState = OrderState | MoneyState

/** What is so in each state, in a sentence; printed in design.md §4. */
export const PAYMENT_MEANINGS = {
  opening: 'recorded here, and not yet known to the gateway',
  prepared: 'the buyer may pay',
  declined: 'an attempt failed; the buyer may try again, and a review may still approve it',
  expired: 'not paid in time; money that comes now is late',
  closed: 'no sale any more; money that comes now is late',
  paid: 'paid as ordered or accepted, nothing of it is on its way back',
  cancelPending: 'a refund of it was asked for and is not booked yet',
  partlyCancelled: 'a part went back, and nothing waits',
  cancelled: 'all of it went back',
  quarantined: 'money that a person has to accept or give back, or a refund that is reversed',
} as const satisfies Record<PaymentState, string>

/**
 * What may happen to an order. Anything not named here is forbidden; every order may still see
 * money.
 */
export const ORDER_MOVES = {
  opening: { registered: 'prepared', timedOut: 'expired', closed: 'closed' },
  prepared: { declined: 'declined', timedOut: 'expired', closed: 'closed' },
  declined: { newAttempt: 'prepared', timedOut: 'expired', closed: 'closed' },
  expired: {},
  closed: {},
} as const satisfies Record<OrderState, Partial<Record<string, OrderState>>>

type Moves = typeof ORDER_MOVES
export type OrderEvent = { [S in OrderState]: keyof Moves[S] }[OrderState]

/** Who may cause each event, and when; printed in design.md §4. */
export const ORDER_EVENTS = {
  registered: { by: 'the gateway', when: 'it knows amount and currency' },
  declined: { by: 'a look', when: 'an attempt failed' },
  newAttempt: { by: 'a look', when: 'the buyer has begun another attempt' },
  timedOut: {
    by: 'the saga',
    when: 'the time is over, and a last look that answered found no money, or its gateway can be asked by nobody',
  },
  closed: { by: 'the checkout, or the gateway', when: 'it is closed by a call, or refused for good' },
} as const satisfies Record<OrderEvent, { readonly by: string; readonly when: string }>

export function orderAfter(state: OrderState, event: OrderEvent): OrderState | undefined {
  const moves: Partial<Record<OrderEvent, OrderState>> = ORDER_MOVES[state]
  return moves[event]
}

/** Nothing leads out of it: its saga waits for no buyer, and money that comes now is late. */
export const orderOver = (state: OrderState): boolean => Object.keys(ORDER_MOVES[state]).length === 0

export type Sums = {
  /** Minor units, all of the attempt's own currency. */
  readonly paid: number
  readonly returned: number
  readonly reserved: number
  /** Something of it waits at the gateway: a refund whose state says 취소처리 대기. */
  readonly waits: boolean
  /**
   * A refund of it was booked as done and is done no more: until a person decides, nobody may take
   * it for paid.
   */
  readonly reversed: boolean
}

/**
 * The money state of one attempt that was ever paid: one pure function over its sums (design.md
 * §4).
 */
export function attemptState(sums: Sums, accepted: boolean): MoneyState {
  if (sums.returned >= sums.paid) return 'cancelled'
  if (sums.waits) return 'cancelPending'
  if (sums.reversed) return 'quarantined'
  if (sums.returned > 0) return 'partlyCancelled'
  return accepted ? 'paid' : 'quarantined'
}

/** Why an attempt's money counts as it does. */
export type AttemptReason =
  | 'asOrdered'
  | 'amountDiffers'
  | 'currencyDiffers'
  | 'channelDiffers'
  | 'providerDiffers'
  | 'firstSeenCancelled'
  | 'firstInDoubt'
  | 'late'
  | 'second'
  | 'unknownOrder'
  | 'alreadyReturned'

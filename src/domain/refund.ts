// The states of a refund: ONE table of what each means and ONE of what may follow. Code, database
// checks, API and docs derive from them.
// Must not know: who moves a row, or how it is stored.

type Meaning = {
  readonly en: string
  readonly ko: string
  /**
   * Whether its amount is kept from other refunds; `ifTicketMayLive`: only while a ticket may still
   * be worked off.
   */
  readonly reserves: 'yes' | 'no' | 'ifTicketMayLive'
  /** Whether the payment shows 취소처리 대기 because of it. */
  readonly waits: boolean
  /** Whether the saga ends here; `ifTicketDead`: only once a person said that no ticket lives. */
  readonly closed: 'yes' | 'no' | 'ifTicketDead'
}

export const REFUND_STATES = {
  requested: { en: 'requested', ko: '취소접수', reserves: 'yes', waits: true, closed: 'no' },
  ticketOpen: { en: 'waiting for cancellation', ko: '취소처리 대기', reserves: 'yes', waits: true, closed: 'no' },
  unknown: { en: 'request being checked', ko: '취소요청 확인중', reserves: 'yes', waits: true, closed: 'no' },
  blocked: { en: 'cannot be refunded', ko: '취소불가', reserves: 'yes', waits: false, closed: 'no' },
  refused: { en: 'refused', ko: '취소거절', reserves: 'ifTicketMayLive', waits: false, closed: 'ifTicketDead' },
  settledElsewhere: { en: 'paid back by bank', ko: '별도환불', reserves: 'no', waits: false, closed: 'yes' },
  withdrawn: { en: 'withdrawn', ko: '취소철회', reserves: 'no', waits: false, closed: 'yes' },
  superseded: { en: 'overtaken', ko: '대체종결', reserves: 'no', waits: false, closed: 'yes' },
  refunded: { en: 'refunded', ko: '취소완료', reserves: 'no', waits: false, closed: 'yes' },
  reversed: { en: 'reversed', ko: '취소번복', reserves: 'yes', waits: false, closed: 'no' },
} as const satisfies Record<string, Meaning>

export type RefundState = keyof typeof REFUND_STATES
/** Those in which a saga may be open; tables of what people read and do there are total. */
export type OpenRefundState = {
  [S in RefundState]: (typeof REFUND_STATES)[S]['closed'] extends 'yes' ? never : S
}[RefundState]
export const REFUND_STATE_NAMES = Object.keys(REFUND_STATES).filter(
  (name): name is RefundState => name in REFUND_STATES,
)

/** What is so in each state, in a sentence; printed in design.md §4. */
export const REFUND_MEANINGS = {
  requested: 'asked for and reserved; its cancel call comes next',
  ticketOpen: 'a ticket is open at Paymentwall, and people there will work it off, or not',
  unknown: 'a request may have gone out, and whether a ticket is open is not known',
  blocked: 'it may not be asked for now; a person decides, or what held it ends',
  refused: 'the gateway or the desk said no; an earlier ticket may still live',
  settledElsewhere: 'a person says that it was paid back by bank, outside the gateway',
  withdrawn: 'taken back before anything was sent',
  superseded: 'other money went back and took what it had reserved',
  refunded: 'the gateway has booked it, or a person has said so with evidence',
  reversed: 'the gateway had booked it and no longer shows it',
} as const satisfies Record<RefundState, string>

/**
 * What may happen to a refund, in each state. Anything not named here is forbidden. `rowWentBack`:
 * its database lost a ticket that may have been sent.
 */
export const REFUND_MOVES = {
  requested: {
    ticketFiled: 'ticketOpen',
    doneAtOnce: 'refunded',
    cancelled: 'refunded',
    turnedDown: 'refused',
    lostAnswer: 'unknown',
    notRefundable: 'blocked',
    withdrawn: 'withdrawn',
    overtaken: 'superseded',
    rowWentBack: 'unknown',
    ticketShown: 'ticketOpen',
  },
  ticketOpen: {
    cancelled: 'refunded',
    resolvedRefunded: 'refunded',
    resolvedRefused: 'refused',
    settled: 'settledElsewhere',
    overtaken: 'superseded',
    retried: 'requested',
    rowWentBack: 'unknown',
    ticketRefused: 'refused',
  },
  unknown: {
    ticketFiled: 'ticketOpen',
    ticketSeen: 'ticketOpen',
    ticketShown: 'ticketOpen',
    ticketRefused: 'refused',
    notSent: 'requested',
    doneAtOnce: 'refunded',
    cancelled: 'refunded',
    resolvedRefunded: 'refunded',
    turnedDown: 'refused',
    resolvedRefused: 'refused',
    settled: 'settledElsewhere',
    overtaken: 'superseded',
    retried: 'requested',
  },
  blocked: {
    cancelled: 'refunded',
    resolvedRefunded: 'refunded',
    settled: 'settledElsewhere',
    withdrawn: 'withdrawn',
    overtaken: 'superseded',
    retried: 'requested',
    /** What held it is over: a contradiction was released, or the evidence agrees again. */
    released: 'requested',
    rowWentBack: 'unknown',
    ticketShown: 'ticketOpen',
  },
  refused: {
    cancelled: 'refunded',
    resolvedRefunded: 'refunded',
    settled: 'settledElsewhere',
    withdrawn: 'withdrawn',
    overtaken: 'superseded',
    retried: 'requested',
    rowWentBack: 'unknown',
    ticketShown: 'ticketOpen',
  },
  settledElsewhere: { cancelled: 'refunded' },
  withdrawn: {},
  superseded: { cancelled: 'refunded' },
  refunded: { reversed: 'reversed' },
  reversed: {
    cancelled: 'refunded',
    resolvedRefunded: 'refunded',
    settled: 'settledElsewhere',
    resolvedRefused: 'refused',
    retried: 'requested',
    rowWentBack: 'unknown',
  },
} as const satisfies Record<RefundState, Partial<Record<string, RefundState>>>

type Moves = typeof REFUND_MOVES
export type RefundEvent = { [S in RefundState]: keyof Moves[S] }[RefundState]

type Cause = {
  /**
   * `answer`: how the cancel call ended, with a look behind it. `look`: evidence of the gateway.
   * `person`: somebody with a name and a reason. `rules`: what our books and rules forbid.
   * `memory`: what the saga has seen, and its row lost.
   */
  readonly by: readonly ('answer' | 'look' | 'person' | 'rules' | 'memory')[]
  readonly when: string
}

/** Who may cause each event, and when; printed in design.md §4. */
export const REFUND_EVENTS = {
  ticketFiled: { by: ['answer'], when: 'the request was taken and nothing new is booked: a ticket is open' },
  ticketSeen: { by: ['person'], when: 'the desk says that the ticket is there (`resolve`)' },
  ticketShown: { by: ['look'], when: 'the gateway shows its request for a cancel as open' },
  ticketRefused: { by: ['look'], when: 'the gateway shows its request for a cancel as failed' },
  doneAtOnce: { by: ['answer'], when: 'the answer shows it booked' },
  cancelled: { by: ['look'], when: 'a booked cancel is found that answers it' },
  turnedDown: { by: ['answer'], when: 'the gateway said no, and a look agrees' },
  lostAnswer: { by: ['answer'], when: 'the request may have gone out, and no answer is known' },
  notSent: { by: ['answer'], when: 'a late answer: nothing had gone out' },
  notRefundable: { by: ['rules'], when: 'it may not be asked for now; the reason is named' },
  released: { by: ['look', 'person'], when: 'what held it is over: evidence agrees again, `release`, `approve`' },
  retried: { by: ['person'], when: 'a new authorisation (`retry-ticket`)' },
  withdrawn: { by: ['person'], when: 'nothing was sent (`withdraw`, or the payment that it gives back is accepted)' },
  resolvedRefunded: { by: ['person'], when: 'the desk says that it is done (`resolve`)' },
  resolvedRefused: { by: ['person'], when: 'the desk says no (`resolve`)' },
  settled: { by: ['person'], when: 'it was paid back by bank (`resolve`)' },
  overtaken: { by: ['look'], when: 'other money went back, and too little is left for it' },
  reversed: { by: ['look'], when: 'its booked cancel is missing in two looks, ten minutes apart' },
  rowWentBack: { by: ['memory'], when: 'the database lost what may have been sent' },
} as const satisfies Record<RefundEvent, Cause>

/**
 * Who or what wanted the money back. `outside`: moved elsewhere, and the gateway cannot say by
 * whom. `temporal`: a Temporal client without a proof.
 */
export const REFUND_ORIGINS = [
  'checkout',
  'ops',
  'policy',
  'testChannel',
  'console',
  'chargeback',
  'outside',
  'temporal',
] as const
export type RefundOrigin = (typeof REFUND_ORIGINS)[number]

/** The state after `event`, or undefined where the table forbids it. */
export function refundAfter(state: RefundState, event: RefundEvent): RefundState | undefined {
  const moves: Partial<Record<RefundEvent, RefundState>> = REFUND_MOVES[state]
  return moves[event]
}

type TicketLife = {
  readonly state: RefundState
  readonly ticketDead: boolean
  readonly matchedByAmount: boolean
  readonly tickets: readonly { readonly outcome: string | null; readonly dead: boolean }[]
}

/** What decides on the end of a refund's saga. */
type Ending = Pick<TicketLife, 'state' | 'ticketDead' | 'matchedByAmount'>

/**
 * Whether people at Paymentwall may still work off a ticket of this refund: one was filed, or its
 * answer is unknown, and nobody has said that it is dead. An intent without an outcome counts: the
 * call may have gone out.
 */
export function ticketMayLive(refund: TicketLife): boolean {
  if (refund.ticketDead) return false
  return refund.tickets.some(
    ({ outcome, dead }) => !dead && (outcome === null || outcome === 'filed' || outcome === 'unknown'),
  )
}

export function refundReserves(refund: TicketLife): boolean {
  const rule = REFUND_STATES[refund.state].reserves
  return rule === 'yes' || (rule === 'ifTicketMayLive' && ticketMayLive(refund))
}

/**
 * Closed by an entry that only fits by amount and time, while its ticket may live: the money may
 * have been another's, so the amount stays reserved, and a person is asked, until somebody says
 * that the ticket is dead or an entry names it.
 */
export const closedByAmount = ({ state, matchedByAmount, ticketDead }: Ending): boolean =>
  state === 'refunded' && matchedByAmount && !ticketDead

/** Whether the saga has ended and the supervisor passes the row by. */
export function refundClosed(refund: Ending): boolean {
  if (closedByAmount(refund)) return false
  const rule = REFUND_STATES[refund.state].closed
  return rule === 'yes' || (rule === 'ifTicketDead' && refund.ticketDead)
}

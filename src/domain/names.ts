// Task queues, workflow types, Schedules and search attributes, as every Temporal client must write
// them.
// Must not know: Temporal itself.

export const PAYMENTS_QUEUE = 'payments'
export const REFUNDS_QUEUE = 'refunds'
/**
 * What Schedules start: a run that is stuck there keeps no saga from going on, and the other way
 * round.
 */
export const MAINTENANCE_QUEUE = 'maintenance'
export const PAYMENT_WORKFLOW = 'payment'
export const REFUND_WORKFLOW = 'refund'
export const STRAY_WORKFLOW = 'stray'
export const SWEEP_WORKFLOW = 'sweep'
export const SUPERVISE_WORKFLOW = 'supervise'
export const SUPERVISE_SCHEDULE = 'supervise'
export const sweepScheduleId = (gateway: string): string => `sweep:${gateway}`
export const NEWS_SIGNAL = 'news'
/** The header in which a trace goes on, under the name that Temporal's own interceptors have. */
export const TRACE_HEADER = '_tracer-data'

/** The names that operators filter by, and the Temporal type of each. */
export const SEARCH_ATTRIBUTES = Object.freeze({
  SagaState: 'KEYWORD',
  Attention: 'KEYWORD',
  Gateway: 'KEYWORD',
  GatewayRef: 'KEYWORD',
  PaymentwallRef: 'KEYWORD',
  MerchantUid: 'KEYWORD',
  Currency: 'KEYWORD',
  PayerCountry: 'KEYWORD',
  Owner: 'KEYWORD',
  AmountMinor: 'INT',
  WaitingSince: 'DATETIME',
  NextCheckpoint: 'DATETIME',
  TestChannel: 'BOOL',
} as const)
export type AttributeName = keyof typeof SEARCH_ATTRIBUTES

// Task queues, workflow types and Schedules, as every Temporal client must write them.
// Must not know: Temporal itself.

export const PAYMENTS_QUEUE = 'payments'
export const REFUNDS_QUEUE = 'refunds'
/** What Schedules start: a run that is stuck there keeps no saga from going on, and the other way round. */
export const MAINTENANCE_QUEUE = 'maintenance'
export const PAYMENT_WORKFLOW = 'payment'
export const REFUND_WORKFLOW = 'refund'
export const STRAY_WORKFLOW = 'stray'
export const SWEEP_WORKFLOW = 'sweep'
export const SUPERVISE_WORKFLOW = 'supervise'
export const SUPERVISE_SCHEDULE = 'supervise'
export const sweepScheduleId = (gateway: string): string => `sweep:${gateway}`
export const NEWS_SIGNAL = 'news'

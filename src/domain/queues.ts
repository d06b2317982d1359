// Task queues and workflow types, as every Temporal client must write them.
// Must not know: Temporal itself.

export const PAYMENTS_QUEUE = 'payments'
export const REFUNDS_QUEUE = 'refunds'
export const PAYMENT_WORKFLOW = 'payment'
export const REFUND_WORKFLOW = 'refund'
export const STRAY_WORKFLOW = 'stray'
export const SWEEP_WORKFLOW = 'sweep'
export const NEWS_SIGNAL = 'news'

// The workflows that a worker offers, by the names under which any Temporal client starts them.
// Must not know: how they are bundled.
export { payment } from './payment.ts'
export { refund } from './refund.ts'
export { stray } from './stray.ts'
export { supervise, sweep } from './schedules.ts'

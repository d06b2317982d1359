// paymentwall-saga/client: the typed client for checkouts and tools.
// Must not know: anything of the program; it runs wherever fetch is.
export type { components, operations, paths } from './api.ts'
export {
  answerOf,
  createClient,
  type CallOptions,
  type ClientOptions,
  type Delivery,
  type Opened,
  type Order,
  type Payment,
  type PaymentRequest,
  type Refund,
  type RefundRequest,
  type SagaClient,
} from './client.ts'
export {
  isProblem,
  SagaError,
  SagaMisread,
  SagaProblem,
  SagaUnreachable,
  type Problem,
  type ProblemCode,
} from './errors.ts'
export { NoticeForged, verifyNotice, type Notice, type NoticeHeaders } from './notices.ts'
export { StateNotReached, waitForState, type WaitOptions } from './waiting.ts'

// THE table: what each failure means, for the caller, for retries and for people. Read by the HTTP
// mapper, the activity mapper and the looker.
// Must not know: HTTP frameworks, Temporal.

/** The closed list of codes that the HTTP API answers with. */
export const ERROR_CODES = [
  'invalidRequest',
  'unauthorized',
  'forbidden',
  'notFound',
  'conflict',
  'paymentNotPaid',
  'alreadyPaid',
  'refundExceedsBalance',
  'partialRefundNotSupported',
  'refundBlocked',
  'currencyNotSupported',
  'amountOutOfLimits',
  'buyerInvalid',
  'apiPaymentNotSupported',
  'updateRejected',
  'approvalNeeded',
  'payloadTooLarge',
  'gatewayUnavailable',
  'temporarilyUnavailable',
] as const
export type ErrorCode = (typeof ERROR_CODES)[number]

type Meaning = { readonly code: ErrorCode; readonly http: number; readonly retry: boolean }

export const FAILURES = {
  malformedBody: { code: 'invalidRequest', http: 400, retry: false },
  invalidRequest: { code: 'invalidRequest', http: 422, retry: false },
  unauthorized: { code: 'unauthorized', http: 401, retry: false },
  forbidden: { code: 'forbidden', http: 403, retry: false },
  notFound: { code: 'notFound', http: 404, retry: false },
  methodNotAllowed: { code: 'notFound', http: 405, retry: false },
  conflict: { code: 'conflict', http: 409, retry: false },
  paymentNotPaid: { code: 'paymentNotPaid', http: 409, retry: false },
  alreadyPaid: { code: 'alreadyPaid', http: 409, retry: false },
  refundExceedsBalance: { code: 'refundExceedsBalance', http: 409, retry: false },
  partialRefundNotSupported: { code: 'partialRefundNotSupported', http: 422, retry: false },
  refundBlocked: { code: 'refundBlocked', http: 422, retry: false },
  currencyNotSupported: { code: 'currencyNotSupported', http: 422, retry: false },
  amountOutOfLimits: { code: 'amountOutOfLimits', http: 422, retry: false },
  buyerInvalid: { code: 'buyerInvalid', http: 422, retry: false },
  apiPaymentNotSupported: { code: 'apiPaymentNotSupported', http: 422, retry: false },
  updateRejected: { code: 'updateRejected', http: 409, retry: false },
  approvalNeeded: { code: 'approvalNeeded', http: 202, retry: false },
  payloadTooLarge: { code: 'payloadTooLarge', http: 413, retry: false },
  /** The gateway could not be reached, timed out, or answered 5xx or 429: ask again later. */
  gatewayUnavailable: { code: 'gatewayUnavailable', http: 502, retry: true },
  /**
   * The gateway does not take our keys: a person must mend the configuration; asking again is
   * harmless.
   */
  gatewayKeysRefused: { code: 'gatewayUnavailable', http: 502, retry: true },
  /** The gateway answered something that this program cannot read; the field is named. */
  gatewayAnswerUnreadable: { code: 'gatewayUnavailable', http: 502, retry: true },
  /** The gateway's answer is larger than we read: a smaller question may be answered. */
  gatewayAnswerTooLarge: { code: 'gatewayUnavailable', http: 502, retry: true },
  /** A look did not show money that is booked: it proves nothing, and is asked again. */
  gatewayForgot: { code: 'gatewayUnavailable', http: 502, retry: true },
  /** The gateway shows nothing to anybody, now and later: a person asks its console. */
  cannotLook: { code: 'gatewayUnavailable', http: 502, retry: false },
  /** The gateway answers for another account than the one that is remembered: a person decides. */
  accountDiffers: { code: 'gatewayUnavailable', http: 502, retry: true },
  /** The database refuses what the gateway says, so the look has failed. */
  evidenceNotBooked: { code: 'gatewayUnavailable', http: 502, retry: true },
  /** The gateway said no to a request that moves no money. */
  gatewayRefused: { code: 'gatewayUnavailable', http: 502, retry: false },
  temporarilyUnavailable: { code: 'temporarilyUnavailable', http: 503, retry: true },
} as const satisfies Record<string, Meaning>

export type FailureKind = keyof typeof FAILURES

/**
 * A failure with its kind, a sentence for a person (what happened, what was kept, what to do), and
 * facts to show.
 */
export class Failure extends Error {
  readonly kind: FailureKind
  readonly details: Readonly<Record<string, unknown>>
  constructor(kind: FailureKind, sentence: string, details: Readonly<Record<string, unknown>> = {}) {
    super(sentence)
    this.name = 'Failure'
    this.kind = kind
    this.details = details
  }
}

export const asRefusal = (value: unknown): Failure | undefined => (value instanceof Failure ? value : undefined)

/** The value; a refusal is thrown, where nobody is left to answer it otherwise. */
export function must<T>(value: T | Failure): T {
  if (value instanceof Failure) throw value
  return value
}

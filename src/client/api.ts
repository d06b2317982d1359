// Printed from the OpenAPI document by `npm run client`; not to be changed by hand.

// Must not know: how anything is asked.

export interface paths {
  '/payments': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getPayments']
    put?: never
    post: operations['postPayments']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/payments/{merchantUid}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getPaymentsByMerchantUid']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/payments/{merchantUid}/returned': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postPaymentsByMerchantUidReturned']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/payments/{merchantUid}/close': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postPaymentsByMerchantUidClose']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/payments/{merchantUid}/delivery': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postPaymentsByMerchantUidDelivery']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/payments/{merchantUid}/journal': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getPaymentsByMerchantUidJournal']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/payments/{merchantUid}/refunds': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postPaymentsByMerchantUidRefunds']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/refunds/{refundId}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getRefundsByRefundId']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/refunds': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getRefunds']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/refunds/{refundId}/recheck': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postRefundsByRefundIdRecheck']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/refunds/{refundId}/acknowledge': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postRefundsByRefundIdAcknowledge']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/refunds/{refundId}/snooze': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postRefundsByRefundIdSnooze']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/refunds/{refundId}/retry-ticket': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postRefundsByRefundIdRetryTicket']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/refunds/{refundId}/resolve': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postRefundsByRefundIdResolve']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/refunds/{refundId}/withdraw': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postRefundsByRefundIdWithdraw']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/refunds/{refundId}/approve': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postRefundsByRefundIdApprove']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/payments/{merchantUid}/recheck': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postPaymentsByMerchantUidRecheck']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/payments/{merchantUid}/acknowledge': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postPaymentsByMerchantUidAcknowledge']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/payments/{merchantUid}/accept': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postPaymentsByMerchantUidAccept']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/payments/{merchantUid}/refund': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postPaymentsByMerchantUidRefund']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/payments/{merchantUid}/release': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postPaymentsByMerchantUidRelease']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/payments/{merchantUid}/approve': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postPaymentsByMerchantUidApprove']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/strays/{kind}/{account}/{gatewayRef}/recheck': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postStraysByKindByAccountByGatewayRefRecheck']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/strays/{kind}/{account}/{gatewayRef}/acknowledge': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postStraysByKindByAccountByGatewayRefAcknowledge']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/strays/{kind}/{account}/{gatewayRef}/accept': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postStraysByKindByAccountByGatewayRefAccept']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/strays/{kind}/{account}/{gatewayRef}/refund': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postStraysByKindByAccountByGatewayRefRefund']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/strays/{kind}/{account}/{gatewayRef}/release': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postStraysByKindByAccountByGatewayRefRelease']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/strays/{kind}/{account}/{gatewayRef}/approve': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postStraysByKindByAccountByGatewayRefApprove']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/stuck': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getStuck']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/overdue': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getOverdue']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/refunds/{refundId}/history': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getRefundsByRefundIdHistory']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/payments/{merchantUid}/history': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getPaymentsByMerchantUidHistory']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/refunds/{refundId}/letter': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getRefundsByRefundIdLetter']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/inbox': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getInbox']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/inbox/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getInboxById']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/inbox/{id}/replay': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postInboxByIdReplay']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/outbox': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getOutbox']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/outbox/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getOutboxById']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/outbox/{id}/replay': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postOutboxByIdReplay']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/strays': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getStrays']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/strays/{kind}/{account}/{gatewayRef}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getStraysByKindByAccountByGatewayRef']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/notices': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getNotices']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/notices/{id}/resend': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postNoticesByIdResend']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/accounts': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getAccounts']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/accounts/{kind}/{account}/accept': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postAccountsByKindByAccountAccept']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/filing': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getFiling']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/filing/hold': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postFilingHold']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/filing/release': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postFilingRelease']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/doctor': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getDoctor']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/proofs/starts': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postProofsStarts']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/proofs/commands': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postProofsCommands']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/sweeps': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: operations['postSweeps']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/sweeps/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getSweepsById']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/healthz': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getHealthz']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/readyz': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getReadyz']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/metrics': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getMetrics']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/openapi.json': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: operations['getOpenapiJson']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
}

export interface operations {
  /**
   * Record an order, register it with the gateway, and get what its payment window
   * needs
   */
  postPayments: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    requestBody: { content: { 'application/json': components['schemas']['PaymentRequest'] } }
    responses: {
      /** The same order was recorded before */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            payment: components['schemas']['Payment']
            /** null once money is in the order */
            window:
              | (
                  | components['schemas']['Window']
                  | components['schemas']['WidgetWindow']
                  | components['schemas']['RequestPaymentWindow']
                )
              | null
          }
        }
      }
      /** Recorded */
      201: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            payment: components['schemas']['Payment']
            /** null once money is in the order */
            window:
              | (
                  | components['schemas']['Window']
                  | components['schemas']['WidgetWindow']
                  | components['schemas']['RequestPaymentWindow']
                )
              | null
          }
        }
      }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `conflict` */
      409: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'conflict' } }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /**
       * `invalidRequest`, `currencyNotSupported`, `amountOutOfLimits`, `buyerInvalid`,
       * `apiPaymentNotSupported`
       */
      422: {
        headers: { [name: string]: unknown }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code:
              | 'invalidRequest'
              | 'currencyNotSupported'
              | 'amountOutOfLimits'
              | 'buyerInvalid'
              | 'apiPaymentNotSupported'
          }
        }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** Payments in the order of their merchantUid */
  getPayments: {
    parameters: {
      query?: {
        state?:
          | 'opening'
          | 'prepared'
          | 'declined'
          | 'expired'
          | 'closed'
          | 'paid'
          | 'cancelPending'
          | 'partlyCancelled'
          | 'cancelled'
          | 'quarantined'
        limit?: number
        cursor?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** A page */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            payments: components['schemas']['Payment'][]
            /** Ask for the next page with it; null on the last one */
            cursor: string | null
          }
        }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /**
   * A payment and its refunds; `wait` holds the answer, in seconds, until what it
   * shows changes
   */
  getPaymentsByMerchantUid: {
    parameters: { query?: { wait?: number }; header?: never; path: { merchantUid: string }; cookie?: never }
    requestBody?: never
    responses: {
      /** As it stands */
      200: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['Order'] } }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /**
   * The buyer came back from the payment window, whatever happened there: the
   * gateway is asked soon
   */
  postPaymentsByMerchantUidReturned: {
    parameters: { query?: never; header?: never; path: { merchantUid: string }; cookie?: never }
    requestBody: { content: { 'application/json': { gatewayRef?: string } } }
    responses: {
      /** Kept */
      202: { headers: { [name: string]: unknown }; content: { 'application/json': Record<string, never> } }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** Sell this order no more; money that comes later is late */
  postPaymentsByMerchantUidClose: {
    parameters: { query?: never; header?: never; path: { merchantUid: string }; cookie?: never }
    requestBody: { content: { 'application/json': { reason: string } } }
    responses: {
      /** As it stands */
      200: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['Order'] } }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `alreadyPaid` */
      409: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'alreadyPaid' } }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /**
   * How the order is delivered, for the gateway: it withholds money for goods of
   * whose delivery it hears nothing
   */
  postPaymentsByMerchantUidDelivery: {
    parameters: { query?: never; header?: never; path: { merchantUid: string }; cookie?: never }
    requestBody: { content: { 'application/json': components['schemas']['Delivery'] } }
    responses: {
      /** The gateway took it */
      200: { headers: { [name: string]: unknown }; content: { 'application/json': Record<string, never> } }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `conflict`, `paymentNotPaid` */
      409: {
        headers: { [name: string]: unknown }
        content: {
          'application/problem+json': components['schemas']['Problem'] & { code: 'conflict' | 'paymentNotPaid' }
        }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `gatewayUnavailable` */
      502: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'gatewayUnavailable' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /**
   * Every move of a payment and its refunds: who, what, why and on what evidence,
   * the oldest first
   */
  getPaymentsByMerchantUidJournal: {
    parameters: { query?: { limit?: number }; header?: never; path: { merchantUid: string }; cookie?: never }
    requestBody?: never
    responses: {
      /** Lines */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            journal: {
              id: number
              at: string
              bookedAt: string
              who: string
              what: string
              refundId: string | null
              gatewayRef: string | null
              from: string | null
              to: string | null
              why: string
              facts: unknown
            }[]
            /** There are later lines than these */
            more: boolean
          }
        }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** Ask for money back; without an amount, for all that is left */
  postPaymentsByMerchantUidRefunds: {
    parameters: { query?: never; header?: never; path: { merchantUid: string }; cookie?: never }
    requestBody: { content: { 'application/json': components['schemas']['RefundRequest'] } }
    responses: {
      /** The same refund was recorded before */
      200: {
        headers: { [name: string]: unknown }
        content: { 'application/json': { refund: components['schemas']['Refund'] } }
      }
      /** Recorded and reserved; it may take days */
      202: {
        headers: { [name: string]: unknown }
        content: { 'application/json': { refund: components['schemas']['Refund'] } }
      }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `conflict`, `paymentNotPaid`, `refundExceedsBalance` */
      409: {
        headers: { [name: string]: unknown }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'conflict' | 'paymentNotPaid' | 'refundExceedsBalance'
          }
        }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /** `invalidRequest`, `partialRefundNotSupported` */
      422: {
        headers: { [name: string]: unknown }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'invalidRequest' | 'partialRefundNotSupported'
          }
        }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** A refund */
  getRefundsByRefundId: {
    parameters: { query?: never; header?: never; path: { refundId: string }; cookie?: never }
    requestBody?: never
    responses: {
      /** As it stands */
      200: {
        headers: { [name: string]: unknown }
        content: { 'application/json': { refund: components['schemas']['Refund'] } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** Refunds, the longest waiting first; `olderThan` is a duration such as 24h */
  getRefunds: {
    parameters: {
      query?: {
        state?:
          | 'requested'
          | 'ticketOpen'
          | 'unknown'
          | 'blocked'
          | 'refused'
          | 'settledElsewhere'
          | 'withdrawn'
          | 'superseded'
          | 'refunded'
          | 'reversed'
        attention?: 'none' | 'remind' | 'warn' | 'page'
        olderThan?: string
        limit?: number
        cursor?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** A page */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            refunds: components['schemas']['Refund'][]
            /** Ask for the next page with it; null on the last one */
            cursor: string | null
          }
        }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** look at the gateway now */
  postRefundsByRefundIdRecheck: {
    parameters: { query?: never; header?: { 'idempotency-key'?: string }; path: { refundId: string }; cookie?: never }
    requestBody: { content: { 'application/json': Record<string, never> } }
    responses: {
      /** Carried out */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** Above the limit: waits for another person */
      202: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `conflict`, `updateRejected` */
      409: {
        headers: { [name: string]: unknown }
        content: {
          'application/problem+json': components['schemas']['Problem'] & { code: 'conflict' | 'updateRejected' }
        }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** name an owner; reminders are quiet until the next level */
  postRefundsByRefundIdAcknowledge: {
    parameters: { query?: never; header?: { 'idempotency-key'?: string }; path: { refundId: string }; cookie?: never }
    requestBody: {
      content: {
        'application/json': {
          /** Who takes it */
          owner: string
        }
      }
    }
    responses: {
      /** Carried out */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** Above the limit: waits for another person */
      202: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `conflict`, `updateRejected` */
      409: {
        headers: { [name: string]: unknown }
        content: {
          'application/problem+json': components['schemas']['Problem'] & { code: 'conflict' | 'updateRejected' }
        }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** nobody is told until then; past the page level a reason is needed */
  postRefundsByRefundIdSnooze: {
    parameters: { query?: never; header?: { 'idempotency-key'?: string }; path: { refundId: string }; cookie?: never }
    requestBody: {
      content: {
        'application/json': {
          /** With its zone */
          until: string
          reason?: string | null
        }
      }
    }
    responses: {
      /** Carried out */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** Above the limit: waits for another person */
      202: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `conflict`, `updateRejected` */
      409: {
        headers: { [name: string]: unknown }
        content: {
          'application/problem+json': components['schemas']['Problem'] & { code: 'conflict' | 'updateRejected' }
        }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** authorise one more ticket; seen is the mark of what you saw */
  postRefundsByRefundIdRetryTicket: {
    parameters: { query?: never; header?: { 'idempotency-key'?: string }; path: { refundId: string }; cookie?: never }
    requestBody: {
      content: {
        'application/json': {
          /** Why, for the journal */
          reason: string
          /** The mark of what you saw: the field of that name in GET */
          seen: string
        }
      }
    }
    responses: {
      /** Carried out */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** Above the limit: waits for another person */
      202: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `conflict`, `updateRejected` */
      409: {
        headers: { [name: string]: unknown }
        content: {
          'application/problem+json': components['schemas']['Problem'] & { code: 'conflict' | 'updateRejected' }
        }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** say how it ended, with what Paymentwall wrote */
  postRefundsByRefundIdResolve: {
    parameters: { query?: never; header?: { 'idempotency-key'?: string }; path: { refundId: string }; cookie?: never }
    requestBody: {
      content: {
        'application/json': {
          outcome: 'refunded' | 'refused' | 'settledElsewhere' | 'ticketOpen'
          /** Why, for the journal */
          reason: string
          /** What Paymentwall wrote */
          evidence?: string | null
          /** Paymentwall wrote that no ticket is open */
          ticketDead?: boolean | null
          /** The mark of what you saw: the field of that name in GET */
          seen: string
        }
      }
    }
    responses: {
      /** Carried out */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** Above the limit: waits for another person */
      202: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `conflict`, `updateRejected` */
      409: {
        headers: { [name: string]: unknown }
        content: {
          'application/problem+json': components['schemas']['Problem'] & { code: 'conflict' | 'updateRejected' }
        }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** take it back while nothing was sent */
  postRefundsByRefundIdWithdraw: {
    parameters: { query?: never; header?: { 'idempotency-key'?: string }; path: { refundId: string }; cookie?: never }
    requestBody: {
      content: {
        'application/json': {
          /** Why, for the journal */
          reason: string
        }
      }
    }
    responses: {
      /** Carried out */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** Above the limit: waits for another person */
      202: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `conflict`, `updateRejected` */
      409: {
        headers: { [name: string]: unknown }
        content: {
          'application/problem+json': components['schemas']['Problem'] & { code: 'conflict' | 'updateRejected' }
        }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** carry out what another person asked for above the limit */
  postRefundsByRefundIdApprove: {
    parameters: { query?: never; header?: { 'idempotency-key'?: string }; path: { refundId: string }; cookie?: never }
    requestBody: {
      content: {
        'application/json': {
          /** What waits, as its alert and GET name it */
          request: string
        }
      }
    }
    responses: {
      /** Carried out */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** Above the limit: waits for another person */
      202: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `conflict`, `updateRejected` */
      409: {
        headers: { [name: string]: unknown }
        content: {
          'application/problem+json': components['schemas']['Problem'] & { code: 'conflict' | 'updateRejected' }
        }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** look at the gateway now */
  postPaymentsByMerchantUidRecheck: {
    parameters: {
      query?: never
      header?: { 'idempotency-key'?: string }
      path: { merchantUid: string }
      cookie?: never
    }
    requestBody: { content: { 'application/json': Record<string, never> } }
    responses: {
      /** Carried out */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** Above the limit: waits for another person */
      202: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `conflict`, `updateRejected` */
      409: {
        headers: { [name: string]: unknown }
        content: {
          'application/problem+json': components['schemas']['Problem'] & { code: 'conflict' | 'updateRejected' }
        }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** name an owner; reminders are quiet until the next level */
  postPaymentsByMerchantUidAcknowledge: {
    parameters: {
      query?: never
      header?: { 'idempotency-key'?: string }
      path: { merchantUid: string }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          /** Who takes it */
          owner: string
        }
      }
    }
    responses: {
      /** Carried out */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** Above the limit: waits for another person */
      202: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `conflict`, `updateRejected` */
      409: {
        headers: { [name: string]: unknown }
        content: {
          'application/problem+json': components['schemas']['Problem'] & { code: 'conflict' | 'updateRejected' }
        }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** keep the money and deliver */
  postPaymentsByMerchantUidAccept: {
    parameters: {
      query?: never
      header?: { 'idempotency-key'?: string }
      path: { merchantUid: string }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          /** Why, for the journal */
          reason: string
          /** Which attempt, where several wait */
          gatewayRef?: string | null
          /** The mark of what you saw: the field of that name in GET */
          seen: string
        }
      }
    }
    responses: {
      /** Carried out */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** Above the limit: waits for another person */
      202: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `conflict`, `updateRejected` */
      409: {
        headers: { [name: string]: unknown }
        content: {
          'application/problem+json': components['schemas']['Problem'] & { code: 'conflict' | 'updateRejected' }
        }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** give the money back */
  postPaymentsByMerchantUidRefund: {
    parameters: {
      query?: never
      header?: { 'idempotency-key'?: string }
      path: { merchantUid: string }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          /** Why, for the journal */
          reason: string
          /** Which attempt, where several wait */
          gatewayRef?: string | null
          /** The mark of what you saw: the field of that name in GET */
          seen: string
        }
      }
    }
    responses: {
      /** Carried out */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** Above the limit: waits for another person */
      202: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `conflict`, `updateRejected` */
      409: {
        headers: { [name: string]: unknown }
        content: {
          'application/problem+json': components['schemas']['Problem'] & { code: 'conflict' | 'updateRejected' }
        }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /**
   * the gateway speaks against our books: what you have seen (the mark that GET
   * shows as seen) holds nothing any more
   */
  postPaymentsByMerchantUidRelease: {
    parameters: {
      query?: never
      header?: { 'idempotency-key'?: string }
      path: { merchantUid: string }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          /** Why, for the journal */
          reason: string
          /** The mark of what you saw: the field of that name in GET */
          seen: string
        }
      }
    }
    responses: {
      /** Carried out */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** Above the limit: waits for another person */
      202: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `conflict`, `updateRejected` */
      409: {
        headers: { [name: string]: unknown }
        content: {
          'application/problem+json': components['schemas']['Problem'] & { code: 'conflict' | 'updateRejected' }
        }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** carry out what another person asked for above the limit */
  postPaymentsByMerchantUidApprove: {
    parameters: {
      query?: never
      header?: { 'idempotency-key'?: string }
      path: { merchantUid: string }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          /** What waits, as its alert and GET name it */
          request: string
        }
      }
    }
    responses: {
      /** Carried out */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** Above the limit: waits for another person */
      202: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `conflict`, `updateRejected` */
      409: {
        headers: { [name: string]: unknown }
        content: {
          'application/problem+json': components['schemas']['Problem'] & { code: 'conflict' | 'updateRejected' }
        }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** look at the gateway now */
  postStraysByKindByAccountByGatewayRefRecheck: {
    parameters: {
      query?: never
      header?: { 'idempotency-key'?: string }
      path: { kind: string; account: string; gatewayRef: string }
      cookie?: never
    }
    requestBody: { content: { 'application/json': Record<string, never> } }
    responses: {
      /** Carried out */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** Above the limit: waits for another person */
      202: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `conflict`, `updateRejected` */
      409: {
        headers: { [name: string]: unknown }
        content: {
          'application/problem+json': components['schemas']['Problem'] & { code: 'conflict' | 'updateRejected' }
        }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** name an owner; reminders are quiet until the next level */
  postStraysByKindByAccountByGatewayRefAcknowledge: {
    parameters: {
      query?: never
      header?: { 'idempotency-key'?: string }
      path: { kind: string; account: string; gatewayRef: string }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          /** Who takes it */
          owner: string
        }
      }
    }
    responses: {
      /** Carried out */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** Above the limit: waits for another person */
      202: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `conflict`, `updateRejected` */
      409: {
        headers: { [name: string]: unknown }
        content: {
          'application/problem+json': components['schemas']['Problem'] & { code: 'conflict' | 'updateRejected' }
        }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** keep the money and deliver */
  postStraysByKindByAccountByGatewayRefAccept: {
    parameters: {
      query?: never
      header?: { 'idempotency-key'?: string }
      path: { kind: string; account: string; gatewayRef: string }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          /** Why, for the journal */
          reason: string
          /** Which attempt, where several wait */
          gatewayRef?: string | null
          /** The mark of what you saw: the field of that name in GET */
          seen: string
        }
      }
    }
    responses: {
      /** Carried out */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** Above the limit: waits for another person */
      202: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `conflict`, `updateRejected` */
      409: {
        headers: { [name: string]: unknown }
        content: {
          'application/problem+json': components['schemas']['Problem'] & { code: 'conflict' | 'updateRejected' }
        }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** give the money back */
  postStraysByKindByAccountByGatewayRefRefund: {
    parameters: {
      query?: never
      header?: { 'idempotency-key'?: string }
      path: { kind: string; account: string; gatewayRef: string }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          /** Why, for the journal */
          reason: string
          /** Which attempt, where several wait */
          gatewayRef?: string | null
          /** The mark of what you saw: the field of that name in GET */
          seen: string
        }
      }
    }
    responses: {
      /** Carried out */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** Above the limit: waits for another person */
      202: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `conflict`, `updateRejected` */
      409: {
        headers: { [name: string]: unknown }
        content: {
          'application/problem+json': components['schemas']['Problem'] & { code: 'conflict' | 'updateRejected' }
        }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /**
   * the gateway speaks against our books: what you have seen (the mark that GET
   * shows as seen) holds nothing any more
   */
  postStraysByKindByAccountByGatewayRefRelease: {
    parameters: {
      query?: never
      header?: { 'idempotency-key'?: string }
      path: { kind: string; account: string; gatewayRef: string }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          /** Why, for the journal */
          reason: string
          /** The mark of what you saw: the field of that name in GET */
          seen: string
        }
      }
    }
    responses: {
      /** Carried out */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** Above the limit: waits for another person */
      202: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `conflict`, `updateRejected` */
      409: {
        headers: { [name: string]: unknown }
        content: {
          'application/problem+json': components['schemas']['Problem'] & { code: 'conflict' | 'updateRejected' }
        }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** carry out what another person asked for above the limit */
  postStraysByKindByAccountByGatewayRefApprove: {
    parameters: {
      query?: never
      header?: { 'idempotency-key'?: string }
      path: { kind: string; account: string; gatewayRef: string }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          /** What waits, as its alert and GET name it */
          request: string
        }
      }
    }
    responses: {
      /** Carried out */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** Above the limit: waits for another person */
      202: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            answer: 'done' | 'approvalNeeded'
            state: string
            sentence: string
            /** What waits for another person: approve names it */
            request?: string
          }
        }
      }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `conflict`, `updateRejected` */
      409: {
        headers: { [name: string]: unknown }
        content: {
          'application/problem+json': components['schemas']['Problem'] & { code: 'conflict' | 'updateRejected' }
        }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /**
   * Open refunds for people: the longest waiting or the largest first, with the sums
   * of all that fit
   */
  getStuck: {
    parameters: {
      query?: {
        state?:
          | 'requested'
          | 'ticketOpen'
          | 'unknown'
          | 'blocked'
          | 'refused'
          | 'settledElsewhere'
          | 'withdrawn'
          | 'superseded'
          | 'refunded'
          | 'reversed'
        attention?: 'none' | 'remind' | 'warn' | 'page'
        olderThan?: string
        sort?: 'age' | 'money'
        limit?: number
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** As they stand */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            asOf: string
            refunds: {
              refund: components['schemas']['Refund']
              /** For people: USD 1,234.50 */
              money: string
            }[]
            sums: {
              currency: string
              attention: 'none' | 'remind' | 'warn' | 'page'
              count: number
              /** Minor units of the currency */
              amount: number
              /** For people: USD 1,234.50 */
              money: string
              oldest: string
            }[]
          }
        }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /**
   * What should have gone on by itself and has not: rows, wakes that do not leave,
   * lists that are not read
   */
  getOverdue: {
    parameters: { query?: { limit?: number }; header?: never; path?: never; cookie?: never }
    requestBody?: never
    responses: {
      /** The longest overdue first */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            asOf: string
            /** All rows that are overdue, not those of the page alone */
            count: number
            sums: {
              kind: 'payment' | 'refund' | 'stray'
              currency: string
              count: number
              /** Minor units of the currency */
              amount: number
              /** For people: USD 1,234.50 */
              money: string
            }[]
            rows: components['schemas']['OverdueRow'][]
            /** The oldest wake that has not left, where that is too long */
            wake: { since: string } | null
            /** Lists of a gateway that were not read to an end for too long */
            sweeps: { gateway: string; status: string; since: string }[]
            /** Schedules whose work has not come to an end for too long: paused, gone, or stuck */
            schedules: { name: string; since: string }[]
          }
        }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** What happened to a refund: journal, hints, looks and people in one timeline */
  getRefundsByRefundIdHistory: {
    parameters: { query?: never; header?: never; path: { refundId: string }; cookie?: never }
    requestBody?: never
    responses: {
      /** The oldest first */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            state: string
            label: { en: string; ko: string }
            /** For people: USD 1,234.50 */
            money: string
            timeline: components['schemas']['Moment'][]
          }
        }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /**
   * What happened to a payment and its refunds: journal, hints, looks and people in
   * one timeline
   */
  getPaymentsByMerchantUidHistory: {
    parameters: { query?: never; header?: never; path: { merchantUid: string }; cookie?: never }
    requestBody?: never
    responses: {
      /** The oldest first */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            state: string
            label: { en: string; ko: string }
            /** For people: USD 1,234.50 */
            money: string
            timeline: components['schemas']['Moment'][]
          }
        }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** The letter to Paymentwall's desk about an open refund, in English */
  getRefundsByRefundIdLetter: {
    parameters: { query?: { project?: string }; header?: never; path: { refundId: string }; cookie?: never }
    requestBody?: never
    responses: {
      /** To be sent by a person */
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { subject: string; body: string } } }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `updateRejected` */
      409: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'updateRejected' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** Hints in the order of their arrival; parked ones where no state is named */
  getInbox: {
    parameters: {
      query?: { limit?: number; cursor?: string; state?: 'received' | 'looked' | 'parked' }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** A page */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            inbox: {
              id: number
              gateway: string
              gatewayRef: string | null
              merchantUid: string | null
              source: string
              saidStatus: string | null
              state: string
              receivedAt: string
              settledAt: string | null
              parkedBecause: string | null
              /** How many hints it stands for; receivedAt is when the latest came */
              times: number
              /** Sent from an address that the gateway publishes: no proof */
              fromKnownAddress: boolean
            }[]
            /** Ask for the next page with it; null on the last one */
            cursor: string | null
          }
        }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** A hint as it was sent */
  getInboxById: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never }
    requestBody?: never
    responses: {
      /** As it stands */
      200: {
        headers: { [name: string]: unknown }
        content: { 'application/json': { hint: components['schemas']['Hint'] } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** Look at what a parked hint is about after all */
  postInboxByIdReplay: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never }
    requestBody?: never
    responses: {
      /** It is tried again */
      202: { headers: { [name: string]: unknown }; content: { 'application/json': Record<string, never> } }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `conflict` */
      409: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'conflict' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /**
   * Wakes, notices and alerts in the order of their making; parked ones where no
   * state is named
   */
  getOutbox: {
    parameters: {
      query?: {
        limit?: number
        cursor?: string
        state?: 'pending' | 'delivered' | 'parked'
        kind?: 'wake' | 'notice' | 'alert'
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** A page */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            outbox: {
              id: number
              kind: 'wake' | 'notice' | 'alert'
              target: string
              state: string
              tries: number
              createdAt: string
              dueAt: string
              settledAt: string | null
              replayedAt: string | null
              said: string | null
            }[]
            /** Ask for the next page with it; null on the last one */
            cursor: string | null
          }
        }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** A wake, a notice or an alert, and what became of it */
  getOutboxById: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never }
    requestBody?: never
    responses: {
      /** As it stands */
      200: {
        headers: { [name: string]: unknown }
        content: { 'application/json': { outgoing: components['schemas']['Outgoing'] } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** Try a parked row again, for a whole day */
  postOutboxByIdReplay: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never }
    requestBody?: never
    responses: {
      /** It is tried again */
      202: { headers: { [name: string]: unknown }; content: { 'application/json': Record<string, never> } }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `conflict` */
      409: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'conflict' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /**
   * Money that no order waits for and nobody has decided on, the longest waiting
   * first
   */
  getStrays: {
    parameters: { query?: { limit?: number; cursor?: string }; header?: never; path?: never; cookie?: never }
    requestBody?: never
    responses: {
      /** A page */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            strays: components['schemas']['Stray'][]
            /** Ask for the next page with it; null on the last one */
            cursor: string | null
          }
        }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** One of them, decided or not; its account and its reference name it */
  getStraysByKindByAccountByGatewayRef: {
    parameters: {
      query?: never
      header?: never
      path: { kind: string; account: string; gatewayRef: string }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** As it stands */
      200: {
        headers: { [name: string]: unknown }
        content: { 'application/json': { stray: components['schemas']['Stray'] } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /**
   * Notices of one payment in the order of their numbers, and how their delivery
   * stands
   */
  getNotices: {
    parameters: {
      query: { merchantUid: string; limit?: number; cursor?: string }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** A page */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            notices: components['schemas']['Notice'][]
            /** Ask for the next page with it; null on the last one */
            cursor: string | null
          }
        }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /**
   * Send a notice once more, under the same id and number; it is tried for a day
   * from now on
   */
  postNoticesByIdResend: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never }
    requestBody?: never
    responses: {
      /** It waits to be sent */
      200: {
        headers: { [name: string]: unknown }
        content: { 'application/json': { notice: components['schemas']['Notice'] } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** What is remembered of each gateway's account, and whether it answers as it did */
  getAccounts: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    requestBody?: never
    responses: {
      /** All of them */
      200: {
        headers: { [name: string]: unknown }
        content: { 'application/json': { accounts: components['schemas']['Account'][] } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /**
   * The account was changed on purpose: what it shows now is the right one (an
   * approver where a limit is set)
   */
  postAccountsByKindByAccountAccept: {
    parameters: { query?: never; header?: never; path: { kind: string; account: string }; cookie?: never }
    requestBody: { content: { 'application/json': { reason: string } } }
    responses: {
      /** As it is remembered now */
      200: {
        headers: { [name: string]: unknown }
        content: { 'application/json': { account: components['schemas']['Account'] } }
      }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `conflict` */
      409: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'conflict' } }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** Whether new cancel calls are held, since when, by whom and why */
  getFiling: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    requestBody?: never
    responses: {
      /** As it is */
      200: {
        headers: { [name: string]: unknown }
        content: { 'application/json': { hold: components['schemas']['FilingHold'] } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /**
   * No new cancel call is made, by any process, until the hold is released; a hold
   * in force stays as it is
   */
  postFilingHold: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    requestBody: { content: { 'application/json': { reason: string } } }
    responses: {
      /** The hold in force */
      200: {
        headers: { [name: string]: unknown }
        content: { 'application/json': { hold: components['schemas']['FilingHold'] } }
      }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** Ends the hold: what waited is asked for now (an approver where a limit is set) */
  postFilingRelease: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    requestBody: { content: { 'application/json': { reason: string } } }
    responses: {
      /** Released */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': {
            hold: components['schemas']['FilingHold']
            /** Refunds that are tried now */
            freed: number
          }
        }
      }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `conflict` */
      409: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'conflict' } }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /**
   * Checks keys, consoles, webhooks, database, Temporal and clocks; asks the
   * gateways, and changes nothing
   */
  getDoctor: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    requestBody?: never
    responses: {
      /** What was found */
      200: {
        headers: { [name: string]: unknown }
        content: { 'application/json': components['schemas']['SetUpReport'] }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /**
   * A proof for one start by a Temporal client: `input` as it will be sent, without
   * the proof
   */
  postProofsStarts: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    requestBody: { content: { 'application/json': { workflowId: string; input: { [name: string]: unknown } } } }
    responses: {
      /** Until it expires */
      201: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['Proof'] } }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /**
   * A proof for one update by a Temporal client: `args` as they will be sent,
   * without the proof
   */
  postProofsCommands: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    requestBody: {
      content: {
        'application/json': {
          workflowId: string
          command:
            | 'recheck'
            | 'acknowledge'
            | 'snooze'
            | 'retryTicket'
            | 'resolve'
            | 'withdraw'
            | 'approve'
            | 'accept'
            | 'refund'
            | 'release'
          args: { [name: string]: unknown }
        }
      }
    }
    responses: {
      /** Until it expires */
      201: { headers: { [name: string]: unknown }; content: { 'application/json': components['schemas']['Proof'] } }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /**
   * Catch up: list what changed at the gateway in a range, and look at whatever
   * differs from what is kept here
   */
  postSweeps: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    requestBody: { content: { 'application/json': components['schemas']['SweepRequest'] } }
    responses: {
      /** Begun */
      202: {
        headers: { [name: string]: unknown }
        content: { 'application/json': { sweep: components['schemas']['Sweep'] } }
      }
      /** `invalidRequest` */
      400: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `conflict` */
      409: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'conflict' } }
      }
      /** `payloadTooLarge` */
      413: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'payloadTooLarge' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** A catch-up, as far as it has come */
  getSweepsById: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never }
    requestBody?: never
    responses: {
      /** As it stands */
      200: {
        headers: { [name: string]: unknown }
        content: { 'application/json': { sweep: components['schemas']['Sweep'] } }
      }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
      /** `notFound` */
      404: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'notFound' } }
      }
      /** `invalidRequest` */
      422: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'invalidRequest' } }
      }
      /** `temporarilyUnavailable` */
      503: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'temporarilyUnavailable' } }
      }
    }
  }
  /** The process is alive */
  getHealthz: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    requestBody?: never
    responses: {
      /** Alive */
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { status: 'live' } } }
    }
  }
  /** The parts that work needs, each by itself */
  getReadyz: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    requestBody?: never
    responses: {
      /** All are up */
      200: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': { status: 'ready' | 'notReady'; database: 'up' | 'down'; temporal: 'up' | 'down' }
        }
      }
      /** One is down */
      503: {
        headers: { [name: string]: unknown }
        content: {
          'application/json': { status: 'ready' | 'notReady'; database: 'up' | 'down'; temporal: 'up' | 'down' }
        }
      }
    }
  }
  /** Counters of this process and gauges of the database, for Prometheus */
  getMetrics: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    requestBody?: never
    responses: {
      /** Prometheus text */
      200: { headers: { [name: string]: unknown }; content: { 'text/plain': string } }
      /** `unauthorized` */
      401: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'unauthorized' } }
      }
      /** `forbidden` */
      403: {
        headers: { [name: string]: unknown }
        content: { 'application/problem+json': components['schemas']['Problem'] & { code: 'forbidden' } }
      }
    }
  }
  /** This document */
  getOpenapiJson: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    requestBody?: never
    responses: {
      /** OpenAPI 3.1 */
      200: { headers: { [name: string]: unknown }; content: { 'application/json': { [name: string]: unknown } } }
    }
  }
}

export interface components {
  schemas: {
    PaymentRequest: {
      merchantUid: string
      amount: number
      /** Of ISO 4217; which of them an account takes is its own to say */
      currency: string
      name: string
      buyer: { id?: string; name: string; email: string }
      returnUrl?: string
      channel?: 'live' | 'test'
      country?: string
      expiresIn?: string
      latePolicy?: 'hold' | 'refund' | 'accept'
      /** Of physical ones a delivery must be told: people are warned where none was */
      goods?: 'physical' | 'digital'
      gateway?: string
      /** One that the gateway has: pw_1, t3_1 */
      widget?: string
    }
    Delivery:
      | {
          kind: 'digital'
          status: 'placed' | 'shipped' | 'delivering' | 'delivered'
          email: string
          refundable?: boolean | null
          reason?: string | null
          details?: string | null
          carrier?: string | null
          trackingId?: string | null
          estimatedAt?: string | null
          estimatedUpdateAt?: string | null
          address?: {
            country: string
            city: string
            zip: string
            state?: string
            street: string
            phone: string
            firstName: string
            lastName: string
          } | null
        }
      | {
          kind: 'physical'
          status: 'placed' | 'shipped' | 'delivering' | 'delivered'
          email: string
          refundable?: boolean | null
          reason?: string | null
          details?: string | null
          carrier?: string | null
          trackingId?: string | null
          estimatedAt?: string | null
          estimatedUpdateAt?: string | null
          address: {
            country: string
            city: string
            zip: string
            state?: string
            street: string
            phone: string
            firstName: string
            lastName: string
          }
        }
    RefundRequest: {
      /** The caller's own id of the refund; "auto." begins this program's own */
      refundId: string
      /** Minor units; left out: all that is left */
      amount?: number
      reason: string
    }
    SweepRequest: { from: string; to: string }
    /** Exactly what GET showed at that move. */
    NoticeMessage: {
      id: string
      /** Counts from 1 for each payment; a gap says: ask GET /payments/{merchantUid} */
      number: number
      type:
        | 'payment.opening'
        | 'payment.prepared'
        | 'payment.declined'
        | 'payment.expired'
        | 'payment.closed'
        | 'payment.paid'
        | 'payment.cancelPending'
        | 'payment.partlyCancelled'
        | 'payment.cancelled'
        | 'payment.quarantined'
        | 'refund.requested'
        | 'refund.ticketOpen'
        | 'refund.unknown'
        | 'refund.blocked'
        | 'refund.refused'
        | 'refund.settledElsewhere'
        | 'refund.withdrawn'
        | 'refund.superseded'
        | 'refund.refunded'
        | 'refund.reversed'
      at: string
      testChannel: boolean
      /** Paid once more; an order is delivered once */
      again?: true
      payment: components['schemas']['Payment']
      /** Of `refund.…` only */
      refund?: components['schemas']['Refund']
    }
    /** Deliver on `accepted` with the state `paid`. Sums are the shown attempt’s. */
    Payment: {
      merchantUid: string
      gateway: string
      state:
        | 'opening'
        | 'prepared'
        | 'declined'
        | 'expired'
        | 'closed'
        | 'paid'
        | 'cancelPending'
        | 'partlyCancelled'
        | 'cancelled'
        | 'quarantined'
      label: { en: string; ko: string }
      accepted: boolean
      acceptedRef: string | null
      /** Minor units of the currency */
      amount: number
      currency: string
      channel: 'live' | 'test'
      name: string
      goods: ('physical' | 'digital') | null
      /** When the gateway last took what it was told of the delivery */
      deliveryToldAt: string | null
      /** Minor units of the currency */
      paid: number
      /** Minor units of the currency */
      returned: number
      /** Minor units of the currency */
      reserved: number
      payerCountry: string | null
      waitingForCancellation: boolean
      chargedBack: boolean
      /** The mark of what a person sees here; commands that move money name it */
      seen: string
      closedReason: string | null
      attention: 'none' | 'remind' | 'warn' | 'page'
      owner: string | null
      expiresAt: string
      createdAt: string
      temporalUi: string | null
      attempts: components['schemas']['Attempt'][]
    }
    /** One payment at the gateway for the order. */
    Attempt: {
      gatewayRef: string
      paymentwallRef: string | null
      state: string
      accepted: boolean
      because: string | null
      /** The payment provider, as the gateway names it */
      provider: string | null
      /** What the gateway says against what is booked; null while it agrees */
      contradiction: string | null
      /** A person has released exactly this contradiction */
      released: boolean
      /** Minor units of the currency */
      amount: number
      currency: string
      channel: 'live' | 'test'
      /** Minor units of the currency */
      paid: number
      /** Minor units of the currency */
      returned: number
      /** Minor units of the currency */
      reserved: number
      payMethod: string | null
      payerCountry: string | null
      paidAt: string | null
      failReason: string | null
      chargedBack: boolean
      lastLook: { at: string; said: string }
    }
    Refund: {
      refundId: string
      merchantUid: string | null
      gateway: string
      gatewayRef: string
      paymentwallRef: string | null
      payerCountry: string | null
      state:
        | 'requested'
        | 'ticketOpen'
        | 'unknown'
        | 'blocked'
        | 'refused'
        | 'settledElsewhere'
        | 'withdrawn'
        | 'superseded'
        | 'refunded'
        | 'reversed'
      label: { en: string; ko: string }
      waitingForCancellation: boolean
      /** Minor units of the currency */
      amount: number
      /** Minor units of the currency */
      remaining: number
      currency: string
      reason: string
      origin: 'checkout' | 'ops' | 'policy' | 'testChannel' | 'console' | 'chargeback' | 'outside' | 'temporal'
      testChannel: boolean
      attention: 'none' | 'remind' | 'warn' | 'page'
      owner: string | null
      snoozedUntil: string | null
      waitingSince: string
      stateSince: string
      nextCheckpoint: { at: string; level: ('none' | 'remind' | 'warn' | 'page') | null } | null
      lastLook: { at: string; said: string } | null
      blockedBecause: string | null
      /** The mark of what a person sees here; commands that move money name it */
      seen: string
      /** Closed by an entry that does not name it: its amount stays reserved */
      matchedByAmount: boolean
      said: string | null
      tickets: { authorisedBy: string; intentAt: string; outcome: string | null; said: string | null }[]
      createdAt: string
      temporalUi: string | null
    }
    /** Load `script`, call IMP.init(init), then IMP.request_pay(requestPay). */
    Window: {
      script: string
      init: string | null
      requestPay: { [name: string]: string | number | { [name: string]: string } }
    }
    /** Open `url` in a frame, or send the buyer there. */
    WidgetWindow: { url: string }
    /** Load `script`, then call PortOne.requestPayment(requestPayment). */
    RequestPaymentWindow: {
      script: string
      requestPayment: {
        [name: string]: string | number | boolean | { [name: string]: string | { [name: string]: string } }
      }
    }
    Order: { payment: components['schemas']['Payment']; refunds: components['schemas']['Refund'][] }
    OverdueRow: {
      /** The id of its workflow */
      saga: string
      kind: 'payment' | 'refund' | 'stray'
      /** What has not happened in time */
      what: 'checkpoint' | 'expiry' | 'registration' | 'filing'
      /** When it was due */
      since: string
      state: string
      gateway: string
      merchantUid: string | null
      /** Minor units of the currency */
      amount: number
      currency: string
      /** For people: USD 1,234.50 */
      money: string
      temporalUi: string | null
    }
    Moment: {
      at: string
      kind: 'journal' | 'people' | 'hint' | 'look'
      who: string
      what: string
      from: string | null
      to: string | null
      why: string
    }
    Hint: {
      id: number
      gateway: string
      gatewayRef: string | null
      merchantUid: string | null
      source: string
      saidStatus: string | null
      state: string
      receivedAt: string
      settledAt: string | null
      parkedBecause: string | null
      /** How many hints it stands for; receivedAt is when the latest came */
      times: number
      /** Sent from an address that the gateway publishes: no proof */
      fromKnownAddress: boolean
      mismatched: boolean
      remoteAddress: string | null
      contentType: string | null
      /** As it was sent, as far as it is text; believed by nobody */
      body: string | null
    }
    Outgoing: {
      id: number
      kind: 'wake' | 'notice' | 'alert'
      target: string
      state: string
      tries: number
      createdAt: string
      dueAt: string
      settledAt: string | null
      replayedAt: string | null
      said: string | null
      payload: unknown
    }
    /** Money with a saga of its own: a second payment, or for an order unknown here. */
    Stray: {
      gatewayRef: string
      paymentwallRef: string | null
      state: string
      accepted: boolean
      because: string | null
      /** The payment provider, as the gateway names it */
      provider: string | null
      /** What the gateway says against what is booked; null while it agrees */
      contradiction: string | null
      /** A person has released exactly this contradiction */
      released: boolean
      /** Minor units of the currency */
      amount: number
      currency: string
      channel: 'live' | 'test'
      /** Minor units of the currency */
      paid: number
      /** Minor units of the currency */
      returned: number
      /** Minor units of the currency */
      reserved: number
      payMethod: string | null
      payerCountry: string | null
      paidAt: string | null
      failReason: string | null
      chargedBack: boolean
      lastLook: { at: string; said: string }
      gateway: string
      /** null while the order that the gateway names is unknown */
      merchantUid: string | null
      saidMerchantUid: string
      attention: 'none' | 'remind' | 'warn' | 'page'
      owner: string | null
      waitingSince: string
      nextCheckpoint: { at: string; level: ('none' | 'remind' | 'warn' | 'page') | null } | null
      /** refundIds */
      refunds: string[]
      seen: string
      temporalUi: string | null
    }
    /** A signed message to the checkout, and how its delivery stands. */
    Notice: {
      id: string
      merchantUid: string
      /** Counts from 1 for each payment; a gap is a notice that was not delivered */
      number: number
      type: string
      at: string
      state: 'pending' | 'delivered' | 'parked'
      tries: number
      nextTry: string | null
      settledAt: string | null
      said: string | null
    }
    /** What identifies a gateway's account; while it differs nothing is settled by it. */
    Account: {
      gateway: string
      channels: string[]
      rememberedAt: string
      checkedAt: string
      differsSince: string | null
      /** What it shows instead, while it differs */
      shown: string[] | null
      said: string | null
    }
    /** While it is in force no new cancel call is made; null: filing goes on */
    FilingHold: { since: string; who: string; reason: string } | null
    /**
     * Whether the installation is set up as it must be, and what only a person can
     * see.
     */
    SetUpReport: {
      at: string
      parts: { name: string; title: string }[]
      findings: {
        part: string
        check: string
        /** What is so when it is right */
        title: string
        /**
         * `wrong`: money, or news of it, does not come through; `unasked`: it could not be
         * told
         */
        verdict: 'right' | 'unasked' | 'weak' | 'wrong'
        said: string
        remedy: string | null
      }[]
      questions: { part: string; where: string; question: string; else: string }[]
    }
    /**
     * Sent as `proof` beside the input or the arguments; good for these alone, and
     * once
     */
    Proof: { proof: string; expiresAt: string }
    /** A catch-up: what the lists of a range differed in, and what became of it. */
    Sweep: {
      id: string
      askedBy: string
      from: string
      to: string
      state: 'listing' | 'looking' | 'done' | 'failed'
      /** Payments that the gateway's lists show for the range */
      listed: number
      /** Those that say something else than the evidence kept here */
      differing: number
      /** Hints kept for them; less where one waited already */
      kept: number
      /** Listed, and not to be read */
      unreadable: number
      /** Other providers' payments on the account, which are no business of ours */
      strangers: number
      /** Calls to the lists */
      calls: number
      /** Hints that no look has answered yet */
      waiting: number
      /** Looks that moved something */
      healed: number
      /** Looks that found everything booked already */
      unchanged: number
      /** What could not be looked at, or asks for a person after its look */
      forPeople: number
      said: string | null
    }
    Problem: {
      type: string
      title: string
      status: number
      code:
        | 'invalidRequest'
        | 'unauthorized'
        | 'forbidden'
        | 'notFound'
        | 'conflict'
        | 'paymentNotPaid'
        | 'alreadyPaid'
        | 'refundExceedsBalance'
        | 'partialRefundNotSupported'
        | 'refundBlocked'
        | 'currencyNotSupported'
        | 'amountOutOfLimits'
        | 'buyerInvalid'
        | 'apiPaymentNotSupported'
        | 'updateRejected'
        | 'approvalNeeded'
        | 'payloadTooLarge'
        | 'gatewayUnavailable'
        | 'temporarilyUnavailable'
      /** What happened, what was kept, what to do next */
      detail: string
      [name: string]: unknown
    }
  }
}

/** How a call is answered that is made again as it was; whatever is not here, alike. */

export const AGAIN: Readonly<Record<string, 'byKey' | 'once'>> = {
  'POST /refunds/{refundId}/recheck': 'byKey',
  'POST /refunds/{refundId}/acknowledge': 'byKey',
  'POST /refunds/{refundId}/snooze': 'byKey',
  'POST /refunds/{refundId}/retry-ticket': 'byKey',
  'POST /refunds/{refundId}/resolve': 'byKey',
  'POST /refunds/{refundId}/withdraw': 'byKey',
  'POST /refunds/{refundId}/approve': 'byKey',
  'POST /payments/{merchantUid}/recheck': 'byKey',
  'POST /payments/{merchantUid}/acknowledge': 'byKey',
  'POST /payments/{merchantUid}/accept': 'byKey',
  'POST /payments/{merchantUid}/refund': 'byKey',
  'POST /payments/{merchantUid}/release': 'byKey',
  'POST /payments/{merchantUid}/approve': 'byKey',
  'POST /strays/{kind}/{account}/{gatewayRef}/recheck': 'byKey',
  'POST /strays/{kind}/{account}/{gatewayRef}/acknowledge': 'byKey',
  'POST /strays/{kind}/{account}/{gatewayRef}/accept': 'byKey',
  'POST /strays/{kind}/{account}/{gatewayRef}/refund': 'byKey',
  'POST /strays/{kind}/{account}/{gatewayRef}/release': 'byKey',
  'POST /strays/{kind}/{account}/{gatewayRef}/approve': 'byKey',
  'POST /inbox/{id}/replay': 'once',
  'POST /outbox/{id}/replay': 'once',
  'POST /accounts/{kind}/{account}/accept': 'once',
  'POST /filing/release': 'once',
  'POST /sweeps': 'once',
}

// THE route table: every call, who may make it, what it takes, what it answers and which refusals it knows. OpenAPI is printed from it.
// Must not know: how anything is done.
import { z } from 'zod'
import type { FailureKind } from '../../domain/failures.ts'
import { readOrderAndBuyer, readAskedRefund } from '../../domain/books/order.ts'
import { KINDS } from '../../gateways/index.ts'
import { ROLES, type Role } from '../server/access.ts'
import { accountRoutes } from './accountRoutes.ts'
import { filingRoutes } from './filingRoutes.ts'
import { proofRoutes } from './people/proofRoutes.ts'
import * as answers from './answers.ts'
import { getHealth, getMetrics, getReady } from './health/health.ts'
import { openApiOf } from '../server/openapi.ts'
import { openPayment } from './payments/open.ts'
import { getJournal, getPayment, getPayments, postClose, returnPayment } from './payments/payments.ts'
import { getRefund, getRefunds, postRefund } from './refunds.ts'
import { blank, judgedBy, route, type Route } from '../server/route.ts'
import * as schemas from './schemas.ts'
import { opsRoutes } from './ops/opsRoutes.ts'
import { peopleRoutes } from './people/peopleRoutes.ts'
import { noticeRoutes } from './noticeRoutes.ts'
import { strayRoutes } from './strayRoutes.ts'
import { sweepRoutes } from './sweepRoutes.ts'
import { receive } from './webhooks/webhooks.ts'

const CHECKOUT: readonly Role[] = ['checkout']
const ANYBODY: readonly Role[] = ROLES

/** What every call behind a key may be refused with, and every call with a body. */
const COMMON: readonly FailureKind[] = ['unauthorized', 'forbidden', 'invalidRequest', 'temporarilyUnavailable']
const BODY: readonly FailureKind[] = [...COMMON, 'malformedBody', 'payloadTooLarge']

const at = (method: Route['method'], path: string, roles: Route['roles']) => ({ ...blank, method, path, roles })

const payments: readonly Route[] = [
  route({
    ...at('post', '/payments', CHECKOUT),
    summary: 'Record an order, register it with the gateway, and get what its payment window needs',
    body: judgedBy(readOrderAndBuyer),
    bodyShape: schemas.paymentBody,
    answers: {
      201: { description: 'Recorded', schema: answers.opened },
      200: { description: 'The same order was recorded before', schema: answers.opened },
    },
    errors: [
      ...BODY,
      'conflict',
      'currencyNotSupported',
      'amountOutOfLimits',
      'buyerInvalid',
      'apiPaymentNotSupported',
    ],
    handle: openPayment,
  }),
  route({
    ...at('get', '/payments/{merchantUid}', ANYBODY),
    summary: 'A payment and its refunds; `wait` holds the answer, in seconds, until what it shows changes',
    params: schemas.merchantUidParams,
    query: schemas.waitQuery,
    answers: { 200: { description: 'As it stands', schema: answers.order } },
    errors: [...COMMON, 'notFound'],
    handle: getPayment,
  }),
  route({
    ...at('get', '/payments', ANYBODY),
    summary: 'Payments in the order of their merchantUid',
    query: schemas.paymentsQuery,
    answers: { 200: { description: 'A page', schema: answers.paymentPage } },
    errors: COMMON,
    handle: getPayments,
  }),
  route({
    ...at('post', '/payments/{merchantUid}/returned', CHECKOUT),
    summary: 'The buyer came back from the payment window, whatever happened there: the gateway is asked soon',
    params: schemas.merchantUidParams,
    body: schemas.returnedBody,
    answers: { 202: { description: 'Kept', schema: answers.empty } },
    errors: [...BODY, 'notFound'],
    handle: returnPayment,
  }),
  route({
    ...at('post', '/payments/{merchantUid}/close', CHECKOUT),
    summary: 'Sell this order no more; money that comes later is late',
    params: schemas.merchantUidParams,
    body: schemas.closeBody,
    answers: { 200: { description: 'As it stands', schema: answers.order } },
    errors: [...BODY, 'notFound', 'alreadyPaid'],
    handle: postClose,
  }),
  route({
    ...at('get', '/payments/{merchantUid}/journal', ANYBODY),
    summary: 'Every move of a payment and its refunds: who, what, why and on what evidence, the oldest first',
    params: schemas.merchantUidParams,
    query: schemas.journalQuery,
    answers: { 200: { description: 'Lines', schema: answers.journal } },
    errors: [...COMMON, 'notFound'],
    handle: getJournal,
  }),
]

const refunds: readonly Route[] = [
  route({
    ...at('post', '/payments/{merchantUid}/refunds', CHECKOUT),
    summary: 'Ask for money back; without an amount, for all that is left',
    params: schemas.merchantUidParams,
    body: judgedBy(readAskedRefund),
    bodyShape: schemas.refundBody,
    answers: {
      202: { description: 'Recorded and reserved; it may take days', schema: answers.oneRefund },
      200: { description: 'The same refund was recorded before', schema: answers.oneRefund },
    },
    errors: [...BODY, 'notFound', 'conflict', 'paymentNotPaid', 'refundExceedsBalance', 'partialRefundNotSupported'],
    handle: postRefund,
  }),
  route({
    ...at('get', '/refunds/{refundId}', ANYBODY),
    summary: 'A refund',
    params: schemas.refundIdParams,
    answers: { 200: { description: 'As it stands', schema: answers.oneRefund } },
    errors: [...COMMON, 'notFound'],
    handle: getRefund,
  }),
  route({
    ...at('get', '/refunds', ANYBODY),
    summary: 'Refunds, the longest waiting first; `olderThan` is a duration such as 24h',
    query: schemas.refundsQuery,
    answers: { 200: { description: 'A page', schema: answers.refundPage } },
    errors: COMMON,
    handle: getRefunds,
  }),
]

/** A door for each kind of gateway; shut while no account of it is configured. */
const webhooks: readonly Route[] = KINDS.map(({ kind, webhooks: door }) =>
  route({
    ...at(door.method, door.path, 'open'),
    summary: door.summary,
    ...(door.bodies.length > 0 && { rawBody: door.bodies }),
    answers: {
      200:
        door.taken.type === undefined
          ? { description: 'Kept', schema: answers.empty }
          : { description: 'OK', schema: z.string(), type: door.taken.type },
    },
    errors: [
      ...(door.bodies.length > 0 ? (['malformedBody', 'payloadTooLarge'] as const) : []),
      'notFound',
      'temporarilyUnavailable',
    ],
    handle: (deps, _parsed, call) => receive(deps, { kind, webhooks: door }, call),
  }),
)

const health: readonly Route[] = [
  route({
    ...at('get', '/healthz', 'open'),
    summary: 'The process is alive',
    answers: { 200: { description: 'Alive', schema: answers.live } },
    errors: [],
    handle: getHealth,
  }),
  route({
    ...at('get', '/readyz', 'open'),
    summary: 'The parts that work needs, each by itself',
    answers: {
      200: { description: 'All are up', schema: answers.ready },
      503: { description: 'One is down', schema: answers.ready },
    },
    errors: [],
    handle: getReady,
  }),
  route({
    ...at('get', '/metrics', ANYBODY),
    summary: 'Counters of this process and gauges of the database, for Prometheus',
    answers: { 200: { description: 'Prometheus text', schema: z.string(), type: 'text/plain' } },
    errors: ['unauthorized', 'forbidden'],
    handle: getMetrics,
  }),
  route({
    ...at('get', '/openapi.json', 'open'),
    summary: 'This document',
    answers: { 200: { description: 'OpenAPI 3.1', schema: z.looseObject({}) } },
    errors: [],
    handle: () => ({ status: 200, body: openApi() }),
  }),
]

export const routes: readonly Route[] = [
  ...payments,
  ...refunds,
  ...peopleRoutes,
  ...opsRoutes,
  ...strayRoutes,
  ...noticeRoutes,
  ...accountRoutes,
  ...filingRoutes,
  ...proofRoutes,
  ...sweepRoutes,
  ...webhooks,
  ...health,
]

let printed: ReturnType<typeof openApiOf> | undefined
const openApi = () => (printed ??= openApiOf(routes))

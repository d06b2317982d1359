// Rows of the route table for ops: what is stuck, what happened, the letter to the desk, and what
// is parked.
// Must not know: how anything is done.
import { PEOPLE } from '../../server/caller.ts'
import { REFUSALS, at, route, type Route } from '../../server/route.ts'
import { empty } from '../answers.ts'
import * as schemas from '../schemas.ts'
import { getLetter, getPaymentHistory, getRefundHistory, getStuck } from './ops.ts'
import * as answers from './opsAnswers.ts'
import * as queries from './opsSchemas.ts'
import { getOverdue } from './overdue.ts'
import { getHint, getInbox, getOutbox, getOutgoing, postHintReplay, postOutgoingReplay } from './queues.ts'

const get = (path: string) => at('get', path, PEOPLE)
const post = (path: string) => at('post', path, PEOPLE)
const TRIED = { 202: { description: 'It is tried again', schema: empty } }

const reading: readonly Route[] = [
  route({
    ...get('/stuck'),
    summary: 'Open refunds for people: the longest waiting or the largest first, with the sums of all that fit',
    query: queries.stuckQuery,
    answers: { 200: { description: 'As they stand', schema: answers.stuck } },
    errors: REFUSALS,
    handle: getStuck,
  }),
  route({
    ...get('/overdue'),
    summary: 'What should have gone on by itself and has not: rows, wakes that do not leave, lists that are not read',
    query: queries.overdueQuery,
    answers: { 200: { description: 'The longest overdue first', schema: answers.overdue } },
    errors: REFUSALS,
    handle: getOverdue,
  }),
  route({
    ...get('/refunds/{refundId}/history'),
    summary: 'What happened to a refund: journal, hints, looks and people in one timeline',
    params: schemas.refundIdParams,
    answers: { 200: { description: 'The oldest first', schema: answers.history } },
    errors: [...REFUSALS, 'notFound'],
    handle: getRefundHistory,
  }),
  route({
    ...get('/payments/{merchantUid}/history'),
    summary: 'What happened to a payment and its refunds: journal, hints, looks and people in one timeline',
    params: schemas.merchantUidParams,
    answers: { 200: { description: 'The oldest first', schema: answers.history } },
    errors: [...REFUSALS, 'notFound'],
    handle: getPaymentHistory,
  }),
  route({
    ...get('/refunds/{refundId}/letter'),
    summary: "The letter to Paymentwall's desk about an open refund, in English",
    params: schemas.refundIdParams,
    query: queries.letterQuery,
    answers: { 200: { description: 'To be sent by a person', schema: answers.letter } },
    errors: [...REFUSALS, 'notFound', 'updateRejected'],
    handle: getLetter,
  }),
]

const inbox: readonly Route[] = [
  route({
    ...get('/inbox'),
    summary: 'Hints in the order of their arrival; parked ones where no state is named',
    query: queries.inboxQuery,
    answers: { 200: { description: 'A page', schema: answers.hintPage } },
    errors: REFUSALS,
    handle: getInbox,
  }),
  route({
    ...get('/inbox/{id}'),
    summary: 'A hint as it was sent',
    params: queries.rowParams,
    answers: { 200: { description: 'As it stands', schema: answers.oneHint } },
    errors: [...REFUSALS, 'notFound'],
    handle: getHint,
  }),
  route({
    ...post('/inbox/{id}/replay'),
    again: 'once',
    summary: 'Look at what a parked hint is about after all',
    params: queries.rowParams,
    answers: TRIED,
    errors: [...REFUSALS, 'notFound', 'conflict'],
    handle: postHintReplay,
  }),
]

const outbox: readonly Route[] = [
  route({
    ...get('/outbox'),
    summary: 'Wakes, notices and alerts in the order of their making; parked ones where no state is named',
    query: queries.outboxQuery,
    answers: { 200: { description: 'A page', schema: answers.outgoingPage } },
    errors: REFUSALS,
    handle: getOutbox,
  }),
  route({
    ...get('/outbox/{id}'),
    summary: 'A wake, a notice or an alert, and what became of it',
    params: queries.rowParams,
    answers: { 200: { description: 'As it stands', schema: answers.oneOutgoing } },
    errors: [...REFUSALS, 'notFound'],
    handle: getOutgoing,
  }),
  route({
    ...post('/outbox/{id}/replay'),
    again: 'once',
    summary: 'Try a parked row again, for a whole day',
    params: queries.rowParams,
    answers: TRIED,
    errors: [...REFUSALS, 'notFound', 'conflict'],
    handle: postOutgoingReplay,
  }),
]

export const opsRoutes: readonly Route[] = [...reading, ...inbox, ...outbox]

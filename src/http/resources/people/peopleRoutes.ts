// Rows of the route table about people's commands.
// Must not know: how anything is done.
import { z } from 'zod'
import {
  COMMAND_HELP,
  PAYMENT_COMMANDS,
  REFUND_COMMANDS,
  type PaymentCommandName,
  type RefundCommandName,
} from '../../../domain/moves/people/commands.ts'
import type { FailureKind } from '../../../domain/failures.ts'
import type { Role } from '../../server/access.ts'
import * as answers from '../answers.ts'
import { commandPayment, commandRefund, commandStray } from './people.ts'
import { blank, route, type Route } from '../../server/route.ts'
import * as schemas from '../schemas.ts'

const PEOPLE: readonly Role[] = ['ops', 'approver']
const APPROVERS: readonly Role[] = ['approver']
const ERRORS: readonly FailureKind[] = [
  'unauthorized',
  'forbidden',
  'invalidRequest',
  'malformedBody',
  'payloadTooLarge',
  'notFound',
  'conflict',
  'updateRejected',
  'temporarilyUnavailable',
]
const anyFields = z.looseObject({})
const headers = z.object({
  'idempotency-key': z.string().optional().meta({
    description:
      'The same key is the same command, however often it is sent: carried out at most once, and answered alike',
  }),
})
const rolesOf = (name: string): readonly Role[] => (name === 'approve' ? APPROVERS : PEOPLE)
/** retryTicket → retry-ticket, as addresses are written. */
const pathOf = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
const answered = {
  200: { description: 'Carried out', schema: answers.commanded },
  202: { description: 'Above the limit: waits for another person', schema: answers.commanded },
}

const refundRoute = (name: RefundCommandName): Route =>
  route({
    ...blank,
    method: 'post',
    path: `/refunds/{refundId}/${pathOf(name)}`,
    roles: rolesOf(name),
    summary: COMMAND_HELP[name],
    params: schemas.refundIdParams,
    headers,
    body: anyFields,
    answers: answered,
    errors: ERRORS,
    handle: commandRefund(name),
  })

const paymentRoute = (name: PaymentCommandName): Route =>
  route({
    ...blank,
    method: 'post',
    path: `/payments/{merchantUid}/${pathOf(name)}`,
    roles: rolesOf(name),
    summary: COMMAND_HELP[name],
    params: schemas.merchantUidParams,
    headers,
    body: anyFields,
    answers: answered,
    errors: ERRORS,
    handle: commandPayment(name),
  })

const strayRoute = (name: PaymentCommandName): Route =>
  route({
    ...blank,
    method: 'post',
    path: `/strays/{kind}/{account}/{gatewayRef}/${pathOf(name)}`,
    roles: rolesOf(name),
    summary: COMMAND_HELP[name],
    params: schemas.strayParams,
    headers,
    body: anyFields,
    answers: answered,
    errors: ERRORS,
    handle: commandStray(name),
  })

export const peopleRoutes: readonly Route[] = [
  ...REFUND_COMMANDS.map(refundRoute),
  ...PAYMENT_COMMANDS.map(paymentRoute),
  ...PAYMENT_COMMANDS.map(strayRoute),
]

// The calls of people: one handler for every command on a refund or a payment. The form is judged
// here, the state by the saga.
// Must not know: Temporal. Who asks is proved by a row; the saga is told only the proof's id.
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { answeredAnother, mintProof, type UpdateOf } from '../../../db/people.ts'
import { Failure, type FailureKind } from '../../../domain/failures.ts'
import {
  paymentWorkflowId,
  refundWorkflowId,
  strayWorkflowId,
  type GatewayName,
  type GatewayRef,
  type MerchantUid,
  type RefundId,
} from '../../../domain/ids.ts'
import {
  parsePaymentCommand,
  parseRefundCommand,
  COMMAND_HELP,
  PAYMENT_COMMANDS,
  REFUND_COMMANDS,
  type PaymentCommandName,
  type RefundCommandName,
} from '../../../domain/moves/people/commands.ts'
import type { Role } from '../../server/access.ts'
import { APPROVERS, PEOPLE, callerOf } from '../../server/caller.ts'
import type { HttpDeps } from '../../server/deps.ts'
import { at, route, type Answer, type Call, type Route } from '../../server/route.ts'
import * as answers from '../answers.ts'
import * as schemas from '../schemas.ts'

type Body = Readonly<Record<string, unknown>>

const commandRefund =
  (name: RefundCommandName) =>
  (deps: HttpDeps, { params, body }: { params: { refundId: RefundId }; body: Body }, call: Call): Promise<Answer> => {
    parseRefundCommand(name, withoutAsker(body))
    return command(deps, refundWorkflowId(params.refundId), name, body, call)
  }

const commandPayment =
  (name: PaymentCommandName) =>
  (
    deps: HttpDeps,
    { params, body }: { params: { merchantUid: MerchantUid }; body: Body },
    call: Call,
  ): Promise<Answer> => {
    parsePaymentCommand(name, withoutAsker(body))
    return command(deps, paymentWorkflowId(params.merchantUid), name, body, call)
  }

type StrayName = { readonly gateway: GatewayName; readonly gatewayRef: GatewayRef }

const commandStray =
  (name: PaymentCommandName) =>
  (deps: HttpDeps, { params, body }: { params: StrayName; body: Body }, call: Call): Promise<Answer> => {
    parsePaymentCommand(name, withoutAsker(body))
    return command(deps, strayWorkflowId(params.gateway, params.gatewayRef), name, body, call)
  }

/**
 * The same key of the same person is the same command, however often it is sent; without one each
 * is its own.
 */
function updateIdOf({ request }: Call, person: string): string {
  const key = request.headers['idempotency-key']
  if (key === undefined) return randomUUID()
  if (typeof key === 'string' && /^[\x21-\x7e]{1,100}$/.test(key)) return `key:${person}:${key}`
  throw new Failure(
    'invalidRequest',
    'Idempotency-Key is 1 to 100 printable characters without spaces. Nothing was done.',
  )
}

/** Over HTTP the key says who asks: a name in the body would be another one's. */
function withoutAsker(body: Body): Body {
  if (!('person' in body) && !('proof' in body)) return body
  throw new Failure('invalidRequest', 'person and proof are not fields of this call: the API key says who asks')
}

async function command(deps: HttpDeps, saga: string, name: string, body: Body, call: Call): Promise<Answer> {
  if (!deps.command)
    throw new Failure('temporarilyUnavailable', 'this process cannot reach Temporal; ask one with the role api')
  const person = callerOf(call)
  const updateId = updateIdOf(call, person.name)
  const proof = await mintProof(deps.db, { saga, command: name, args: body, person })
  const update = { saga, updateId, command: name, args: body }
  try {
    const answer = await deps.command(saga, name, { ...body, proof }, updateId)
    return { status: answer.answer === 'approvalNeeded' ? 202 : 200, body: answer }
  } finally {
    await refuseAnother(deps, update)
  }
}

/**
 * Temporal knows an update again by its id alone, and gives the first one's answer to whatever is
 * asked under it.
 */
async function refuseAnother({ db }: HttpDeps, update: UpdateOf): Promise<void> {
  if (await answeredAnother(db, update))
    throw new Failure(
      'conflict',
      'this Idempotency-Key was used before for another command or other arguments, which the journal shows; use a new key for a new command. Nothing was done',
    )
}

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
    ...at('post', `/refunds/{refundId}/${pathOf(name)}`, rolesOf(name)),
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
    ...at('post', `/payments/{merchantUid}/${pathOf(name)}`, rolesOf(name)),
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
    ...at('post', `/strays/{kind}/{account}/{gatewayRef}/${pathOf(name)}`, rolesOf(name)),
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

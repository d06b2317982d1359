// The calls of people: one handler for every command on a refund or a payment. The form is judged
// here, the state by the saga.
// Must not know: Temporal. Who asks is proved by a row; the saga is told only the proof's id.
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { answeredAnother, mintProof, type UpdateOf } from '../../../db/people.ts'
import { Failure, type FailureKind } from '../../../domain/failures.ts'
import { paymentWorkflowId, refundWorkflowId, strayWorkflowId } from '../../../domain/ids.ts'
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
import { commandShape } from './shapes.ts'

type Body = Readonly<Record<string, unknown>>

const KEY = /^[\x21-\x7e]{1,100}$/

/**
 * The same key of the same person is the same command, however often it is sent; without one each
 * is its own.
 */
function updateIdOf(call: Call, person: string): string {
  const key = call.request.headers['idempotency-key']
  if (!isKeyed(call)) return randomUUID()
  if (typeof key === 'string' && KEY.test(key)) return `key:${person}:${key}`
  throw new Failure(
    'invalidRequest',
    'Idempotency-Key is 1 to 100 printable characters without spaces. Nothing was done.',
  )
}

const isKeyed = ({ request }: Call): boolean => request.headers['idempotency-key'] !== undefined

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
  const [told] = await Promise.allSettled([deps.command(saga, name, { ...body, proof }, updateId)])
  // What is no Failure came before anything was sent.
  if (told.status === 'rejected' && !(told.reason instanceof Failure)) throw told.reason
  if (isKeyed(call)) await refuseAnother(deps, update)
  if (told.status === 'rejected') throw told.reason
  return { status: told.value.answer === 'approvalNeeded' ? 202 : 200, body: told.value }
}

/** Never that nothing was done: by then the saga may have done it. */
const SENT =
  'the command was sent, and the database cannot be reached now; whether it was carried out is in the journal. Ask again with the same Idempotency-Key, and it is carried out at most once'

/**
 * Temporal knows an update again by its id alone, and gives the first one's answer to whatever is
 * asked under it.
 */
async function refuseAnother({ db, log }: HttpDeps, update: UpdateOf): Promise<void> {
  const another = await answeredAnother(db, update).catch((error: unknown) => {
    const said = error instanceof Error ? error.message : String(error)
    log.warn({ said, saga: update.saga, command: update.command }, 'a command was sent, and its answer is not known')
    throw new Failure('temporarilyUnavailable', SENT)
  })
  if (another)
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
  'idempotency-key': z.string().regex(KEY).optional().meta({
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

/** Its form is the body's. */
const summaryOf = (name: RefundCommandName | PaymentCommandName): string => COMMAND_HELP[name].replace(/: \{.*$/, '')

type Commanded<P, Name> = {
  readonly path: string
  readonly params: z.ZodType<P>
  readonly parse: (name: Name, body: Body) => unknown
  readonly sagaOf: (named: P) => string
}

const commandOf =
  <P, Name extends RefundCommandName | PaymentCommandName>({ path, params, parse, sagaOf }: Commanded<P, Name>) =>
  (name: Name): Route =>
    route({
      ...at('post', `${path}/${pathOf(name)}`, rolesOf(name)),
      summary: summaryOf(name),
      params,
      headers,
      again: 'byKey',
      body: anyFields,
      bodyShape: commandShape(name),
      answers: answered,
      errors: ERRORS,
      handle: (deps, { params: named, body }, call) => {
        parse(name, withoutAsker(body))
        return command(deps, sagaOf(named), name, body, call)
      },
    })

const refundRoute = commandOf({
  path: '/refunds/{refundId}',
  params: schemas.refundIdParams,
  parse: parseRefundCommand,
  sagaOf: ({ refundId }) => refundWorkflowId(refundId),
})

const paymentRoute = commandOf({
  path: '/payments/{merchantUid}',
  params: schemas.merchantUidParams,
  parse: parsePaymentCommand,
  sagaOf: ({ merchantUid }) => paymentWorkflowId(merchantUid),
})

const strayRoute = commandOf({
  path: '/strays/{kind}/{account}/{gatewayRef}',
  params: schemas.strayParams,
  parse: parsePaymentCommand,
  sagaOf: ({ gateway, gatewayRef }) => strayWorkflowId(gateway, gatewayRef),
})

export const peopleRoutes: readonly Route[] = [
  ...REFUND_COMMANDS.map(refundRoute),
  ...PAYMENT_COMMANDS.map(paymentRoute),
  ...PAYMENT_COMMANDS.map(strayRoute),
]

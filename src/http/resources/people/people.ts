// The calls of people: one handler for every command on a refund or a payment. The form is judged here, the state by the saga.
// Must not know: Temporal. Who asks is proved by a row; the saga is told only the proof's id.
import { randomUUID } from 'node:crypto'
import { answeredAnother, mintProof, type UpdateOf } from '../../../db/people.ts'
import {
  parsePaymentCommand,
  parseRefundCommand,
  type PaymentCommandName,
  type RefundCommandName,
} from '../../../domain/moves/people/commands.ts'
import { Failure } from '../../../domain/failures.ts'
import {
  paymentWorkflowId,
  refundWorkflowId,
  strayWorkflowId,
  type GatewayName,
  type GatewayRef,
  type MerchantUid,
  type RefundId,
} from '../../../domain/ids.ts'
import type { HttpDeps } from '../../server/deps.ts'
import type { Answer, Call } from '../../server/route.ts'

type Body = Readonly<Record<string, unknown>>

export const commandRefund =
  (name: RefundCommandName) =>
  (deps: HttpDeps, { params, body }: { params: { refundId: RefundId }; body: Body }, call: Call): Promise<Answer> => {
    parseRefundCommand(name, withoutAsker(body))
    return command(deps, refundWorkflowId(params.refundId), name, body, call)
  }

export const commandPayment =
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

export const commandStray =
  (name: PaymentCommandName) =>
  (deps: HttpDeps, { params, body }: { params: StrayName; body: Body }, call: Call): Promise<Answer> => {
    parsePaymentCommand(name, withoutAsker(body))
    return command(deps, strayWorkflowId(params.gateway, params.gatewayRef), name, body, call)
  }

/** The same key of the same person is the same command, however often it is sent; without one each is its own. */
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
  const person = call.person ?? { name: 'local', role: null }
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

/** Temporal knows an update again by its id alone, and gives the first one's answer to whatever is asked under it. */
async function refuseAnother({ db }: HttpDeps, update: UpdateOf): Promise<void> {
  if (await answeredAnother(db, update))
    throw new Failure(
      'conflict',
      'this Idempotency-Key was used before for another command or other arguments, which the journal shows; use a new key for a new command. Nothing was done',
    )
}

// Proofs for those who go to Temporal themselves: who asks is proved here, for one start or one
// command, word for word.
// Must not know: Temporal, sagas. A proof is used once and soon; whoever reads it in a history can
// do nothing with it.
import { z } from 'zod'
import { databaseNow } from '../../../db/clock.ts'
import { mintProof, PROOF_LIVES_MS } from '../../../db/people.ts'
import { PAYMENT_COMMANDS, REFUND_COMMANDS } from '../../../domain/moves/people/commands.ts'
import { START_PROOF } from '../../../domain/moves/people/unproved.ts'
import { callerOf } from '../../server/caller.ts'
import type { HttpDeps } from '../../server/deps.ts'
import { BODY_REFUSALS, route, at, type Answer, type Call, type Route } from '../../server/route.ts'

type Fields = Readonly<Record<string, unknown>>
type Start = { readonly body: { readonly workflowId: string; readonly input: Fields } }
type Command = { readonly body: { readonly workflowId: string; readonly command: string; readonly args: Fields } }

const postStartProof = (deps: HttpDeps, { body }: Start, call: Call): Promise<Answer> =>
  minted(deps, call, { saga: body.workflowId, command: START_PROOF, args: body.input })

const postCommandProof = (deps: HttpDeps, { body }: Command, call: Call): Promise<Answer> =>
  minted(deps, call, { saga: body.workflowId, command: body.command, args: body.args })

async function minted({ db }: HttpDeps, call: Call, about: { saga: string; command: string; args: Fields }) {
  const person = callerOf(call)
  const until = Date.parse(await databaseNow(db)) + PROOF_LIVES_MS
  const proof = await mintProof(db, { ...about, person })
  return { status: 201, body: { proof, expiresAt: new Date(until).toISOString() } }
}

const workflowId = z.string().regex(/^(payment|refund|stray):.{1,200}$/)
const fields = z.record(z.string(), z.unknown())
const proof = z.strictObject({ proof: z.string(), expiresAt: z.iso.datetime() }).meta({
  id: 'Proof',
  description: 'Sent as `proof` beside the input or the arguments; good for these alone, and once',
})
const answers = { 201: { description: 'Until it expires', schema: proof } }

export const proofRoutes: readonly Route[] = [
  route({
    ...at('post', '/proofs/starts', ['checkout']),
    summary: 'A proof for one start by a Temporal client: `input` as it will be sent, without the proof',
    body: z.strictObject({ workflowId, input: fields }),
    answers,
    errors: BODY_REFUSALS,
    handle: postStartProof,
  }),
  route({
    ...at('post', '/proofs/commands', ['ops', 'approver']),
    summary: 'A proof for one update by a Temporal client: `args` as they will be sent, without the proof',
    body: z.strictObject({
      workflowId,
      command: z.enum([...new Set([...REFUND_COMMANDS, ...PAYMENT_COMMANDS])]),
      args: fields,
    }),
    answers,
    errors: BODY_REFUSALS,
    handle: postCommandProof,
  }),
]

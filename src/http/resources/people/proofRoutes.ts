// Rows of the route table about proofs.
// Must not know: how anything is done.
import { z } from 'zod'
import { PAYMENT_COMMANDS, REFUND_COMMANDS } from '../../../domain/moves/people/commands.ts'
import type { FailureKind } from '../../../domain/failures.ts'
import { postCommandProof, postStartProof } from './proofs.ts'
import { blank, route, type Route } from '../../server/route.ts'

const BODY: readonly FailureKind[] = [
  'unauthorized',
  'forbidden',
  'invalidRequest',
  'temporarilyUnavailable',
  'malformedBody',
  'payloadTooLarge',
]
const workflowId = z.string().regex(/^(payment|refund|stray):.{1,200}$/)
const fields = z.record(z.string(), z.unknown())
const proof = z.strictObject({ proof: z.string(), expiresAt: z.iso.datetime() }).meta({
  id: 'Proof',
  description: 'Sent as `proof` beside the input or the arguments; good for these alone, and once',
})
const answers = { 201: { description: 'Until it expires', schema: proof } }

export const proofRoutes: readonly Route[] = [
  route({
    ...blank,
    method: 'post',
    path: '/proofs/starts',
    roles: ['checkout'],
    summary: 'A proof for one start by a Temporal client: `input` as it will be sent, without the proof',
    body: z.strictObject({ workflowId, input: fields }),
    answers,
    errors: BODY,
    handle: postStartProof,
  }),
  route({
    ...blank,
    method: 'post',
    path: '/proofs/commands',
    roles: ['ops', 'approver'],
    summary: 'A proof for one update by a Temporal client: `args` as they will be sent, without the proof',
    body: z.strictObject({
      workflowId,
      command: z.enum([...new Set([...REFUND_COMMANDS, ...PAYMENT_COMMANDS])]),
      args: fields,
    }),
    answers,
    errors: BODY,
    handle: postCommandProof,
  }),
]

// Who starts a saga with a whole order or refund: a checkout, proved by a row that the API minted,
// or whoever reaches Temporal.
// Must not know: orders, refunds. What is recorded already is read by anybody.
import type { Trx } from '../../src/db/connect.ts'
import { useProof } from '../../src/db/people.ts'
import { Failure } from '../../src/domain/failures.ts'
import { personWord, START_PROOF, UNPROVED } from '../../src/domain/moves/people/unproved.ts'
import type { ActivityDeps } from '../deps.ts'

type Start = { readonly saga: string; readonly args: unknown; readonly proof: unknown }
type Starter = { readonly who: string; readonly proved: boolean }

/** The proof is no part of the order: it is bound to all the rest. */
export function withoutProof(input: unknown): { proof: unknown; rest: unknown } {
  if (typeof input !== 'object' || input === null || !('proof' in input)) return { proof: undefined, rest: input }
  const { proof, ...rest } = input
  return { proof, rest }
}

/**
 * Throws `forbidden` where something would be recorded that may not be. `isThere`: its row is
 * recorded already.
 */
export async function starterOf(
  deps: ActivityDeps,
  trx: Trx,
  { saga, args, proof }: Start,
  isThere: () => Promise<boolean>,
): Promise<Starter> {
  const person =
    typeof proof === 'string' ? await useProof(trx, proof, { saga, command: START_PROOF, args }) : undefined
  if (person) return { who: personWord(person), proved: true }
  if (await isThere()) return { who: UNPROVED, proved: false }
  if (proof !== undefined)
    throw new Failure(
      'forbidden',
      'this proof was used before, is too old, or was made for something else; ask the API for another one (POST /proofs/starts). Nothing was recorded',
    )
  if (deps.temporalAccess.starts === 'open') return { who: UNPROVED, proved: false }
  throw new Failure(
    'forbidden',
    'a start needs a proof here (TEMPORAL_STARTS=proved): ask the API for one with a checkout key, POST /proofs/starts, and send it as "proof" beside the rest of the input. Nothing was recorded',
  )
}

// Proofs for those who go to Temporal themselves: who asks is proved here, for one start or one command, word for word.
// Must not know: Temporal, sagas. A proof is used once and soon; whoever reads it in a history can do nothing with it.
import { databaseNow } from '../../../db/clock.ts'
import { mintProof, PROOF_LIVES_MS } from '../../../db/people.ts'
import { START_PROOF } from '../../../domain/moves/people/unproved.ts'
import type { HttpDeps } from '../../server/deps.ts'
import type { Answer, Call } from '../../server/route.ts'

type Fields = Readonly<Record<string, unknown>>
type Start = { readonly body: { readonly workflowId: string; readonly input: Fields } }
type Command = { readonly body: { readonly workflowId: string; readonly command: string; readonly args: Fields } }

export const postStartProof = (deps: HttpDeps, { body }: Start, call: Call): Promise<Answer> =>
  minted(deps, call, { saga: body.workflowId, command: START_PROOF, args: body.input })

export const postCommandProof = (deps: HttpDeps, { body }: Command, call: Call): Promise<Answer> =>
  minted(deps, call, { saga: body.workflowId, command: body.command, args: body.args })

async function minted({ db }: HttpDeps, call: Call, about: { saga: string; command: string; args: Fields }) {
  const person = call.person ?? { name: 'local', role: null }
  const until = Date.parse(await databaseNow(db)) + PROOF_LIVES_MS
  const proof = await mintProof(db, { ...about, person })
  return { status: 201, body: { proof, expiresAt: new Date(until).toISOString() } }
}

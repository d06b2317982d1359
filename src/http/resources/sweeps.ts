// Catch-ups over HTTP: one is begun and answered at once, and read until its looks are done.
// Must not know: how lists are walked; the composition root hands that in.
import { randomUUID } from 'node:crypto'
import { databaseNow } from '../../db/clock.ts'
import { transact } from '../../db/connect.ts'
import { beginCatchUp, readCatchUp, type CatchUp } from '../../db/watch/sweeps.ts'
import { Failure } from '../../domain/failures.ts'
import type { HttpDeps } from '../server/deps.ts'
import type { Answer, Call } from '../server/route.ts'

type Range = { readonly from: Date; readonly to: Date }

export async function postSweep(deps: HttpDeps, { body }: { body: Range }, call: Call): Promise<Answer> {
  const { db, catchUp } = deps
  if (!catchUp) throw new Failure('temporarilyUnavailable', 'This process lists nothing; ask one that does.')
  const now = new Date(await databaseNow(db))
  const to = body.to < now ? body.to : now
  if (body.from >= to) throw new Failure('invalidRequest', 'The range lies in the future; nothing was listed.')
  const id = randomUUID()
  const asked = { id, askedBy: call.person?.name ?? 'local' }
  const range = { rangeFrom: body.from.toISOString(), rangeTo: to.toISOString() }
  const other = await transact(db, 'begin catch-up', (trx) => beginCatchUp(trx, { ...asked, ...range }))
  if (other !== undefined)
    throw new Failure(
      'conflict',
      `Catch-up ${other} is listing now; read it at /sweeps/${other}, and ask again after it.`,
    )
  catchUp({ id, from: body.from, to })
  return { status: 202, body: await answerOf(deps, id) }
}

export async function getSweep(deps: HttpDeps, { params }: { params: { id: string } }): Promise<Answer> {
  return { status: 200, body: await answerOf(deps, params.id) }
}

async function answerOf({ db }: HttpDeps, id: string): Promise<{ sweep: object }> {
  const found = await readCatchUp(db, id)
  if (!found) throw new Failure('notFound', `No catch-up is recorded as ${id}; check the id.`)
  const { rangeFrom: from, rangeTo: to, ...shown } = found
  return { sweep: { ...shown, from, to, state: stateOf(found) } }
}

/** Listed is not done: every hint is looked at, or parked for a person. */
function stateOf({ state, waiting }: CatchUp): 'listing' | 'looking' | 'done' | 'failed' {
  if (state !== 'listed') return state
  return waiting > 0 ? 'looking' : 'done'
}

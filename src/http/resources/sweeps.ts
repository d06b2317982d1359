// Catch-ups over HTTP: one is begun and answered at once, and read until its looks are done.
// Must not know: how lists are walked; the composition root hands that in.
import { randomUUID } from 'node:crypto'
import { databaseNow } from '../../db/clock.ts'
import { transact } from '../../db/connect.ts'
import { beginCatchUp, readCatchUp, type CatchUp } from '../../db/watch/sweeps.ts'
import { Failure } from '../../domain/failures.ts'
import { PEOPLE, callerOf } from '../server/caller.ts'
import type { HttpDeps } from '../server/deps.ts'
import { at, route, REFUSALS, type Answer, type Call, type Route } from '../server/route.ts'
import * as answers from './answers.ts'
import * as schemas from './schemas.ts'

type Range = { readonly from: Date; readonly to: Date }

async function postSweep(deps: HttpDeps, { body }: { body: Range }, call: Call): Promise<Answer> {
  const { db, catchUp } = deps
  if (!catchUp) throw new Failure('temporarilyUnavailable', 'This process lists nothing; ask one that does.')
  const now = new Date(await databaseNow(db))
  const to = body.to < now ? body.to : now
  if (body.from >= to) throw new Failure('invalidRequest', 'The range lies in the future; nothing was listed.')
  const id = randomUUID()
  const asked = { id, askedBy: callerOf(call).name }
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

async function getSweep(deps: HttpDeps, { params }: { params: { id: string } }): Promise<Answer> {
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

export const sweepRoutes: readonly Route[] = [
  route({
    ...at('post', '/sweeps', PEOPLE),
    again: 'once',
    summary:
      'Catch up: list what changed at the gateway in a range, and look at whatever differs from what is kept here',
    body: schemas.sweepBody,
    answers: { 202: { description: 'Begun', schema: answers.sweep } },
    errors: [...REFUSALS, 'malformedBody', 'payloadTooLarge', 'conflict'],
    handle: postSweep,
  }),
  route({
    ...at('get', '/sweeps/{id}', PEOPLE),
    summary: 'A catch-up, as far as it has come',
    params: schemas.sweepParams,
    answers: { 200: { description: 'As it stands', schema: answers.sweep } },
    errors: [...REFUSALS, 'notFound'],
    handle: getSweep,
  }),
]

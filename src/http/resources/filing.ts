// The calls about the hold on filing: whether it is in force, and people who begin and end it.
// Must not know: sagas. What is held is told by its own rows.
import { z } from 'zod'
import { writeJournal } from '../../db/books/journal.ts'
import { databaseNow } from '../../db/clock.ts'
import { transact, readTogether } from '../../db/connect.ts'
import { endHold, filingHold, freeHeld, holdFiling } from '../../db/watch/filing.ts'
import { Failure } from '../../domain/failures.ts'
import { PEOPLE, personNamed } from '../server/caller.ts'
import type { HttpDeps } from '../server/deps.ts'
import { BODY_REFUSALS, REFUSALS, at, route, type Answer, type Call, type Route } from '../server/route.ts'
import * as schemas from './schemas.ts'

type Asked = { readonly body: { readonly reason: string } }
/** Refunds are freed so many in one transaction. */
const STEP = 500

function getFiling({ db }: HttpDeps): Promise<Answer> {
  return readTogether(db, 'read filing', async (trx) => ({
    status: 200,
    body: { hold: (await filingHold(trx)) ?? null },
  }))
}

/**
 * From its commit on no new cancel call begins, in any process. Calls under way end as they would.
 */
async function postHold({ db }: HttpDeps, { body }: Asked, call: Call): Promise<Answer> {
  const who = personNamed(call)
  const hold = await transact(db, 'hold filing', async (trx) => {
    if (await holdFiling(trx, { who, reason: body.reason })) await line(trx, 'filing.held', body.reason, who)
    return (await filingHold(trx)) ?? null
  })
  return { status: 200, body: { hold } }
}

/** Everything that waited is asked for at once, by sagas that are woken. */
async function postRelease(deps: HttpDeps, { body }: Asked, call: Call): Promise<Answer> {
  const { db, fourEyes, kick } = deps
  if (fourEyes === true && call.person?.role === 'ops')
    throw new Failure('forbidden', 'Releasing filing takes an approver where APPROVAL_LIMIT is set. Nothing was done.')
  await transact(db, 'release filing', async (trx) => {
    if (!(await endHold(trx))) throw new Failure('conflict', 'Filing is not held; there is nothing to release.')
    await line(trx, 'filing.released', body.reason, personNamed(call))
  })
  let freed = 0
  for (let last = STEP; last === STEP; freed += last)
    last = await transact(db, 'free held refunds', async (trx) => freeHeld(trx, await databaseNow(trx), STEP))
  kick()
  return { status: 200, body: { hold: null, freed } }
}

type Line = Parameters<typeof writeJournal>[0]
async function line(trx: Line, what: string, why: string, who: string): Promise<void> {
  await writeJournal(trx, [{ what, why }], { who, at: await databaseNow(trx), merchantUid: null })
}

const hold = z
  .strictObject({ since: z.iso.datetime(), who: z.string(), reason: z.string() })
  .nullable()
  .meta({ id: 'FilingHold', description: 'While it is in force no new cancel call is made; null: filing goes on' })
const answer = z.strictObject({ hold })

export const filingRoutes: readonly Route[] = [
  route({
    ...at('get', '/filing', PEOPLE),
    summary: 'Whether new cancel calls are held, since when, by whom and why',
    answers: { 200: { description: 'As it is', schema: answer } },
    errors: REFUSALS,
    handle: getFiling,
  }),
  route({
    ...at('post', '/filing/hold', PEOPLE),
    summary: 'No new cancel call is made, by any process, until the hold is released; a hold in force stays as it is',
    body: schemas.reasonBody,
    answers: { 200: { description: 'The hold in force', schema: answer } },
    errors: BODY_REFUSALS,
    handle: postHold,
  }),
  route({
    ...at('post', '/filing/release', PEOPLE),
    again: 'once',
    summary: 'Ends the hold: what waited is asked for now (an approver where a limit is set)',
    body: schemas.reasonBody,
    answers: {
      200: {
        description: 'Released',
        schema: answer.extend({ freed: z.int().meta({ description: 'Refunds that are tried now' }) }),
      },
    },
    errors: [...BODY_REFUSALS, 'conflict'],
    handle: postRelease,
  }),
]

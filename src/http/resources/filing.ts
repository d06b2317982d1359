// The calls about the hold on filing: whether it is in force, and people who begin and end it.
// Must not know: sagas. What is held is told by its own rows.
import { databaseNow } from '../../db/clock.ts'
import { transact } from '../../db/connect.ts'
import { endHold, filingHold, freeHeld, holdFiling } from '../../db/watch/filing.ts'
import { writeJournal } from '../../db/books/journal.ts'
import { Failure } from '../../domain/failures.ts'
import type { HttpDeps } from '../server/deps.ts'
import { readTogether } from './read.ts'
import type { Answer, Call } from '../server/route.ts'

type Asked = { readonly body: { readonly reason: string } }
/** Refunds are freed so many in one transaction. */
const STEP = 500

export function getFiling({ db }: HttpDeps): Promise<Answer> {
  return readTogether(db, 'read filing', async (trx) => ({
    status: 200,
    body: { hold: (await filingHold(trx)) ?? null },
  }))
}

/** From its commit on no new cancel call begins, in any process. Calls under way end as they would. */
export async function postHold({ db }: HttpDeps, { body }: Asked, call: Call): Promise<Answer> {
  const who = wordOf(call)
  const hold = await transact(db, 'hold filing', async (trx) => {
    if (await holdFiling(trx, { who, reason: body.reason })) await line(trx, 'filing.held', body.reason, who)
    return (await filingHold(trx)) ?? null
  })
  return { status: 200, body: { hold } }
}

/** Everything that waited is asked for at once, by sagas that are woken. */
export async function postRelease(deps: HttpDeps, { body }: Asked, call: Call): Promise<Answer> {
  const { db, fourEyes, kick } = deps
  if (fourEyes === true && call.person?.role === 'ops')
    throw new Failure('forbidden', 'Releasing filing takes an approver where APPROVAL_LIMIT is set. Nothing was done.')
  await transact(db, 'release filing', async (trx) => {
    if (!(await endHold(trx))) throw new Failure('conflict', 'Filing is not held; there is nothing to release.')
    await line(trx, 'filing.released', body.reason, wordOf(call))
  })
  let freed = 0
  for (let last = STEP; last === STEP; freed += last)
    last = await transact(db, 'free held refunds', async (trx) => freeHeld(trx, await databaseNow(trx), STEP))
  kick()
  return { status: 200, body: { hold: null, freed } }
}

function wordOf({ person }: Call): string {
  return person === null || person.role === null ? 'local' : `${person.role}:${person.name}`
}

type Line = Parameters<typeof writeJournal>[0]
async function line(trx: Line, what: string, why: string, who: string): Promise<void> {
  await writeJournal(trx, [{ what, why }], { who, at: await databaseNow(trx), merchantUid: null })
}

// Inbox and outbox as people see them: lists by state, one row, and letting a parked one try again.
// Must not know: HTTP, what a hint or an outgoing row is for.
import { sql } from 'kysely'
import { writeJournal } from '../books/journal.ts'
import { databaseNow } from '../clock.ts'
import type { Trx } from '../connect.ts'
import { keepHint } from '../hints/hints.ts'
import { notePut } from '../notify.ts'
import type { HintState, OutboxKind } from '../schema.ts'

type Page = { readonly after: number; readonly limit: number }

export function listHints(trx: Trx, state: HintState, { after, limit }: Page) {
  return trx
    .selectFrom('inbox')
    .select([
      'id',
      'gateway',
      'gatewayRef',
      'merchantUid',
      'source',
      'saidStatus',
      'state',
      'receivedAt',
      'settledAt',
      'parkedBecause',
      'times',
      'fromKnownAddress',
    ])
    .where('state', '=', state)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute()
}

export const readHint = (trx: Trx, id: number) =>
  trx.selectFrom('inbox').selectAll().where('id', '=', id).executeTakeFirst()

export type Replayed = 'replayed' | 'notParked' | 'namesNothing' | 'unknown'

/**
 * A look will answer it. A person vouches for it by a hint of their own, for a stranger's about an
 * unknown order would only be parked again.
 */
export async function replayHint(trx: Trx, id: number, who: string): Promise<Replayed> {
  const hint = await trx.selectFrom('inbox').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
  if (!hint) return 'unknown'
  if (hint.state !== 'parked') return 'notParked'
  const { gateway, subject, gatewayRef, merchantUid, parkedBecause } = hint
  if (subject === null) return 'namesNothing'
  await trx
    .updateTable('inbox')
    .set({
      state: 'received',
      parkedBecause: null,
      settledAt: null,
      dueAt: sql<string>`clock_timestamp()`,
      failures: 0,
    })
    .where('id', '=', id)
    .execute()
  await keepHint(trx, { gateway, source: 'person', gatewayRef, merchantUid })
  const line = { what: 'hint.replayed', why: `it was parked because of ${parkedBecause}`, facts: { hint: id } }
  await writeJournal(trx, [gatewayRef === null ? line : { ...line, gatewayRef }], {
    who,
    at: await databaseNow(trx),
    merchantUid,
  })
  return 'replayed'
}

export type OutboxState = 'pending' | 'delivered' | 'parked'
const OUTGOING = [
  'id',
  'kind',
  'target',
  'state',
  'tries',
  'createdAt',
  'dueAt',
  'settledAt',
  'replayedAt',
  'said',
] as const

export function listOutgoing(
  trx: Trx,
  { state, kind }: { state: OutboxState; kind?: OutboxKind | undefined },
  { after, limit }: Page,
) {
  return trx
    .selectFrom('outbox')
    .select(OUTGOING)
    .where('state', '=', state)
    .where('id', '>', after)
    .$if(kind !== undefined, (query) => query.where('kind', '=', kind ?? 'wake'))
    .orderBy('id')
    .limit(limit)
    .execute()
}

export const readOutgoing = (trx: Trx, id: number) =>
  trx
    .selectFrom('outbox')
    .select([...OUTGOING, 'payload'])
    .where('id', '=', id)
    .executeTakeFirst()

/** From now on it is tried for a whole day again. */
export async function replayOutgoing(trx: Trx, id: number, who: string): Promise<Replayed> {
  const found = await readOutgoing(trx, id)
  if (!found) return 'unknown'
  const now = sql<string>`clock_timestamp()`
  const { numUpdatedRows } = await trx
    .updateTable('outbox')
    .set({ state: 'pending', tries: 0, dueAt: now, replayedAt: now, settledAt: null })
    .where('id', '=', id)
    .where('state', '=', 'parked')
    .executeTakeFirstOrThrow()
  if (numUpdatedRows === 0n) return 'notParked'
  notePut(trx, found.kind)
  const why = found.said ?? 'nobody said why it was parked'
  const line = { what: `${found.kind}.replayed`, why, facts: { outbox: id, target: found.target } }
  const merchantUid = found.kind === 'notice' ? found.target : null
  await writeJournal(trx, [line], { who, at: await databaseNow(trx), merchantUid })
  return 'replayed'
}

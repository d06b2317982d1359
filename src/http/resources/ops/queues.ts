// Inbox and outbox over HTTP, for ops: what is parked, one row, and letting it try again.
// Must not know: looks, deliverers. Bodies of hints are shown to whoever asks with a key, and never
// logged.
import { transact, readTogether, type Trx } from '../../../db/connect.ts'
import {
  listHints,
  listOutgoing,
  readHint,
  readOutgoing,
  replayHint,
  replayOutgoing,
  type Replayed,
} from '../../../db/lists/queues.ts'
import { Failure } from '../../../domain/failures.ts'
import { personNamed } from '../../server/caller.ts'
import type { HttpDeps } from '../../server/deps.ts'
import { cursorOf, readCursor } from '../../server/page.ts'
import type { Answer, Call } from '../../server/route.ts'
import type { InboxQuery, OutboxQuery } from './opsSchemas.ts'

type Row = { readonly params: { readonly id: number } }
const ROW = /^[1-9]\d{0,14}$/

export const getInbox = (deps: HttpDeps, { query }: { query: InboxQuery }): Promise<Answer> =>
  pageOf(deps, 'inbox', query, (trx, page) => listHints(trx, query.state, page))

export const getOutbox = (deps: HttpDeps, { query }: { query: OutboxQuery }): Promise<Answer> =>
  pageOf(deps, 'outbox', query, (trx, page) => listOutgoing(trx, query, page))

type Paged = { readonly limit: number; readonly cursor?: string | undefined }

async function pageOf<T extends { readonly id: number }>(
  { db }: HttpDeps,
  name: 'inbox' | 'outbox',
  { limit, cursor }: Paged,
  list: (trx: Trx, page: { after: number; limit: number }) => Promise<T[]>,
): Promise<Answer> {
  const after = cursor === undefined ? 0 : Number(readCursor(cursor, 1, ([id = '']) => ROW.test(id))[0])
  const found = await readTogether(db, `list ${name}`, (trx) => list(trx, { after, limit: limit + 1 }))
  const rows = found.slice(0, limit)
  const last = found.length > limit ? rows.at(-1) : undefined
  return { status: 200, body: { [name]: rows, cursor: last ? cursorOf([String(last.id)]) : null } }
}

export async function getHint({ db }: HttpDeps, { params: { id } }: Row): Promise<Answer> {
  const found = await readTogether(db, 'read hint', (trx) => readHint(trx, id))
  if (!found) throw unknown('inbox', id)
  const { gateway, gatewayRef, merchantUid, source, saidStatus, state, receivedAt, settledAt, parkedBecause } = found
  const { mismatched, remoteAddress, contentType, times, fromKnownAddress } = found
  const body = found.body === null ? null : new TextDecoder().decode(found.body)
  const said = { gateway, gatewayRef, merchantUid, source, saidStatus, mismatched, remoteAddress, contentType, body }
  const fate = { state, receivedAt, settledAt, parkedBecause, times, fromKnownAddress }
  return { status: 200, body: { hint: { id, ...said, ...fate } } }
}

export async function getOutgoing({ db }: HttpDeps, { params: { id } }: Row): Promise<Answer> {
  const outgoing = await readTogether(db, 'read outgoing', (trx) => readOutgoing(trx, id))
  if (!outgoing) throw unknown('outbox', id)
  return { status: 200, body: { outgoing } }
}

export const postHintReplay = (deps: HttpDeps, row: Row, call: Call): Promise<Answer> =>
  replay(deps, 'inbox', row, call, replayHint)

export const postOutgoingReplay = (deps: HttpDeps, row: Row, call: Call): Promise<Answer> =>
  replay(deps, 'outbox', row, call, replayOutgoing)

async function replay(
  deps: HttpDeps,
  name: 'inbox' | 'outbox',
  { params: { id } }: Row,
  call: Call,
  work: (trx: Trx, id: number, who: string) => Promise<Replayed>,
): Promise<Answer> {
  const who = personNamed(call)
  const outcome = await transact(deps.db, `replay ${name}`, (trx) => work(trx, id, who))
  switch (outcome) {
    case 'replayed':
      deps.kick()
      return { status: 202, body: {} }
    case 'unknown':
      throw unknown(name, id)
    case 'notParked':
      throw new Failure('conflict', `Row ${id} of the ${name} is not parked, so there is nothing to try again.`)
    case 'namesNothing':
      throw new Failure(
        'conflict',
        `Hint ${id} names neither a payment nor an order, so no look can answer it. Read it, and recheck what it is about.`,
      )
  }
}

const unknown = (name: string, id: number): Failure =>
  new Failure('notFound', `There is no row ${id} in the ${name}; list them with GET /${name}.`)

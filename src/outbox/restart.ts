// Restarts one saga by hand: its run is ended and the next one begins from its row, with a line in
// the journal.
// Must not know: who is asked for the ids, how Temporal ends a run. A row that is closed has
// nothing to go on with.
import { refundAbout } from '../db/books/books.ts'
import { writeJournal } from '../db/books/journal.ts'
import { databaseNow } from '../db/clock.ts'
import { transact, type Db, type Trx } from '../db/connect.ts'
import { recorded } from '../db/lists/open.ts'
import { putWake } from '../db/outgoing/outgoing.ts'
import { OWN_ID, refundId, strayNamedBy } from '../domain/ids.ts'
import type { Language } from '../language.ts'
import { endRun, restartSaga, type Restarting } from '../temporal/restart.ts'
import { saidBy } from '../temporal/said.ts'
import { isOpenSaga } from './openSagas.ts'
import { startOf } from './wakes.ts'

export type RestartBy = {
  /** As the journal names the person. */
  readonly who: string
  readonly why: string
}
export type RestartOutcome = {
  readonly saga: string
  readonly outcome: 'restarted' | 'started' | 'ended' | 'refused' | 'failed'
  readonly said: string
}

export type RestartDeps = {
  readonly db: Db
  readonly temporal: Restarting
  /** English where nothing is said. */
  readonly language?: Language
}

/** `asked`: a workflow id, or the bare id of a refund or an order that nothing else has. */
export async function restartAsked(deps: RestartDeps, asked: string, by: RestartBy): Promise<RestartOutcome> {
  const named = await nameOf(deps.db, asked)
  if ('refusal' in named) return { saga: asked, outcome: 'refused', said: named.refusal }
  const { kind, id } = named
  const saga = `${kind}:${id}`
  const start = await startOf(deps.db, saga, deps.language)
  if (!start) return { saga, outcome: 'refused', said: `nothing is recorded as ${saga}; check the id` }
  if (!(await isOpenSaga(deps.db, kind, id))) {
    const { SagaState: state } = start.attributes
    return endClosed(deps, named, `it is closed (${state})`, by)
  }
  await transact(deps.db, 'note restart', (trx) => noteRestart(trx, named, by))
  try {
    const { runId } = await restartSaga(deps.temporal, start, `${by.who}: ${by.why}`)
    if (runId === null) return { saga, outcome: 'started', said: 'no run was there; one begins from its row' }
    return { saga, outcome: 'restarted', said: `run ${runId} was terminated; the next one begins from its row` }
  } catch (error) {
    // Its run may have been ended: the relay wakes it as soon as Temporal answers again.
    await transact(deps.db, 'wake later', (trx) => putWake(trx, saga))
    const said = `Temporal did not answer (${saidBy(error)}); a wake waits in the outbox, and asking again is safe`
    return { saga, outcome: 'failed', said }
  }
}

/**
 * A run that cannot go on outlives its row where evidence or a person has closed that meanwhile: it
 * is ended, and none follows.
 */
async function endClosed({ db, temporal }: RestartDeps, named: Named, closed: string, by: RestartBy) {
  const saga = `${named.kind}:${named.id}`
  try {
    const runId = await endRun(temporal, saga, `${by.who}: ${by.why}`)
    if (runId === null)
      return { saga, outcome: 'refused', said: `${closed}, so there is nothing that it should go on with` } as const
    await transact(db, 'note restart', (trx) => noteRestart(trx, named, by))
    return { saga, outcome: 'ended', said: `${closed}; run ${runId}, which had not ended, was terminated` } as const
  } catch (error) {
    return {
      saga,
      outcome: 'failed',
      said: `Temporal did not answer (${saidBy(error)}); asking again is safe`,
    } as const
  }
}

type Named = { readonly kind: 'payment' | 'refund' | 'stray'; readonly id: string }

async function nameOf(db: Db, asked: string): Promise<Named | { readonly refusal: string }> {
  const [prefix = '', ...rest] = asked.split(':')
  const id = rest.join(':')
  if ((prefix === 'refund' || prefix === 'payment') && OWN_ID.test(id)) return { kind: prefix, id }
  if (strayNamedBy(asked)) return { kind: 'stray', id }
  if (!OWN_ID.test(asked)) {
    return { refusal: 'write refund:ID, payment:ID or stray:GATEWAY:REF, or the bare id of a refund or an order' }
  }
  const [refunds, payments] = [await recorded(db, 'refund', [asked]), await recorded(db, 'payment', [asked])]
  if (refunds.has(asked) && payments.has(asked))
    return { refusal: `a refund and an order have this id; write refund:${asked} or payment:${asked}` }
  if (refunds.has(asked)) return { kind: 'refund', id: asked }
  if (payments.has(asked)) return { kind: 'payment', id: asked }
  return { refusal: `no refund and no order is recorded as ${asked}; check the id` }
}

/** Before anything is ended: what follows may be cut off, and the line then says who began it. */
async function noteRestart(trx: Trx, { kind, id }: Named, { who, why }: RestartBy): Promise<void> {
  const line = { what: 'saga.restart', why, facts: { workflowId: `${kind}:${id}` } }
  const at = await databaseNow(trx)
  if (kind === 'payment') return writeJournal(trx, [line], { who, at, merchantUid: id })
  if (kind === 'refund') {
    const about = await refundAbout(trx, refundId(id))
    const merchantUid = about && 'merchantUid' in about ? about.merchantUid : null
    return writeJournal(trx, [{ ...line, refundId: id }], { who, at, merchantUid })
  }
  const stray = strayNamedBy(`stray:${id}`)
  if (!stray) throw new RangeError(`${id} names no money`)
  const { gateway, gatewayRef } = stray
  const attempt = await trx
    .selectFrom('attempts')
    .select('merchantUid')
    .where('gateway', '=', gateway)
    .where('gatewayRef', '=', gatewayRef)
    .executeTakeFirst()
  return writeJournal(trx, [{ ...line, gatewayRef }], { who, at, merchantUid: attempt?.merchantUid ?? null })
}

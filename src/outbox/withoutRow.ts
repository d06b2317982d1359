// Workflows that run without a row: a restored backup, or a foreign start. A person is told once
// for each run of them.
// Must not know: how Temporal is asked. Nothing is started or stopped.
import { writeJournal } from '../db/books/journal.ts'
import { noteLostKeys } from '../db/books/wentBack.ts'
import { databaseNow } from '../db/clock.ts'
import { transact, type Db, type Trx } from '../db/connect.ts'
import { recorded } from '../db/lists/open.ts'
import { putAlert } from '../db/outgoing/outgoing.ts'
import type { Memory } from '../domain/books/memory.ts'
import { OWN_ID, strayNamedBy } from '../domain/ids.ts'
import { inEach } from '../language.ts'
import { LATE } from '../domain/shown/words/toldElse.ts'
import { saidBy } from '../temporal/said.ts'

export type RunningSaga = {
  readonly workflowId: string
  readonly runId: string
  readonly type: 'payment' | 'refund' | 'stray'
  /** ISO time of the server. */
  readonly startedAt: string
}
/**
 * What a refund's run has seen of its row, as long as the server keeps its history; throws where
 * that cannot be read.
 */
export type MemoryOf = (workflowId: string) => Promise<Memory | undefined>
type Deps = { readonly db: Db; readonly log: (line: string) => void; readonly memoryOf: MemoryOf }
type Most = { readonly quietMs: number; readonly most: number }
const ROWS_AT_ONCE = 500
/** Histories that cannot be read; each may take its time to fail, and a pass has minutes. */
const MOST_UNREAD = 10

/**
 * Of one kind; those that began just now may not have written theirs. At most so many are told of
 * anew. A history that cannot be read keeps nobody from being told, and is asked for again.
 */
export async function pageWithoutRow(
  { db, log, memoryOf }: Deps,
  running: readonly RunningSaga[],
  { quietMs, most }: Most,
): Promise<{ found: number; told: number }> {
  const before = Date.parse(await databaseNow(db)) - quietMs
  const old = running.filter(({ startedAt }) => Date.parse(startedAt) < before)
  let [found, told, unread] = [0, 0, 0]
  for (let start = 0; start < old.length && told < most; start += ROWS_AT_ONCE) {
    const part = old.slice(start, start + ROWS_AT_ONCE)
    const known = await recorded(db, part[0]?.type ?? 'refund', part.map(idOf))
    const without = part.filter((each) => !known.has(idOf(each)))
    found += without.length
    const lines = await linesOf(db, without)
    for (const saga of without) {
      const earlier = lines.get(saga.runId)
      if (earlier === 'read' || told >= most) continue
      const seen = unread < MOST_UNREAD ? await keysOf(memoryOf, saga) : { unread: 'too many others could not be read' }
      if ('unread' in seen) {
        unread += 1
        if (earlier) continue
        log(`the history of ${saga.workflowId}, which has no row, cannot be read: ${seen.unread}`)
      }
      await transact(db, 'page without row', (trx) => page(trx, saga, seen, earlier === undefined), log)
      told += 1
    }
  }
  return { found, told }
}

type Seen = { readonly keys: readonly string[] } | { readonly unread: string }

async function keysOf(memoryOf: MemoryOf, saga: RunningSaga): Promise<Seen> {
  if (saga.type !== 'refund' || !OWN_ID.test(idOf(saga))) return { keys: [] }
  try {
    return { keys: (await memoryOf(saga.workflowId))?.keys ?? [] }
  } catch (error) {
    return { unread: saidBy(error) }
  }
}

/**
 * The id that the workflow's own id names; the whole of it where it names none, which has no row.
 */
function idOf({ workflowId, type }: RunningSaga): string {
  const id = workflowId.startsWith(`${type}:`) ? workflowId.slice(type.length + 1) : workflowId
  return OWN_ID.test(id) || strayNamedBy(workflowId) ? id : workflowId
}

const WITHOUT_ROW = 'saga.withoutRow'
const JOURNALLED_AS = { payment: 'merchantUid', refund: 'refundId', stray: 'gatewayRef' } as const

/**
 * By run: whether what it remembers was read when it was told of. The journal says so: it is never
 * emptied, and found by the id's index.
 */
async function linesOf(db: Db, sagas: readonly RunningSaga[]): Promise<ReadonlyMap<string, 'read' | 'unread'>> {
  const [first] = sagas
  if (!first) return new Map()
  const lines = await db
    .selectFrom('journal')
    .select('facts')
    .where(JOURNALLED_AS[first.type], 'in', sagas.map(idOf))
    .where('what', '=', WITHOUT_ROW)
    .execute()
  const told = new Map<string, 'read' | 'unread'>()
  for (const { facts } of lines) {
    const { runId, unread } = Object(facts)
    if (told.get(runId) !== 'read') told.set(runId, unread === undefined ? 'read' : 'unread')
  }
  return told
}

/** Keys under which it may have been filed are noted: the run that remembers them may be lost. */
async function page(trx: Trx, saga: RunningSaga, seen: Seen, first: boolean): Promise<void> {
  const { workflowId, runId, type, startedAt } = saga
  const id = idOf(saga)
  if ('keys' in seen) await noteLostKeys(trx, id, seen.keys)
  const why = 'the workflow runs and no row is known here'
  const remembers = 'keys' in seen && seen.keys.length === 0 ? {} : seen
  const line = { what: WITHOUT_ROW, why, facts: { workflowId, runId, startedAt, ...remembers } }
  const heading = { who: 'supervisor', at: await databaseNow(trx) }
  const named = type === 'payment' ? {} : { [JOURNALLED_AS[type]]: id }
  await writeJournal(trx, [{ ...line, ...named }], { ...heading, merchantUid: type === 'payment' ? id : null })
  if (!first) return
  await putAlert(trx, {
    level: 'page',
    kind: 'sagaWithoutRow',
    saga: workflowId,
    sentence: inEach(LATE.withoutRow, { workflow: workflowId }),
  })
}

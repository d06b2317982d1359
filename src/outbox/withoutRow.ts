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

export type RunningSaga = {
  readonly workflowId: string
  readonly runId: string
  readonly type: 'payment' | 'refund' | 'stray'
  /** ISO time of the server. */
  readonly startedAt: string
}
/** What a refund's run has seen of its row, as long as the server keeps its history. */
export type MemoryOf = (workflowId: string) => Promise<Memory | undefined>
type Deps = { readonly db: Db; readonly log: (line: string) => void; readonly memoryOf: MemoryOf }
const ROWS_AT_ONCE = 500

/**
 * Of one kind; those that began just now may not have written theirs. At most so many are told of;
 * returns how many.
 */
export async function pageWithoutRow(
  { db, log, memoryOf }: Deps,
  running: readonly RunningSaga[],
  { quietMs, most }: { readonly quietMs: number; readonly most: number },
): Promise<number> {
  const before = Date.parse(await databaseNow(db)) - quietMs
  const old = running.filter(({ startedAt }) => Date.parse(startedAt) < before)
  let found = 0
  for (let start = 0; start < old.length && found < most; start += ROWS_AT_ONCE) {
    const part = old.slice(start, start + ROWS_AT_ONCE)
    const known = await recorded(db, part[0]?.type ?? 'refund', part.map(idOf))
    for (const saga of part.filter((each) => !known.has(idOf(each)))) {
      found += 1
      if (await wasTold(db, saga)) continue
      const remembers = saga.type === 'refund' && OWN_ID.test(idOf(saga))
      const keys = remembers ? ((await memoryOf(saga.workflowId))?.keys ?? []) : []
      await transact(db, 'page without row', (trx) => page(trx, saga, keys), log)
    }
  }
  return found
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
 * The journal remembers which runs were told of: it is never emptied, and found by the id's index.
 */
async function wasTold(db: Db, saga: RunningSaga): Promise<boolean> {
  const lines = await db
    .selectFrom('journal')
    .select('facts')
    .where(JOURNALLED_AS[saga.type], '=', idOf(saga))
    .where('what', '=', WITHOUT_ROW)
    .execute()
  return lines.some(({ facts }) => JSON.stringify(facts).includes(saga.runId))
}

/** `keys`: under which it may have been filed. The run that remembers them may be lost, too. */
async function page(trx: Trx, saga: RunningSaga, keys: readonly string[]): Promise<void> {
  const { workflowId, runId, type, startedAt } = saga
  const id = idOf(saga)
  await noteLostKeys(trx, id, keys)
  const why = 'the workflow runs and no row is known here'
  const line = { what: WITHOUT_ROW, why, facts: { workflowId, runId, startedAt, ...(keys.length > 0 && { keys }) } }
  const heading = { who: 'supervisor', at: await databaseNow(trx) }
  const named = type === 'payment' ? {} : { [JOURNALLED_AS[type]]: id }
  await writeJournal(trx, [{ ...line, ...named }], { ...heading, merchantUid: type === 'payment' ? id : null })
  await putAlert(trx, {
    level: 'page',
    kind: 'sagaWithoutRow',
    saga: workflowId,
    sentence: inEach(LATE.withoutRow, { workflow: workflowId }),
  })
}

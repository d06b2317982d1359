// The supervisor: every open row has a workflow. Overdue rows get a wake whether theirs runs or
// not, and so do open rows whose run was ended from outside; where the counts of both differ, all
// are compared.
// Must not know: how Temporal is asked. It only proposes: the server's one run per id is the
// arbiter, so a wake too many does no harm.
import { setTimeout as pause } from 'node:timers/promises'
import { databaseNow } from '../db/clock.ts'
import { transact, type Db, type Trx } from '../db/connect.ts'
import type { OpenRow } from '../db/lists/open.ts'
import { putMissingWakes } from '../db/outgoing/outgoing.ts'
import { forgetOverdue, takeOverdue } from '../db/watch/overdueWakes.ts'
import { notePassUntil, passReadUntil } from '../db/watch/passes.ts'
import { SUPERVISE_SCHEDULE } from '../domain/names.ts'
import { OVERDUE_AFTER, type OverdueAfter } from '../domain/shown/watchdog.ts'
import { metrics } from '../metrics.ts'
import { countOpenSagas, OPEN_ROWS, reallyOpen } from './openSagas.ts'
import { pageWithoutRow, type MemoryOf, type RunningSaga } from './withoutRow.ts'

type Kind = RunningSaga['type']
const KINDS = ['payment', 'refund', 'stray'] as const

/**
 * What Temporal shows, in pages; each throws where it cannot show all, for half a list would wake
 * what is awake.
 */
export type SagaRuns = {
  /** How many run. */
  count(kind: Kind): Promise<number>
  running(kind: Kind): AsyncIterable<readonly RunningSaga[]>
  /** Workflow ids whose run was terminated, failed, timed out or canceled after this time. */
  lostSince(since: string): AsyncIterable<readonly string[]>
  readonly memoryOf: MemoryOf
}
export type SuperviseDeps = {
  readonly db: Db
  readonly log: (line: string) => void
  readonly kick: () => void
  readonly sagaRuns: SagaRuns
  /** OVERDUE_AFTER; 15 minutes where nothing is said. */
  readonly overdueAfter?: OverdueAfter
}
export type SuperviseOptions = {
  /** Rows that moved within so long are on their way. */
  readonly quietMs?: number
  /**
   * What begins or ends just now is counted on one side only: where counts differ, both are counted
   * once more after that.
   */
  readonly settleMs?: number
  /** Aborted: what is under way ends with its page. */
  readonly stopping?: AbortSignal
}
export type Supervised = {
  /** Overdue rows that got a wake, whether their workflow runs or not. */
  readonly overdue: number
  /** Open rows that got one because their run was ended from outside since the last pass. */
  readonly lost: number
  readonly running: number
  readonly open: number
  /** Whose counts differed, so that all of them were compared. */
  readonly compared: readonly Kind[]
  readonly woken: number
  readonly withoutRow: number
}

const QUIET_MS = 120_000
const SETTLE_MS = 5_000
const PAGE = 500
/** In one pass; after a loss of all of Temporal the next passes go on. */
const MOST_WAKES = 5_000
/** Sagas without a row that a person is told of; the next pass goes on. */
const MOST_TOLD = 100
/** Closed runs are shown after a moment, and by another clock than the database's. */
const OVERLAP_MS = 300_000

export async function superviseRows(deps: SuperviseDeps, options: SuperviseOptions = {}): Promise<Supervised> {
  const { db, log, kick } = deps
  try {
    // The database alone says what is overdue, so this is done even where Temporal does not list.
    const overdue = await wakeOverdue(deps)
    const readUntil = new Date(Date.parse(await databaseNow(db)) - OVERLAP_MS).toISOString()
    const since = await passReadUntil(db, SUPERVISE_SCHEDULE)
    const lost = since === null ? 0 : await wakeLost(deps, since, options)
    const counts = await countBoth(deps, options)
    // Nothing is known of the time before the first pass.
    const compared = KINDS.filter((kind) => since === null || counts[kind].running !== counts[kind].open)
    const found = await compareAll(deps, compared, options)
    await notePassUntil(db, SUPERVISE_SCHEDULE, readUntil)
    metrics.sweeps.inc({ what: 'supervisor', outcome: 'done' })
    const total = (side: keyof Counts) => KINDS.reduce((sum, kind) => sum + counts[kind][side], 0)
    const [open, running, { woken }] = [total('open'), total('running'), found]
    if (lost > 0) log(`${lost} open sagas were ended from outside and were woken from their rows`)
    if (woken > 0) log(`${woken} of ${open} open sagas had no workflow and were woken from their rows`)
    return { overdue, lost, running, open, compared, ...found }
  } catch (error) {
    metrics.sweeps.inc({ what: 'supervisor', outcome: 'failed' })
    throw error
  } finally {
    kick()
  }
}

/**
 * A wake that got lost, a task that failed for good, a server that shows as running what is not:
 * their rows say it.
 */
async function wakeOverdue({ db, log, overdueAfter = OVERDUE_AFTER }: SuperviseDeps): Promise<number> {
  let woken = 0
  for (;;) {
    const limit = Math.min(PAGE, MOST_WAKES - woken)
    const wakes = async (trx: Trx) => {
      const sagas = await takeOverdue(trx, overdueAfter.rowsMs, limit)
      await putMissingWakes(trx, sagas)
      return sagas.length
    }
    const taken = await transact(db, 'wake overdue sagas', wakes, log)
    woken += taken
    if (taken < limit || woken >= MOST_WAKES) break
  }
  await transact(db, 'forget overdue sagas', forgetOverdue, log)
  if (woken > 0) log(`${woken} overdue sagas were woken from their rows`)
  return woken
}

/** What a page of them leaves, because it is too much for one pass, the counts find. */
async function wakeLost(
  { db, log, kick, sagaRuns }: SuperviseDeps,
  since: string,
  { stopping }: SuperviseOptions,
): Promise<number> {
  let woken = 0
  const seen = new Set<string>()
  for await (const ids of sagaRuns.lostSince(since)) {
    stopping?.throwIfAborted()
    const fresh = ids.filter((id) => !seen.has(id))
    fresh.forEach((id) => seen.add(id))
    for (const kind of KINDS) {
      const among = [...new Set(fresh.filter((id) => id.startsWith(`${kind}:`)).map((id) => id.slice(kind.length + 1)))]
      for (let start = 0; start < among.length && woken < MOST_WAKES; start += PAGE) {
        const part = among.slice(start, start + PAGE)
        const rows = await OPEN_ROWS[kind](db, { after: '', limit: PAGE, quietMs: 0, among: part })
        woken += await wakeOpen({ db, log }, kind, rows)
      }
    }
  }
  // They run again before both are counted.
  if (woken > 0) kick()
  return woken
}

type Counts = { readonly running: number; readonly open: number }

async function countBoth(deps: SuperviseDeps, options: SuperviseOptions): Promise<Readonly<Record<Kind, Counts>>> {
  const { settleMs = SETTLE_MS, stopping } = options
  const all = async () => ({
    payment: await countsOf(deps, 'payment'),
    refund: await countsOf(deps, 'refund'),
    stray: await countsOf(deps, 'stray'),
  })
  const first = await all()
  if (KINDS.every((kind) => first[kind].running === first[kind].open)) return first
  await pause(settleMs, undefined, stopping && { signal: stopping })
  const second = await all()
  const agreed = (kind: Kind) => (first[kind].running === first[kind].open ? first[kind] : second[kind])
  return { payment: agreed('payment'), refund: agreed('refund'), stray: agreed('stray') }
}

async function countsOf({ db, log, sagaRuns }: SuperviseDeps, kind: Kind): Promise<Counts> {
  const running = await sagaRuns.count(kind)
  return { running, open: await countOpenSagas(db, kind, log) }
}

type Compared = { readonly woken: number; readonly withoutRow: number }

/**
 * Lists first and reads rows afterwards: what closes in between is closed in its row, and is not
 * woken.
 */
async function compareAll(
  deps: SuperviseDeps,
  kinds: readonly Kind[],
  { quietMs = QUIET_MS, stopping }: SuperviseOptions,
): Promise<Compared> {
  let [woken, withoutRow, told] = [0, 0, 0]
  for (const kind of kinds) {
    const running = new Set<string>()
    for await (const page of deps.sagaRuns.running(kind)) {
      stopping?.throwIfAborted()
      for (const { workflowId } of page) running.add(workflowId)
      const telling = { db: deps.db, log: deps.log, memoryOf: deps.sagaRuns.memoryOf }
      const paged = await pageWithoutRow(telling, page, { quietMs, most: MOST_TOLD - told })
      withoutRow += paged.found
      told += paged.told
    }
    woken += await wakeIdle(deps, running, { kind, quietMs, most: MOST_WAKES - woken, stopping })
  }
  return { woken, withoutRow }
}

type Idle = {
  readonly kind: Kind
  readonly quietMs: number
  readonly most: number
  readonly stopping: AbortSignal | undefined
}

async function wakeIdle(
  deps: SuperviseDeps,
  running: ReadonlySet<string>,
  { kind, quietMs, most, stopping }: Idle,
): Promise<number> {
  let [woken, after] = [0, '']
  while (woken < most) {
    stopping?.throwIfAborted()
    const rows = await OPEN_ROWS[kind](deps.db, { after, limit: PAGE, quietMs })
    const idle = rows.filter(({ id }) => !running.has(`${kind}:${id}`))
    woken += await wakeOpen(deps, kind, idle)
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE) break
    after = last.id
  }
  return woken
}

async function wakeOpen({ db, log }: Pick<SuperviseDeps, 'db' | 'log'>, kind: Kind, rows: readonly OpenRow[]) {
  if (rows.length === 0) return 0
  const wakes = async (trx: Trx) =>
    putMissingWakes(
      trx,
      (await reallyOpen(trx, rows)).map((id) => `${kind}:${id}`),
    )
  return transact(db, 'wake idle sagas', wakes, log)
}

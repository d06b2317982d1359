// The supervisor: every open row has a workflow. Those that Temporal does not show as running get a
// wake, so do overdue ones; a workflow without a row pages once.
// Must not know: how Temporal is asked. It only proposes: the server's one run per id is the
// arbiter, so a wake too many does no harm.
import { paymentClosed } from '../domain/balance.ts'
import { merchantUid, OWN_ID, strayNamedBy } from '../domain/ids.ts'
import { loadBooks } from '../db/books.ts'
import { databaseNow } from '../db/clock.ts'
import { transact, type Db, type Trx } from '../db/connect.ts'
import { writeJournal } from '../db/journal.ts'
import { openPayments, openRefunds, openStrays, recorded, type OpenRow } from '../db/openRows.ts'
import { putAlert, putMissingWakes } from '../db/outgoing.ts'
import { forgetOverdue, takeOverdue } from '../db/overdueWakes.ts'
import { OVERDUE_AFTER, type OverdueAfter } from '../domain/watchdog.ts'
import { metrics } from '../metrics.ts'

export type RunningSaga = {
  readonly workflowId: string
  readonly runId: string
  readonly type: 'payment' | 'refund' | 'stray'
  /** ISO time of the server. */
  readonly startedAt: string
}
/** All that run, or an error: half a list would wake what is awake. */
export type RunningSagas = () => Promise<readonly RunningSaga[]>
export type SuperviseDeps = {
  readonly db: Db
  readonly log: (line: string) => void
  readonly kick: () => void
  readonly runningSagas: RunningSagas
  /** OVERDUE_AFTER; 15 minutes where nothing is said. */
  readonly overdueAfter?: OverdueAfter
}
export type Supervised = {
  /** Overdue rows that got a wake, whether their workflow runs or not. */
  readonly overdue: number
  readonly running: number
  readonly open: number
  readonly woken: number
  readonly withoutRow: number
}

const QUIET_MS = 120_000
const PAGE = 500
/** In one run; after a loss of all of Temporal the next runs go on. */
const MOST_WAKES = 5_000
const MOST_WITHOUT_ROW = 100

/**
 * Lists first and reads rows afterwards: what closes in between is closed in its row, and is not
 * woken.
 */
export async function supervise(deps: SuperviseDeps, quietMs = QUIET_MS): Promise<Supervised> {
  try {
    // The database alone says what is overdue, so this is done even where Temporal does not list.
    const overdue = await wakeOverdue(deps)
    const running = await deps.runningSagas()
    const ids = new Set(running.map(({ workflowId }) => workflowId))
    const payments = await wakeIdle(deps, ids, 'payment', quietMs, MOST_WAKES)
    const refunds = await wakeIdle(deps, ids, 'refund', quietMs, MOST_WAKES - payments.woken)
    const strays = await wakeIdle(deps, ids, 'stray', quietMs, MOST_WAKES - payments.woken - refunds.woken)
    const withoutRow = await pageWithoutRow(deps, running, quietMs)
    metrics.sweeps.inc({ what: 'supervisor', outcome: 'done' })
    const open = payments.open + refunds.open + strays.open
    const woken = payments.woken + refunds.woken + strays.woken
    if (woken > 0) deps.log(`${woken} of ${open} open sagas had no workflow and were woken from their rows`)
    return { overdue, running: running.length, open, woken, withoutRow }
  } catch (error) {
    metrics.sweeps.inc({ what: 'supervisor', outcome: 'failed' })
    throw error
  } finally {
    deps.kick()
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

type Kind = RunningSaga['type']
const OPEN_ROWS = { payment: openPayments, refund: openRefunds, stray: openStrays } as const satisfies Record<
  Kind,
  unknown
>

async function wakeIdle(
  { db, log }: SuperviseDeps,
  running: ReadonlySet<string>,
  kind: Kind,
  quietMs: number,
  most: number,
): Promise<{ open: number; woken: number }> {
  const rowsAfter = OPEN_ROWS[kind]
  let [open, woken, after] = [0, 0, '']
  for (;;) {
    const rows = await rowsAfter(db, { after, limit: PAGE, quietMs })
    open += rows.length
    const idle = rows.filter(({ id }) => !running.has(`${kind}:${id}`))
    const wakes = async (trx: Trx) =>
      putMissingWakes(
        trx,
        (await reallyOpen(trx, idle)).map((id) => `${kind}:${id}`),
      )
    if (idle.length > 0) woken += await transact(db, 'wake idle sagas', wakes, log)
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE || woken >= most) return { open, woken }
    after = last.id
  }
}

async function reallyOpen(trx: Trx, rows: readonly OpenRow[]): Promise<readonly string[]> {
  const open: string[] = []
  for (const { id, sure } of rows) {
    if (sure || !paymentClosed((await loadBooks(trx, { merchantUid: merchantUid(id) }, false)).books)) open.push(id)
  }
  return open
}

/**
 * A restored backup, or a foreign start: nothing is started or stopped, a person is told once for
 * each run of it.
 */
async function pageWithoutRow(
  { db, log }: SuperviseDeps,
  running: readonly RunningSaga[],
  quietMs: number,
): Promise<number> {
  const before = Date.parse(await databaseNow(db)) - quietMs
  const old = running.filter(({ startedAt }) => Date.parse(startedAt) < before)
  let found = 0
  for (const kind of ['payment', 'refund', 'stray'] as const) {
    const sagas = old.filter(({ type }) => type === kind)
    for (let start = 0; start < sagas.length && found < MOST_WITHOUT_ROW; start += PAGE) {
      const part = sagas.slice(start, start + PAGE)
      const known = await recorded(db, kind, part.map(idOf))
      for (const saga of part.filter((each) => !known.has(idOf(each)))) {
        found += 1
        await transact(db, 'page without row', (trx) => pageOnce(trx, saga), log)
      }
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
async function pageOnce(trx: Trx, saga: RunningSaga): Promise<void> {
  const { workflowId, runId, type, startedAt } = saga
  const id = idOf(saga)
  const lines = await trx
    .selectFrom('journal')
    .select('facts')
    .where(JOURNALLED_AS[type], '=', id)
    .where('what', '=', WITHOUT_ROW)
    .execute()
  if (lines.some(({ facts }) => JSON.stringify(facts).includes(runId))) return
  const why = 'the workflow runs and no row is known here'
  const line = { what: WITHOUT_ROW, why, facts: { workflowId, runId, startedAt } }
  const heading = { who: 'supervisor', at: await databaseNow(trx) }
  const named = type === 'payment' ? {} : { [JOURNALLED_AS[type]]: id }
  await writeJournal(trx, [{ ...line, ...named }], { ...heading, merchantUid: type === 'payment' ? id : null })
  await putAlert(trx, {
    level: 'page',
    kind: 'sagaWithoutRow',
    saga: workflowId,
    sentence: `${workflowId} runs in Temporal and has no row in this database; was a backup restored? Compare both with the gateway before anybody terminates it`,
  })
}

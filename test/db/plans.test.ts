// What is asked again and again costs the same whatever waits: counted in the rows that each step of its plan touches, with many rows of which few are wanted.
// Must not know: clocks. A scan, a sort or an aggregate over what waits fails, however fast it was.
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { loadBooks } from '../../src/db/books/books.ts'
import { listPayments } from '../../src/db/books/payments.ts'
import { listRefunds } from '../../src/db/books/refunds.ts'
import { transact, type Database, type Db } from '../../src/db/connect.ts'
import { claimLooks, settleHints } from '../../src/db/hints/looks.ts'
import { databaseGauges } from '../../src/db/lists/gauges.ts'
import { countOpen } from '../../src/db/lists/open.ts'
import { listStuck, sumStuck } from '../../src/db/lists/stuck.ts'
import { foldTallies } from '../../src/db/lists/tallies.ts'
import { claim, delivered, putMissingWakes, wakesDelivered } from '../../src/db/outgoing/outgoing.ts'
import { purgeOnce } from '../../src/db/purge.ts'
import { merchantUid } from '../../src/domain/ids.ts'
import { takeSpans } from '../../src/tracing.ts'
import { onPostgres, openTestDatabase } from '../support/database.ts'
import { fillUncounted, fillWithSettled, fillWithWaiting } from '../support/waiting.ts'

const ROWS = 200_000
/** No step of a plan may touch more rows: a page, a portion, or what a claim looks through. */
const MOST = 2_000
const BIG = new Set(['payments', 'attempts', 'refunds', 'inbox', 'outbox'])

/** Before any connection, for each keeps what sends its statements. */
const spy = vi.spyOn(pg.Client.prototype, 'query')
afterAll(() => spy.mockRestore())

type Node = {
  readonly type: string
  readonly table?: string | undefined
  /** Rows that it gave and rows that it threw away, of all its loops. */
  readonly rows: number
  readonly below: readonly Node[]
}
const nodeSchema: z.ZodType<Node> = z.lazy(() =>
  z
    .object({
      'Node Type': z.string(),
      'Relation Name': z.string().optional(),
      'Actual Rows': z.number(),
      'Actual Loops': z.number(),
      'Rows Removed by Filter': z.number().default(0),
      'Rows Removed by Join Filter': z.number().default(0),
      'Rows Removed by Index Recheck': z.number().default(0),
      Plans: z.array(nodeSchema).default([]),
    })
    .transform((node) => ({
      type: node['Node Type'],
      table: node['Relation Name'],
      rows:
        node['Actual Loops'] *
        (node['Actual Rows'] +
          node['Rows Removed by Filter'] +
          node['Rows Removed by Join Filter'] +
          node['Rows Removed by Index Recheck']),
      below: node.Plans,
    })),
)
/** One row of one column, whose name the database's handle may spell its own way. */
const explained = z.array(z.array(z.object({ Plan: nodeSchema })))
const sentSchema = z.union([
  z.object({ text: z.string(), values: z.array(z.unknown()).optional() }),
  z.string().transform((text) => ({ text, values: undefined })),
])

/** What in the plans of the statements that this sends grows with what waits. */
async function growing(db: Db, work: (db: Db) => Promise<unknown>, most = MOST): Promise<readonly string[]> {
  spy.mockClear()
  await work(db)
  const sent = spy.mock.calls.map(([first, values]) => {
    const { text, values: own } = sentSchema.parse(first)
    return { text, values: own ?? (Array.isArray(values) ? values : []) }
  })
  const faults: string[] = []
  for (const { text, values } of sent.filter(({ text: each }) => /\b(select|update|delete)\b/.test(each))) {
    for (const { Plan } of await explain(db, text, values))
      faults.push(...faultsOf(Plan, most).map((fault) => `${fault} in ${text.slice(0, 200)}`))
  }
  return faults
}

async function explain(db: Db, text: string, values: readonly unknown[]): Promise<readonly { Plan: Node }[]> {
  const parts = text.split(/\$\d+/)
  const places = [...text.matchAll(/\$(\d+)/g)].map(([, place]) => values[Number(place) - 1])
  const query = parts.map((part, index) => (index === 0 ? sql.raw(part) : sql`${places[index - 1]}${sql.raw(part)}`))
  const carriedOut = sql<object>`explain (analyze, timing off, format json) ${sql.join(query, sql``)}`
  const plans: { Plan: Node }[] = []
  const undone = db.transaction().execute(async (trx) => {
    const { rows } = await carriedOut.execute(trx)
    plans.push(...explained.parse(rows.flatMap((row) => Object.values(row))).flat())
    throw new Error('undone')
  })
  await expect(undone).rejects.toThrow('undone')
  return plans
}

function faultsOf({ type, table, rows, below }: Node, most: number): readonly string[] {
  const scans = type === 'Seq Scan' && table !== undefined && BIG.has(table) ? [`Seq Scan on ${table}`] : []
  const many = rows > most ? [`${type} of ${rows} rows${table === undefined ? '' : ` of ${table}`}`] : []
  return [...scans, ...many, ...below.flatMap((node) => faultsOf(node, most))]
}

async function tracedClaim(db: Db): Promise<unknown> {
  const end = takeSpans(() => ({ traceparent: '', end: () => {} }))
  try {
    return await claimLooks(db, { limit: 8, leaseMs: 60_000, mostUnlinked: 5 })
  } finally {
    end()
  }
}

const STEPS: readonly (readonly [string, (db: Db) => Promise<unknown>])[] = [
  [
    'a page of payments of one state',
    (db) => transact(db, 'list', (trx) => listPayments(trx, { state: 'cancelPending', after: 'o-5', limit: 100 })),
  ],
  ['a page of all payments', (db) => transact(db, 'list', (trx) => listPayments(trx, { limit: 100 }))],
  [
    'a page of refunds of one state',
    (db) => transact(db, 'list', (trx) => listRefunds(trx, { state: 'ticketOpen', limit: 100 })),
  ],
  [
    'the few refunds that are loud',
    (db) => transact(db, 'list', (trx) => listRefunds(trx, { attention: 'page', limit: 100 })),
  ],
  ['a page of open refunds', (db) => transact(db, 'list', (trx) => listRefunds(trx, { limit: 100 }))],
  [
    'the longest waiting refunds',
    (db) => transact(db, 'list', (trx) => listStuck(trx, { sort: 'age', attention: 'none', limit: 100 })),
  ],
  [
    'the dearest refunds of one state',
    (db) => transact(db, 'list', (trx) => listStuck(trx, { sort: 'money', state: 'ticketOpen', limit: 100 })),
  ],
  ['the sums behind them', (db) => transact(db, 'sum', (trx) => sumStuck(trx, { sort: 'age', limit: 100 }))],
  ['how many refunds are open', (db) => countOpen(db, 'refund')],
  ['how many payments are open', (db) => countOpen(db, 'payment')],
  ['the claim of notices', (db) => claim(db, 'notice', 20, 60_000)],
  ['the portions of a purge', purgeOnce],
  ['the fold of tallies', foldTallies],
  ['the claim of wakes', (db) => claim(db, 'wake', 20, 60_000)],
  ['the claim of looks', (db) => claimLooks(db, { limit: 8, leaseMs: 60_000, mostUnlinked: 5 })],
  ['the claim of looks while traces are wanted', tracedClaim],
  [
    'the end of a look',
    (db) =>
      transact(db, 'settle', (trx) =>
        settleHints(trx, { gateway: 'iamport/main', gatewayRef: 'imp-7' }, [], {
          began: { number: 1_000_000_000, at: new Date().toISOString() },
          moved: false,
          holding: undefined,
        }),
      ),
  ],
  ['the marks of wakes that left', (db) => wakesDelivered(db, [{ saga: 'refund:r-7', token: 'none', said: '' }])],
  [
    'the mark of a notice that left',
    async (db) => {
      const [first] = await claim(db, 'notice', 1, 60_000)
      if (first) await delivered(db, first, 'accepted')
    },
  ],
  [
    'wakes for those that none tells yet',
    (db) => transact(db, 'wake', (trx) => putMissingWakes(trx, ['refund:r-7', 'refund:none'])),
  ],
  ['the books of an order', (db) => transact(db, 'load', (trx) => loadBooks(trx, { merchantUid: merchantUid('o-7') }))],
]

/** The statistics by which Postgres plans are of what waits, or of a time at which next to nothing did. */
/** A person's page: until the next analyze it may read all that is open in its state. */
const READ_WHOLE_IN_A_FLOOD = ['the dearest refunds of one state']

describe.skipIf(!onPostgres).each<[string, (db: Db) => Promise<void>, readonly string[]]>([
  [`with ${ROWS} orders, refunds, wakes and hints waiting`, (db) => fillWithWaiting(db, ROWS), []],
  [
    `with ${ROWS / 4} that wait, of which the statistics know nothing`,
    async (db) => {
      await fillWithSettled(db, ROWS)
      await fillUncounted(db, ROWS / 4)
    },
    READ_WHOLE_IN_A_FLOOD,
  ],
])('%s (Postgres, whose plans depend on how many)', (_what, fill, but) => {
  let database: Database
  beforeAll(async () => {
    database = await openTestDatabase()
    await fill(database.db)
  }, 300_000)
  afterAll(() => database?.close())

  test.each(STEPS.filter(([step]) => !but.includes(step)))('%s reads no more than it gives', async (_step, work) => {
    expect(await growing(database.db, work)).toEqual([])
  })

  test('what does grow is found: a count of all that waits', async () => {
    const count = (db: Db) => sql`select count(*) from refunds where state = 'ticketOpen'`.execute(db)
    expect(await growing(database.db, count)).not.toEqual([])
  })

  test('the gauges read no more than the bound up to which they count', async () => {
    const read = (db: Db) => databaseGauges(db, { noticesLeave: true, overdueAfter: undefined })
    expect(await growing(database.db, read, 10_000)).toEqual([])
  })

  test.each(['wake', 'notice'] as const)('four relays that claim at once share what waits: %s', async (kind) => {
    const claimed = await Promise.all(Array.from({ length: 4 }, () => claim(database.db, kind, 20, 60_000)))
    expect(new Set(claimed.flat().map(({ id }) => id)).size).toBeGreaterThanOrEqual(60)
  })

  test('four lookers that claim at once share what waits', async () => {
    const limits = { limit: 8, leaseMs: 60_000, mostUnlinked: 5 }
    const claimed = await Promise.all(Array.from({ length: 4 }, () => claimLooks(database.db, limits)))
    expect(
      new Set(claimed.flatMap(({ claims }) => claims.map(({ candidate }) => candidate.subject))).size,
    ).toBeGreaterThanOrEqual(24)
  })
})

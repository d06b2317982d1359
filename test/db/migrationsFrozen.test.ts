// A migration says for ever what it said when it was released: in literals, whatever becomes of the domain's words. And a
// database of any earlier state comes to the same schema as one that is made today, with its rows.
// Must not know: how a migration goes beside people at work (migrationsBeside.test.ts).
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import { Kysely, PGliteDialect, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { migrateAlone, migratePostgres, MIGRATIONS, type MigrationName } from '../../src/db/migrate.ts'
import { postgresDialect } from '../../src/db/postgres.ts'
import { ATTENTIONS } from '../../src/domain/books/books.ts'
import { GOODS } from '../../src/domain/books/order.ts'
import { LISTED } from '../../src/domain/gateway.ts'
import { SHIPPED_IN } from '../../src/domain/moves/deliveries.ts'
import { MONEY_STATES, ORDER_MOVES, ORDER_STATES } from '../../src/domain/payment.ts'
import { REFUND_ORIGINS, REFUND_STATES } from '../../src/domain/refund.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { statementsOf } from './migrationRules.ts'
import { allRows, layRows } from './migrationStates.ts'
import { schemaLines, wordsOfCheck, wordsOfIndex } from './schemaOf.ts'

vi.setConfig({ testTimeout: 120_000 })
const isName = (name: string): name is MigrationName => name in MIGRATIONS
const names = Object.keys(MIGRATIONS).filter(isName)
const log = () => {}

/** Of what each migration says to Postgres. A new one adds its line; a line that stands is never changed: write a new migration. */
const SAID: Readonly<Record<MigrationName, string>> = {
  '0001_books': 'cb732b253738bbcc',
  '0002_notify': '03922c45b42f129b',
  '0003_people': '8e7964e6ccba0e40',
  '0004_bounds': '12c84a821da62441',
  '0005_answers': '14ea78c1c7bbf300',
  '0006_world': '8d2bc35dc7cc76d9',
  '0007_sweep': 'b745a36856d5d8cc',
  '0008_watchdog': '9b3f1ca97460381a',
  '0009_commands': 'e0bdb901e945765d',
  '0010_memory': '64fad5514160f9eb',
  '0011_passes': '5f6e86dbd218c6d2',
  '0012_starts': 'd1368d91bff828eb',
  '0013_signed': 'd44b232406f58b4d',
  '0014_trips': 'a178c5e0dd5f8a27',
  '0015_deliveries': 'adb5bd987ac6bb44',
  '0016_requests': '46bf03ebb5a1a3c6',
  '0017_tallies': 'eeb15bcf2ba0c81b',
  '0018_traces': 'ebb6330debaed061',
  '0019_received': 'eccfc18b1164db96',
  '0020_words': '8c4851de36ca65e7',
  '0021_keys': '80642b66ba3eea49',
}

test.each(names)('%s says what it said when it was released', async (name) => {
  const said = (await statementsOf(MIGRATIONS[name])).map((statement) => statement.sql)
  // How long it waits and how often it comes again is migrating.ts's.
  const lasting = said.filter((statement) => !/^(select set_config|reset) /.test(statement))
  expect(createHash('sha256').update(lasting.join('\n')).digest('hex').slice(0, 16)).toBe(SAID[name])
})

const FOLDER = fileURLToPath(new URL('../../src/db/migrations/', import.meta.url))
const importsOf = (text: string): readonly string[] =>
  [...text.matchAll(/\b(?:from|import|require)\s*\(?\s*['"]([^'"]+)['"]/g)].map(([, from = '']) => from)
const ALLOWED = new Set(['kysely', '../migrating.ts'])

test('a migration reads nothing that may change: SQL, and the steps in which it is said', () => {
  const files = readdirSync(FOLDER)
  expect(files.map((file) => file.replace(/\.ts$/, '')).toSorted()).toEqual(names.toSorted())
  const faults = files.flatMap((file) =>
    importsOf(readFileSync(FOLDER + file, 'utf8'))
      .filter((from) => !ALLOWED.has(from))
      .map((from) => `${file} imports ${from}: write what it says today as literals`),
  )
  expect(faults).toEqual([])
  expect(importsOf(readFileSync(`${FOLDER}../migrating.ts`, 'utf8'))).toEqual(['node:timers/promises', 'kysely'])
})

test('which imports are found', () => {
  const text = `import a from 'kysely'\nimport type { B } from "../../domain/b.ts"\nexport * from './c.ts'\nawait import('../d.ts')`
  expect(importsOf(text)).toEqual(['kysely', '../../domain/b.ts', './c.ts', '../d.ts'])
})

let place: TestDatabase
let db: Kysely<unknown>
let fresh: readonly string[]
beforeAll(async () => {
  place = await createTestDatabase()
  const { url } = place
  db = new Kysely({
    dialect: url === undefined ? new PGliteDialect({ pglite: await PGlite.create() }) : postgresDialect(url, log, {}),
  })
  await migrate()
  fresh = await schemaLines(db)
})
afterAll(async () => {
  await db.destroy()
  await place.drop()
})

/** By the program's own way to the newest. */
const migrate = () => (place.url === undefined ? migrateAlone(db) : migratePostgres(place.url, log))

async function onlyUntil(name: MigrationName): Promise<void> {
  await sql`drop schema public cascade`.execute(db)
  await sql`create schema public`.execute(db)
  if (place.url !== undefined) return migratePostgres(place.url, log, name)
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(MIGRATIONS) },
  }).migrateTo(name)
  if (error !== undefined) throw error
}

test.each(names)('a database of %s comes to the schema of today, and keeps its rows', async (name) => {
  await onlyUntil(name)
  await layRows(db)
  const before = await allRows(db)
  await migrate()
  expect(await schemaLines(db)).toEqual(fresh)
  const after = await allRows(db)
  expect(after).toMatchObject(before)
})

test('the words that the tables take are the words of today', async () => {
  const orders = Object.keys(ORDER_STATES)
  const words = {
    payments_order_state_check: orders,
    payments_goods: GOODS,
    payments_state_check: [...orders, ...Object.keys(MONEY_STATES)],
    payments_attention_check: ATTENTIONS,
    attempts_attention_check: ATTENTIONS,
    refunds_attention_check: ATTENTIONS,
    refunds_state_check: Object.keys(REFUND_STATES),
    refunds_origins: REFUND_ORIGINS,
    sweep_cursors_status_check: LISTED,
  }
  for (const [check, expected] of Object.entries(words))
    expect(await wordsOfCheck(db, check), check).toEqual([...expected].toSorted())
})

test('the indexes of what is open hold the states that are open today: a new one needs a new index', async () => {
  const refunds = Object.entries(REFUND_STATES).filter(([, { closed }]) => closed !== 'yes')
  const orders = Object.entries(ORDER_MOVES).filter(([, moves]) => Object.keys(moves).length > 0)
  const words = {
    // Refunded, where only the amount fits.
    refunds_waiting: [...refunds.map(([state]) => state), 'refunded'],
    refunds_stuck: [...refunds.map(([state]) => state), 'refunded', 'refused'],
    refunds_dear: [...refunds.map(([state]) => state), 'refunded', 'refused'],
    payments_waiting: orders.map(([state]) => state),
    payments_expiring: orders.map(([state]) => state),
    payments_delivery_awaited: SHIPPED_IN.map(String),
  }
  for (const [index, expected] of Object.entries(words))
    expect(await wordsOfIndex(db, index), index).toEqual(expected.toSorted())
})

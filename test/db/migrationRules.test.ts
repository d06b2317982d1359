// Migrations keep the rule that nobody at work notices them, each read from the statements that it
// runs; and a migration that failed in its midst is begun again from its first statement.
// Must not know: what migrations are for. How it goes beside a real receiver is tried in
// migrationsBeside.test.ts.
import { sql, type Kysely, type RawBuilder } from 'kysely'
import { expect, test } from 'vitest'
import { MIGRATIONS } from '../../src/db/migrate.ts'
import { briefly, check, index, inPortions, notNull, steps, type MigrationStep } from '../../src/db/migrating.ts'
import { openTestDatabase } from '../support/database.ts'
import { faultsOf, statementsOf, tablesIn } from './migrationRules.ts'

/** Migrations know no tables. */
type Untyped = Kysely<unknown>

test('no migration keeps a receiver waiting, nor anybody else that is at work', async () => {
  const known = new Set<string>()
  const faults: string[] = []
  for (const [name, migration] of Object.entries(MIGRATIONS)) {
    const statements = await statementsOf(migration)
    expect(statements.length, name).toBeGreaterThan(0)
    faults.push(...faultsOf(statements, known).map((fault) => `${name}: ${fault}`))
    for (const table of tablesIn(statements)) known.add(table)
  }
  expect([...known]).toEqual(expect.arrayContaining(['payments', 'attempts', 'refunds', 'tickets', 'inbox', 'outbox']))
  expect(faults).toEqual([])
})

const direct = (...statements: readonly RawBuilder<unknown>[]) => ({
  up: async (db: Untyped) => {
    for (const statement of statements) await statement.execute(db)
  },
})
const by = (...all: readonly MigrationStep[]) => ({ up: steps(...all) })
const IN_USE = new Set(['inbox', 'refunds'])

test.each([
  ['an index that writers wait for', direct(sql`create index a on inbox (id)`), /index\(/],
  ['an index within a transaction', by(briefly(sql`create index concurrently a on inbox (id)`)), /index\(/],
  ['an index that goes while writers wait', by(briefly(sql`drop index a`)), /index\(/],
  [
    'a default for each row',
    by(briefly(sql`alter table inbox add column if not exists a int8 default random()`)),
    /constant/,
  ],
  [
    'a default for each row, of a sequence',
    by(briefly(sql`alter table inbox add column if not exists a bigserial`)),
    /constant|harmless/,
  ],
  [
    'a computed column',
    by(briefly(sql`alter table inbox add column if not exists a int8 generated always as (id) stored`)),
    /constant/,
  ],
  [
    'a condition that is read with the column',
    by(briefly(sql`alter table inbox add column if not exists a int4 not null default 1 check (a > 0)`)),
    /check\(/,
  ],
  [
    'a column that must be there at once',
    by(briefly(sql`alter table inbox add column if not exists a int4 not null`)),
    /constant/,
  ],
  ['a condition over all rows', by(briefly(sql`alter table inbox add constraint a check (id > 0)`)), /NOT VALID/],
  [
    'a reference over all rows',
    by(briefly(sql`alter table inbox add constraint a foreign key (id) references refunds`)),
    /NOT VALID/,
  ],
  ['a condition without a name', by(briefly(sql`alter table inbox add check (id > 0)`)), /NOT VALID/],
  ['a validation within a transaction', by(briefly(sql`alter table inbox validate constraint a`)), /VALIDATE/],
  ['not null over all rows', by(briefly(sql`alter table inbox alter column a set not null`)), /notNull/],
  ['a type that is rewritten', by(briefly(sql`alter table inbox alter column a type text`)), /harmless/],
  ['a column that older processes use', by(briefly(sql`alter table inbox drop column a`)), /older processes/],
  ['a name that older processes use', by(briefly(sql`alter table inbox rename column a to b`)), /older processes/],
  ['a table that older processes use', by(briefly(sql`drop table inbox`)), /older processes/],
  ['a lock that waits', direct(sql`alter table inbox add column if not exists a text`), /briefly\(/],
  [
    'two tables at once',
    by(
      briefly(
        sql`alter table inbox add column if not exists a text`,
        sql`alter table refunds add column if not exists a text`,
      ),
    ),
    /briefly\(/,
  ],
  ['all rows at once', by(briefly(sql`update inbox set a = 1`)), /inPortions/],
  ['all rows at once, outside of a transaction', direct(sql`update inbox set a = 1`), /inPortions/],
  ['what cannot be repeated', by(briefly(sql`create table a (id int8)`)), /if not exists/],
])('refused: %s', async (_, migration, says) => {
  const faults = faultsOf(await statementsOf(migration), IN_USE)
  expect(faults).toHaveLength(1)
  expect(faults[0]).toMatch(says)
})

test('allowed: columns with constants, conditions, required columns, indexes, portions, new tables', async () => {
  const rows = inPortions(
    0,
    (after) => sql`
    with portion as (select id from inbox where id > ${after} order by id limit 100),
    changed as (update inbox set b = 'x' where id in (select id from portion) and b is null) select max(id) as last from portion`,
  )
  const migration = by(
    briefly(sql`alter table inbox add column if not exists a int8 not null default 0, add column if not exists b text`),
    check('inbox', 'inbox_a_check', sql`a >= 0`),
    notNull('inbox', 'b', rows),
    index('inbox_a', sql`inbox (a) where b <> ''`, { unique: true }),
    briefly(sql`create table if not exists holds (name text primary key, reason text not null check (reason <> ''))`),
    briefly(sql`create index if not exists holds_reason on holds (reason)`),
  )
  expect(faultsOf(await statementsOf(migration), IN_USE)).toEqual([])
})

const isUntyped = (db: unknown): db is Untyped => typeof db === 'object' && db !== null && 'isTransaction' in db

test('each migration may be begun again after it failed in its midst, even at its very end', async () => {
  const database = await openTestDatabase()
  try {
    const { db }: { db: unknown } = database
    if (!isUntyped(db)) throw new Error('no database handle')
    const before = await schemaOf(db)
    for (const { up } of Object.values(MIGRATIONS)) await up(db)
    expect(await schemaOf(db)).toEqual(before)
  } finally {
    await database.close()
  }
})

async function schemaOf(db: Kysely<unknown>): Promise<readonly unknown[]> {
  const { rows } = await sql`
    select table_name, column_name, data_type, is_nullable, column_default from information_schema.columns
      where table_schema = 'public'
    union all select conrelid::regclass::text, conname, convalidated::text, null, pg_get_constraintdef(oid) from pg_constraint
      where connamespace = 'public'::regnamespace
    union all select indrelid::regclass::text, indexrelid::regclass::text, indisvalid::text, null, pg_get_indexdef(indexrelid)
      from pg_index where indrelid::regclass::text in (select table_name from information_schema.tables where table_schema = 'public')
    order by 1, 2, 5`.execute(db)
  return rows
}

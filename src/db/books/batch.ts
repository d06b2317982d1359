// Many rows of one table in one statement: an order may have thousands of attempts, and each round
// trip is paid for.
// Must not know: which tables there are. Rows are plain data in camelCase; the table itself gives
// the types.
import { sql } from 'kysely'
import type { Trx } from '../connect.ts'
import { oneOfEach } from './compare.ts'

type PlainRow = Readonly<Record<string, unknown>>

/** All rows have the same columns; what they leave out takes its default. */
export async function insertAll(trx: Trx, table: string, rows: readonly PlainRow[]): Promise<void> {
  const [first] = rows
  if (!first) return
  const columns = columnsOf(first)
  await sql`insert into ${sql.table(table)} (${columns}) select ${columns} from ${recordsOf(table, rows)}`.execute(trx)
}

type Versioned = PlainRow & { readonly version: number }

/**
 * Sets whole rows by their key where they still have the version that was loaded; anything else
 * than all of them throws.
 */
export async function updateAll(
  trx: Trx,
  table: string,
  key: readonly string[],
  rows: readonly Versioned[],
): Promise<void> {
  const [first] = rows
  if (!first) return
  const names = Object.keys(first).filter((name) => name !== 'version' && !key.includes(name))
  const set = sql.join([...names.map((name) => sql`${column(name)} = v.${column(name)}`), sql`version = v.version + 1`])
  const same = sql.join(
    [...key, 'version'].map((name) => sql`t.${column(name)} = v.${column(name)}`),
    sql` and `,
  )
  const { numAffectedRows = 0n } =
    await sql`update ${sql.table(table)} t set ${set} from ${recordsOf(table, rows)} v where ${same}`.execute(trx)
  oneOfEach(numAffectedRows, rows.length, table)
}

const column = (name: string) => sql.raw(snake(name))
const columnsOf = (row: PlainRow) => sql.join(Object.keys(row).map(column))

const recordsOf = (table: string, rows: readonly PlainRow[]) =>
  sql`jsonb_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows.map(inSnakeCase))}::jsonb)`

const inSnakeCase = (row: PlainRow): PlainRow =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [snake(name), value]))

/** gatewayRef → gateway_ref, as the names in the database are made. */
const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

// What one decision writes, in one statement: rows of several tables, new and changed, however
// many; each round trip is paid for.
// Must not know: which tables there are. Rows are plain data in camelCase; the table itself gives
// the types.
import { sql } from 'kysely'
import type { Trx } from '../connect.ts'
import { HOT } from '../postgres.ts'

type PlainRow = Readonly<Record<string, unknown>>

/** What a row leaves out is null; what all of them leave out takes its default. */
export type Insert = { readonly into: string; readonly rows: readonly PlainRow[] }
/**
 * Whole rows by their key: where they still have the version that was loaded, which is raised; or
 * where `still` says so of a column, by the value that the row was loaded with.
 */
export type Update = {
  readonly table: string
  readonly key: readonly string[]
  readonly rows: readonly PlainRow[]
  readonly versioned: boolean
  readonly still?: { readonly column: string; readonly was: string }
  /** For whoever reads that it was changed meanwhile. */
  readonly what: string
}
export type Write = Insert | Update

/**
 * Anything but one row for each means that the lock was not held: the transaction must not commit.
 */
export async function writeAll(trx: Trx, writes: readonly Write[]): Promise<void> {
  const some = writes.filter(({ rows }) => rows.length > 0)
  if (some.length === 0) return
  const parts = some.map((write, index) => sql`${part(index)} as (${statementOf(write)} returning 1)`)
  const counts = some.map((_, index) => sql`(select count(*) from ${part(index)})::int4 as ${part(index)}`)
  const { rows } = await sql<Readonly<Record<string, number>>>`
    ${HOT} with ${sql.join(parts)} select ${sql.join(counts)}`.execute(trx)
  for (const [index, write] of some.entries())
    if ('table' in write && rows[0]?.[`w${index}`] !== write.rows.length)
      throw new Error(`${write.what} was changed by somebody else while it was locked; nothing was saved`)
}

const part = (index: number) => sql.raw(`w${index}`)
const statementOf = (write: Write) => ('into' in write ? insertOf(write) : updateOf(write))

/** The insertion alone, for a statement that says more. */
export function insertOf({ into, rows }: Insert) {
  const columns = sql.join([...new Set(rows.flatMap((row) => Object.keys(row)))].map(column))
  return sql`insert into ${sql.table(into)} (${columns})
    select ${columns} from jsonb_populate_recordset(null::${sql.table(into)}, ${asJson(rows)}::jsonb)`
}

function updateOf({ table, key, rows, versioned, still }: Update) {
  const own = [...key, 'version', ...(still ? [still.was] : [])]
  const names = Object.keys(rows[0] ?? {}).filter((name) => !own.includes(name))
  const set = names.map((name) => sql`${column(name)} = v.${column(name)}`)
  const same = key.map((name) => sql`t.${column(name)} = v.${column(name)}`)
  if (versioned) {
    set.push(sql`version = v.version + 1`)
    same.push(sql`t.version = v.version`)
  }
  if (still) same.push(sql`t.${column(still.column)} is not distinct from (w.one ->> ${sql.lit(snake(still.was))})`)
  return sql`update ${sql.table(table)} t set ${sql.join(set)}
    from jsonb_array_elements(${asJson(rows)}::jsonb) as w(one), jsonb_populate_record(null::${sql.table(table)}, w.one) as v
    where ${sql.join(same, sql` and `)}`
}

const column = (name: string) => sql.raw(snake(name))

/** Half a character, as a text cut in its midst ends with, becomes the mark of an unknown one. */
const asJson = (rows: readonly PlainRow[]): string =>
  JSON.stringify(rows.map(inSnakeCase), (_name, value: unknown) =>
    typeof value === 'string' ? Buffer.from(value).toString() : value,
  )

const inSnakeCase = (row: PlainRow): PlainRow =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [snake(name), value]))

/** gatewayRef → gateway_ref, as the names in the database are made. */
const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** The same plain data, whatever the order of the keys. */
export function sameRow(a: object, b: object): boolean {
  const [left, right] = [new Map<string, unknown>(Object.entries(a)), new Map<string, unknown>(Object.entries(b))]
  return [...new Set([...left.keys(), ...right.keys()])].every((key) => left.get(key) === right.get(key))
}

export function versionOf(versions: ReadonlyMap<string, number>, key: string): number {
  const version = versions.get(key)
  if (version === undefined) throw new Error(`${key} was not loaded, so it cannot be saved`)
  return version
}

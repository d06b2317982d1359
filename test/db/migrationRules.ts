// What a migration may say to a database that is in use, read from the statements that it really
// runs; and what to write instead.
// Must not know: which migrations there are. It is a list of what is known to be harmless: whatever
// is not on it is refused.
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
} from 'kysely'
import type { Migration } from 'kysely/migration'

export type Statement = { readonly sql: string; readonly transaction: number | null; readonly lockTimeoutMs: number }

/** What `up` says to a Postgres that answers nothing. */
export async function statementsOf({ up }: Pick<Migration, 'up'>): Promise<readonly Statement[]> {
  const driver = new Recorder()
  const db = new Kysely<unknown>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => driver,
      createIntrospector: (own) => new PostgresIntrospector(own),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  })
  await up(db)
  await db.destroy()
  return driver.said
}

class Recorder extends DummyDriver {
  readonly said: Statement[] = []
  #transactions = 0
  #transaction: number | null = null
  #lockTimeoutMs = 0

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection()
    return {
      streamQuery: (...args) => connection.streamQuery(...args),
      executeQuery: (query, ...rest) => {
        this.#hear(query)
        return connection.executeQuery(query, ...rest)
      },
    }
  }
  override beginTransaction(): Promise<void> {
    this.#transactions += 1
    this.#transaction = this.#transactions
    return Promise.resolve()
  }
  override commitTransaction(): Promise<void> {
    this.#transaction = null
    return Promise.resolve()
  }

  #hear({ sql, parameters }: CompiledQuery): void {
    if (sql.includes("set_config('lock_timeout'")) this.#lockTimeoutMs = Number(parameters[0])
    const plain = sql.replaceAll('"', '').replaceAll(/\s+/g, ' ').trim()
    this.said.push({ sql: plain, transaction: this.#transaction, lockTimeoutMs: this.#lockTimeoutMs })
  }
}

const STEPS = 'src/db/migrating.ts'
const INSTEAD = {
  index: `use index(…) of ${STEPS}: made concurrently, outside of a transaction, nobody waits for it`,
  column: `add the column without a default or with a constant one, and nothing else; what must be computed is a default of its own, then notNull(…, inPortions(…)) of ${STEPS}; a condition is check(…)`,
  constraint: `use check(…) of ${STEPS}: NOT VALID first, VALIDATE outside of a transaction`,
  notNull: `use notNull(…) of ${STEPS}: by itself it reads the whole table while all writers wait`,
  rows: `use inPortions(…) of ${STEPS}: a statement with a limit, outside of a transaction, until all rows are done`,
  lock: `use briefly(…) of ${STEPS}: it waits for its lock for a moment only, for all writers wait behind it; and one table in use a transaction`,
  form: `not known to be harmless beside a running receiver, or not to be repeated after it failed (if not exists, or replace). What older processes still use may go a release after nobody does; if it is harmless, say so in test/db/migrationRules.ts`,
} as const

/** Longer, and the receiver would refuse what waits behind it. */
const LONGEST_LOCK_WAIT_MS = 2_000
const CONSTANT = String.raw`(?:-?\d+(?:\.\d+)?|'[^']*'(?:::\w+)?|true|false|null)`
/** Not `serial`, which is a default for each row. */
const TYPE = String.raw`(?:text|int[248]|boolean|timestamptz|date|jsonb|bytea|uuid|numeric(?:\(\d+(?:, ?\d+)?\))?)(?:\[\])?`
const COLUMN = new RegExp(String.raw`^add column if not exists \w+ ${TYPE}(?: (?:not null )?default ${CONSTANT})?$`)

/** `known`: the tables of earlier migrations, which are in use. */
export function faultsOf(statements: readonly Statement[], known: ReadonlySet<string>): readonly string[] {
  const faults = statements.flatMap((statement, at) => {
    const found = new Set(faultsIn(statement, statements.slice(0, at), known))
    return [...found].map((fault) => `${statement.sql}\n  → ${INSTEAD[fault]}`)
  })
  return faults
}

type Fault = keyof typeof INSTEAD

function faultsIn(statement: Statement, before: readonly Statement[], known: ReadonlySet<string>): readonly Fault[] {
  const { sql, transaction } = statement
  if (/^(select|reset) /.test(sql)) return []
  if (/^create (table|sequence) if not exists /.test(sql)) return referencesInUse(sql, known) ? locked(statement) : []
  if (sql.startsWith('create or replace function ')) return []
  if (sql.startsWith('create or replace trigger ')) return locked(statement)
  if (/^(create (unique )?index|drop index) /.test(sql)) return ofIndex(statement, known)
  const filled = /^insert into (\w+) /.exec(sql)?.[1]
  if (filled !== undefined && !known.has(filled)) return transaction === null ? [] : ['rows']
  if (/^(with|update|delete|insert) /.test(sql)) return / limit \d+/.test(sql) && transaction === null ? [] : ['rows']
  const altered = /^alter table (\w+) (.*)$/.exec(sql)
  if (!altered) return ['form']
  const [, table = '', rest = ''] = altered
  if (!known.has(table)) return []
  const clauses = clausesOf(rest)
  const validates = clauses.some((clause) => clause.startsWith('validate constraint '))
  const faults = clauses.flatMap((clause) => ofClause(clause, table, before))
  if (validates) return transaction === null && clauses.length === 1 ? faults : [...faults, 'constraint']
  const others = before.filter((other) => other.transaction !== null && other.transaction === transaction)
  const tables = new Set(others.flatMap((other) => /^alter table (\w+)/.exec(other.sql)?.[1] ?? []))
  return [...faults, ...locked(statement), ...(tables.size > 0 && !tables.has(table) ? (['lock'] as const) : [])]
}

const referencesInUse = (sql: string, known: ReadonlySet<string>): boolean =>
  [...sql.matchAll(/ references (\w+)/g)].some(([, table = '']) => known.has(table))

const locked = ({ lockTimeoutMs: ms }: Statement): readonly Fault[] =>
  ms > 0 && ms <= LONGEST_LOCK_WAIT_MS ? [] : ['lock']

function ofIndex({ sql, transaction }: Statement, known: ReadonlySet<string>): readonly Fault[] {
  const table = / on (\w+)/.exec(sql)?.[1] ?? ''
  if (sql.startsWith('create ') && !known.has(table)) return []
  return / index concurrently /.test(sql) && transaction === null ? [] : ['index']
}

function ofClause(clause: string, table: string, before: readonly Statement[]): readonly Fault[] {
  if (clause.startsWith('add column ')) return COLUMN.test(clause) ? [] : ['column']
  if (clause.startsWith('add ')) {
    const later = clause.endsWith(' not valid') || / using index \w+$/.test(clause)
    return clause.startsWith('add constraint ') && later ? [] : ['constraint']
  }
  if (/^(validate|drop) constraint /.test(clause)) return []
  if (/^alter column \w+ (set default .*|drop default|drop not null)$/.test(clause)) return []
  const required = /^alter column (\w+) set not null$/.exec(clause)?.[1]
  if (required === undefined) return ['form']
  const proof = new RegExp(
    `^alter table ${table} .*add constraint (\\w+) check \\(${required} is not null\\) not valid$`,
  )
  const name = before.flatMap(({ sql }) => proof.exec(sql)?.[1] ?? []).at(-1)
  return before.some(({ sql }) => sql === `alter table ${table} validate constraint ${name}`) ? [] : ['notNull']
}

/** At the commas that stand in no parentheses and in no text. */
function clausesOf(text: string): readonly string[] {
  const clauses: string[] = ['']
  let depth = 0
  let quoted = false
  for (const letter of text) {
    if (letter === "'") quoted = !quoted
    if (!quoted && letter === '(') depth += 1
    if (!quoted && letter === ')') depth -= 1
    if (letter === ',' && depth === 0 && !quoted) clauses.push('')
    else clauses.push(`${clauses.pop() ?? ''}${letter}`)
  }
  return clauses.map((clause) => clause.trim())
}

export const tablesIn = (statements: readonly Statement[]): readonly string[] =>
  statements.flatMap(({ sql }) => /^create table if not exists (\w+)/.exec(sql)?.[1] ?? [])

// The embedded database as a pool of one connection, which Kysely asks as it asks a Postgres
// server's.
// Must not know: tables.
import { parse, protocol, type PGlite } from '@electric-sql/pglite'
import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely'
import { hotName } from '../postgres.ts'

const { serialize } = protocol
type Statement = { readonly name: string; readonly types: readonly number[] }

/**
 * Who finds the connection taken waits in turn. PGlite's own `query` is six calls of it, and plans
 * each time; here a statement is two, and a hot one, once planned, a single one.
 */
export function poolOfOne(pglite: PGlite): PostgresPool {
  const waiting: (() => void)[] = []
  let taken = false
  const client: Pick<PostgresPoolClient, 'release'> & { readonly query: Query } = {
    query: queryOf(pglite),
    release() {
      const next = waiting.shift()
      if (next) next()
      else taken = false
    },
  }
  return {
    options: {},
    async connect() {
      if (taken) await new Promise<void>((resolve) => waiting.push(resolve))
      taken = true
      return client as PostgresPoolClient
    },
    end: () => pglite.close(),
  }
}

type Query = (text: string, values?: readonly unknown[]) => Promise<PostgresQueryResult<unknown>>

function queryOf(pglite: PGlite): Query {
  const planned = new Map<string, Statement>()
  const send = (...messages: Uint8Array[]) => pglite.execProtocolStream(Buffer.concat([...messages, serialize.sync()]))
  async function statementOf(text: string): Promise<Statement> {
    const name = hotName(text) ?? ''
    const known = planned.get(name)
    if (known) return known
    const described = await send(serialize.parse({ name, text }), serialize.describe({ type: 'S', name }))
    const statement = { name, types: parse.parseDescribeStatementResults(described) }
    if (name !== '') planned.set(name, statement)
    return statement
  }
  async function ask(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<unknown>> {
    const { name, types } = await statementOf(text)
    const written = values.map((value, at) =>
      value == null ? null : (pglite.serializers[types[at]!] ?? String)(value),
    )
    const bound = serialize.bind({ statement: name, values: written })
    const answer = await send(bound, serialize.describe({ type: 'P' }), serialize.execute())
    const { command, rowCount, rows } = parse.parseResults(answer, pglite.parsers)[0]!
    return { command, rowCount, rows } as PostgresQueryResult<unknown>
  }
  return (text, values = []) => pglite.runExclusive(() => ask(text, values))
}

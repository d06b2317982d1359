// What a flow asks of Postgres: statements as the server counts them, and the transactions that they make, as this process sent them.
// Must not know: flows. One is run several times: what some runs share with a neighbour is luck, what the least of them takes is its cost.
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, expect, vi } from 'vitest'
import { z } from 'zod'
import type { Db } from '../../src/db/connect.ts'
import { queryOf } from './database.ts'

export type RoundTrips = {
  /** Begin and commit included: each is a round trip. */
  readonly statements: number
  readonly transactions: number
  /** All of them, grouped, the most frequent first. */
  readonly said: string
}
/** `answered`: the server has counted it. */
type Sent = { readonly client: unknown; readonly text: string; readonly answered: boolean }
export type Connections = { readonly sent: readonly Sent[] }

const COUNTER = 'pg_stat_statements'
const RUNS = 5
const REST_MS = 300
const query = z.union([z.string(), z.object({ text: z.string() }).transform(({ text }) => text)])

/** Listens to each connection of this process; called before the program starts. */
export function listenToConnections(): Connections {
  const spy = vi.spyOn(pg.Client.prototype, 'query')
  afterAll(() => spy.mockRestore())
  return {
    get sent() {
      const all = spy.mock.calls.map((args, index) => ({
        client: spy.mock.contexts[index],
        text: query.parse(args[0]),
        answered: spy.mock.settledResults[index]?.type !== 'incomplete',
      }))
      return all.filter(({ text }) => !text.includes(COUNTER))
    },
  }
}

/** What the cheapest of some runs took, once each has come to rest; `prepare` is not counted. */
export async function leastOf<Given>(
  connections: Connections,
  db: Db,
  flow: (given: Given) => Promise<void>,
  prepare: () => Promise<Given>,
): Promise<RoundTrips> {
  const server = await serverOf(db)
  const costs: (RoundTrips & { readonly counted: number })[] = []
  for (let run = 0; run < RUNS; run += 1) {
    const given = await prepare()
    const before = await atRest(connections, server)
    await flow(given)
    const after = await atRest(connections, server)
    const cost = summed(connections.sent.slice(before.sent, after.sent))
    costs.push({ ...cost, counted: after.counted - before.counted })
  }
  const [least] = costs.toSorted((a, b) => a.statements - b.statements)
  if (!least) throw new Error('nothing was counted')
  expect(least.counted, `counted by the server:\n${least.said}`).toBe(least.statements)
  return least
}

/** Nothing was sent for a moment, all is answered, and nothing came while the server was asked: what followed the flow is over. */
async function atRest(
  connections: Connections,
  server: () => Promise<number>,
): Promise<{ sent: number; counted: number }> {
  for (let before = -1; ;) {
    const counted = await server()
    const { sent } = connections
    if (sent.length === before && sent.every(({ answered }) => answered)) return { sent: before, counted }
    before = sent.length
    await new Promise((resolve) => setTimeout(resolve, REST_MS))
  }
}

function summed(sent: readonly Sent[]): RoundTrips {
  const inside = new Set<unknown>()
  const calls = new Map<string, number>()
  let transactions = 0
  for (const { client, text } of sent) {
    const begins = /^(begin|start transaction)/i.test(text)
    const ends = /^(commit|rollback)/i.test(text)
    if (begins || (!ends && !inside.has(client))) transactions += 1
    if (begins) inside.add(client)
    if (ends) inside.delete(client)
    const line = text.replaceAll(/\s+/g, ' ').trim()
    calls.set(line, (calls.get(line) ?? 0) + 1)
  }
  const grouped = [...calls].toSorted(([, a], [, b]) => b - a).map(([text, count]) => `${count} × ${text}`)
  const said = `${sent.length} statements in ${transactions} transactions:\n${grouped.join('\n')}`
  return { statements: sent.length, transactions, said }
}

const counted = z.object({ rows: z.tuple([z.object({ calls: z.coerce.number() })]) })

/** How many statements of this database the server has counted so far. */
async function serverOf(db: Db): Promise<() => Promise<number>> {
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(db)
  const server = process.env['TEST_POSTGRES_URL'] ?? ''
  await queryOf(server, `create extension if not exists ${COUNTER}`)
  const calls = `select coalesce(sum(calls), 0) as calls from ${COUNTER} join pg_database d on d.oid = dbid
    where toplevel and datname = '${rows[0]?.name ?? ''}'`
  return async () => counted.parse(await queryOf(server, calls)).rows[0].calls
}

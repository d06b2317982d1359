// npm run costs [-- --sagas N]: what a payment and a refund cost in Postgres and in Temporal, and what one that waits takes up there.
// Must not know: clocks but for CPU. docs/scale.md reckons with what is printed here.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { z } from 'zod'
import { createClient } from '../../src/client/index.ts'
import { PROGRAM_ROLES, readConfig } from '../../src/config.ts'
import { createLog, sdkLines } from '../../src/log.ts'
import { connectTemporal } from './temporal.ts'
import { installRuntime } from '../../src/temporal/telemetry.ts'
import { startProgram } from '../../src/wiring/program.ts'
import { startPostgres } from '../support/postgres.ts'

const AT_ONCE = 4
const TRIES = 600
const sagas = Number(parseArgs({ options: { sagas: { type: 'string', default: '200' } } }).values.sagas)
if (!Number.isInteger(sagas) || sagas < 1)
  throw new RangeError('npm run costs -- [--sagas N], N a whole number above 0')

/** As in production, but for the sync: the bytes are the same. */
const DURABLE = { full_page_writes: 'on', synchronous_commit: 'on', 'pg_stat_statements.track': 'all' }
const postgres = await startPostgres(DURABLE)
const folder = mkdtempSync(join(tmpdir(), 'paymentwall-saga-costs-'))
const database = new pg.Client({ connectionString: postgres.url })
await database.connect()
await database.query('create extension pg_stat_statements')
const ports = { PORT: '0', SIMULATOR_PORT: '0', TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0', METRICS_PORT: '0' }
const given = {
  ...process.env,
  ...ports,
  LOG_LEVEL: 'warn',
  DATA_DIR: folder,
  DATABASE_URL: postgres.url,
  LOOK_SPACING: '0s',
  SWEEP_EVERY: '1d',
}
const log = createLog('warn', false)
installRuntime('ERROR', sdkLines(log))
const program = await startProgram(readConfig(given, PROGRAM_ROLES), log, given)
const { api, simulator: desk, temporalAddress } = program
if (api === null || desk === null || temporalAddress === null)
  throw new Error('the API, the simulator or Temporal was not started')
const client = createClient({ url: api })
const simulator = `${desk}/__sim`
const temporal = await connectTemporal(temporalAddress)

async function each(ids: readonly string[], work: (id: string) => Promise<unknown>): Promise<void> {
  const left = [...ids]
  const lane = async () => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) await work(id)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries += 1) {
    if (tries === TRIES) throw new Error(`${what} did not come`)
    await pause(200)
  }
}

async function control(path: string, json?: object): Promise<unknown> {
  const posted = json && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) }
  const answer = await fetch(`${simulator}${path}`, posted)
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
  return answer.json()
}

const numbers = z.object({
  wal: z.coerce.number(),
  statements: z.coerce.number(),
  transactions: z.coerce.number(),
  tables: z.coerce.number(),
})
const SPENT = `select pg_current_wal_lsn() - '0/0'::pg_lsn as wal,
  (select sum(calls) from pg_stat_statements where toplevel) as statements,
  (select xact_commit from pg_stat_database where datname = current_database()) as transactions,
  (select sum(pg_total_relation_size(oid)) from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace) as tables`
/** With indexes, and with what updates have left to be reused. */
const KEPT = `select relname as table, n_live_tup as rows, pg_total_relation_size(relid) as bytes from pg_stat_user_tables
  where n_live_tup >= ${sagas} order by 3 desc`
const spent = async () => ({
  ...numbers.parse((await database.query(SPENT)).rows[0]),
  cpu: process.cpuUsage().user + process.cpuUsage().system,
})

type Cost = { readonly flow: string; readonly cost: Awaited<ReturnType<typeof spent>>; readonly sagas: string }
const costs: Cost[] = []
async function measured(flow: string, saga: string, work: () => Promise<void>): Promise<void> {
  process.stderr.write(`${flow}: ${sagas} of them …\n`)
  const before = await spent()
  await work()
  // What follows the last of them is theirs, too.
  await pause(3_000)
  const after = await spent()
  const share = (key: keyof typeof after) => (after[key] - before[key]) / sagas
  const cost = {
    wal: share('wal'),
    statements: share('statements'),
    transactions: share('transactions'),
    tables: share('tables'),
    cpu: share('cpu'),
  }
  costs.push({ flow, cost, sagas: saga })
}

const orders = Array.from({ length: sagas }, (_, index) => `order-${index}`)
const open = { amount: 1_990, currency: 'USD', name: 'Gold pack', buyer: { name: 'Ann Roe', email: 'ann@example.com' } }
const accepted = async (merchantUid: string) => (await client.order(merchantUid)).payment.accepted
const shown = z.object({ tickets: z.array(z.object({ id: z.string() })) })
const tickets = async () => shown.parse(await control('/tickets')).tickets

try {
  // The first ones pay for what is made once.
  await client.openPayment({ merchantUid: 'first', ...open })
  await control('/pay', { merchantUid: 'first' })
  await until('the first payment', () => accepted('first'))

  await measured('a payment', 'payment:order-0', async () => {
    await each(orders, async (merchantUid) => {
      await client.openPayment({ merchantUid, ...open })
      await control('/pay', { merchantUid })
    })
    await each(orders, (merchantUid) => temporal.ended(`payment:${merchantUid}`))
  })
  await measured('a refund, until its ticket is filed', 'refund:ref-order-0', async () => {
    await each(orders, (merchantUid) =>
      client.askRefund(merchantUid, { refundId: `ref-${merchantUid}`, reason: 'too small' }),
    )
    await until('the last ticket', async () => (await tickets()).length === sagas)
  })
  await measured('the same, from its webhook to its end', 'refund:ref-order-0', async () => {
    await each(
      (await tickets()).map(({ id }) => id),
      (id) => control(`/tickets/${id}/complete`, {}),
    )
    await each(orders, (id) => temporal.ended(`refund:ref-${id}`))
  })
  console.table(
    await Promise.all(
      costs.map(async ({ flow, cost, sagas: saga }) => ({
        flow,
        statements: cost.statements.toFixed(1),
        transactions: cost.transactions.toFixed(1),
        'WAL KB': (cost.wal / 1_024).toFixed(1),
        'tables KB': (cost.tables / 1_024).toFixed(1),
        'app CPU ms': (cost.cpu / 1_000).toFixed(0),
        ...(await temporal.sizeOf(saga)),
      })),
    ),
  )
  const kept = z.array(z.object({ table: z.string(), rows: z.coerce.number(), bytes: z.coerce.number() }))
  const found = kept.parse((await database.query(KEPT)).rows)
  process.stdout.write('What an order that is paid and refunded leaves in each table:\n')
  console.table(
    found.map(({ table, rows, bytes }) => ({
      table,
      rows: (rows / sagas).toFixed(1),
      KB: (bytes / sagas / 1_024).toFixed(2),
    })),
  )
} finally {
  await temporal.close()
  await database.end()
  await program.stop()
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

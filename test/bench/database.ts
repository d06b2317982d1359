// A contestant's own Postgres: as durable as in production; it tells of each row that ends a saga, and what it was asked to do.
// Must not know: whose it is.
import pg from 'pg'
import { z } from 'zod'
import { migratePostgres } from '../../src/db/migrate.ts'
import { startPostgres } from '../support/postgres.ts'
import { arrivals } from './arrivals.ts'
import { parentOf } from './processes.ts'

/** Commits are synced here as anywhere: nobody is fast by forgetting. */
const DURABLE = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' }
const CHANNEL = 'bench'
/** Of its own, so that its statements are not counted. */
const OBSERVER = 'observer'
const TELL = `create function tell_the_bench() returns trigger language plpgsql as
  $$ begin perform pg_notify('${CHANNEL}', tg_argv[0] || (to_jsonb(new) ->> tg_argv[1])); return null; end $$`
const OURS = [
  `create trigger bench after update on payments for each row
    when (old.accepted_ref is null and new.accepted_ref is not null) execute function tell_the_bench('payment:', 'merchant_uid')`,
  `create trigger bench after update on refunds for each row
    when (old.state <> 'refunded' and new.state = 'refunded') execute function tell_the_bench('refund:', 'refund_id')`,
]
const THEIRS = [
  `create table outcomes (saga text primary key, at timestamptz not null default now())`,
  `create trigger bench after insert on outcomes for each row execute function tell_the_bench('', 'saga')`,
]
/** All of it is so at once; a count of transactions that also has those that only read is up to ten seconds late. */
const SPENT = `select pg_current_wal_lsn() - '0/0'::pg_lsn as wal,
  (select coalesce(sum(calls), 0) from pg_stat_statements s join pg_roles r on r.oid = s.userid where rolname <> '${OBSERVER}') as statements,
  pg_snapshot_xmax(pg_current_snapshot())::text as writes`

const spent = z.array(z.object({ wal: z.coerce.number(), statements: z.coerce.number(), writes: z.coerce.number() }))
const whose = z.array(z.object({ pid: z.number() }))
const version = z.array(z.object({ server_version: z.string() }))

export type WatchedDatabase = Awaited<ReturnType<typeof startWatchedDatabase>>

export async function startWatchedDatabase(name: string, schema: 'ours' | 'theirs') {
  const postgres = await startPostgres(DURABLE)
  try {
    if (schema === 'ours') await migratePostgres(postgres.url, () => {})
    const making = new pg.Client({ connectionString: postgres.url })
    await making.connect()
    const extras = [`create extension pg_stat_statements`, `create role ${OBSERVER} superuser login`, TELL]
    for (const statement of [...extras, ...(schema === 'ours' ? OURS : THEIRS)]) await making.query(statement)
    await making.end()

    const rows = arrivals(`the row of ${name}`)
    const observed = new URL(postgres.url)
    observed.username = OBSERVER
    const observer = new pg.Client({ connectionString: observed.href })
    await observer.connect()
    observer.on('notification', ({ payload }) => rows.note(payload ?? ''))
    await observer.query(`listen ${CHANNEL}`)
    const [backend] = whose.parse((await observer.query('select pg_backend_pid() as pid')).rows)
    const [server] = version.parse((await observer.query('show server_version')).rows)
    return {
      url: postgres.url,
      rows,
      pid: parentOf(backend?.pid ?? 0),
      version: server?.server_version ?? 'unknown',
      spent: async () => {
        const [now] = spent.parse((await observer.query(SPENT)).rows)
        if (now === undefined) throw new Error('Postgres said nothing of what it did')
        return now
      },
      stop: async () => {
        await observer.end()
        await postgres.stop()
      },
    }
  } catch (error) {
    await postgres.stop()
    throw error
  }
}

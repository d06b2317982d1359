import pg from 'pg'
import { openDatabase, openForReceiver } from '../../src/db/connect.ts'
import { keepReceived } from '../../src/db/hints/received.ts'
import { startPostgres } from '../support/postgres.ts'
import { cpuWithChildrenMs, postmasterOf } from './receiver/processes.ts'
const postgres = await startPostgres({ fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', 'pg_stat_statements.track_planning': 'on', 'pg_stat_statements.track': 'all' })
const database = await openDatabase({ url: postgres.url, folder: undefined, log: console.log })
const client = new pg.Client({ connectionString: postgres.url })
await client.connect()
await client.query('create extension pg_stat_statements')
await client.query(`insert into payments (merchant_uid, gateway, order_state, state, amount, currency, channel, name, expires_at,
      charged_back, tries, created_at, attention, waiting_since, last_checkpoint_at)
    select 'o-' || n, 'iamport/main', 'prepared', 'prepared', 1000, 'KRW', 'live', 'a hat', now() + interval '1 day',
      false, 0, now(), 'none', now(), now() from generate_series(1, 100000) n`)
await client.query('vacuum analyze payments')
const { db, close } = openForReceiver(database, postgres.url)
const pm = await postmasterOf(client)
let n = 0
const one = async () => {
  n += 1
  await keepReceived(db, { gateway: 'iamport/main', gatewayRef: `imp-${n}`, merchantUid: `o-${n}`, saidStatus: 'paid', saidCancellationId: null, contentType: 'application/json', body: Buffer.from('{"imp_uid":"imp-1"}'), remoteAddress: '127.0.0.1', fromKnownAddress: false }, { take: () => true, giveBack: () => {} })
}
const many = async (count: number, lanes: number) => { await Promise.all(Array.from({ length: lanes }, async () => { for (let i = 0; i < count / lanes; i += 1) await one() })) }

import { sql as s2 } from 'kysely'
await many(500, 5)
if (process.argv[2] === 'explain') {
  const spy = pg.Client.prototype.query
  let said: any
  pg.Client.prototype.query = function (this: any, ...a: any[]) { if (typeof a[0] === 'object' && a[0].text?.includes('hot')) said = a[0]; return (spy as any).apply(this, a) } as any
}
await client.query('select pg_stat_statements_reset()')
for (const lanes of [1, 5, 5]) {
  const [a, b, t] = [process.cpuUsage(), cpuWithChildrenMs(pm), performance.now()]
  await many(4000, lanes)
  const d = process.cpuUsage(a)
  console.log(lanes, 'lanes: app ms', ((d.user + d.system) / 1000 / 4000).toFixed(3), 'pg ms', ((cpuWithChildrenMs(pm) - b) / 4000).toFixed(3), 'per s', (4000 / (performance.now() - t) * 1000).toFixed(0))
}
console.table((await client.query(`select calls, plans, (total_plan_time/greatest(calls,1))::numeric(9,3) plan, (total_exec_time/greatest(calls,1))::numeric(9,3) exec, (wal_bytes/greatest(calls,1))::numeric(9,0) wal, left(query, 70) q from pg_stat_statements order by total_exec_time+total_plan_time desc limit 8`)).rows)
console.table((await client.query(`select indexrelname, idx_scan, pg_relation_size(indexrelid) size from pg_stat_user_indexes where relname = 'inbox'`)).rows)
await close(); await database.close(); await client.end(); await postgres.stop()

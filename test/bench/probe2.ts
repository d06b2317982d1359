import pg from 'pg'
import { openDatabase } from '../../src/db/connect.ts'
import { keepReceived } from '../../src/db/hints/received.ts'
import { startPostgres } from '../support/postgres.ts'
const calls: any[] = []
const real = pg.Client.prototype.query as any
pg.Client.prototype.query = function (this: any, ...a: any[]) { calls.push(a); return real.apply(this, a) } as any
const postgres = await startPostgres()
const database = await openDatabase({ url: postgres.url, folder: undefined, log: console.log })
const client = new pg.Client({ connectionString: postgres.url })
await client.connect()
await client.query(`insert into payments (merchant_uid, gateway, order_state, state, amount, currency, channel, name, expires_at,
      charged_back, tries, created_at, attention, waiting_since, last_checkpoint_at)
    select 'o-' || n, 'iamport/main', 'prepared', 'prepared', 1000, 'KRW', 'live', 'a hat', now() + interval '1 day',
      false, 0, now(), 'none', now(), now() from generate_series(1, 100000) n`)
await client.query('vacuum analyze payments')
let n = 0
const one = (db: any) => { n += 1; return keepReceived(db, { gateway: 'iamport/main', gatewayRef: `imp-${n}`, merchantUid: `o-${n}`, saidStatus: 'paid', saidCancellationId: null, contentType: 'application/json', body: Buffer.from('{"imp_uid":"imp-1"}'), remoteAddress: '127.0.0.1', fromKnownAddress: false }, { take: () => true, giveBack: () => {} }) }
await one(database.db)
const hot = calls.map(([a, v]) => ({ text: a?.text ?? a, values: a?.values ?? v })).findLast(({ text }) => text.includes('/* hot */ with'))!
await client.query(`set plan_cache_mode = force_generic_plan; ${process.argv[2] ?? ''}`)
await client.query(`prepare k as ${hot.text}`)
const lit = (v: any) => v === null ? 'null' : Buffer.isBuffer(v) ? `'\\x${v.toString('hex')}'` : `'${v}'`
const ex = async () => { n += 1; const vs = hot.values.map((v: any) => typeof v === 'string' ? v.replace(/^(ref:imp|imp|o)-\d+$/, `$1-${n}`) : v); return (await client.query(`explain (analyze, buffers) execute k(${vs.map(lit).join(',')})`)).rows.map((r: any) => r['QUERY PLAN']).join('\n') }
console.log(await ex())
for (let i = 0; i < 3000; i += 1) await one(database.db)
console.log('---- 3000 later'); console.log(await ex())
await database.close(); await client.end(); await postgres.stop()

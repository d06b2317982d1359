import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import pg from 'pg'
import { freePort } from '../../src/temporal/server/ports.ts'
import { startPostgres } from '../support/postgres.ts'
import { startGateway } from './receiver/gateway.ts'
import { saidBy } from './receiver/processes.ts'
const postgres = await startPostgres({ fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' })
const gateway = await startGateway()
const port = await freePort('127.0.0.1')
const dir = mkdtempSync('/tmp/w/scratch/prof')
const child = spawn(process.execPath, ['--cpu-prof', `--cpu-prof-dir=${dir}`, '--import', 'tsx', 'src/main.ts', '--role', 'api'], { env: { ...process.env, DATABASE_URL: postgres.url, DATA_DIR: dir + '/data', PORT: String(port), METRICS_PORT: '0', TEMPORAL_ADDRESS: '127.0.0.1:9', IAMPORT_API_URL: gateway.url, IAMPORT_KEY: 'key', IAMPORT_SECRET: 'secret', IAMPORT_CODE: 'c', LOG_LEVEL: 'error' }, stdio: ['ignore', 'ignore', 'inherit'] })
const url = `http://127.0.0.1:${port}`
for (;;) { if ((await fetch(url + '/healthz').catch(() => undefined))?.ok) break; await new Promise((r) => setTimeout(r, 200)) }
const client = new pg.Client({ connectionString: postgres.url }); await client.connect()
await client.query(`insert into payments (merchant_uid, gateway, order_state, state, amount, currency, channel, name, expires_at,
      charged_back, tries, created_at, attention, waiting_since, last_checkpoint_at)
    select 'o-' || n, 'iamport/main', 'prepared', 'prepared', 1000, 'KRW', 'live', 'a hat', now() + interval '1 day',
      false, 0, now(), 'none', now(), now() from generate_series(1, 100000) n`)
const r = JSON.parse(await saidBy(['test/bench/receiver/load.ts', JSON.stringify({ url, path: '/webhooks/iamport', connections: 64, first: 1, forMs: 8000 })], {}))
console.log('per s', r.answered / 8, 'refused', r.refused)
child.kill('SIGTERM'); await new Promise((res) => child.once('exit', res))
await client.end(); await gateway.stop(); await postgres.stop()
for (const f of readdirSync(dir).filter((x) => x.endsWith('.cpuprofile'))) {
  const prof = JSON.parse(readFileSync(`${dir}/${f}`, 'utf8'))
  const self = new Map<number, number>()
  prof.samples.forEach((id: number, i: number) => self.set(id, (self.get(id) ?? 0) + (prof.timeDeltas[i] ?? 0)))
  const t0 = prof.startTime
  const by = new Map<string, number>(); const bym = new Map<string, number>()
  for (const n of prof.nodes) {
    const u = n.callFrame.url.replace(/.*node_modules\//, '').replace(/.*\/w\/receiver\//, '')
    const k = `${n.callFrame.functionName || '(anon)'} ${u}:${n.callFrame.lineNumber}`
    by.set(k, (by.get(k) ?? 0) + (self.get(n.id) ?? 0))
    const m = u.startsWith('node:') ? u : u.split('/').slice(0, u.startsWith('@') ? 2 : u.startsWith('src') ? 4 : 1).join('/') || n.callFrame.functionName
    bym.set(m, (bym.get(m) ?? 0) + (self.get(n.id) ?? 0))
  }
  const top = (m: Map<string, number>, c: number) => [...m].sort((a, b) => b[1] - a[1]).slice(0, c).map(([k, v]) => `${(v / 1000 / r.answered).toFixed(4)} ms/hook ${k}`).join('\n')
  console.log(f, 'profile'); console.log(top(bym, 30)); console.log('---'); console.log(top(by, 45))
}

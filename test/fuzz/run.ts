// npm run fuzz [-- --inputs N] [--seed S]: hostile requests to every webhook door and every call of the API. No answer is a 5xx but
// the named ones, none is large, none is forgotten; the program does not grow, and neither its log, its metrics nor its histories
// hold a key or a buyer.
// Must not know: routes beyond the route table.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { PROGRAM_ROLES, readConfig } from '../../src/config.ts'
import { createLog, sdkLines } from '../../src/log.ts'
import { installRuntime } from '../../src/temporal/telemetry.ts'
import { startProgram } from '../../src/wiring/program.ts'
import { seed as openShop } from '../api/seeded.ts'
import { confide, confideSettings, foundIn, foundInFiles, foundInRows, watchedLog } from '../support/leftBehind.ts'
import { startPostgres } from '../support/postgres.ts'
import { chanceOf } from '../support/seeded.ts'
import { API_DOORS, BUYER, KEYS, RECEIVERS } from './doors.ts'
import { drawInput, type Door } from './inputs.ts'
import { judge } from './judged.ts'
import { send } from './sending.ts'

const AT_ONCE = 32
const MOST_SHOWN = 20
const REST_MS = 3_000
/** Of the heap after a collection: what caches and pools may still come to. */
const GROWTH = { times: 1.5, bytes: 48 * 1_024 * 1_024 }

const { values } = parseArgs({ options: { inputs: { type: 'string', default: '120000' }, seed: { type: 'string' } } })
const inputs = Number(values.inputs)
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000))
if (![inputs, seed].every((each) => Number.isInteger(each) && each >= 0))
  throw new RangeError('npm run fuzz -- [--inputs N] [--seed S], N and S whole numbers')

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')
const heap = () => {
  collect()
  return process.memoryUsage().heapUsed
}

const postgres = await startPostgres()
const folder = mkdtempSync(join(tmpdir(), 'paymentwall-saga-fuzz-'))
const ports = { PORT: '0', SIMULATOR_PORT: '0', TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0', METRICS_PORT: '0' }
const people = Object.entries(KEYS).map(([role, key]) => `${role}-person:${role}:${key}`)
const settings = { API_KEYS: people.join(',') }
const given = {
  ...process.env,
  ...ports,
  ...settings,
  LOG_LEVEL: 'trace',
  DATA_DIR: folder,
  DATABASE_URL: postgres.url,
}
confideSettings(settings)
confide(BUYER.name, BUYER.email)
const log = watchedLog(70)
installRuntime('ERROR', sdkLines(createLog('warn', false)))
const program = await startProgram(readConfig(given, PROGRAM_ROLES), createLog('trace', false, log.out), given)
const { api, simulator, db } = program
if (api === null || simulator === null || db === null) throw new Error('a part of the program was not started')
const port = Number(new URL(api).port)

const faults = new Map<string, { count: number; first: string }>()
const statuses = new Map<number, number>()
function note(what: string, shown: string): void {
  const known = faults.get(what)
  if (known) known.count += 1
  else faults.set(what, { count: 1, first: shown })
}

/** The draws stand before anything is sent: who is faster does not change them. */
async function throwAt(doors: readonly Door[], count: number, what: string): Promise<void> {
  const chance = chanceOf(seed)
  let [drawn, done] = [0, 0]
  const lane = async () => {
    while (drawn < count) {
      drawn += 1
      const input = drawInput(chance, chance.pick(doors))
      const heard = await send(port, input)
      statuses.set(heard.status, (statuses.get(heard.status) ?? 0) + 1)
      const start = input.bytes.subarray(0, 300).toString('latin1')
      for (const fault of [...judge(input, heard), ...foundIn('an answer', heard.body)])
        note(fault, `${JSON.stringify(start)} → ${heard.head.split('\r\n')[0]} ${heard.body.slice(0, 200)}`)
      done += 1
      if (done % 5_000 === 0) process.stderr.write(`${what}: ${done} of ${count}\n`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
}

try {
  process.stdout.write(`seed ${seed}: npm run fuzz -- --inputs ${inputs} --seed ${seed}\n`)
  await openShop({ api, simulator, keys: KEYS })
  const [receivers, calls] = [Math.round((inputs * 5) / 6), Math.round(inputs / 6)]
  // The first ones fill what is filled once.
  await throwAt(RECEIVERS, Math.round(receivers / 10), 'warming up')
  await throwAt(API_DOORS, Math.round(calls / 10), 'warming up')
  await pause(REST_MS)
  const before = heap()
  await throwAt(RECEIVERS, receivers, 'webhooks')
  await throwAt(API_DOORS, calls, 'the API')
  await pause(REST_MS)
  const after = heap()
  if (after > before * GROWTH.times + GROWTH.bytes) note('the program has grown', `${before} → ${after} bytes of heap`)
  const health = await fetch(`${api}/readyz`)
  if (health.status !== 200) note('it is not ready afterwards', `${health.status} ${await health.text()}`)
  const metrics = await (await fetch(`${api}/metrics`, { headers: { authorization: `Bearer ${KEYS.ops}` } })).text()
  for (const each of [...foundIn('the metrics', metrics), ...(await foundInRows(db))]) note(each, '')
  process.stdout.write(
    `heap after a collection: ${(before / 2 ** 20).toFixed(0)} → ${(after / 2 ** 20).toFixed(0)} MB\n`,
  )
} finally {
  await program.stop()
  for (const each of [...(await foundInFiles(folder)), ...log.found()]) note(each, '')
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}
const byStatus = [...statuses].toSorted(([one], [other]) => one - other)
console.table(byStatus.map(([status, count]) => ({ status: status === 0 ? 'ended without an answer' : status, count })))
for (const [what, { count, first }] of [...faults].slice(0, MOST_SHOWN))
  process.stdout.write(`${count} × ${what}\n  ${first}\n`)
process.stdout.write(faults.size === 0 ? 'no fault\n' : `${faults.size} kinds of faults\n`)
process.exitCode = faults.size === 0 ? 0 : 1

// npm run test:api [-- --seed S --examples N]: the OpenAPI document against a program that is started for it, by
// schemathesis, with all its checks, after spectral has read it. Both are pinned, in folders of their own in the cache.
// Must not know: routes. What each call needs is read from the document.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { PROGRAM_ROLES, readConfig } from '../../src/config.ts'
import { createLog, sdkLines } from '../../src/log.ts'
import { routes } from '../../src/http/resources/api.ts'
import { ROLES, type Role } from '../../src/http/server/access.ts'
import { installRuntime } from '../../src/temporal/telemetry.ts'
import { startProgram } from '../../src/wiring/program.ts'
import { seed as openShop } from './seeded.ts'
import { settingsFor } from './settings.ts'
import { schemathesis, spectral } from './tools.ts'

const USAGE = 'npm run test:api -- [--seed S] [--examples N] [--only REGEX], S and N whole numbers'
const LARGEST = 2 ** 31 - 1
const EXAMPLES = 10

function whole(text: string, least: number): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < least || number > LARGEST) throw new RangeError(USAGE)
  return number
}

function asked() {
  const options = { seed: { type: 'string' }, examples: { type: 'string' }, only: { type: 'string' } } as const
  const { values } = parseArgs({ options })
  const drawn = String(Math.floor(Math.random() * 1_000_000))
  return {
    seed: whole(values.seed ?? drawn, 0),
    examples: whole(values.examples ?? String(EXAMPLES), 1),
    only: values.only,
  }
}

const KEYS: Record<Role, string> = {
  checkout: 'checkout-key-of-a-trial',
  ops: 'ops-key-of-a-trial',
  approver: 'approver-key-of-a-trial',
}

const ended = (command: string, args: readonly string[], cwd: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', cwd })
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })

async function main(): Promise<number> {
  const { seed, examples, only } = asked()
  const [command, lint] = [schemathesis(), spectral()]
  const folder = mkdtempSync(join(tmpdir(), 'paymentwall-saga-api-'))
  const ports = { PORT: '0', SIMULATOR_PORT: '0', TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0', METRICS_PORT: '0' }
  const keys = ROLES.map((role) => `${role}-person:${role}:${KEYS[role]}`).join(',')
  const given = { ...process.env, ...ports, LOG_LEVEL: 'warn', DATA_DIR: folder, API_KEYS: keys, TRUSTED_PROXIES: '1' }
  const log = createLog('warn', false)
  installRuntime('ERROR', sdkLines(log))
  const program = await startProgram(readConfig(given, PROGRAM_ROLES), log, given)
  try {
    const { api, simulator } = program
    if (api === null || simulator === null) throw new Error('the API or the simulator was not started')
    await openShop({ api, simulator, keys: KEYS })
    const config = join(folder, 'schemathesis.toml')
    const hooks = fileURLToPath(new URL('hooks.py', import.meta.url))
    writeFileSync(config, settingsFor(routes, { keys: KEYS, examples, hooks }))
    const document = join(folder, 'openapi.json')
    writeFileSync(document, await (await fetch(`${api}/openapi.json`)).text())
    writeFileSync(join(folder, 'rules.yaml'), 'extends: ["spectral:oas"]\n')
    const rules = ['--ruleset', join(folder, 'rules.yaml'), '--fail-severity', 'hint']
    if ((await ended(lint, ['lint', ...rules, document], folder)) !== 0) return 1
    process.stdout.write(`seed ${seed}: npm run test:api -- --seed ${seed} --examples ${examples}\n`)
    const which = only === undefined ? [] : ['--include-path-regex', only]
    const args = ['--config-file', config, 'run', `${api}/openapi.json`, '--seed', String(seed), ...which]
    return await ended(command, args, folder)
  } finally {
    await program.stop()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

process.exitCode = await main()

// What a start refuses, and with which sentence: settings that contradict each other, production on what does not sync, clocks apart.
// Must not know: the parts behind the settings.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { configOf } from '../../src/commands/outside.ts'
import { readConfig, PROGRAM_ROLES, temporalAccess } from '../../src/config.ts'
import { sizedFor } from '../../src/temporal/worker.ts'
import { checkClock, refuseHeldFolder } from '../../src/wiring/startup.ts'
import { openTestDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/temporalCli.ts'

const REAL = {
  PUBLIC_URL: 'https://pay.example.com/saga/',
  API_KEYS: 'shop:checkout:0123456789abcdef',
  DATABASE_URL: 'postgres://merchant@db/merchant',
  TEMPORAL_ADDRESS: 'temporal:7233',
  TEMPORAL_STARTS: 'open',
  IAMPORT_KEY: 'key',
  IAMPORT_SECRET: 'secret',
}

/** The sentence of the refusal, or nothing where the configuration is taken. */
function refusal(environment: Record<string, string>, roles: Parameters<typeof readConfig>[1] = PROGRAM_ROLES): string {
  try {
    readConfig(environment, roles)
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
}

test('a first run needs no settings at all', () => {
  expect(refusal({})).toBe('')
})

test('every fault is listed at once, with what to write instead', () => {
  const said = refusal({ PORT: 'eighty', REFUND_PATIENCE: 'soon', API_KEYS: 'shop:king:secret', APPROVAL_LIMIT: 'USD' })
  expect(said).toMatch(/4 fault\(s\)/)
  for (const name of ['PORT', 'REFUND_PATIENCE', 'API_KEYS', 'APPROVAL_LIMIT']) expect(said).toContain(`- ${name}: `)
  expect(said).toContain('write it like "24h remind, 72h warn, 7d page')
})

test.each([
  ['an unknown role', 'shop:king:hunter2-hunter2-hunter2'],
  ['the key alone', 'hunter2-hunter2-hunter2'],
  ['key and name changed about', 'hunter2-hunter2-hunter2:checkout:shop'],
  ['a key for the name', 'hunter2-hunter2-hunter2-hunter2-hunter2-hunter2:checkout:0123456789abcdef'],
  ['key and role changed about', 'shop:hunter2-hunter2-hunter2:checkout'],
  ['a short key', 'shop:checkout:hunter2'],
  ['no role', 'shop:hunter2-hunter2-hunter2'],
  ['a semicolon for a comma', 'hunter2-hunter2-hunter2;mina:ops'],
])('a mistyped key, %s, is named by its place and never repeated', (_, entry) => {
  const said = refusal({ API_KEYS: `joon:approver:0123456789abcdef,${entry},mina:ops:fedcba9876543210` })
  expect(said).toMatch(/- API_KEYS: .*entry 2 of 3/)
  for (const secret of ['hunter2', '0123456789abcdef', 'fedcba9876543210', 'joon']) expect(said).not.toContain(secret)
})

test.each([
  ['the embedded database, which does not survive a power cut', 'DATABASE_URL', /never syncs/],
  ['the embedded Temporal server', 'TEMPORAL_ADDRESS', /for development/],
  ['the simulator', 'IAMPORT_KEY', /refuses the simulator/],
  ['windows with the address that it listens on', 'PUBLIC_URL', /- PUBLIC_URL: .*api role.*notice_url.*Set it to/],
  ['an API without keys', 'API_KEYS', /- API_KEYS: .*api role.*proxy.*Set it: write name:role:key/],
])('production refuses %s', (_what, missing, sentence) => {
  const { [missing]: _left, ...rest } = { ...REAL, NODE_ENV: 'production' } as Record<string, string>
  expect(refusal(rest, ['api'])).toMatch(sentence)
})

test('production takes real parts, role by role, and refuses the simulator role by name', () => {
  const production = { ...REAL, NODE_ENV: 'production' }
  expect(refusal(production, ['api'])).toBe('')
  const { PUBLIC_URL: _windows, API_KEYS: _keys, ...ofWorkers } = production
  expect(refusal({ ...ofWorkers, HOST: '0.0.0.0' }, ['worker'])).toBe('')
  expect(refusal(production, PROGRAM_ROLES)).toMatch(/refuses the simulator/)
})

test('production wants it written out what whoever reaches Temporal may do', () => {
  const { TEMPORAL_STARTS: _open, ...rest } = { ...REAL, NODE_ENV: 'production' }
  expect(refusal(rest, ['worker'])).toMatch(/- TEMPORAL_STARTS: .*open .*proved/)
  expect(refusal(rest, ['api'])).toBe('')
})

test('whoever reaches Temporal without a proof moves nothing once keys are set, and starts what a checkout may', () => {
  const access = (environment: Record<string, string>) => temporalAccess(readConfig(environment, ['worker']))
  const { TEMPORAL_STARTS: _open, API_KEYS: _keys, ...REAL_ONE } = REAL
  expect(access(REAL_ONE)).toEqual({ starts: 'open', commands: 'all' })
  expect(access({ ...REAL_ONE, API_KEYS: 'ann:ops:0123456789abcdef' })).toEqual({ starts: 'open', commands: 'quiet' })
  expect(access({ ...REAL, NODE_ENV: 'production' })).toEqual({ starts: 'open', commands: 'quiet' })
  expect(access({ ...REAL_ONE, TEMPORAL_STARTS: 'proved', TEMPORAL_COMMANDS: 'quiet' })).toEqual({
    starts: 'proved',
    commands: 'quiet',
  })
})

test('what is missing in production is listed at once', () => {
  const said = refusal({ NODE_ENV: 'production' }, ['api'])
  for (const name of ['DATABASE_URL', 'TEMPORAL_ADDRESS', 'PUBLIC_URL', 'API_KEYS', 'IAMPORT_KEY'])
    expect(said).toContain(`- ${name}`)
})

const NOTICE_SECRET = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY='

describe.each(['IAMPORT_API_URL', 'NOTICE_URL', 'ALERT_WEBHOOK_URL'])('%s in production', (name) => {
  const withUrl = (url: string) => ({ ...REAL, NOTICE_URL: 'https://shop.example', NOTICE_SECRET, [name]: url })
  const production = (url: string, role: 'api' | 'worker') =>
    refusal({ ...withUrl(url), NODE_ENV: 'production' }, [role])

  test.each([
    'http://hooks.example/hunter2',
    'HTTP://hooks.example/hunter2',
    'http://10.0.0.7/hunter2',
    'http://localhost.example/hunter2',
    'http://127.0.0.1.example/hunter2',
    'http://0.0.0.0:80/hunter2',
    'http://[::ffff:10.0.0.1]/hunter2',
  ])(
    'in the clear, as %s, is refused in every role, and the address, which may be a secret, is not repeated',
    (url) => {
      for (const role of ['api', 'worker'] as const) {
        const said = production(url, role)
        expect(said).toMatch(new RegExp(`- ${name}: production refuses http://.*with https://.*on this machine`))
        expect(said).not.toContain('hunter2')
      }
      expect(refusal(withUrl(url), ['api'])).toBe('')
    },
  )

  test.each([
    'https://hooks.example/',
    'http://localhost:9/',
    'http://127.0.0.1:9/',
    'http://127.8.8.8/',
    'http://[::1]/',
  ])('is taken as %s', (url) => expect(production(url, 'worker')).toBe(''))
})

describe('without keys', () => {
  const { API_KEYS: keys, PUBLIC_URL: _public, ...rest } = REAL

  test.each([
    ['PUBLIC_URL', 'https://pay.example.com', 'leave PUBLIC_URL out'],
    ['PUBLIC_URL', 'http://192.168.0.7:8080', 'leave PUBLIC_URL out'],
    ['TRUSTED_PROXIES', '1', 'set TRUSTED_PROXIES to 0'],
    ['HOST', '0.0.0.0', 'set HOST to 127.0.0.1'],
    ['HOST', '::', 'set HOST to 127.0.0.1'],
    ['HOST', '192.168.0.7', 'set HOST to 127.0.0.1'],
    ['HOST', 'localhost.example', 'set HOST to 127.0.0.1'],
  ])('%s=%s is a fault, with both remedies; with keys, or in a worker, it is none', (name, value, otherwise) => {
    const setting = { [name]: value }
    for (const [environment, roles] of [
      [setting, PROGRAM_ROLES],
      [{ ...rest, ...setting }, ['api'] as const],
    ] as const) {
      const said = refusal(environment, roles)
      expect(said).toMatch(/1 fault\(s\)/)
      expect(said).toContain(`- ${name}, API_KEYS: without keys the API is for this machine alone`)
      expect(said).toMatch(new RegExp(`Set API_KEYS \\(write name:role:key.*\\), or ${otherwise}`))
    }
    expect(refusal({ ...setting, API_KEYS: keys })).toBe('')
    expect(refusal({ ...rest, ...setting }, ['worker'])).toBe('')
  })

  test.each<Record<string, string>>([
    { HOST: '127.0.0.1' },
    { HOST: '127.0.0.2' },
    { HOST: '::1' },
    { HOST: 'localhost' },
    { TRUSTED_PROXIES: '0' },
    { PUBLIC_URL: 'http://localhost:8080' },
    { PUBLIC_URL: 'http://[::1]:8080' },
    { API_KEYS: '', HOST: '' },
  ])('%s keeps it to this machine, and is taken', (setting) => {
    expect(refusal(setting)).toBe('')
  })

  test('each sign of others is listed', () => {
    const said = refusal({ PUBLIC_URL: 'https://pay.example.com', TRUSTED_PROXIES: '1', HOST: '0.0.0.0' })
    expect(said).toMatch(/3 fault\(s\)/)
  })

  test('a command beside a running worker asks for none, wherever that listens', () => {
    const worker = { HOST: '0.0.0.0', PUBLIC_URL: 'https://pay.example.com', APPROVAL_LIMIT: 'USD:100000' }
    expect(configOf({ ...worker, NODE_ENV: 'production' })).toMatchObject({ HOST: '0.0.0.0' })
  })
})

test('paths are appended to PUBLIC_URL, so it ends without a slash and holds no user, query or hash', () => {
  expect(readConfig(REAL, ['api']).PUBLIC_URL).toBe('https://pay.example.com/saga')
  for (const wrong of ['?shop=1', '#top', '#', '?'])
    expect(refusal({ PUBLIC_URL: `https://pay.example.com/${wrong}` })).toMatch(
      /PUBLIC_URL: an address and at most a path/,
    )
  expect(refusal({ PUBLIC_URL: 'https://shop:secret@pay.example.com' })).toMatch(/PUBLIC_URL: an address and at most/)
  expect(refusal({ PUBLIC_URL: 'pay.example.com' })).toMatch(/PUBLIC_URL: /)
  expect(refusal({ PUBLIC_URL: 'http://127.0.0.1:8080' })).toBe('')
})

test('roles in processes of their own need a shared database and a shared Temporal server, and say so', () => {
  const said = refusal({ IAMPORT_KEY: 'k', IAMPORT_SECRET: 's' }, ['worker'])
  expect(said).toMatch(/DATABASE_URL: .*share one Postgres/)
  expect(said).toMatch(/TEMPORAL_ADDRESS: .*share one Temporal server/)
})

test('a limit that nobody could approve is refused', () => {
  const keys = 'ann:ops:0123456789abcdef'
  expect(refusal({ APPROVAL_LIMIT: 'USD:100000', API_KEYS: keys })).toMatch(/nobody could approve/)
  expect(refusal({ APPROVAL_LIMIT: 'USD:100000', API_KEYS: `${keys},bob:approver:fedcba9876543210` })).toBe('')
})

test('the sizes of a worker have the defaults that were measured, and bounds that the SDK takes', () => {
  const sizes = {
    METRICS_PORT: 0,
    WORKER_CACHED_REFUNDS: 100,
    WORKER_CACHED_PAYMENTS: 200,
    WORKER_STICKY: 5_000,
    WORKER_SLOTS: undefined,
    WORKER_POLLERS: undefined,
  }
  const config = readConfig({}, PROGRAM_ROLES)
  expect({ ...sizes, ...config }).toEqual({ ...config, ...sizes })
  const said = refusal({ WORKER_CACHED_REFUNDS: '1', WORKER_STICKY: '11m', WORKER_SLOTS: '0', WORKER_POLLERS: 'many' })
  expect(said).toMatch(/4 fault\(s\)/)
  expect(said).toContain('- WORKER_STICKY: between 1s and 10m')
})

test('a worker is made with its sizes, and never runs more tasks of sagas at once than it keeps in memory', () => {
  const sizes = { cachedRefunds: 20, cachedPayments: 200, stickyMs: 5_000 }
  expect(sizedFor(sizes, 20)).toEqual({
    maxCachedWorkflows: 20,
    stickyQueueScheduleToStartTimeout: 5_000,
    maxConcurrentWorkflowTaskExecutions: 20,
  })
  expect(sizedFor({ ...sizes, slots: 60, pollers: 4 }, 200)).toEqual({
    maxCachedWorkflows: 200,
    stickyQueueScheduleToStartTimeout: 5_000,
    maxConcurrentWorkflowTaskExecutions: 60,
    maxConcurrentActivityTaskExecutions: 60,
    maxConcurrentLocalActivityExecutions: 60,
    maxConcurrentWorkflowTaskPolls: 4,
    maxConcurrentActivityTaskPolls: 4,
  })
})

test('a cancel may not wait longer than its activity lives', () => {
  expect(refusal({ CANCEL_TIMEOUT: '31s' })).toMatch(/at most 30s/)
})

test('a row is overdue after 15 minutes, or after what is set, of a second at least', () => {
  expect(readConfig({}, PROGRAM_ROLES).OVERDUE_AFTER).toBe(900_000)
  expect(readConfig({ OVERDUE_AFTER: '2h' }, PROGRAM_ROLES).OVERDUE_AFTER).toBe(7_200_000)
  expect(refusal({ OVERDUE_AFTER: '0s' })).toMatch(/OVERDUE_AFTER: at least 1s/)
})

test('a delivery is warned of after a week, or after what is set, of a second at least', () => {
  expect(readConfig({}, PROGRAM_ROLES).DELIVERY_WARN_AFTER).toBe(604_800_000)
  expect(readConfig({ DELIVERY_WARN_AFTER: '2d' }, PROGRAM_ROLES).DELIVERY_WARN_AFTER).toBe(172_800_000)
  expect(refusal({ DELIVERY_WARN_AFTER: '0s' })).toMatch(/DELIVERY_WARN_AFTER: at least 1s/)
})

test('a folder whose lock names a living process is refused, with the process, the file, and what to do', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'pglite.lock')
  await expect(refuseHeldFolder(folder)).resolves.toBeUndefined()
  // As after a crash: the id in the lock belongs to some other program by now. This one's parent always lives.
  writeFileSync(path, `${process.ppid} 00000000\n`)
  const said = await refuseHeldFolder(folder).catch((error: unknown) => String(error))
  expect(said).toContain(`is open in process ${process.ppid}`)
  expect(said).toContain(`says ${path}, and two at once would lose rows. Stop that process and start again`)
  expect(said).toContain(`if it is no program of ours, because its id was used again, delete ${path}. Or set DATA_DIR`)
  rmSync(path)
  await expect(refuseHeldFolder(folder)).resolves.toBeUndefined()
})

test('a clock that is more than two minutes off is refused with both directions named, a smaller difference is not', async () => {
  const database = await openTestDatabase()
  try {
    await expect(checkClock(database.db, () => Date.now() + 60_000)).resolves.toBeUndefined()
    await expect(checkClock(database.db, () => Date.now() + 300_000)).rejects.toThrow(/ahead of the database's.*NTP/)
    await expect(checkClock(database.db, () => Date.now() - 300_000)).rejects.toThrow(/behind the database's.*NTP/)
    await expect(sql`select 1`.execute(database.db)).resolves.toBeDefined()
  } finally {
    await database.close()
  }
})

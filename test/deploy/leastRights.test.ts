// What each container is given and may do: secrets by service, rights, images, and the login before Temporal's UI.
// Must not know: whether an engine is here. The login runs where nginx is installed, and is skipped elsewhere.
import { execFile } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { ENVIRONMENT } from '../../src/environment.ts'
import { freePort } from '../../src/temporal/server/ports.ts'
import { nginxHere, startNginx } from '../support/nginx.ts'
import { temporaryFolder } from '../support/temporalCli.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string): string => readFileSync(ROOT + file, 'utf8')

const text = z.array(z.string()).optional()
const service = z.looseObject({
  image: z.string(),
  environment: z.record(z.string(), z.string()).default({}),
  volumes: text,
  ports: text,
  tmpfs: text,
  read_only: z.boolean().optional(),
  cap_drop: text,
  security_opt: text,
  user: z.string().optional(),
})
const raw: unknown = parse(read('docker-compose.yml'), { merge: true })
const { services } = z.object({ services: z.record(z.string(), service) }).parse(raw)
const all = Object.entries(services)

/** Variables of .env that a service's own settings take, whether they must be set or may be. */
const takes = (name: string): readonly string[] =>
  [
    ...new Set(
      Object.values(services[name]?.environment ?? {}).flatMap((value) =>
        [...value.matchAll(/\$\{(\w+)/g)].map((match) => match[1] ?? ''),
      ),
    ),
  ].toSorted()

const SECRET = /PASSWORD|SECRET|KEY$|KEYS$|KEY_|PAYMENTWALL_PROJECTS|ALERT_WEBHOOK_URL|NOTICE_URL/

test('each service holds the secrets that it needs, and no other', () => {
  const gateway = [
    'IAMPORT_KEY',
    'IAMPORT_SECRET',
    'PAYMENTWALL_PROJECT_KEY',
    'PAYMENTWALL_PROJECTS',
    'PAYMENTWALL_SECRET_KEY',
    'PORTONE_API_SECRET',
    // Without its channel an order is refused, by whichever door it comes.
    'PORTONE_CHANNEL_KEY_LIVE',
    'PORTONE_CHANNEL_KEY_TEST',
    'PORTONE_WEBHOOK_SECRET',
  ]
  const telling = ['ALERT_WEBHOOK_URL', 'NOTICE_SECRET', 'NOTICE_URL']
  const needs: Record<string, readonly string[]> = {
    postgres: ['MERCHANT_DB_PASSWORD', 'MERCHANT_OWNER_DB_PASSWORD', 'POSTGRES_PASSWORD', 'TEMPORAL_DB_PASSWORD'],
    migrate: ['MERCHANT_OWNER_DB_PASSWORD'],
    'temporal-schema': ['TEMPORAL_DB_PASSWORD'],
    temporal: ['TEMPORAL_DB_PASSWORD'],
    'temporal-namespace': [],
    'temporal-ui': [],
    'temporal-ui-login': ['TEMPORAL_UI_PASSWORD'],
    prometheus: [],
    grafana: ['GRAFANA_PASSWORD'],
    worker: [...gateway, ...telling, 'MERCHANT_DB_PASSWORD'],
    api: [
      ...gateway,
      ...telling,
      'MERCHANT_DB_PASSWORD',
      'API_KEYS',
      'IAMPORT_CHANNEL_KEY_LIVE',
      'IAMPORT_CHANNEL_KEY_TEST',
    ],
  }
  expect(Object.fromEntries(all.map(([name]) => [name, takes(name).filter((each) => SECRET.test(each))]))).toEqual(
    Object.fromEntries(Object.entries(needs).map(([name, each]) => [name, each.toSorted()])),
  )
})

test('nothing is given by a file as a whole, and the file with the secrets is no part of the image', () => {
  expect(all.filter(([, each]) => 'env_file' in each || 'secrets' in each).map(([name]) => name)).toEqual([])
  expect(read('.dockerignore').split('\n')).toContain('.env')
  expect(read('.gitignore').split('\n')).toContain('.env')
})

/** Settings that a container of these roles never reads, or that are written out for it. */
const NOT_PASSED_ON = {
  ofDevelopment: ['SIMULATOR_PORT', 'DATA_DIR', 'TEMPORAL_CLI', 'TEMPORAL_PORT', 'TEMPORAL_UI_PORT'],
  ofTheImage: ['PATH', 'XDG_CACHE_HOME'],
  ofAnotherServer: ['TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE'],
}

test('every setting of the program reaches the role that reads it', () => {
  const settings = Object.keys(ENVIRONMENT.shape)
  expect(settings.length).toBeGreaterThan(40)
  const given = new Set([services['api'], services['worker']].flatMap((each) => Object.keys(each?.environment ?? {})))
  const left = new Set(Object.values(NOT_PASSED_ON).flat())
  expect(settings.filter((name) => !given.has(name) && !left.has(name))).toEqual([])
  expect([...given].filter((name) => !settings.includes(name))).toEqual([])
})

test.each(all)('%s writes nothing but what it names, holds no capability and can get none', (_, each) => {
  expect(each).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] })
  expect(each.tmpfs).toContain('/tmp')
  for (const refused of ['cap_add', 'privileged', 'network_mode', 'pid', 'devices'])
    expect(each).not.toHaveProperty(refused)
  expect(each.user ?? 'its image').not.toMatch(/^(root|0)(:|$)/)
  const written = (each.volumes ?? []).filter((volume) => !volume.endsWith(':ro'))
  const keeps = { postgres: 'postgres-data:/var/lib/postgresql/data', 'prom/prometheus': 'prometheus-data:/prometheus' }
  expect(written).toEqual(Object.entries(keeps).flatMap(([of, at]) => (each.image.startsWith(`${of}:`) ? [at] : [])))
})

test('our own image runs as nobody who may do anything', () => {
  expect(read('Dockerfile')).toMatch(/^USER node$/m)
})

test('the owner of the tables is the one-shot’s alone, and api and worker come as the working role', () => {
  for (const name of ['api', 'worker'])
    expect(services[name]?.environment['DATABASE_URL']).toMatch(/^postgres:\/\/merchant:\$\{MERCHANT_DB_PASSWORD:\?/)
})

const images = [
  ...all.map(([, { image }]) => image),
  ...[...read('Dockerfile').matchAll(/^FROM (\S+)/gm)].map((m) => m[1] ?? ''),
]

test.each([...new Set(images)])('%s is named to the last number of its version', (image) => {
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(read('package.json')))
  const [tag = ''] = image.replace(/^.*:/, '').split('@')
  if (image.startsWith('paymentwall-saga')) expect(image).toBe(`paymentwall-saga:${version}`)
  else expect(image.replace(/@sha256:[0-9a-f]{64}$/, '')).toMatch(/^[a-z/-]+:v?\d+\.\d+(\.\d+)?(-[a-z0-9.-]+)?$/)
  // Postgres has two numbers, all others three.
  expect(tag.split('-')[0]?.split('.').length).toBe(image.startsWith('postgres:') ? 2 : 3)
})

describe('pin.sh', () => {
  const DIGESTS: Record<string, string> = {
    nginx: '1',
    postgres: '2',
    node: '3',
    server: '4',
    ui: '5',
    'admin-tools': '6',
    prometheus: '7',
    grafana: '8',
  }
  /** A copy of both files, and a `crane` that answers for the names that it knows. */
  function setUp(knows: readonly string[]) {
    const folder = temporaryFolder()
    for (const file of ['docker-compose.yml', 'Dockerfile']) copyFileSync(ROOT + file, join(folder, file))
    mkdirSync(join(folder, 'bin'))
    const cases = knows.map((name) => `*${name}:*) echo sha256:${(DIGESTS[name] ?? '0').repeat(64)} ;;`).join('\n')
    writeFileSync(
      join(folder, 'bin', 'crane'),
      `#!/bin/sh\ncase "$2" in *@*) exit 3 ;; esac\ncase "$2" in\n${cases}\n*) echo "no such host" ; exit 1 ;;\nesac\n`,
    )
    chmodSync(join(folder, 'bin', 'crane'), 0o755)
    const run = () =>
      promisify(execFile)('sh', [`${ROOT}deploy/pin.sh`, folder], {
        env: { PATH: `${join(folder, 'bin')}:${process.env['PATH']}` },
      }).then(
        () => 0,
        (error: unknown) => z.object({ code: z.number() }).parse(error).code,
      )
    const file = (name: string) => readFileSync(join(folder, name), 'utf8')
    return { folder, run, file }
  }

  test('writes what the registry answers beside each exact tag, in both files, and changes nothing else', async () => {
    const { run, file } = setUp(Object.keys(DIGESTS))
    expect(await run()).toBe(0)
    expect(file('docker-compose.yml')).toContain(`image: postgres:15.13-bookworm@sha256:${'2'.repeat(64)}\n`)
    expect(file('docker-compose.yml')).toContain(`image: temporalio/server:1.32.1@sha256:${'4'.repeat(64)}\n`)
    expect(file('Dockerfile')).toContain(`FROM node:24.21.0-bookworm-slim@sha256:${'3'.repeat(64)}\n`)
    expect(file('docker-compose.yml')).toContain('image: paymentwall-saga:0.1.0\n')
    for (const name of ['docker-compose.yml', 'Dockerfile'])
      expect(file(name).replaceAll(/@sha256:[0-9a-f]{64}/g, '')).toBe(
        read(name).replaceAll(/@sha256:[0-9a-f]{64}/g, ''),
      )
    const once = file('docker-compose.yml')
    expect(await run()).toBe(0)
    expect(file('docker-compose.yml')).toBe(once)
  })

  test('leaves what no registry answers for as it is, and ends with 1', async () => {
    const { run, file } = setUp(['nginx'])
    expect(await run()).toBe(1)
    expect(file('docker-compose.yml')).toContain(`image: nginx:1.28.0-alpine3.21@sha256:${'1'.repeat(64)}\n`)
    expect(file('Dockerfile')).toBe(read('Dockerfile'))
    expect(file('docker-compose.yml')).not.toContain('no such host')
  })
})

describe('the way to Temporal’s UI', () => {
  test('is through the login alone', () => {
    expect(services['temporal-ui']?.ports).toBeUndefined()
    expect(services['temporal-ui-login']?.ports).toEqual(['127.0.0.1:8233:8080'])
  })

  test('the login does not start without a password, nor with one that its file cannot hold', async () => {
    for (const password of ['', 'a:b', 'a b', 'a\nroot:x']) {
      const env = { PATH: process.env['PATH'], TEMPORAL_UI_USER: 'ops', TEMPORAL_UI_PASSWORD: password }
      const failed = await promisify(execFile)('sh', [`${ROOT}deploy/login/start.sh`], { env }).catch(
        (error: unknown) => error,
      )
      expect(failed).toMatchObject({ code: expect.any(Number) })
    }
  })

  const nginx = nginxHere()
  describe.skipIf(nginx === undefined)('with nginx (skipped where it is not installed)', () => {
    let port = 0
    const seen: (string | undefined)[] = []
    beforeAll(async () => {
      port = await freePort('127.0.0.1')
    })

    test('asks for name and password, keeps them from the UI, and takes nothing from pages of others', async () => {
      await startLogin(port)
      const login = (password: string) => `Basic ${Buffer.from(`ops:${password}`).toString('base64')}`
      const right = { authorization: login('right') }
      const own = `http://localhost:${port}`
      expect(await ask('GET', {})).toBe(401)
      expect(await ask('GET', { authorization: login('wrong') })).toBe(401)
      expect(seen).toEqual([])
      expect(await ask('GET', right)).toBe(200)
      expect(await ask('POST', { ...right, origin: own, host: `localhost:${port}` })).toBe(200)
      expect(seen).toEqual([undefined, undefined])
      for (const origin of [
        'https://evil.example',
        'null',
        `http://localhost:${port}.evil.example`,
        'http://localhost',
      ])
        expect([origin, await ask('POST', { ...right, origin, host: `localhost:${port}` })]).toEqual([origin, 403])
      expect(seen).toHaveLength(2)
    }, 60_000)

    function ask(method: string, headers: Record<string, string>): Promise<number | undefined> {
      return new Promise((resolve, reject) => {
        const asked = request({ host: '127.0.0.1', port, method, headers, path: '/api/v1/x' }, (response) => {
          response.resume()
          resolve(response.statusCode)
        })
        asked.once('error', reject)
        asked.end()
      })
    }

    /** The shipped configuration, but for the places that a test cannot have: its port, the UI, and files for memory. */
    async function startLogin(at: number): Promise<void> {
      const upstream = createServer((asked, response) => {
        seen.push(asked.headers.authorization)
        response.end('the UI')
      })
      await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
      const address = upstream.address()
      const ui = typeof address === 'object' ? address?.port : 0
      const folder = temporaryFolder()
      const configuration = read('deploy/login/nginx.conf')
        .replaceAll('/tmp/', `${folder}/`)
        .replace('http://temporal-ui:8080', `http://127.0.0.1:${ui}`)
        .replace('listen 8080', `listen 127.0.0.1:${at}`)
      writeFileSync(join(folder, 'users'), 'ops:{PLAIN}right\n', { mode: 0o644 })
      onTestFinished(() => void upstream.close())
      await startNginx(nginx ?? '', configuration, folder, at)
    }
  })
})

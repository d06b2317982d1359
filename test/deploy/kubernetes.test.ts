// deploy/kubernetes without a cluster: its form, its settings, its rights, and whether each part finds the others.
// Must not know: a cluster. What kustomize makes of it is looked at where kubectl is installed, and skipped elsewhere.
import { execFileSync } from 'node:child_process'
import { request } from 'node:http'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { readConfig, readMigrateConfig } from '../../src/config.ts'
import { MAINTENANCE_QUEUE, PAYMENTS_QUEUE, REFUNDS_QUEUE } from '../../src/domain/names.ts'
import { ENVIRONMENT } from '../../src/environment.ts'
import { healthRoutes } from '../../src/http/resources/health/health.ts'
import { createVitalsServer } from '../../src/http/resources/health/vitals.ts'
import { webhookRoutes } from '../../src/http/resources/webhooks/webhooks.ts'
import { namedServer } from '../../src/wiring/parts.ts'
import { LATEST_STOP_MS } from '../../src/wiring/signals.ts'
import { readText, ROOT } from '../support/readme.ts'
import { FOLDER, manifestsOf, readAll, readSettings, typeFaults, validate, type Found } from './manifests.ts'
import { all, base, labels, layers, manifests, overlay, program, programs, ROLES, running } from './programs.ts'

describe.each(all.map((found) => [`${found.manifest.kind} ${found.manifest.metadata.name}`, found] as const))(
  '%s',
  (_name, { manifest }: Found) => {
    test('has values that the schema of its kind takes', () => {
      expect(() => validate(manifest)).not.toThrow()
    })
  },
)

test('no document has a field that its kind does not know', () => {
  expect(typeFaults(manifests)).toEqual([])
})

test('a wrong value, and a field that nobody knows, are found', () => {
  const [first] = manifests.filter(({ kind }) => kind === 'PodDisruptionBudget')
  if (!first) throw new Error('there is no PodDisruptionBudget')
  expect(() => validate({ ...first, spec: { minAvailable: true } })).toThrow(/minAvailable/)
  expect(typeFaults([{ ...first, spec: { minAvailabel: 1 } }]).join('\n')).toContain('minAvailabel')
})

test('every file stands in the kustomization of its folder, and is there', () => {
  for (const layer of layers) {
    const own = layer.resources.filter((name) => name.endsWith('.yaml'))
    const settings = layer.configMapGenerator.flatMap(({ envs }) => envs)
    expect([...own, ...settings].toSorted()).toEqual(layer.files.toSorted())
  }
  expect(overlay.resources).toContain('../../base')
  expect(overlay.components).toEqual(['../../components/keda'])
})

describe('settings', () => {
  const shared = new Map([...readSettings(base), ...readSettings(overlay)])
  /** What only a secret gives, for those that must be there. */
  const SECRETS: Readonly<Record<string, string>> = {
    DATABASE_URL: 'postgres://merchant:secret@postgres:5432/merchant',
    API_KEYS: 'joon:approver:0123456789abcdef',
    IAMPORT_KEY: 'key',
    IAMPORT_SECRET: 'secret',
  }
  const environmentOf = (role: string, config: ReadonlyMap<string, string>) => ({
    ...Object.fromEntries(program(role).container.envFrom.length > 0 ? config : []),
    ...Object.fromEntries(program(role).container.env.map(({ name, value }) => [name, value ?? SECRETS[name]])),
  })
  const secretsOf = (role: string) =>
    program(role).container.env.flatMap(({ name, valueFrom }) =>
      valueFrom ? [{ setting: name, ...valueFrom.secretKeyRef }] : [],
    )

  test('each is one of ours, or of Temporal’s own', () => {
    const ofTemporal = readText('node_modules/@temporalio/envconfig/lib/envconfig-toml.js')
    const given = [
      ...shared.keys(),
      ...programs.flatMap(({ pod: { containers } }) => containers[0].env.map((e) => e.name)),
    ]
    const known = (name: string) => name in ENVIRONMENT.shape || ofTemporal.includes(`'${name}'`)
    expect(given.filter((name) => !known(name))).toEqual([])
    expect(known('TEMPORAL_ADRESS')).toBe(false)
  })

  test.each(ROLES)('production takes those of the %s, alone and with the overlay’s', (role) => {
    const own = { PUBLIC_URL: 'https://pay.example.com' }
    const alone = readConfig({ ...environmentOf(role, readSettings(base)), ...own }, [role])
    expect(alone).toMatchObject({ NODE_ENV: 'production', TEMPORAL_NAMESPACE: 'payments', TEMPORAL_STARTS: 'proved' })
    expect(readConfig(environmentOf(role, shared), [role])).toMatchObject({ ...own, TRUSTED_PROXIES: 1 })
    expect(program(role).container.args).toEqual(['--role', role])
  })

  test('the overlay’s settings lead to Temporal Cloud, by TLS and with the key', () => {
    const environment = { ...environmentOf('worker', shared), TEMPORAL_API_KEY: 'key of the namespace' }
    const { namespace, connecting } = namedServer(readConfig(environment, ['worker']), environment)
    expect(namespace).toBe(shared.get('TEMPORAL_NAMESPACE'))
    expect(connecting).toMatchObject({ address: shared.get('TEMPORAL_ADDRESS'), apiKey: 'key of the namespace' })
    expect(connecting.tls).toBeTruthy()
    const plain = environmentOf('worker', readSettings(base))
    expect(namedServer(readConfig(plain, ['worker']), plain).connecting.tls).toBeFalsy()
  })

  test('the job that migrates is told of the database as its owner, and of nothing else', () => {
    expect(readMigrateConfig(environmentOf('migrate', shared)).DATABASE_URL).toBe(SECRETS['DATABASE_URL'])
    expect(program('migrate').container).toMatchObject({ args: ['migrate'], envFrom: [] })
    expect(secretsOf('migrate').map(({ name }) => name)).toEqual(['paymentwall-saga-database-owner'])
    for (const role of ROLES)
      expect(secretsOf(role).map(({ name }) => name)).not.toContain('paymentwall-saga-database-owner')
  })

  test('a secret’s key is the setting’s name, and no setting has both a secret and a value', () => {
    for (const { name } of programs)
      for (const { setting, key } of secretsOf(name.replace('paymentwall-saga-', ''))) expect(key).toBe(setting)
    for (const {
      pod: { containers },
    } of programs)
      for (const { value, valueFrom } of containers[0].env)
        expect([value, valueFrom].filter((each) => each !== undefined)).toHaveLength(1)
    const secret = new Set(ROLES.flatMap((role) => secretsOf(role).map(({ setting }) => setting)))
    expect([...shared.keys()].filter((name) => secret.has(name))).toEqual([])
  })

  test.each(ROLES)('the %s is given the secrets that it has in docker-compose.yml, and Temporal’s key', (role) => {
    const service = z.object({ environment: z.record(z.string(), z.string()) })
    const compose = z
      .object({ services: z.object({ api: service, worker: service }) })
      .parse(parse(readText('docker-compose.yml'), { merge: true }))
    const SECRET = /_URL$|SECRET|KEY$|KEYS$|KEY_|CODE$|STORE_ID$|PAYMENTWALL_PROJECTS/
    const PUBLIC = /^(TEMPORAL_UI|RUNBOOK|PUBLIC|[A-Z]+_API)_URL$/
    const there = Object.keys(compose.services[role].environment).filter(
      (name) => SECRET.test(name) && !PUBLIC.test(name),
    )
    expect(
      secretsOf(role)
        .map(({ setting }) => setting)
        .toSorted(),
    ).toEqual([...there, 'TEMPORAL_API_KEY'].toSorted())
  })

  test('what a start needs must be there, and what it does not may be missing', () => {
    const must = secretsOf('api').filter(({ optional }) => optional === undefined)
    expect(must.map(({ setting }) => setting).toSorted()).toEqual(['API_KEYS', 'DATABASE_URL'])
    expect(secretsOf('worker').filter(({ optional }) => optional === undefined)).toHaveLength(1)
  })
})

describe('probes and stops', () => {
  const openPaths = [...healthRoutes, ...webhookRoutes].filter(({ roles }) => roles === 'open').map(({ path }) => path)
  const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const

  test.each(ROLES)('those of the %s ask for what is served at that port', async (role) => {
    const { ports, ...rest } = program(role).container
    for (const name of PROBES) {
      const { path, port } = rest[name]?.httpGet ?? { path: '', port: '' }
      expect(ports.map((each) => each.name)).toContain(port)
      if (port === 'http') expect(openPaths).toContain(path)
      else expect(await vitalsAnswer(path)).toBe(200)
    }
    const config = readSettings(base)
    expect(ports.find(({ name }) => name === 'vitals')?.containerPort).toBe(Number(config.get('METRICS_PORT')))
    const http = program(role).container.env.find(({ name }) => name === 'PORT')
    expect(ports.find(({ name }) => name === 'http')?.containerPort).toBe(http ? Number(http.value) : undefined)
  })

  test('the API takes hints while Temporal is away, and a worker waits for it', () => {
    expect(program('api').container.readinessProbe?.httpGet.path).toBe('/healthz')
    expect(program('worker').container.readinessProbe?.httpGet.path).toBe('/readyz')
  })

  test.each(ROLES)('the %s is given longer than its stop may take', (role) => {
    const waited = Number(program(role).container.lifecycle?.preStop.exec.command[1] ?? 0)
    expect(program(role).pod.terminationGracePeriodSeconds).toBeGreaterThan(LATEST_STOP_MS / 1_000 + waited)
  })

  async function vitalsAnswer(path: string): Promise<number | undefined> {
    const server = createVitalsServer({ parts: undefined, log: { info: () => {}, warn: () => {}, error: () => {} } })
    onTestFinished(() => void server.close())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    return new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path, agent: false }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      asked.once('error', reject)
      asked.end()
    })
  }
})

describe('rights', () => {
  test.each(programs.map((each) => [each.name, each] as const))('%s may do nothing that it need not', (_name, each) => {
    expect(each.pod).toMatchObject({
      automountServiceAccountToken: false,
      // A Service named temporal would set TEMPORAL_PORT=tcp://…, and no process would start.
      enableServiceLinks: false,
      // The user node of the image.
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      volumes: [{ name: 'tmp', emptyDir: {} }],
    })
    const [own] = each.pod.containers
    expect(own.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    expect(own.volumeMounts).toEqual([{ name: 'tmp', mountPath: '/tmp' }])
    for (const refused of ['hostNetwork', 'hostPID', 'hostIPC']) expect(each.pod).not.toHaveProperty(refused)
  })

  test('numbers, which ask for no key, are for the monitoring alone', () => {
    const policies = manifests.filter(({ kind }) => kind === 'NetworkPolicy')
    const vitals = policies.find(({ metadata }) => metadata.name === 'paymentwall-saga-vitals')
    expect(vitals).toMatchObject({
      spec: {
        podSelector: { matchLabels: { 'app.kubernetes.io/name': 'paymentwall-saga' } },
        ingress: [
          {
            ports: [{ port: 'vitals' }],
            from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
          },
        ],
      },
    })
    expect(policies).toHaveLength(2)
  })
})

describe('each part finds the others', () => {
  const templates = programs.map(({ template }) => template.metadata.labels)
  const selects = (selector: Readonly<Record<string, string>>, of: Readonly<Record<string, string>>) =>
    Object.entries(selector).every(([name, value]) => of[name] === value)

  test('whatever selects Pods selects some, and a Deployment its own', () => {
    const selectors = manifests.flatMap(({ kind, metadata, spec }) => {
      const { matchLabels } = z
        .object({
          selector: z
            .union([z.object({ matchLabels: labels }), labels.transform((own) => ({ matchLabels: own }))])
            .optional(),
          podSelector: z.object({ matchLabels: labels }).optional(),
        })
        .transform(({ selector, podSelector }) => ({ matchLabels: selector?.matchLabels ?? podSelector?.matchLabels }))
        .parse(spec ?? {})
      return matchLabels ? [{ name: `${kind} ${metadata.name}`, matchLabels }] : []
    })
    expect(selectors.map(({ name }) => name.replace(/ .*/, '')).toSorted()).toEqual([
      'Deployment',
      'Deployment',
      'NetworkPolicy',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'PodDisruptionBudget',
      'Service',
    ])
    for (const { name, matchLabels } of selectors)
      expect([name, templates.filter((each) => selects(matchLabels, each)).length > 0]).toEqual([name, true])
    for (const { selector, template } of programs)
      if (selector)
        expect(templates.filter((each) => selects(selector.matchLabels, each))).toEqual([template.metadata.labels])
  })

  test('one may always go while another stays', () => {
    const budget = z.object({ spec: z.object({ minAvailable: z.literal(1) }) })
    for (const each of manifests.filter(({ kind }) => kind === 'PodDisruptionBudget')) budget.parse(each)
    const scaled = z.object({
      spec: z.object({
        scaleTargetRef: z.object({ name: z.string() }),
        minReplicas: z.number().optional(),
        minReplicaCount: z.number().optional(),
      }),
    })
    const fewest = manifests
      .filter(({ kind }) => ['HorizontalPodAutoscaler', 'ScaledObject'].includes(kind))
      .map((each) => scaled.parse(each).spec)
      .map(({ scaleTargetRef, minReplicas, minReplicaCount }) => [scaleTargetRef.name, minReplicas ?? minReplicaCount])
    expect(fewest).toEqual([
      ['paymentwall-saga-api', 2],
      ['paymentwall-saga-worker', 2],
    ])
    expect([program('api').replicas, program('worker').replicas]).toEqual([undefined, 2])
  })

  test('the ingress leads to the Service, to the paths that gateways call and to no other', () => {
    const backend = z.object({ service: z.object({ name: z.string(), port: z.object({ name: z.string() }) }) })
    const way = z.object({ path: z.string(), pathType: z.string(), backend })
    const ingress = z
      .object({
        spec: z.object({ rules: z.tuple([z.object({ host: z.string(), http: z.object({ paths: z.array(way) }) })]) }),
      })
      .parse(manifests.find(({ kind }) => kind === 'Ingress'))
    const [{ host, http }] = ingress.spec.rules
    expect(`https://${host}`).toBe(readSettings(overlay).get('PUBLIC_URL'))
    const letIn = (path: string) =>
      http.paths.some((each) => (each.pathType === 'Exact' ? path === each.path : path.startsWith(each.path)))
    expect(webhookRoutes.map(({ path }) => path).filter((path) => !letIn(path))).toEqual([])
    expect(['/healthz', '/payments', '/metrics', '/openapi.json'].filter(letIn)).toEqual(['/healthz'])
    const service = z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ ports: z.tuple([z.object({ name: z.string(), targetPort: z.string() })]) }),
    })
    const { metadata, spec } = service.parse(manifests.find(({ kind }) => kind === 'Service'))
    for (const each of http.paths)
      expect(each.backend.service).toEqual({ name: metadata.name, port: { name: spec.ports[0].name } })
    expect(program('api').container.ports.map(({ name }) => name)).toContain(spec.ports[0].targetPort)
  })

  test('KEDA counts the tasks of our queues, in our namespace, at the worker’s own address', () => {
    const trigger = z.object({ type: z.literal('temporal'), metadata: z.record(z.string(), z.string()) })
    const { spec } = z
      .object({ spec: z.object({ triggers: z.array(trigger) }) })
      .parse(manifests.find(({ kind }) => kind === 'ScaledObject'))
    const queues = spec.triggers.map(({ metadata }) => metadata['taskQueue'])
    expect(queues).toEqual([PAYMENTS_QUEUE, REFUNDS_QUEUE])
    expect(queues).not.toContain(MAINTENANCE_QUEUE)
    for (const { metadata } of spec.triggers) {
      expect(metadata['namespace']).toBe(readSettings(base).get('TEMPORAL_NAMESPACE'))
      expect(readSettings(base).has(metadata['endpointFromEnv'] ?? '')).toBe(true)
    }
    expect(program('worker').container.envFrom).toHaveLength(1)
  })

  test('all run one image, of this version', () => {
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(readText('package.json')))
    const images = programs.map(({ pod: { containers } }) => containers[0].image)
    expect([...new Set(images)]).toEqual([`paymentwall-saga:${version}`])
    expect(overlay.images).toMatchObject([{ name: 'paymentwall-saga', newTag: version }])
  })

  test('the limits say how many connections a process holds', () => {
    const most = (name: string) =>
      Number(new RegExp(`^const ${name} = (\\d+)$`, 'm').exec(readText('src/db/postgres.ts'))?.[1])
    // One listens for the others' rows.
    const all = most('CONNECTIONS') + 1
    const api = all + most('RECEIVER_CONNECTIONS')
    const line = (count: number) => `# Each process holds up to ${count} connections to the database`
    expect(readText(`${FOLDER}components/keda/worker.yaml`)).toContain(`${line(all)}.`)
    expect(readText(`${FOLDER}base/api.yaml`)).toContain(`${line(api)}, `)
    expect(readText('docs/deploy.md')).toContain(
      `holds up to ${all} connections to the database, one with the api up to ${api}:`,
    )
  })
})

const kubectl = (() => {
  try {
    return execFileSync('sh', ['-c', 'command -v kubectl'], { encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
})()
describe.skipIf(kubectl === undefined)('made by kustomize (skipped where kubectl is not installed)', () => {
  const made = (layer: string) =>
    readAll(execFileSync(kubectl ?? '', ['kustomize', `${ROOT}${FOLDER}${layer}`], { encoding: 'utf8' }))

  test('the overlay is whole: one namespace, one image, KEDA’s number of workers, settings by their digest', () => {
    const whole = made('overlays/production')
    expect(whole).toHaveLength(manifests.length + 1)
    for (const each of whole) expect(() => validate(each)).not.toThrow()
    const inside = whole.filter(({ kind }) => kind !== 'Namespace')
    expect([...new Set(inside.map(({ metadata }) => metadata['namespace']))]).toEqual([overlay.namespace])
    const deployments = whole.filter(({ kind }) => kind === 'Deployment').map((each) => running.parse(each))
    const config = whole.find(({ kind }) => kind === 'ConfigMap')
    for (const { spec } of deployments) {
      expect(spec.replicas).toBeUndefined()
      const [own] = spec.template.spec.containers
      expect(own.image).toBe(`${overlay.images[0]?.newName}:${overlay.images[0]?.newTag}`)
      expect(own.envFrom).toEqual([{ configMapRef: { name: config?.metadata.name } }])
    }
    expect(config?.metadata.name).toMatch(/^paymentwall-saga-[a-z0-9]{10}$/)
    expect(config?.['data']).toEqual(Object.fromEntries([...readSettings(base), ...readSettings(overlay)]))
    const trigger = {
      metadata: expect.objectContaining({ namespace: readSettings(overlay).get('TEMPORAL_NAMESPACE') }),
    }
    const asked = { ...trigger, authenticationRef: { name: 'paymentwall-saga-temporal' } }
    expect(whole.find(({ kind }) => kind === 'ScaledObject')).toMatchObject({ spec: { triggers: [asked, asked] } })
  })

  test('the base stands by itself, with two workers', () => {
    const alone = made('base')
    expect(alone).toHaveLength(manifestsOf(base).length + 1)
    const workers = alone.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name.endsWith('worker'))
    expect(running.parse(workers).spec.replicas).toBe(2)
  })
})

// Grafana's dashboards: their form, every query of every panel, and what provisions them in docker-compose.yml.
// Must not know: Grafana. That a worker exports what is asked for is tested in metrics.test.ts.
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { readText, ROOT } from '../support/readme.ts'
import { OF_THE_TARGET, OURS, SDK, SERIES } from './exported.ts'
import { readQuery } from './promql.ts'

const FOLDER = 'deploy/grafana/dashboards/'
const files = readdirSync(ROOT + FOLDER)

const datasource = z.strictObject({ type: z.literal('prometheus'), uid: z.literal('${datasource}') })
const grid = z.strictObject({ h: z.number(), w: z.number(), x: z.number(), y: z.number() })
const target = z.strictObject({
  refId: z.string(),
  datasource,
  expr: z.string(),
  legendFormat: z.string(),
  instant: z.boolean(),
  range: z.boolean(),
})
const row = z.object({ id: z.number(), type: z.literal('row'), title: z.string(), gridPos: grid })
const queried = z.object({
  id: z.number(),
  type: z.enum(['stat', 'timeseries']),
  title: z.string(),
  datasource,
  gridPos: grid,
  targets: z.array(target).min(1),
  fieldConfig: z.object({ defaults: z.object({ unit: z.string() }) }),
})
const dashboard = z.object({
  uid: z.string().regex(/^[a-z-]{1,40}$/),
  title: z.string(),
  tags: z.tuple([z.literal('paymentwall-saga')]),
  schemaVersion: z.number().int(),
  templating: z.object({
    list: z.tuple([
      z.object({ type: z.literal('datasource'), name: z.literal('datasource'), query: z.literal('prometheus') }),
    ]),
  }),
  panels: z.array(z.discriminatedUnion('type', [row, queried])),
})
const dashboards = files.map((file) => dashboard.parse(JSON.parse(readText(FOLDER + file))))
const panels = dashboards.flatMap((each) => each.panels)
const queries = panels.flatMap((panel) =>
  panel.type === 'row'
    ? []
    : panel.targets.map(({ expr, legendFormat }) => ({ title: panel.title, legendFormat, expr: withTimes(expr) })),
)

/** Grafana fills in its own variables before Prometheus reads a query. */
function withTimes(expr: string): string {
  return expr.replaceAll('$__rate_interval', '5m')
}

test('there are dashboards, each by a name of its own, and no two panels lie on each other', () => {
  expect(files.length).toBeGreaterThan(1)
  expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(files.length)
  for (const each of dashboards) {
    expect(new Set(each.panels.map(({ id }) => id)).size).toBe(each.panels.length)
    const cells = each.panels.flatMap(({ gridPos: { h, w, x, y } }) => {
      expect(x + w).toBeLessThanOrEqual(24)
      return Array.from({ length: h * w }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`)
    })
    expect(new Set(cells).size).toBe(cells.length)
  }
})

test.each(queries.map((each) => [each.title, each.expr, each] as const))('%s: %s', (_title, _expr, query) => {
  const { faults, selected, groupings, labels } = readQuery(query.expr)
  expect(faults).toEqual([])
  expect(selected).not.toEqual([])
  const known = (name: string): readonly string[] => [...OF_THE_TARGET, ...(SERIES.get(name)?.labels ?? [])]
  for (const { name, matched, over } of selected) {
    expect(SERIES.has(name), `${name} is exported`).toBe(true)
    expect(matched.filter((label) => !known(name).includes(label))).toEqual([])
    // A counter says something only by how it grows, and a gauge only by what it is.
    expect([name, over]).toEqual([
      name,
      SERIES.get(name)?.counts ? expect.stringMatching(/^(rate|increase)$/) : undefined,
    ])
  }
  // Those of the database are the same from every process: one of them says it all.
  const ofTheDatabase = selected.filter(({ name }) => OURS.includes(name) && SERIES.get(name)?.counts === false)
  expect(ofTheDatabase.filter(({ joinedBy }) => joinedBy !== 'max')).toEqual([])
  for (const grouping of groupings)
    for (const name of grouping.over)
      expect(grouping.labels.filter((label) => !known(name).includes(label))).toEqual([])
  const shown = [...query.legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label)
  expect(shown.filter((label) => label === undefined || !labels.includes(label))).toEqual([])
})

test('whatever is counted by us is on a dashboard', () => {
  const shown = new Set(queries.flatMap(({ expr }) => readQuery(expr).selected.map(({ name }) => name)))
  const all = OURS.filter((name) => ![name, `${name}_count`].some((each) => shown.has(each)))
  expect(all).toEqual([])
})

test('what is asked of Temporal’s SDK is a name that its core has', () => {
  const releases = `${ROOT}node_modules/@temporalio/core-bridge/releases/`
  const core = readFileSync(`${releases}x86_64-unknown-linux-gnu/index.node`)
  const has = (name: string) => core.includes(name.replace(/^temporal_/, '').replace(/_seconds$/, ''))
  expect(Object.keys(SDK).filter((name) => !has(name))).toEqual([])
  expect(has('temporal_no_such_metric')).toBe(false)
})

test('a query that cannot be read, and a name that is not there, are found', () => {
  expect(readQuery('sum by (').faults).not.toEqual([])
  expect(SERIES.has('saga_refund')).toBe(false)
  expect(readQuery('sum by (a, b) (rate(x_total{c=~"d"}[5m]))')).toEqual({
    faults: [],
    selected: [{ name: 'x_total', matched: ['c'], over: 'rate', joinedBy: 'sum' }],
    groupings: [{ labels: ['a', 'b'], over: ['x_total'] }],
    labels: ['a', 'b'],
  })
})

describe('in docker-compose.yml', () => {
  const service = z.object({
    profiles: z.array(z.string()),
    environment: z.record(z.string(), z.string()).default({}),
    volumes: z.array(z.string()),
    command: z.array(z.string()).default([]),
    entrypoint: z.array(z.string()).default([]),
  })
  const compose = z
    .object({
      services: z.object({ prometheus: service, grafana: service }),
      volumes: z.record(z.string(), z.unknown()),
    })
    .parse(parse(readText('docker-compose.yml'), { merge: true }))
  const { prometheus, grafana } = compose.services
  const mounted = (volumes: readonly string[]) => volumes.map((volume) => volume.split(':'))

  test('both come with the profile, and what they mount is there', () => {
    for (const { profiles, volumes } of [prometheus, grafana]) {
      expect(profiles).toEqual(['monitoring'])
      for (const [from = ''] of mounted(volumes))
        expect(from.startsWith('./') ? existsSync(ROOT + from) : from in compose.volumes, from).toBe(true)
    }
  })

  test('Prometheus scrapes each process of ours where it has its numbers, and reads the rules', () => {
    const job = z.object({
      job_name: z.string(),
      dns_sd_configs: z.array(z.object({ names: z.array(z.string()), type: z.string(), port: z.number() })),
    })
    const file = z
      .object({ rule_files: z.array(z.string()), scrape_configs: z.array(job) })
      .parse(parse(readText('deploy/prometheus.yml')))
    expect(file.scrape_configs.flatMap(({ dns_sd_configs: found }) => found)).toMatchObject([
      { names: ['api', 'worker'], type: 'A', port: 9464 },
      { names: ['temporal'], type: 'A', port: 9090 },
    ])
    expect(readText('docker-compose.yml')).toContain("METRICS_PORT: '9464'")
    expect(readText('docker-compose.yml')).toContain('PROMETHEUS_ENDPOINT: 0.0.0.0:9090')
    const beside = (config: string) => config.replace(/[^/]*$/, '')
    const [config = ''] = prometheus.command.flatMap((each) => /^--config\.file=(.*)$/.exec(each)?.[1] ?? [])
    const inside = mounted(prometheus.volumes).map(([, path]) => path)
    expect(inside).toContain(config)
    for (const rules of file.rule_files) expect(inside).toContain(beside(config) + rules)
  })

  test('Grafana finds the datasource and the dashboards where they are mounted', () => {
    const [folder] = mounted(grafana.volumes).filter(([from]) => from === './deploy/grafana')
    const at = folder?.[1] ?? ''
    expect(grafana.environment['GF_PATHS_PROVISIONING']).toBe(`${at}/provisioning`)
    const provided = z.object({ providers: z.tuple([z.object({ options: z.object({ path: z.string() }) })]) })
    const { providers } = provided.parse(parse(readText('deploy/grafana/provisioning/dashboards/dashboards.yml')))
    expect(providers[0].options.path).toBe(`${at}/dashboards`)
    const sources = z.object({ datasources: z.tuple([z.object({ type: z.string(), url: z.string() })]) })
    const source = sources.parse(parse(readText('deploy/grafana/provisioning/datasources/prometheus.yml')))
    expect(source.datasources[0]).toEqual({ type: 'prometheus', url: 'http://prometheus:9090' })
    expect(grafana.entrypoint).toEqual(['/bin/sh', `${at}/start.sh`])
  })

  test('Grafana does not start without a password', async () => {
    for (const password of [undefined, '']) {
      const env = { PATH: process.env['PATH'], GF_SECURITY_ADMIN_PASSWORD: password }
      const failed = await promisify(execFile)('sh', [`${ROOT}deploy/grafana/start.sh`], { env }).catch(
        (error: unknown) => error,
      )
      expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('GRAFANA_PASSWORD: set it in .env') })
    }
  })
})

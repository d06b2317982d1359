// The roles as processes of their own, scraped: what each exports is what the alert rules and dashboards of deploy/ ask for.
// Must not know: Prometheus. That the rules can be read, and have a runbook, is tested beside this.
import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { freePort } from '../../src/temporal/server/ports.ts'
import { queryOf } from '../support/database.ts'
import { postgresPrograms, startPostgres } from '../support/postgres.ts'
import { processOf } from '../support/program.ts'
import { readText } from '../support/readme.ts'
import { MAKING_MS } from '../support/temporalCli.ts'
import { startTestServer } from '../support/temporalWorld.ts'
import { SDK } from './exported.ts'

const HOST = '127.0.0.1'
const LIMIT_MS = 120_000
const file = z.object({
  groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() })) })),
})
const rules = file.parse(parse(readText('deploy/prometheus-rules.yml'))).groups.flatMap((group) => group.rules)

const ROLES = ['api', 'worker', 'simulator'] as const
type Role = (typeof ROLES)[number]
/** Only where workers run: what Temporal's SDK counts. Ours are counted and read by every process with a database. */
const countedBy = (name: string): readonly Role[] => (name.startsWith('temporal_') ? ['worker'] : ['api', 'worker'])
/** Shown only once it has happened, and here nothing of it does. */
const FAILURES = ['temporal_activity_execution_failed', 'temporal_request_failure']
const namesIn = (expr: string) => [...new Set([...expr.matchAll(/\b(?:saga|temporal)_\w+/g)].map(([name]) => name))]

describe.skipIf(postgresPrograms() === undefined)(
  'each role on METRICS_PORT (skipped where Postgres is not here)',
  () => {
    const ends: (() => Promise<unknown>)[] = []
    const vitals = new Map<Role, string>()
    let temporalAddress: string
    beforeAll(async () => {
      const postgres = await startPostgres()
      ends.push(postgres.stop)
      const temporal = await startTestServer()
      ends.push(temporal.stop)
      temporalAddress = temporal.address
      await queryOf(postgres.url, 'create database merchant')
      const simulator = `http://${HOST}:${await freePort(HOST)}`
      const shared = {
        LOG_LEVEL: 'fatal',
        DATABASE_URL: new URL('/merchant', postgres.url).href,
        TEMPORAL_ADDRESS: temporal.address,
        IAMPORT_API_URL: simulator,
        IAMPORT_KEY: 'sim-key',
        IAMPORT_SECRET: 'sim-secret',
        PORT: '0',
        SIMULATOR_PORT: new URL(simulator).port,
        // A worker counts its steps once a Schedule has run.
        SWEEP_EVERY: '10s',
      }
      const started = { api: 'API', worker: 'Postgres', simulator }
      // One after the other: each knows its port, and the first migrates.
      for (const role of ROLES) {
        const port = await freePort(HOST)
        const place = role === 'api' ? 'openapi.json' : started[role]
        const program = processOf(['--role', role], place, { ...shared, METRICS_PORT: String(port) })
        ends.push(program.kill9)
        await program.start()
        vitals.set(role, `http://${HOST}:${port}`)
      }
    }, MAKING_MS)
    afterAll(async () => {
      for (const end of ends.toReversed()) await end()
    }, LIMIT_MS)

    const get = (role: Role, path: string) => fetch(`${vitals.get(role)}${path}`)
    const scrape = async (role: Role) => (await get(role, '/metrics')).text()

    test.each(ROLES)('%s says that it lives and is ready, and nothing else is there', async (role) => {
      expect((await get(role, '/healthz')).status).toBe(200)
      const ready = await get(role, '/readyz')
      expect([ready.status, await ready.json()]).toEqual([200, expect.objectContaining({ status: 'ready' })])
      expect((await get(role, '/payments')).status).toBe(404)
      expect((await get(role, '/metrics')).headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    })

    test(
      'a task that fails is counted by the worker',
      async () => {
        const connection = await Connection.connect({ address: temporalAddress })
        const client = new Client({ connection })
        await client.workflow.start('noSuchSaga', { workflowId: 'no-such-saga', taskQueue: 'payments' })
        await expect
          .poll(() => scrape('worker'), { timeout: LIMIT_MS })
          .toMatch(/^temporal_workflow_task_execution_failed\{.*task_queue="payments".*\} \d+$/m)
        await client.workflow.getHandle('no-such-saga').terminate()
        await connection.close()
      },
      LIMIT_MS,
    )

    test.each(rules.map(({ alert, expr }) => [alert, expr] as const))(
      '%s asks for what the role in question exports',
      async (_alert, expr) => {
        const names = namesIn(expr)
        expect(names).not.toEqual([])
        for (const name of names) {
          for (const role of countedBy(name)) {
            const text = await scrape(role)
            const base = name.replace(/_(count|sum|bucket)$/, '')
            expect(
              [name, base].some((each) => text.includes(`# TYPE ${each} `)),
              `${name} of ${role}`,
            ).toBe(true)
          }
        }
      },
    )

    test.each(Object.entries(SDK).filter(([name]) => !FAILURES.includes(name)))(
      '%s comes from a worker that has work, with the labels that dashboards ask for',
      async (name, { kind, labels }) => {
        await expect.poll(() => scrape('worker'), { timeout: LIMIT_MS }).toContain(`# TYPE ${name} ${kind}\n`)
        const series = [...(await scrape('worker')).matchAll(new RegExp(`^${name}(?:_count)?\\{([^}]*)\\}`, 'gm'))]
        expect(series).not.toEqual([])
        for (const [, text = ''] of series)
          expect([...text.matchAll(/(\w+)="/g)].map(([, label]) => label)).toEqual(expect.arrayContaining([...labels]))
      },
      LIMIT_MS,
    )

    test('the simulator has counters, and neither a database nor an SDK to tell of', async () => {
      const text = await scrape('simulator')
      expect(text).toContain('# TYPE saga_hints_received_total ')
      expect(text).not.toMatch(/could not be read|^temporal_/m)
    })
  },
)

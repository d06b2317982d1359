// What every role serves on METRICS_PORT: whether it lives, whether its parts answer, and its
// numbers. No keys, nothing else.
// Must not know: which role it is. A process without a database, the simulator's, has its counters
// only.
import type { Server } from 'node:http'
import type { Db } from '../../../db/connect.ts'
import { registry } from '../../../metrics.ts'
import type { HttpDeps, HttpLog } from '../../server/deps.ts'
import { limitedServer } from '../../server/limits.ts'
import type { Answer } from '../../server/route.ts'
import { getHealth, getMetrics, getReady } from './health.ts'

export type Vitals = {
  /** undefined: this role has no database, and needs no Temporal either. */
  readonly parts: { readonly db: Db; readonly temporalReady: () => Promise<boolean> } | undefined
  readonly noticesLeave?: boolean
  readonly overdueAfter?: HttpDeps['overdueAfter']
  readonly sdkMetrics?: (() => Promise<string>) | undefined
  readonly log: HttpLog
}

export function createVitalsServer(vitals: Vitals): Server {
  return limitedServer((request, response) => {
    const work = request.method === 'GET' ? ROUTES[request.url?.split('?')[0] ?? ''] : undefined
    const answering = work ? work(vitals) : Promise.resolve(NOT_HERE)
    answering
      .catch((error: unknown): Answer => {
        const said = error instanceof Error ? error.message : String(error)
        vitals.log.warn({ said }, 'a question for the vitals of this process could not be answered')
        return { status: 500, body: { status: 'failed' } }
      })
      .then(({ status, body, type }) => {
        response.writeHead(status, { 'content-type': type ?? 'application/json', 'cache-control': 'no-store' })
        response.end(typeof body === 'string' ? body : JSON.stringify(body))
      })
      .catch(() => response.destroy())
  })
}

const NOT_HERE: Answer = { status: 404, body: { status: 'only /healthz, /readyz and /metrics are here' } }

const ROUTES: Readonly<Record<string, (vitals: Vitals) => Promise<Answer>>> = {
  '/healthz': () => Promise.resolve(getHealth()),
  '/readyz': async ({ parts }) => (parts ? getReady(parts) : { status: 200, body: { status: 'ready' } }),
  '/metrics': async ({ parts, ...rest }) =>
    parts
      ? getMetrics({ ...rest, db: parts.db })
      : { status: 200, type: registry.contentType, body: await registry.metrics() },
}

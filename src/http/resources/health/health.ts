// Is the process alive, may it be sent work, and what do its numbers say.
// Must not know: what the parts do. Every question to a part has a time limit: a hanging part is a
// part that is down.
import { z } from 'zod'
import { databaseAnswers } from '../../../db/connect.ts'
import { databaseGauges } from '../../../db/lists/gauges.ts'
import { registry } from '../../../metrics.ts'
import { ANYBODY } from '../../server/caller.ts'
import type { HttpDeps } from '../../server/deps.ts'
import { at, route, type Answer, type Route } from '../../server/route.ts'
import * as answers from '../answers.ts'

const PART_WAIT_MS = 3_000

export function getHealth(): Answer {
  return { status: 200, body: { status: 'live' } }
}

type Parts = Pick<HttpDeps, 'db' | 'temporalReady' | 'now'>
type Asked = { readonly answer: Promise<Answer>; until: number }

/** For so long an answer stands: it is open to everybody, and asks two servers. */
const READY_STANDS_MS = 1_000
const asked = new WeakMap<Parts['db'], Asked>()

/** However many ask, the parts are asked once at a time and once a second. */
export function getReady(parts: Parts): Promise<Answer> {
  const { db, now = () => performance.now() } = parts
  const before = asked.get(db)
  if (before && now() < before.until) return before.answer
  const one: Asked = { answer: askParts(parts), until: Infinity }
  asked.set(db, one)
  void one.answer.finally(() => (one.until = now() + READY_STANDS_MS))
  return one.answer
}

async function askParts({ db, temporalReady }: Parts): Promise<Answer> {
  const [database, temporal] = await Promise.all([
    within(async () => {
      await databaseAnswers(db)
      return true
    }),
    within(temporalReady),
  ])
  const ready = database === 'up' && temporal === 'up'
  return { status: ready ? 200 : 503, body: { status: ready ? 'ready' : 'notReady', database, temporal } }
}

async function within(ask: () => Promise<boolean>): Promise<'up' | 'down'> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), PART_WAIT_MS)))
  try {
    return (await Promise.race([ask(), late])) ? 'up' : 'down'
  } catch {
    return 'down'
  } finally {
    clearTimeout(timer)
  }
}

/**
 * The process's own counters and the SDK's come whatever happens to the database; its gauges are
 * left out while it is away.
 */
export async function getMetrics(
  deps: Pick<HttpDeps, 'db' | 'log' | 'noticesLeave' | 'overdueAfter' | 'sdkMetrics'>,
): Promise<Answer> {
  const { db, log, noticesLeave = false, overdueAfter, sdkMetrics } = deps
  const unread = (what: string) => (error: unknown) => {
    const said = error instanceof Error ? error.message : String(error)
    log.warn({ said }, `${what} could not be read; the other numbers were answered without them`)
    return `# ${what} could not be read\n`
  }
  const parts = await Promise.all([
    registry.metrics(),
    databaseGauges(db, { noticesLeave, overdueAfter }).catch(unread('the gauges of the database')),
    sdkMetrics ? sdkMetrics().catch(unread("the metrics of Temporal's SDK")) : '',
  ])
  return { status: 200, type: registry.contentType, body: parts.join('\n') }
}

export const healthRoutes: readonly Route[] = [
  route({
    ...at('get', '/healthz', 'open'),
    summary: 'The process is alive',
    answers: { 200: { description: 'Alive', schema: answers.live } },
    errors: [],
    handle: getHealth,
  }),
  route({
    ...at('get', '/readyz', 'open'),
    summary: 'The parts that work needs, each by itself',
    answers: {
      200: { description: 'All are up', schema: answers.ready },
      503: { description: 'One is down', schema: answers.ready, sample: { status: 'notReady', temporal: 'down' } },
    },
    errors: [],
    handle: getReady,
  }),
  route({
    ...at('get', '/metrics', ANYBODY),
    summary: 'Counters of this process and gauges of the database, for Prometheus',
    answers: { 200: { description: 'Prometheus text', schema: z.string(), type: 'text/plain' } },
    errors: ['unauthorized', 'forbidden'],
    handle: getMetrics,
  }),
]

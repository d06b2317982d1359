// What the program exports, by the names of its series: its labels, and whether it counts up. Read from the code.
// Must not know: what asks for it. What a running worker really exports is in metrics.test.ts.
import { Histogram } from 'prom-client'
import { z } from 'zod'
import { metrics } from '../../src/metrics.ts'
import { readText } from '../support/readme.ts'

export type Series = { readonly labels: readonly string[]; readonly counts: boolean }

const counted = z.object({ name: z.string(), labelNames: z.array(z.string()) })
const ofThisProcess: readonly (readonly [name: string, histogram: boolean, labels: readonly string[]])[] =
  Object.values(metrics).map((metric) => {
    const { name, labelNames } = counted.parse(metric)
    return [name, metric instanceof Histogram, labelNames]
  })

const GAUGES = readText('src/db/lists/gauges.ts')
const ofTheDatabase: readonly (readonly [name: string, labels: readonly string[]])[] = [
  ...GAUGES.matchAll(/put\(registry, '(saga_\w+)', (?:\w+|'[^']*'|"[^"]*"), \[([^\]]*)\]/g),
].map(([, name = '', labels = '']) => [name, [...labels.matchAll(/'(\w+)'/g)].map(([, label = '']) => label)])
if (ofTheDatabase.length !== [...GAUGES.matchAll(/'saga_\w+'/g)].length)
  throw new Error('a gauge of src/db/lists/gauges.ts is written in a way that is not read here')

/** Our metrics, each by the name that its help stands under. */
export const OURS: readonly string[] = [...ofThisProcess, ...ofTheDatabase].map(([name]) => name)

const QUEUE = ['namespace', 'service_name', 'task_queue']
type Sdk = { readonly kind: 'counter' | 'gauge' | 'histogram'; readonly labels: readonly string[] }
/** As a worker of ours showed them, with the labels that every one of their series has. */
export const SDK: Readonly<Record<string, Sdk>> = {
  temporal_activity_execution_failed: { kind: 'counter', labels: [...QUEUE, 'activity_type', 'workflow_type'] },
  temporal_activity_execution_latency_seconds: {
    kind: 'histogram',
    labels: [...QUEUE, 'activity_type', 'workflow_type'],
  },
  temporal_activity_schedule_to_start_latency_seconds: { kind: 'histogram', labels: QUEUE },
  temporal_num_pollers: { kind: 'gauge', labels: [...QUEUE, 'poller_type'] },
  temporal_request: { kind: 'counter', labels: ['service_name', 'operation'] },
  temporal_request_failure: { kind: 'counter', labels: ['service_name', 'operation'] },
  temporal_request_latency_seconds: { kind: 'histogram', labels: ['service_name', 'operation'] },
  temporal_sticky_cache_size: { kind: 'gauge', labels: QUEUE },
  temporal_worker_task_slots_available: { kind: 'gauge', labels: [...QUEUE, 'worker_type'] },
  temporal_workflow_task_execution_failed: { kind: 'counter', labels: [...QUEUE, 'workflow_type'] },
  temporal_workflow_task_schedule_to_start_latency_seconds: { kind: 'histogram', labels: QUEUE },
}

/** Prometheus's own: whether a process was reached. */
const ITS_OWN: readonly (readonly [string, Series])[] = [['up', { labels: [], counts: false }]]
/** Prometheus gives them to whatever it scrapes. */
export const OF_THE_TARGET = ['job', 'instance'] as const

const histogram = (name: string, labels: readonly string[]): readonly (readonly [string, Series])[] => [
  [`${name}_bucket`, { labels: [...labels, 'le'], counts: true }],
  [`${name}_sum`, { labels, counts: true }],
  [`${name}_count`, { labels, counts: true }],
]

export const SERIES: ReadonlyMap<string, Series> = new Map([
  ...ITS_OWN,
  ...ofThisProcess.flatMap(([name, isHistogram, labels]) =>
    isHistogram ? histogram(name, labels) : ([[name, { labels, counts: true }]] as const),
  ),
  ...ofTheDatabase.map(([name, labels]) => [name, { labels, counts: false }] as const),
  ...Object.entries(SDK).flatMap(([name, { kind, labels }]) =>
    kind === 'histogram' ? histogram(name, labels) : ([[name, { labels, counts: kind === 'counter' }]] as const),
  ),
])

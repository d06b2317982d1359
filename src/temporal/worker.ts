// Workers for the task queues over one prebuilt workflow bundle. A refund's worker stops only after
// its ticket call has ended.
// Must not know: what activities do.
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Worker,
  type NativeConnectionOptions,
  type WorkerOptions,
} from '@temporalio/worker'
import { MAINTENANCE_QUEUE, PAYMENTS_QUEUE, REFUNDS_QUEUE } from '../domain/names.ts'
import { saidBy } from './said.ts'
import { tracedSteps } from './interceptors/traced.ts'

export type WorkersOptions = {
  readonly connection: NativeConnectionOptions
  readonly namespace: string
  readonly activities: object
  readonly bundlePath: string
  readonly sizes?: WorkerSizes
  readonly log: (line: string) => void
}
/** How much of this machine the workers take; what is left out is the SDK's own. */
export type WorkerSizes = {
  /**
   * Sagas kept in memory; a cached refund holds 60 to 130 KB for weeks, an evicted one is replayed
   * when it moves.
   */
  readonly cachedRefunds: number
  readonly cachedPayments: number
  /**
   * How long a task waits for the worker that has its saga in memory before any worker may take it.
   */
  readonly stickyMs: number
  /** Steps of each kind that run at once, of each queue. */
  readonly slots?: number | undefined
  /** Open questions for tasks, of each kind and queue. */
  readonly pollers?: number | undefined
}
export type Workers = { readonly failed: Promise<never>; stop(): Promise<void> }

const USUAL_SIZES: WorkerSizes = { cachedRefunds: 100, cachedPayments: 200, stickyMs: 5_000 }
/** Schedules start few runs, one of each at a time. */
const MAINTENANCE: Partial<WorkerOptions> = {
  maxCachedWorkflows: 10,
  maxConcurrentWorkflowTaskExecutions: 10,
  maxConcurrentActivityTaskExecutions: 10,
  maxConcurrentWorkflowTaskPolls: 2,
  maxConcurrentActivityTaskPolls: 2,
}
/** The SDK's own number, said here because it may be more than are cached. */
const SDK_WORKFLOW_SLOTS = 40
/**
 * So long may a step go on after a stop began; then it is cancelled, which a cancel call under way
 * does not hear.
 */
export const SHUTDOWN_GRACE_MS = 5_000
/**
 * A saga's code runs for milliseconds. A process that is stopped meanwhile, as in a machine that is
 * moved, finds its time over when it goes on, and Node dies of that (nodejs/node#38503: "async hook
 * stack has become corrupted"): the SDK's 5 s are too short. It takes this, and does not name it.
 */
const ISOLATE_MS = 60_000

/**
 * Lines of a stack trace in all contexts that are made from here on, the workflows' among them.
 * The SDK takes one for each promise of a workflow and looks up where each line came from: at V8's
 * 10 some 5 ms of processor time a saga more. Two name the place of an error, and who called it.
 */
const WORKFLOW_STACK_LINES = 2

const WORKFLOWS = fileURLToPath(new URL('../../workflows/', import.meta.url))
const DOMAIN = fileURLToPath(new URL('../domain/', import.meta.url))
const PACKAGE = fileURLToPath(new URL('../../package-lock.json', import.meta.url))

export async function startWorkers(options: WorkersOptions): Promise<Workers> {
  const connection = await NativeConnection.connect(options.connection)
  const common = {
    connection,
    namespace: options.namespace,
    activities: options.activities,
    workflowBundle: { codePath: options.bundlePath },
    interceptors: { activity: [tracedSteps] },
    shutdownGraceTime: SHUTDOWN_GRACE_MS,
    isolateExecutionTimeout: ISOLATE_MS,
  }
  const sizes = options.sizes ?? USUAL_SIZES
  setFlagsFromString(`--stack-trace-limit=${WORKFLOW_STACK_LINES}`)
  const workers = await Promise.all([
    Worker.create({ ...common, taskQueue: PAYMENTS_QUEUE, ...sizedFor(sizes, sizes.cachedPayments) }),
    Worker.create({ ...common, taskQueue: REFUNDS_QUEUE, ...sizedFor(sizes, sizes.cachedRefunds) }),
    Worker.create({ ...common, taskQueue: MAINTENANCE_QUEUE, ...MAINTENANCE }),
  ])
  const running = workers.map((worker) => worker.run())
  const failed = Promise.all(running).then(() => new Promise<never>(() => {}))
  failed.catch((error: unknown) => options.log(`a worker ended: ${saidBy(error)}`))
  return {
    failed,
    stop: async () => {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown()
      await Promise.allSettled(running)
      await connection.close()
    },
  }
}

/**
 * The SDK warns, and takes less, where more tasks of workflows may run at once than workflows are
 * cached.
 */
export function sizedFor(sizes: WorkerSizes, cached: number): Partial<WorkerOptions> {
  const { stickyMs, slots, pollers } = sizes
  return {
    maxCachedWorkflows: cached,
    stickyQueueScheduleToStartTimeout: stickyMs,
    maxConcurrentWorkflowTaskExecutions: Math.min(slots ?? SDK_WORKFLOW_SLOTS, cached),
    ...(slots !== undefined && {
      maxConcurrentActivityTaskExecutions: slots,
      maxConcurrentLocalActivityExecutions: slots,
    }),
    ...(pollers !== undefined && { maxConcurrentWorkflowTaskPolls: pollers, maxConcurrentActivityTaskPolls: pollers }),
  }
}

/**
 * The workflow bundle, built once for these sources and SDK: a start takes 0.4 s instead of 2.2 s.
 */
export async function workflowBundle(cacheDir: string): Promise<string> {
  const path = join(cacheDir, `workflows-${await sourcesHash()}.js`)
  if (
    await stat(path).then(
      () => true,
      () => false,
    )
  )
    return path
  const code = await bundleOf(join(WORKFLOWS, 'index.ts'))
  await mkdir(cacheDir, { recursive: true })
  const partial = `${path}.${process.pid}`
  await writeFile(partial, code)
  await rename(partial, path)
  return path
}

/** What a worker runs, made from this entry file. */
export async function bundleOf(workflowsPath: string): Promise<string> {
  const workflowInterceptorModules = [join(WORKFLOWS, 'interceptors/traced.ts')]
  const logger = new DefaultLogger('WARN')
  const { code } = await bundleWorkflowCode({ workflowsPath, workflowInterceptorModules, logger })
  return code
}

async function sourcesHash(): Promise<string> {
  const hash = createHash('sha256').update(await readFile(PACKAGE))
  for (const folder of [WORKFLOWS, DOMAIN]) {
    const names = await readdir(folder, { recursive: true, withFileTypes: true })
    const files = names
      .filter((each) => each.isFile())
      .map((each) => relative(folder, join(each.parentPath, each.name)))
    for (const file of files.toSorted()) hash.update(file).update(await readFile(join(folder, file)))
  }
  return hash.digest('hex').slice(0, 16)
}

// Workers for both task queues over one prebuilt workflow bundle. A refund's worker stops only after its ticket call has ended.
// Must not know: what activities do.
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  bundleWorkflowCode,
  DefaultLogger,
  makeTelemetryFilterString,
  NativeConnection,
  Runtime,
  Worker,
  type LogLevel,
  type NativeConnectionOptions,
} from '@temporalio/worker'
import { PAYMENTS_QUEUE, REFUNDS_QUEUE } from '../domain/queues.ts'
import { factsOf, saidBy, type Facts } from './said.ts'

export type WorkersOptions = {
  readonly connection: NativeConnectionOptions
  readonly namespace: string
  readonly activities: object
  readonly bundlePath: string
  readonly log: (line: string) => void
}
export type Workers = { readonly failed: Promise<never>; stop(): Promise<void> }

const WORKFLOWS = fileURLToPath(new URL('../../workflows/', import.meta.url))
const DOMAIN = fileURLToPath(new URL('../domain/', import.meta.url))
const PACKAGE = fileURLToPath(new URL('../../package-lock.json', import.meta.url))

export type WriteLine = (level: LogLevel, message: string, facts: Facts) => void

/** Once per process, before any connection. The SDK's lines go to our log, each with the saga, the try and the cause. */
export function installRuntime(level: LogLevel, log: WriteLine): void {
  Runtime.install({
    logger: new DefaultLogger(level, (entry) => log(entry.level, entry.message, factsOf(entry.meta))),
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: level, other: 'ERROR' }), forward: {} },
    },
    shutdownSignals: [],
  })
}

export async function startWorkers(options: WorkersOptions): Promise<Workers> {
  const connection = await NativeConnection.connect(options.connection)
  const common = {
    connection,
    namespace: options.namespace,
    activities: options.activities,
    workflowBundle: { codePath: options.bundlePath },
  }
  const workers = await Promise.all([
    Worker.create({
      ...common,
      taskQueue: PAYMENTS_QUEUE,
      maxCachedWorkflows: 200,
      shutdownGraceTime: '10s',
      stickyQueueScheduleToStartTimeout: '1s',
    }),
    // A cached refund holds 60 to 130 KB for weeks; an evicted one is replayed from some sixty events when it moves.
    Worker.create({
      ...common,
      taskQueue: REFUNDS_QUEUE,
      maxCachedWorkflows: 100,
      shutdownGraceTime: '45s',
      stickyQueueScheduleToStartTimeout: '1s',
    }),
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

/** The workflow bundle, built once for these sources and SDK: a start takes 0.4 s instead of 2.2 s. */
export async function workflowBundle(cacheDir: string): Promise<string> {
  const path = join(cacheDir, `workflows-${await sourcesHash()}.js`)
  if (
    await stat(path).then(
      () => true,
      () => false,
    )
  )
    return path
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(WORKFLOWS, 'index.ts'),
    logger: new DefaultLogger('WARN'),
  })
  await mkdir(cacheDir, { recursive: true })
  const partial = `${path}.${process.pid}`
  await writeFile(partial, code)
  await rename(partial, path)
  return path
}

async function sourcesHash(): Promise<string> {
  const hash = createHash('sha256').update(await readFile(PACKAGE))
  for (const folder of [WORKFLOWS, DOMAIN]) {
    for (const name of (await readdir(folder)).toSorted()) hash.update(name).update(await readFile(join(folder, name)))
  }
  return hash.digest('hex').slice(0, 16)
}

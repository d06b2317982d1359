// The embedded Temporal server: the CLI found or made, the server started, and started again when
// it dies by itself.
// Must not know: workflows, configuration names.
import { setTimeout as pause } from 'node:timers/promises'
import { findOrMakeTemporalCli } from './binary.ts'
import type { ChildEnvironment } from './childEnvironment.ts'
import { startTemporalServer, type TemporalServer } from './server.ts'

export type EmbeddedOptions = {
  readonly cli: string | undefined
  readonly searchPath: string
  readonly cacheDir: string
  readonly env: ChildEnvironment
  readonly dataDir: string
  readonly ip: string
  readonly port: number
  readonly uiPort: number
  readonly namespace: string
  /** What a user who waits wants to read. */
  readonly progress: (line: string) => void
  /** Every line of the server. */
  readonly log: (line: string) => void
}

export type EmbeddedServer = { readonly address: string; readonly uiUrl: string | undefined; stop(): Promise<void> }

export async function startEmbeddedServer(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const { log, progress } = options
  const cli = await findOrMakeTemporalCli({
    cli: options.cli,
    searchPath: options.searchPath,
    cacheDir: options.cacheDir,
    env: options.env,
    progress,
  })
  const starting = {
    cli,
    dataDir: options.dataDir,
    ip: options.ip,
    namespace: options.namespace,
    env: options.env,
    log: (line: string) => log(`temporal: ${line}`),
  }
  let server = await startTemporalServer({ ...starting, port: options.port, uiPort: options.uiPort })
  const { address, uiUrl } = server
  let stopped = false
  const again = portsOf(server)
  const keepRunning = async (): Promise<void> => {
    for (;;) {
      await server.exited
      if (stopped) return
      progress('the embedded Temporal server has ended by itself; starting it again on the same port')
      await pause(500)
      try {
        server = await startTemporalServer({ ...starting, ...again })
      } catch (error) {
        progress(`it did not start: ${error instanceof Error ? error.message : String(error)}`)
      }
      if (stopped) return await server.stop()
    }
  }
  const watching = keepRunning()
  return {
    address,
    uiUrl,
    stop: async () => {
      stopped = true
      await server.stop()
      await watching
    },
  }
}

function portsOf({ address, uiUrl }: TemporalServer): { port: number; uiPort: number | undefined } {
  return {
    port: Number(new URL(`http://${address}`).port),
    uiPort: uiUrl === undefined ? undefined : Number(new URL(uiUrl).port),
  }
}

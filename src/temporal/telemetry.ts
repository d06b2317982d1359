// The SDK's Runtime, one per process: its lines to our log, and its metrics to be read as
// Prometheus text.
// Must not know: who reads them. Its own exporter listens on the loopback only, for what stands
// behind a port of ours.
import { DefaultLogger, makeTelemetryFilterString, Runtime, type LogLevel } from '@temporalio/worker'
import { factsOf, type Facts } from './said.ts'
import { freePort } from './server/ports.ts'

export type WriteLine = (level: LogLevel, message: string, facts: Facts) => void
/** The metrics of Temporal's SDK as Prometheus text. Throws where they cannot be read. */
export type SdkMetrics = () => Promise<string>

const LOOPBACK = '127.0.0.1'
const READ_MS = 2_000
/** A free port may be taken before the exporter comes to it. */
const TRIES = 5

/**
 * Once per process, before any connection. Each line of the SDK comes with the saga, the try and
 * the cause.
 */
export function installRuntime(level: LogLevel, log: WriteLine, metricsAddress?: string): void {
  Runtime.install({
    logger: new DefaultLogger(level, (entry) => log(entry.level, entry.message, factsOf(entry.meta))),
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: level, other: 'ERROR' }), forward: {} },
      // Names as the SDKs of other languages have them: dashboards and rules of Temporal's
      // community fit.
      ...(metricsAddress !== undefined && {
        metrics: { prometheus: { bindAddress: metricsAddress, unitSuffix: true, useSecondsForDurations: true } },
      }),
    },
    shutdownSignals: [],
  })
}

/**
 * The same with metrics. The SDK offers them in three ways: its own Prometheus endpoint,
 * OpenTelemetry, and a buffer that is called experimental and drops what is not fetched in time;
 * the first loses nothing and needs no collector.
 */
export async function installMeasuredRuntime(level: LogLevel, log: WriteLine): Promise<SdkMetrics> {
  for (let triesLeft = TRIES; ; triesLeft -= 1) {
    const address = `${LOOPBACK}:${await freePort(LOOPBACK)}`
    try {
      installRuntime(level, log, address)
      return () => readMetrics(address)
    } catch (error) {
      if (triesLeft === 1) throw error
    }
  }
}

async function readMetrics(address: string): Promise<string> {
  const response = await fetch(`http://${address}/metrics`, { signal: AbortSignal.timeout(READ_MS) })
  if (!response.ok) throw new Error(`the SDK's exporter answered with HTTP ${response.status}`)
  return (await response.text()).replace(/# EOF\s*$/, '')
}

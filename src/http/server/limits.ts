// An HTTP server with limits on what strangers may hold: how long a request may take to arrive, and
// how many are open.
// Must not know: what is answered. How long an answer takes is not limited here, for some wait on
// purpose.
import { createServer, type RequestListener, type Server } from 'node:http'
import { metrics } from '../../metrics.ts'

export type ServerLimits = {
  /** From the first byte to the end of the headers. */
  readonly headersMs: number
  /** From the first byte to the end of the body. */
  readonly requestMs: number
  /** How often the two are looked after. */
  readonly checkEveryMs: number
  /** Open at once; the next is closed before it has said anything. */
  readonly connections: number
}

/**
 * A body is small (body.ts), and gateways give up after 30 s: what takes longer than this is
 * stalled, by accident or on purpose. Two hundred callers may wait for an answer, and a webhook
 * must find room beside them.
 */
export const SERVER_LIMITS: ServerLimits = {
  headersMs: 10_000,
  requestMs: 20_000,
  checkEveryMs: 2_000,
  connections: 1_000,
}

export function limitedServer(listener?: RequestListener, limits: ServerLimits = SERVER_LIMITS): Server {
  const { headersMs, requestMs, checkEveryMs, connections } = limits
  const times = { headersTimeout: headersMs, requestTimeout: requestMs, connectionsCheckingInterval: checkEveryMs }
  const server = listener ? createServer(times, listener) : createServer(times)
  server.maxConnections = connections
  server.on('drop', () => metrics.connectionsRefused.inc())
  return server
}

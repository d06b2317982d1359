// An HTTP server that listens where the configuration says, and ends in order.
// Must not know: what it answers.
import type { Server } from 'node:http'

export type Place = { readonly host: string; readonly port: number; readonly setting: string }
const LAST_ANSWERS_MS = 2_000

/** The port that it got; throws a sentence that names the setting where it got none. */
export function listen(server: Server, { host, port, setting }: Place): Promise<number> {
  return new Promise((resolve, reject) => {
    const remedy = `set ${setting} to another port${setting === 'PORT' ? ', or 0 for any free one' : ''}`
    server.once('error', (error) => reject(new Error(`cannot listen on ${host}:${port} (${error.message}); ${remedy}`)))
    server.listen(port, host, () => {
      const bound = server.address()
      resolve(typeof bound === 'object' && bound !== null ? bound.port : port)
    })
  })
}

/** Takes no new requests, and gives those under way a moment. */
export function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
    setTimeout(() => server.closeAllConnections(), LAST_ANSWERS_MS).unref()
  })
}

// A server between two programs: a test sees each request whole, passes it on, holds it or answers it by itself.
// Must not know: what is asked.
import { createServer, type IncomingMessage } from 'node:http'

export type Asked = {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array<ArrayBuffer>
}
export type Answered = { readonly status: number; readonly type: string; readonly body: string }

const HOST = '127.0.0.1'
/** A request that is not answered by then is given up: who had it may be gone. */
const FORWARD_MS = 30_000
const KEPT_HEADERS = ['content-type', 'authorization', 'accept', 'idempotency-key']

/** An answer that is refused cuts the connection. */
export async function startProxy(answer: (asked: Asked) => Promise<Answered>): Promise<{ url: string; stop(): void }> {
  const server = createServer((request, response) => {
    read(request)
      .then(answer)
      .then(({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body))
      .catch(() => response.destroy())
  })
  const port = await new Promise<number>((resolve) => {
    server.listen(0, HOST, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
  const stop = () => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://${HOST}:${port}`, stop }
}

async function read(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  const headers = KEPT_HEADERS.flatMap((name) => {
    const value = request.headers[name]
    return typeof value === 'string' ? [[name, value]] : []
  })
  const { method = 'GET', url: path = '/' } = request
  return { method, path, headers: Object.fromEntries(headers), body: new Uint8Array(Buffer.concat(chunks)) }
}

export async function forward(base: string, { method, path, headers, body }: Asked): Promise<Answered> {
  const signal = AbortSignal.timeout(FORWARD_MS)
  const response = await fetch(base + path, { method, headers, signal, ...(method !== 'GET' && { body }) })
  const type = response.headers.get('content-type') ?? 'text/plain'
  return { status: response.status, type, body: await response.text() }
}

/** Nobody listens there: nothing was sent, so another may be asked. */
export function wasRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'ECONNREFUSED'
}

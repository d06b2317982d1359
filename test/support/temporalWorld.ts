// A Temporal server for one test file, and a gRPC server that answers every call with a status of its own.
// Must not know: what a test asserts.
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTemporalServer } from '../../src/temporal/server/server.ts'
import { temporalCliForTests } from './temporalCli.ts'

export type TestServer = { readonly address: string; stop(): Promise<void> }

/** A server of ours, empty, on any free port; `namespace` is made with our search attributes. */
export async function startTestServer(namespace = 'default'): Promise<TestServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'paymentwall-saga-'))
  const cli = await temporalCliForTests()
  const server = await startTemporalServer({ cli, dataDir, ip: '127.0.0.1', port: 0, namespace, log: () => {} })
  return {
    address: server.address,
    stop: async () => {
      await server.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Answers every call with one of the gRPC status codes and these words, or with an empty message for 0. */
export async function startRefusingServer(statusOf: (path: string) => number, said: string): Promise<TestServer> {
  const stub = createServer()
  stub.on('stream', (stream, headers) => {
    const status = statusOf(headers[':path'] ?? '')
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(status), 'grpc-message': said }))
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
    stream.end(status === 0 ? Buffer.alloc(5) : undefined)
  })
  stub.listen(0, '127.0.0.1')
  await once(stub, 'listening')
  const address = stub.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { address: `127.0.0.1:${port}`, stop: () => new Promise((resolve) => stub.close(() => resolve())) }
}

// An OpenTelemetry collector of a few lines: takes OTLP over HTTP as JSON, and keeps what came, as bytes and as spans.
// Must not know: who sends.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { z } from 'zod'

const span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  attributes: z.array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) })),
})
export type Span = z.output<typeof span>
const sent = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(span) })) })),
})

/** `status`: of every answer; 0: it never answers. */
export async function startCollector(status = 200) {
  const bodies: string[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      bodies.push(`${request.url} ${Buffer.concat(chunks).toString()}`)
      if (status !== 0) response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the collector listens on no port')
  const { port } = address
  return {
    url: `http://127.0.0.1:${port}`,
    /** All that came, its addresses included. */
    text: () => bodies.join('\n'),
    spans: (): readonly Span[] =>
      bodies.flatMap((body) =>
        sent
          .parse(JSON.parse(body.slice('/v1/traces '.length)))
          .resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
      ),
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

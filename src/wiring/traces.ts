// Hands spans to OpenTelemetry's own exporter, where an address is set; its packages are loaded
// only then.
// Must not know: what is spanned. What does not leave is lost, and nothing waits for it.
import { setTimeout as pause } from 'node:timers/promises'
import type { Tracer } from '@opentelemetry/api'
import { quoted } from '../domain/text.ts'
import { takeSpans, type BeginSpan, type SpanKind } from '../tracing.ts'
import type { Wiring } from './parts.ts'

const EXPORT_MS = 5_000
/** A stop waits no longer for a collector. */
const FLUSH_MS = 1_000

/** Stopped last, for whatever is stopped before may end spans. */
export async function startTraces({ config, log, stops }: Pick<Wiring, 'config' | 'log' | 'stops'>): Promise<void> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = config
  if (endpoint === undefined) return
  const [api, { BatchSpanProcessor, TracerProvider }, { OTLPTraceExporter }, resources] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ])
  const outgoing = new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: EXPORT_MS })
  let failing = false
  const exporter: ConstructorParameters<typeof BatchSpanProcessor>[0]['exporter'] = {
    shutdown: () => outgoing.shutdown(),
    export: (spans, done) =>
      outgoing.export(spans, (result) => {
        const failed = result.error !== undefined
        if (failed && !failing)
          log.warn(`traces do not leave, and nothing waits for them: ${quoted(result.error?.message ?? '')}`)
        if (failing && !failed) log.info('traces leave again')
        failing = failed
        done(result)
      }),
  }
  const named = resources.resourceFromAttributes({
    'service.name': 'paymentwall-saga',
    'saga.roles': config.roles.join(' '),
  })
  const provider = new TracerProvider({
    resource: resources
      .defaultResource()
      .merge(named)
      .merge(resources.detectResources({ detectors: [resources.envDetector] })),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  })
  const end = takeSpans(beginOn(api, provider.getTracer('paymentwall-saga')))
  stops.push(async () => {
    end()
    // What did not leave is said by the exporter above.
    const left = provider.shutdown().catch(() => undefined)
    await Promise.race([left, pause(FLUSH_MS, undefined, { ref: false })])
  })
}

type Api = Pick<typeof import('@opentelemetry/api'), 'ROOT_CONTEXT' | 'SpanKind' | 'SpanStatusCode' | 'trace'>

function beginOn({ ROOT_CONTEXT, SpanKind: KINDS, SpanStatusCode: { ERROR }, trace }: Api, tracer: Tracer): BeginSpan {
  const kinds = {
    server: KINDS.SERVER,
    client: KINDS.CLIENT,
    producer: KINDS.PRODUCER,
    consumer: KINDS.CONSUMER,
    internal: KINDS.INTERNAL,
  } satisfies Record<SpanKind, number>
  return ({ name, kind, facts }, from, agoMs) => {
    const options = { kind: kinds[kind], attributes: facts, ...(agoMs > 0 && { startTime: Date.now() - agoMs }) }
    const span = tracer.startSpan(
      name,
      options,
      from === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, contextOf(from)),
    )
    const { traceId, spanId, traceFlags } = span.spanContext()
    return {
      traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
      end: (more, failed) => {
        span.setAttributes(more)
        if (failed !== undefined) span.setStatus({ code: ERROR }).setAttribute('error.type', failed)
        span.end()
      },
    }
  }
}

function contextOf(traceparent: string) {
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-')
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true }
}

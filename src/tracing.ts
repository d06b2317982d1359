// What one thing causes after the other, as spans of a trace; an option: while nobody takes spans,
// each costs a comparison.
// Must not know: who takes them. No word of a person, a secret or a message is ever given to one.
import { AsyncLocalStorage } from 'node:async_hooks'

type SpanFacts = Readonly<Record<string, string | number>>
export type SpanKind = 'server' | 'client' | 'producer' | 'consumer' | 'internal'
export type Spanned = {
  readonly name: string
  readonly kind: SpanKind
  /** Ids as the log may have them, and words of ours. */
  readonly facts: SpanFacts
  /**
   * What caused it, where that came by a row or a header; null: nothing that is known. Left out:
   * what it runs in.
   */
  readonly from?: string | null
}
type Running = {
  /** As W3C writes it: `00-{trace}-{span}-{flags}`. */
  readonly traceparent: string
  /** `failed`: the kind of failure, none of its words. */
  end(more: SpanFacts, failed?: string): void
}
/** `agoMs`: it began that long ago. */
export type BeginSpan = (span: Omit<Spanned, 'from'>, from: string | null, agoMs: number) => Running

let begin: BeginSpan | undefined
const within = new AsyncLocalStorage<string>()

/** From now on, until the answer is called. */
export function takeSpans(taken: BeginSpan): () => void {
  begin = taken
  return () => void (begin = undefined)
}

export const tracing = (): boolean => begin !== undefined
/** Of the span that this runs in; what it causes carries it on, in its row or its header. */
export const traceparent = (): string | undefined => (begin ? within.getStore() : undefined)
/** For the row of what it causes: nothing outside of spans. */
export const traced = (): { readonly traceparent?: string } => {
  const here = traceparent()
  return here === undefined ? {} : { traceparent: here }
}

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/
/** Of a header, or of what was kept with a row; what is none begins a trace of its own. */
export function traceIn(carrier: unknown): string | null {
  const { traceparent: said }: { traceparent?: unknown } = Object(carrier)
  return typeof said === 'string' && TRACEPARENT.test(said) ? said : null
}

/** `note` adds what is known only at the end. */
export async function spanned<T>(asked: Spanned, work: (note: (facts: SpanFacts) => void) => Promise<T>): Promise<T> {
  if (!begin) return work(() => undefined)
  const { from = within.getStore() ?? null, ...span } = asked
  const running = begin(span, from, 0)
  let more: SpanFacts = {}
  try {
    const result = await within.run(running.traceparent, () => work((facts) => void (more = { ...more, ...facts })))
    running.end(more)
    return result
  } catch (error) {
    running.end(more, failureOf(error))
    throw error
  }
}

/** What is over already, within what it was done for. */
export function spannedBefore(span: Omit<Spanned, 'from'>, tookMs: number): void {
  begin?.(span, within.getStore() ?? null, tookMs).end({})
}

/** A kind of ours is its `kind`, and at Temporal its `type`; of all others the class. */
function failureOf(error: unknown): string {
  const { kind, type = kind, name }: { kind?: unknown; type?: unknown; name?: unknown } = Object(error)
  const word = typeof type === 'string' && /^\w{1,60}$/.test(type) ? type : name
  return typeof word === 'string' ? word : 'unknown'
}

// What a route is: one row of the route table, and how a request is parsed by it before its handler
// sees anything.
// Must not know: which routes there are.
import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import type { FailureKind } from '../../domain/failures.ts'
import type { Read } from '../../domain/form.ts'
import type { Person, Role } from './access.ts'
import type { Samples } from '../document/samples.ts'
import { readJson } from './body.ts'
import type { HttpDeps } from './deps.ts'
import { faultsOf, invalidRequest } from './errors.ts'

/** A request as its handler needs it, beyond its parsed parts. */
export type Call = {
  /** null on open routes. */
  readonly person: Person | null
  readonly request: IncomingMessage
  /** The sender's address, behind our own proxies. */
  readonly remoteAddress: string
  /** Aborted when the caller is gone. */
  readonly gone: AbortSignal
}

export type Answer = {
  readonly status: number
  readonly body: unknown
  /** The content type; JSON where none is given. */
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
}

type Parsed<P, Q, B> = { readonly params: P; readonly query: Q; readonly body: B }

export type Documented = {
  readonly description: string
  readonly schema?: z.ZodType
  readonly type?: string
  /** For documents: what this answer's example differs in from the usual samples. */
  readonly sample?: Samples
}

type Spec<P, Q, B> = {
  readonly method: 'get' | 'post'
  /** A GET that is no question: some senders of webhooks know no other method. */
  readonly causes?: true
  /** As OpenAPI writes it: /payments/{merchantUid}. */
  readonly path: string
  /** Who may; `open`: everybody, without a key. */
  readonly roles: readonly Role[] | 'open'
  readonly summary: string
  /**
   * How the same request is answered once more. No call does harm: `alike` as before, `byKey` as
   * before under the same Idempotency-Key, `once` with a refusal where it was carried out.
   */
  readonly again: 'alike' | 'byKey' | 'once'
  readonly params: z.ZodType<P>
  readonly query: z.ZodType<Q>
  /** `none`: no JSON is read. */
  readonly body: z.ZodType<B>
  /** What documents say of the body, where another judge than a schema reads it. */
  readonly bodyShape?: z.ZodType
  /** For documents only: headers that the handler reads itself. */
  readonly headers?: z.ZodObject
  /** For documents only, where the handler reads the bytes itself: their content types. */
  readonly rawBody?: readonly string[]
  readonly answers: Readonly<Record<number, Documented>>
  readonly errors: readonly FailureKind[]
  readonly handle: (deps: HttpDeps, parsed: Parsed<P, Q, B>, call: Call) => Promise<Answer> | Answer
}

/** A route whose own types are closed over. */
export type Route = Omit<Spec<unknown, unknown, unknown>, 'handle'> & {
  readonly takesJson: boolean
  readonly run: (deps: HttpDeps, sent: Sent, call: Call) => Promise<Answer>
}
export type Sent = { readonly params: unknown; readonly query: unknown }

/** What every call behind a key may be refused with. */
export const REFUSALS: readonly FailureKind[] = [
  'unauthorized',
  'forbidden',
  'invalidRequest',
  'temporarilyUnavailable',
]
/** What every call with a body may be refused with. */
export const BODY_REFUSALS: readonly FailureKind[] = [...REFUSALS, 'malformedBody', 'payloadTooLarge']

/** Says nothing and takes whatever comes. */
const none: z.ZodType<undefined> = z.unknown().transform(() => undefined)
const blank = { params: none, query: none, body: none, again: 'alike' } as const

export const at = <Method extends Route['method']>(method: Method, path: string, roles: Route['roles']) => ({
  ...blank,
  method,
  path,
  roles,
})

/**
 * A body that is read by a judge of the domain, its faults told like all others; what the judge
 * throws is a refusal of its own kind.
 */
export const judgedBy = <B>(judge: (json: unknown) => Read<B>): z.ZodType<B> =>
  z.unknown().transform((json, context) => {
    const read = judge(json)
    if (read.fits) return read.value
    for (const { path, message } of read.faults)
      context.addIssue({ code: 'custom', path: path === '' ? [] : [path], message })
    return z.NEVER
  })

export function route<P, Q, B>(spec: Spec<P, Q, B>): Route {
  const { handle, ...documented } = spec
  const takesJson = !Object.is(spec.body, none)
  return {
    ...documented,
    takesJson,
    run: async (deps, sent, call) => {
      const json = takesJson ? await readJson(call.request) : undefined
      return handle(deps, parse(spec, sent, json), call)
    },
  }
}

function parse<P, Q, B>(spec: Spec<P, Q, B>, sent: Sent, json: unknown): Parsed<P, Q, B> {
  const params = spec.params.safeParse(sent.params)
  const query = spec.query.safeParse(sent.query)
  const body = spec.body.safeParse(json)
  if (params.success && query.success && body.success) {
    return { params: params.data, query: query.data, body: body.data }
  }
  throw invalidRequest([
    ...(params.success ? [] : faultsOf('path', params.error)),
    ...(query.success ? [] : faultsOf('query', query.error)),
    ...(body.success ? [] : faultsOf('body', body.error)),
  ])
}

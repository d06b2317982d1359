// One HTTP exchange by the built-in fetch: it ends as an answer, as never sent, or as lost, its
// outcome unknown.
// Must not know: gateways, credentials, what an answer means. It never sends twice.

const MAX_BYTES = 1024 * 1024

export type HttpRequest = {
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Covers everything: connecting, sending, waiting, and reading the body to its end. */
  readonly timeoutMs: number
  /** Of the answer's body, after decompression; 1 MiB if left out. */
  readonly maxBytes?: number
}

/**
 * `notSent` is certain: nothing reached the other side. `lost` is everything else that is not a
 * whole answer; `tooLarge` marks a good one (2xx) that was given up for its size, so that a smaller
 * question may be answered.
 */
export type HttpAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly body: string }
  | { readonly kind: 'notSent'; readonly said: string }
  | { readonly kind: 'lost'; readonly said: string; readonly tooLarge?: true }

/**
 * Sends once; redirects are answers. `said` holds neither the URL nor a header. Throws only for
 * unusable arguments.
 */
export async function request(asked: HttpRequest): Promise<HttpAnswer> {
  const { url, method, timeoutMs, maxBytes = MAX_BYTES } = asked
  const signal = AbortSignal.timeout(timeoutMs)
  const init: RequestInit = { method, redirect: 'manual', signal, ...sentOnce(asked) }
  const expiry = expiryOf(signal)
  try {
    const response = await Promise.race([fetch(url, init), expiry])
    const body = await readText(response, maxBytes, expiry)
    if (body !== undefined) return { kind: 'answer', status: response.status, body }
    const said = `the answer is larger than ${maxBytes} bytes`
    return response.ok ? { kind: 'lost', said, tooLarge: true } : { kind: 'lost', said }
  } catch (error) {
    const unreached = whyUnreached(error)
    if (unreached !== undefined) return { kind: 'notSent', said: unreached }
    return { kind: 'lost', said: signal.aborted ? `no whole answer within ${timeoutMs} ms` : whyLost(error) }
  }
}

/**
 * A body given as a stream can be read only once, so fetch cannot send it again by itself, as it
 * does after a 421.
 */
function sentOnce({ headers = {}, body }: HttpRequest): RequestInit {
  if (body === undefined) return { headers: { ...headers } }
  const bytes = new TextEncoder().encode(body)
  const stream = new Blob([bytes]).stream()
  return { headers: { ...headers, 'content-length': String(bytes.byteLength) }, body: stream, duplex: 'half' }
}

/**
 * Rejects when the time is up: waiting ends even where fetch itself would miss the signal, as it
 * may inside a body.
 */
function expiryOf(signal: AbortSignal): Promise<never> {
  const expiry = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('the time is up')), { once: true })
  })
  // After the last race nobody watches it any more, and an unwatched rejection would end the
  // process.
  expiry.catch(() => undefined)
  return expiry
}

/** Undefined where the body is larger than that. */
async function readText(response: Response, maxBytes: number, expiry: Promise<never>): Promise<string | undefined> {
  if (response.body === null) return ''
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), expiry])
      if (done) return text + decoder.decode()
      bytes += value.byteLength
      if (bytes > maxBytes) {
        giveUp(reader)
        return undefined
      }
      text += decoder.decode(value, { stream: true })
    }
  } catch (error) {
    giveUp(reader)
    throw error
  }
}

/** Gives the connection up; what it answers to that does not matter. */
function giveUp(reader: { cancel(): Promise<void> }): void {
  reader.cancel().catch(() => undefined)
}

const NAME_NOT_FOUND: readonly unknown[] = ['ENOTFOUND', 'EAI_AGAIN']

/** Only these prove that nothing was sent; with several addresses, each one must have refused. */
function whyUnreached(error: unknown): string | undefined {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  if (NAME_NOT_FOUND.includes(codeOf(cause))) return `the name was not found (${String(codeOf(cause))})`
  const refusals = cause instanceof AggregateError ? cause.errors : [cause]
  const refused = refusals.length > 0 && refusals.every((one) => codeOf(one) === 'ECONNREFUSED')
  return refused ? 'the connection was refused (ECONNREFUSED)' : undefined
}

function whyLost(error: unknown): string {
  const code = codeOf(error instanceof Error && error.cause !== undefined ? error.cause : error)
  return typeof code === 'string' ? `the connection broke (${code})` : 'the connection broke'
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}

/** Throws a RangeError. `whose`: "i'mport's", as the sentence says it. */
export function baseOf(apiUrl: string, whose: string): string {
  const url = URL.canParse(apiUrl) ? new URL(apiUrl) : undefined
  if (
    url === undefined ||
    !/^https?:$/.test(url.protocol) ||
    url.username + url.password + url.search + url.hash !== ''
  ) {
    throw new RangeError(`${whose} address is an http or https URL without a name, a password or a query in it`)
  }
  return url.href.replace(/\/+$/, '')
}

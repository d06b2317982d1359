// Sends a request, again where that is safe: where no answer came, or one that says that it may be
// asked later.
// Must not know: which calls there are. What may be sent again, its caller says.
import { SagaUnreachable } from './errors.ts'

export type SendingOptions = {
  /** Of one try, milliseconds. */
  readonly timeoutMs?: number
  /**
   * Before each further try, milliseconds; as many tries more. The answer may ask for more time.
   */
  readonly pausesMs?: readonly number[]
  readonly fetch?: (request: Request) => Promise<Response>
}

/** Longer than the API holds an answer back. */
const TIMEOUT_MS = 35_000
const PAUSES_MS = [500, 1_500]
/** Asked for by the answer, and no longer than this. */
const LONGEST_PAUSE_MS = 10_000
/** Not now: what was asked may succeed later by itself. */
const LATER = new Set([500, 502, 503, 504])

export type Send = (request: Request, mayRepeat: boolean) => Promise<Response>

/**
 * Throws SagaUnreachable where none of the tries was answered; what the caller aborts, as it is.
 */
export function sendingBy({ timeoutMs = TIMEOUT_MS, pausesMs = PAUSES_MS, fetch: ask = fetch }: SendingOptions): Send {
  const once = async (request: Request): Promise<Response | SagaUnreachable> => {
    try {
      const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)])
      return await ask(new Request(request.clone(), { signal }))
    } catch (error) {
      request.signal.throwIfAborted()
      return new SagaUnreachable(new URL(request.url).origin, causeOf(error), error)
    }
  }
  return async (request, mayRepeat) => {
    let answer = await once(request)
    for (const pauseMs of mayRepeat ? pausesMs : []) {
      if (answer instanceof Response && !LATER.has(answer.status)) return answer
      await pause(Math.max(pauseMs, wishedMs(answer)), request.signal)
      answer = await once(request)
    }
    if (answer instanceof SagaUnreachable) throw answer
    return answer
  }
}

function wishedMs(answer: Response | SagaUnreachable): number {
  const seconds = answer instanceof Response ? Number(answer.headers.get('retry-after') ?? 0) : 0
  return seconds > 0 ? Math.min(LONGEST_PAUSE_MS, seconds * 1_000) : 0
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}

export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer)
      reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'))
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', end)
      resolve()
    }, ms)
    if (signal?.aborted === true) end()
    else signal?.addEventListener('abort', end, { once: true })
  })
}

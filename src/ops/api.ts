// The HTTP API as the ops commands call it: JSON in, parsed JSON out, refusals as the API's own
// sentences.
// Must not know: which commands there are.
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'

export type Api = {
  get<T>(path: string, answer: z.ZodType<T>): Promise<T>
  post<T>(path: string, body: object, answer: z.ZodType<T>): Promise<T>
  /** A person's command: under one key over all tries, so that it is carried out at most once. */
  command<T>(path: string, body: object, answer: z.ZodType<T>): Promise<T>
}

/** The API said no; the message is its sentence. */
export class ApiError extends Error {}
/** There is no such row. */
export class NotKnown extends ApiError {}
/** The API did not answer, or is not able to just now: asking again is safe. */
export class NotAnswering extends Error {}

const TIMEOUT_MS = 35_000
/** Between the tries of one command. */
const PAUSES_MS = [500, 1_500]
const problem = z.object({ code: z.string(), detail: z.string().optional(), title: z.string().optional() })

export function createApi({ url, key }: { url: string; key: string | undefined }): Api {
  const base = url.replace(/\/+$/, '')
  async function call<T>(
    method: string,
    path: string,
    body: object | undefined,
    answer: z.ZodType<T>,
    idempotencyKey?: string,
  ): Promise<T> {
    const headers = {
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(body && { 'content-type': 'application/json' }),
    }
    const sent = { method, headers, signal: AbortSignal.timeout(TIMEOUT_MS), body: body ? JSON.stringify(body) : null }
    const response = await fetch(base + path, sent).catch((error: unknown) => {
      throw new NotAnswering(`${base} does not answer (${causeOf(error)}); give its address with --url or SAGA_URL`)
    })
    const text = await response.text()
    if (response.ok) return read(base, text, answer)
    throw refusalOf(response.status, text)
  }
  return {
    get: (path, answer) => call('GET', path, undefined, answer),
    post: (path, body, answer) => call('POST', path, body, answer),
    command: async (path, body, answer) => {
      const own = randomUUID()
      for (const pauseMs of PAUSES_MS)
        try {
          return await call('POST', path, body, answer, own)
        } catch (error) {
          if (!(error instanceof NotAnswering)) throw error
          await pause(pauseMs)
        }
      return call('POST', path, body, answer, own)
    },
  }
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}

function read<T>(base: string, text: string, answer: z.ZodType<T>): T {
  try {
    return answer.parse(JSON.parse(text))
  } catch {
    throw new NotAnswering(
      `${base} answers, but not as this API does; check --url, and that this command line is of its version`,
    )
  }
}

/** What to do about a refusal that this command line can mend itself. */
const REMEDIES: Readonly<Record<string, string>> = {
  unauthorized: 'Give a key with --key or SAGA_KEY.',
  forbidden: 'Use the key of a person with that role, with --key or SAGA_KEY.',
}

function refusalOf(status: number, text: string): Error {
  const { code, sentence } = said(status, text)
  const remedy = REMEDIES[code]
  const message = `${sentence}${remedy === undefined ? '' : ` ${remedy}`} (${code})`
  if (status >= 500) return new NotAnswering(message)
  return code === 'notFound' ? new NotKnown(message) : new ApiError(message)
}

function said(status: number, text: string): { code: string; sentence: string } {
  try {
    const { code, detail, title } = problem.parse(JSON.parse(text))
    return { code, sentence: detail ?? title ?? 'refused' }
  } catch {
    return { code: `HTTP ${status}`, sentence: 'the API refused without a reason; check --url' }
  }
}

// The HTTP API as the ops commands call it: JSON in, parsed JSON out, refusals as the API's own sentences.
// Must not know: which commands there are.
import { z } from 'zod'

export type Api = {
  get<T>(path: string, answer: z.ZodType<T>): Promise<T>
  post<T>(path: string, body: object, answer: z.ZodType<T>): Promise<T>
}

/** The API said no; the message is its sentence. */
export class ApiError extends Error {}
/** The API did not answer, or is not able to just now: asking again is safe. */
export class NotAnswering extends Error {}

const TIMEOUT_MS = 35_000
const problem = z.object({ code: z.string(), detail: z.string().optional(), title: z.string().optional() })

export function createApi({ url, key }: { url: string; key: string | undefined }): Api {
  const base = url.replace(/\/+$/, '')
  async function call<T>(method: string, path: string, body: object | undefined, answer: z.ZodType<T>): Promise<T> {
    const headers = {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(body && { 'content-type': 'application/json' }),
    }
    const sent = { method, headers, signal: AbortSignal.timeout(TIMEOUT_MS), body: body ? JSON.stringify(body) : null }
    const response = await fetch(base + path, sent).catch((error: unknown) => {
      throw new NotAnswering(`${base} does not answer (${causeOf(error)}); give its address with --url or SAGA_URL`)
    })
    const text = await response.text()
    if (response.ok) return answer.parse(JSON.parse(text))
    const sentence = sentenceOf(response.status, text)
    throw response.status >= 500 ? new NotAnswering(sentence) : new ApiError(sentence)
  }
  return {
    get: (path, answer) => call('GET', path, undefined, answer),
    post: (path, body, answer) => call('POST', path, body, answer),
  }
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}

function sentenceOf(status: number, text: string): string {
  try {
    const { code, detail, title } = problem.parse(JSON.parse(text))
    return `${detail ?? title ?? 'refused'} (${code})`
  } catch {
    return `the API answered HTTP ${status} without a reason`
  }
}

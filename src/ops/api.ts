// The HTTP API as the ops commands call it, by the client's own way of sending: JSON in, parsed
// JSON out, refusals as the API's own sentences.
// Must not know: which commands there are.
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { refusalOf, SagaProblem, SagaUnreachable } from '../client/errors.ts'
import { sendingBy } from '../client/sending.ts'

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
/** The API did not answer, or is not able to just now. */
export class NotAnswering extends Error {}

/** Given again it is a new command, under another key. */
const UNKNOWN_ENDING =
  'Whether it was carried out is in the journal: see show before you give it again, with the mark that it prints'

export function createApi({ url, key }: { url: string; key: string | undefined }): Api {
  const base = url.replace(/\/+$/, '')
  const send = sendingBy({})
  async function call<T>(
    method: string,
    path: string,
    body: object | undefined,
    answer: z.ZodType<T>,
    idempotencyKey?: string,
  ): Promise<T> {
    const headers = {
      // One of its own: an idle one may be closed just when a person has answered a question.
      connection: 'close',
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(body && { 'content-type': 'application/json' }),
    }
    const request = new Request(base + path, { method, headers, body: body ? JSON.stringify(body) : null })
    // A person sits before it, and asks again himself; a command is sent again under its key.
    const response = await send(request, idempotencyKey !== undefined).catch((error: unknown) => {
      if (!(error instanceof SagaUnreachable)) throw error
      throw new NotAnswering(`${base} does not answer (${error.why}); give its address with --url or SAGA_URL`)
    })
    if (response.ok) return read(base, await response.text(), answer)
    throw toldOf(response.status, await refusalOf(response))
  }
  return {
    get: (path, answer) => call('GET', path, undefined, answer),
    post: (path, body, answer) => call('POST', path, body, answer),
    command: (path, body, answer) =>
      call('POST', path, body, answer, randomUUID()).catch((error: unknown) => {
        throw error instanceof NotAnswering ? new NotAnswering(`${error.message}. ${UNKNOWN_ENDING}`) : error
      }),
  }
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

function toldOf(status: number, refusal: Error): Error {
  const isProblem = refusal instanceof SagaProblem
  const code = isProblem ? refusal.code : `HTTP ${status}`
  const sentence = isProblem ? refusal.message : 'the API refused without a reason; check --url'
  const remedy = REMEDIES[code]
  const message = `${sentence}${remedy === undefined ? '' : ` ${remedy}`} (${code})`
  if (status >= 500) return new NotAnswering(message)
  return code === 'notFound' ? new NotKnown(message) : new ApiError(message)
}

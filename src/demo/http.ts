// One HTTP call that sends and reads JSON, as a checkout service or a gateway would make it.
// Must not know: whom it calls. An answer that is not as expected ends the demo with a sentence.
import type { z } from 'zod'
import { StoryFailure } from './checks.ts'

const ANSWER_WITHIN_MS = 30_000

export type Caller = <Schema extends z.ZodType>(
  line: `${'GET' | 'POST' | 'PUT'} ${string}`,
  schema: Schema,
  json?: object,
) => Promise<{ readonly status: number; readonly body: z.output<Schema> }>

/** Calls are written `POST /payments`. Every status of 300 and above is a failure. */
export function callerOf(base: string, signal: AbortSignal): Caller {
  return async (line, schema, json) => {
    const [method = 'GET', path = '/'] = line.split(' ')
    const response = await fetch(base + path, {
      method,
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
      ...(json && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) }),
    })
    const text = await response.text()
    if (!response.ok) throw new StoryFailure(`${line} should be taken, and was answered ${response.status}: ${text}`)
    const parsed = schema.safeParse(JSON.parse(text))
    if (!parsed.success) throw new StoryFailure(`${line} was answered in another shape: ${parsed.error.message}`)
    return { status: response.status, body: parsed.data }
  }
}

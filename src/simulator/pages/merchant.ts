// The merchant whose shop the pages show: where the program under test takes calls, asked with the
// shop's own key, which no browser sees.
// Must not know what is asked.
import type { Context } from 'koa'
import { z } from 'zod'

export type Merchant = {
  /** The address of its API. */
  readonly api: string
  /** Of a checkout; left out where the API wants none. */
  readonly key?: string | undefined
  /** Where its sagas can be seen. */
  readonly temporalUi?: string | undefined
}

/** Opening a payment waits for the gateway, up to ten seconds. */
const PATIENCE_MS = 20_000
const BAD_GATEWAY = 502
const PROBLEM = z.object({ detail: z.string() })
const anyJson = z.unknown()

/** Answers with what the API says; its refusal is thrown with its own sentence. */
export async function askMerchant(
  context: Context,
  { api, key }: Merchant,
  call: { method: 'GET' | 'POST'; path: string; body?: object },
): Promise<unknown> {
  const answer = await fetch(api + call.path, {
    method: call.method,
    headers: { 'content-type': 'application/json', ...(key !== undefined && { authorization: `Bearer ${key}` }) },
    ...(call.body && { body: JSON.stringify(call.body) }),
    redirect: 'error',
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch(() => context.throw(BAD_GATEWAY, `The shop's API at ${api} does not answer.`, { expose: true }))
  const text = await answer.text()
  if (answer.ok) return anyJson.parse(text === '' ? {} : JSON.parse(text))
  const said = PROBLEM.safeParse(jsonOf(text))
  const sentence = said.data?.detail ?? `The shop's API at ${api} answered with ${answer.status}.`
  return context.throw(answer.status < 500 ? answer.status : BAD_GATEWAY, sentence, { expose: true })
}

function jsonOf(text: string): unknown {
  try {
    return anyJson.parse(JSON.parse(text))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

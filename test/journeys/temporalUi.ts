// What Temporal's web interface sends when somebody clicks: its own HTTP calls, with the cookie and the token that it asks for.
// Must not know: what a test promises. A foreign page is somebody without the cookie.
import { randomUUID } from 'node:crypto'
import { z } from 'zod'

export type UiAnswer = { readonly status: number; readonly body: unknown }
const outcome = z.object({
  outcome: z.object({
    success: z.unknown().optional(),
    failure: z
      .object({ message: z.string(), applicationFailureInfo: z.object({ type: z.string() }).optional() })
      .optional(),
  }),
})

/** The UI's page has been opened once: it sets the cookie whose value each later call repeats in a header. */
export async function openUi(url: string) {
  const settings = await fetch(`${url}/api/v1/settings`)
  const cookie = /_csrf=[^;]+/.exec(settings.headers.getSetCookie().join('; '))?.[0]
  if (cookie === undefined) throw new Error('the Temporal UI set no cookie')
  return uiCalls(url, { cookie, 'x-csrf-token': decodeURIComponent(cookie.slice('_csrf='.length)) })
}

export function uiCalls(url: string, headers: Readonly<Record<string, string>>) {
  const post = (path: string, body: unknown) =>
    posted(`${url}/api/v1/namespaces/default/workflows/${path}`, body, headers)

  /** "Start Workflow". */
  const start = (type: 'refund' | 'payment', workflowId: string, input: unknown) =>
    post(encodeURIComponent(workflowId), {
      workflowType: { name: type },
      taskQueue: { name: `${type}s` },
      input: payloads(input),
      requestId: randomUUID(),
    })

  /** "Send an Update", and the wait for its end: done, or refused with a kind and a sentence. */
  async function update(workflowId: string, name: string, fields: unknown) {
    const answer = await post(`${encodeURIComponent(workflowId)}/update/${name}`, {
      waitPolicy: { lifecycleStage: 'UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED' },
      request: { meta: { updateId: randomUUID() }, input: { name, args: payloads(fields) } },
    })
    const { failure } = outcome.parse(answer.body).outcome
    return failure
      ? { refused: failure.applicationFailureInfo?.type ?? '', sentence: failure.message }
      : { answer: 'done' as const }
  }

  return { start, update }
}

async function posted(url: string, body: unknown, headers: Readonly<Record<string, string>>): Promise<UiAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: await response.json() }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')
/** One argument, as the UI writes what stands in its field. */
const payloads = (input: unknown) => ({
  payloads: [{ metadata: { encoding: base64('json/plain') }, data: base64(JSON.stringify(input)) }],
})

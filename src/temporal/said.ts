// What Temporal's SDK says of a failure, as one sentence and as named facts for a log line.
// Must not know: who writes the log. Payloads, answers and the rows of a database error are left
// out: only messages pass.

const LONGEST = 1_000
const FRAMES = 6
const CAUSES = 5

/**
 * The message of an error with those of its causes behind it, each once: the client's own message
 * names only the call ("Failed to signalWithStart Workflow"), and what the server answered is in
 * the details of its cause.
 */
export function saidBy(error: unknown): string {
  const parts: string[] = []
  for (const each of chainOf(error)) {
    for (const said of [messageOf(each), detailsOf(each)]) {
      if (said !== '' && !parts.some((part) => part.includes(said))) parts.push(said)
    }
  }
  return (parts.join(': ') || 'no reason given').slice(0, LONGEST)
}

function chainOf(error: unknown): readonly unknown[] {
  const chain: unknown[] = []
  for (let each = error; each !== undefined && each !== null && chain.length < CAUSES;) {
    chain.push(each)
    each = each instanceof Error ? each.cause : undefined
  }
  return chain
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** A gRPC error's own words, and no other error's details: those of a database quote its row. */
function detailsOf(error: unknown): string {
  const isGrpc = error instanceof Error && 'metadata' in error && 'details' in error
  return isGrpc && typeof error.details === 'string' ? error.details : ''
}

/**
 * Which saga, run, try and step an entry is about. Everything else that the SDK adds is left out.
 */
const NAMES: Readonly<Record<string, string>> = {
  workflowId: 'workflowId',
  workflowRunId: 'runId',
  runId: 'runId',
  workflowType: 'workflowType',
  activityType: 'activityType',
  activityId: 'activityId',
  attempt: 'attempt',
  isLocal: 'isLocal',
  taskQueue: 'taskQueue',
  namespace: 'namespace',
  durationMs: 'durationMs',
  sdkComponent: 'sdkComponent',
}

export type Facts = Readonly<Record<string, string | number | boolean | readonly string[]>>

/**
 * The facts of one entry of the SDK's logger: who and which try, and why it failed, with the first
 * lines of the stack.
 */
export function factsOf(meta: Readonly<Record<string, unknown>> = {}): Facts {
  const named = Object.entries(NAMES).flatMap(([from, to]): [string, string | number | boolean][] => {
    const value = meta[from]
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [[to, value]] : []
  })
  return { ...Object.fromEntries(named), ...causeOf(meta['error'] ?? meta['err'] ?? meta['failure']) }
}

function causeOf(error: unknown): Facts {
  if (error === undefined || error === null) return {}
  // Core prints its failure as one text, payloads and all.
  if (typeof error === 'string') return { cause: quoted(error) }
  const at = error instanceof Error ? framesOf(error) : []
  return { cause: saidBy(error), ...(at.length > 0 && { at }) }
}

/** The messages in Core's printed failure; the whole where it is no such print. */
function quoted(printed: string): string {
  const messages = [...printed.matchAll(/\bmessage: "((?:[^"\\]|\\.)*)"/g)].map((match) => match[1] ?? '')
  return (messages.length > 0 ? messages.join(': ').replace(/\\(["'\\])/g, '$1') : printed).slice(0, LONGEST)
}

const framesOf = ({ stack = '' }: Error): string[] =>
  stack
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
    .slice(0, FRAMES)

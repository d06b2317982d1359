// What an ended run of a refund's saga had seen of its row, read from its history: the next run
// goes on with it.
// Must not know: rows. A run that still runs has its own memory.
import { WorkflowNotFoundError, type Client } from '@temporalio/client'
import { defaultPayloadConverter, type Payload } from '@temporalio/common'
import { isMemory, remembered, type Memory } from '../domain/books/memory.ts'

type History = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>
type Event = NonNullable<History['events']>[number]

/** Of the latest run; `ran` is false where the server knows none under this id. */
export type LastRun = { readonly ran: boolean; readonly runs: boolean; readonly memory?: Memory | undefined }

/**
 * undefined where the saga runs, never ran as far as the server remembers, or is from before
 * memories were kept.
 */
export async function lastMemory(client: Client, workflowId: string): Promise<Memory | undefined> {
  return (await lastRun(client, workflowId, false)).memory
}

/** `also`: read the history of one that runs, too. */
export async function lastRun(client: Client, workflowId: string, also: boolean): Promise<LastRun> {
  try {
    const { status, runId } = await client.workflow.getHandle(workflowId).describe()
    const runs = status.name === 'RUNNING'
    if (runs && !also) return { ran: true, runs }
    const memory = memoryIn(await client.workflow.getHandle(workflowId, runId).fetchHistory())
    return { ran: true, runs, memory }
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { ran: false, runs: false }
    throw error
  }
}

/**
 * The highest of what its steps told; and the key of a call that was under way when the run ended.
 */
export function memoryIn({ events }: History): Memory | undefined {
  let memory: Memory | undefined
  const calls: Calls = { steps: new Set(), underWay: new Set() }
  for (const event of events ?? []) {
    for (const payload of payloadsOf(event)) {
      const told = fieldOf(payload, 'memory')
      if (isMemory(told)) memory = remembered(memory, told)
    }
    noteCall(event, calls)
  }
  const keys = [...calls.underWay]
  return memory && remembered(memory, { ...memory, keys })
}

/** Events of the steps that make or settle a call, and the keys of calls that have not ended. */
type Calls = { readonly steps: Set<string>; readonly underWay: Set<string> }

function noteCall(event: Event, { steps, underWay }: Calls): void {
  const scheduled = event.activityTaskScheduledEventAttributes
  const name = scheduled?.activityType?.name
  if (name === 'fileTicket' || name === 'settleTicket') steps.add(String(event.eventId))
  if (name === 'fileTicket') {
    const key = (scheduled?.input?.payloads ?? []).map((payload) => fieldOf(payload, 'key')).find(isText)
    if (key !== undefined) underWay.add(key)
  }
  // One that failed or timed out is settled by the step that follows; only then is it known how it
  // ended. What a person asks for beside it may be an activity of its own, and says nothing of it.
  const ended = event.activityTaskCompletedEventAttributes
  if (ended && steps.has(String(ended.scheduledEventId))) underWay.clear()
}

const isText = (value: unknown): value is string => typeof value === 'string'

function payloadsOf(event: Event): readonly Payload[] {
  return [
    ...(event.workflowExecutionStartedEventAttributes?.input?.payloads ?? []),
    ...(event.activityTaskCompletedEventAttributes?.result?.payloads ?? []),
    ...Object.values(event.markerRecordedEventAttributes?.details ?? {}).flatMap(({ payloads }) => payloads ?? []),
  ]
}

/** Of what cannot be read as JSON there is none: it is the SDK's own. */
function fieldOf(payload: Payload, name: string): unknown {
  let value: unknown
  try {
    value = defaultPayloadConverter.fromPayload(payload)
  } catch {
    return undefined
  }
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined
}

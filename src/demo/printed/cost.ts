// What a saga cost, read from its history: actions as Temporal bills them, and events.
// Must not know: clients, sagas. Only the fields that are counted are named here.

type Given = object | null | undefined
type HistoryEvent = {
  readonly workflowExecutionStartedEventAttributes?: Given
  readonly workflowExecutionSignaledEventAttributes?: Given
  readonly workflowExecutionUpdateAcceptedEventAttributes?: Given
  readonly activityTaskScheduledEventAttributes?: Given
  readonly timerStartedEventAttributes?: Given
  readonly upsertWorkflowSearchAttributesEventAttributes?: Given
  readonly markerRecordedEventAttributes?:
    | {
        readonly markerName?: string | null | undefined
        /** An int64: whatever the client reads it as. */
        readonly workflowTaskCompletedEventId?: unknown
      }
    | null
    | undefined
}
export type History = { readonly events?: readonly HistoryEvent[] | null | undefined }
export type Cost = { readonly actions: number; readonly events: number }

const LOCAL_ACTIVITY = 'core_local_activity'
const ONE_ACTION_EACH = [
  'workflowExecutionStartedEventAttributes',
  'workflowExecutionSignaledEventAttributes',
  'workflowExecutionUpdateAcceptedEventAttributes',
  'activityTaskScheduledEventAttributes',
  'timerStartedEventAttributes',
  'upsertWorkflowSearchAttributesEventAttributes',
] as const satisfies readonly (keyof HistoryEvent)[]

/**
 * One action each for a start, a signal, an activity scheduled, a timer, an update accepted, an
 * upsert, and a workflow task with local activities, however many. A signal right behind the start
 * came with it: together they are one action.
 */
export function costOf(history: History): Cost {
  const events = history.events ?? []
  const single = events.filter((event) => ONE_ACTION_EACH.some((kind) => is(event, kind))).length
  const local = new Set(events.flatMap(taskOfLocalActivity))
  const [first, second] = events
  const together = first && second && is(first, ONE_ACTION_EACH[0]) && is(second, ONE_ACTION_EACH[1])
  return { actions: single + local.size - (together ? 1 : 0), events: events.length }
}

/** A saga that ran more than once costs the sum of its runs. */
export function sumOf(costs: readonly Cost[]): Cost {
  return {
    actions: costs.reduce((sum, { actions }) => sum + actions, 0),
    events: costs.reduce((sum, { events }) => sum + events, 0),
  }
}

const is = (event: HistoryEvent, kind: keyof HistoryEvent): boolean => event[kind] != null

function taskOfLocalActivity({ markerRecordedEventAttributes: marker }: HistoryEvent): string[] {
  return marker?.markerName === LOCAL_ACTIVITY ? [String(marker.workflowTaskCompletedEventId)] : []
}

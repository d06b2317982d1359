// The loop that every saga is: read the row, show it, do what it asks for next, wait for news of
// it, until it is closed.
// Must not know: what the row is. The row is the memory, the workflow is the hand.
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  isCancellation,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow'
import type { Step, SagaWait } from '../src/domain/next.ts'
import { noteCancelRequest } from './activities.ts'
import { news, type Ended } from './messages.ts'
import { shower } from './shown.ts'
import { changed } from './versions.ts'

/** What a step may ask for besides an end and a wait. */
type Asked<Next> = Exclude<Next, { readonly do: 'end' | 'wait' }>
type WaitOf<Next> = Extract<Next, { readonly do: 'wait' }>

/** One saga; each function answers with the step that its row asks for then. */
export type Saga<Next, S extends Step<Next> = Step<Next>> = {
  /** Sets the handlers of people's commands. */
  readonly takeCommands: (desk: NewsDesk, workflowId: string) => void
  readonly begin: (workflowId: string) => Promise<S>
  readonly read: () => Promise<S>
  readonly act: (asked: Asked<Next>) => Promise<S>
  /** The time of a wait has come, and no news. */
  readonly due: (wait: WaitOf<Next>) => Promise<S>
  /** Continues as new, with what the next run needs to know. */
  readonly goOn: () => Promise<unknown>
}

export async function run<Next extends { readonly do: string }, S extends Step<Next> = Step<Next>>(
  saga: Saga<Next, S>,
): Promise<Ended> {
  const { workflowId } = workflowInfo()
  const desk = openNewsDesk()
  const show = shower()
  saga.takeCommands(desk, workflowId)
  return uncancellable(async (cancelRequests) => {
    let step = await desk.reading(() => saga.begin(workflowId))
    while (step.next.do !== 'end' || !(await quiet(desk))) {
      show(step)
      if (workflowInfo().continueAsNewSuggested && (allHandlersFinished() || !changed('newsWhileAnswering'))) {
        await handlersFinished()
        await saga.goOn()
      }
      if (cancelRequests.pending()) {
        await noteCancelRequest({ workflowId, now: here() })
        cancelRequests.answered()
        if (changed('showCancelRequest')) desk.ring()
      }
      step = await (desk.pending() ? desk.reading(saga.read) : advance(saga, desk, step, cancelRequests.pending))
    }
    return { state: step.state }
  })
}

async function advance<Next extends { readonly do: string }, S extends Step<Next>>(
  saga: Saga<Next, S>,
  desk: NewsDesk,
  { next }: S,
  interrupted: () => boolean,
): Promise<S> {
  if (asks(next)) {
    desk.waitsNoMore()
    return saga.act(next)
  }
  if (!waits(next)) return desk.reading(saga.read)
  const woken = await desk.until(next, interrupted)
  return woken || next.whenDue === 'read' ? desk.reading(saga.read) : saga.due(next)
}

const waits = <Next extends { readonly do: string }>(next: Next): next is WaitOf<Next> & SagaWait => next.do === 'wait'
const asks = <Next extends { readonly do: string }>(next: Next): next is Asked<Next> & Next =>
  next.do !== 'wait' && next.do !== 'end'

export type NewsDesk = {
  /** News from inside: a command of this saga moved its row. */
  ring(): void
  /** News came that no read has answered yet. */
  pending(): boolean
  /** Reads the row; news that arrived before it began is answered by it. */
  reading<T>(read: () => Promise<T>): Promise<T>
  /**
   * Waits for news, or until interrupted; false where its time came first, which it may have before
   * the wait began.
   */
  until(wait: SagaWait, interrupted: () => boolean): Promise<boolean>
  /** Whatever comes next, it is not the wait of before. */
  waitsNoMore(): void
}

/**
 * News is counted, so that what came before a read began is answered by that read. The handler is
 * synchronous and never throws.
 */
function openNewsDesk(): NewsDesk {
  let arrived = 0
  let answered = 0
  let alarm: Alarm | undefined
  const waitsNoMore = () => {
    alarm?.stop()
    alarm = undefined
  }
  setHandler(news, () => void (arrived += 1), { description: 'the row moved: read it again' })
  const pending = () => arrived > answered
  return {
    ring: () => void (arrived += 1),
    pending,
    reading: async (read) => {
      const seen = arrived
      const result = await read()
      answered = seen
      return result
    },
    until: async (wait, interrupted) => {
      const woken = () => pending() || interrupted()
      const left = leftOf(wait)
      if (alarm?.until !== wait.until) waitsNoMore()
      if (left <= 0 && wait.until !== undefined && changed('dueAtOnce')) return woken()
      if (left <= 0) return condition(woken, wait.ms, { summary: wait.summary })
      const set = (alarm ??= alarmIn(left, wait))
      await condition(() => woken() || set.rung())
      // It goes on while the row is read: what moved is seldom the time of the next checkpoint.
      if (!woken() || !changed('timerKept')) waitsNoMore()
      return woken()
    },
    waitsNoMore,
  }
}

type Alarm = { readonly until: string | undefined; rung(): boolean; stop(): void }

function alarmIn(ms: number, { until, summary }: SagaWait): Alarm {
  let rung = false
  const scope = new CancellationScope()
  scope
    .run(() => sleep(ms, { summary }))
    .then(
      () => void (rung = true),
      (error: unknown) => {
        if (!isCancellation(error)) throw error
      },
    )
  return { until, rung: () => rung, stop: () => scope.cancel() }
}

/** The time of this workflow task: every time that a workflow writes into a row comes from here. */
export const here = (): string => new Date().toISOString()

/**
 * From the time of this workflow task: a worker may have been away for days since the wait was
 * planned.
 */
const leftOf = ({ ms, until }: SagaWait): number => (until === undefined ? ms : Date.parse(until) - Date.now())

/**
 * Commands under way have been answered, and nothing moved the row since it was read. One that is
 * not answered for long, for its step fails, holds up no news: the row may be open again.
 */
async function quiet(desk: NewsDesk): Promise<boolean> {
  await condition(() => allHandlersFinished() || desk.pending())
  if (!allHandlersFinished() && !changed('newsWhileAnswering')) await handlersFinished()
  return !desk.pending()
}

/**
 * A command whose run ends before it has answered would be told that it was refused, though it may
 * have been carried out.
 */
const handlersFinished = (): Promise<void> => condition(allHandlersFinished)

type CancelRequests = { pending(): boolean; answered(): void }

/**
 * "Request Cancellation" in the Temporal UI stops no saga, for a ticket cannot be called back: it
 * is noted once, and the wait goes on. Temporal passes on one request at most.
 */
function uncancellable<T>(body: (requests: CancelRequests) => Promise<T>): Promise<T> {
  let asked = false
  let answered = false
  CancellationScope.current().cancelRequested.catch(() => {
    asked = true
  })
  const requests = { pending: () => asked && !answered, answered: () => void (answered = true) }
  return CancellationScope.nonCancellable(() => body(requests))
}

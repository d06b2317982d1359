// News that a saga's row moved: counted, so that news which came before a read began is answered by that read.
// Must not know: what the row is. The handler is synchronous and never throws.
import { allHandlersFinished, condition, setHandler } from '@temporalio/workflow'
import type { Wait } from '../src/domain/next.ts'
import { news } from './messages.ts'
import { changed } from './versions.ts'

export type NewsDesk = {
  /** News from inside: a command of this saga moved its row. */
  ring(): void
  /** News came that no read has answered yet. */
  pending(): boolean
  /** Reads the row; news that arrived before it began is answered by it. */
  reading<T>(read: () => Promise<T>): Promise<T>
  /** Waits for news, or until interrupted; false where its time came first, which it may have before the wait began. */
  until(wait: Wait, interrupted: () => boolean): Promise<boolean>
}

export function openNewsDesk(): NewsDesk {
  let arrived = 0
  let answered = 0
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
      if (left <= 0 && wait.until !== undefined && changed('dueAtOnce')) return woken()
      return condition(woken, left > 0 ? left : wait.ms, { summary: wait.summary })
    },
  }
}

/** The time of this workflow task: every time that a workflow writes into a row comes from here. */
export const here = (): string => new Date().toISOString()

/** From the time of this workflow task: a worker may have been away for days since the wait was planned. */
const leftOf = ({ ms, until }: Wait): number => (until === undefined ? ms : Date.parse(until) - Date.now())

/** Commands under way have been answered, and none of them moved the row since it was read. */
export async function quiet(desk: NewsDesk): Promise<boolean> {
  await handlersFinished()
  return !desk.pending()
}

/** A command whose run ends before it has answered would be told that it was refused, though it may have been carried out. */
export const handlersFinished = (): Promise<void> => condition(allHandlersFinished)

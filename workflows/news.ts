// News that a saga's row moved: counted, so that news which came before a read began is answered by that read.
// Must not know: what the row is. The handler is synchronous and never throws.
import { allHandlersFinished, condition, setHandler } from '@temporalio/workflow'
import { news } from './messages.ts'

export type NewsDesk = {
  /** News from inside: a command of this saga moved its row. */
  ring(): void
  /** News came that no read has answered yet. */
  pending(): boolean
  /** Reads the row; news that arrived before it began is answered by it. */
  reading<T>(read: () => Promise<T>): Promise<T>
  /** Waits for news, or until interrupted; false where the time ran out first. */
  within(ms: number, summary: string, interrupted: () => boolean): Promise<boolean>
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
    within: (ms, summary, interrupted) => condition(() => pending() || interrupted(), ms, { summary }),
  }
}

/** The time of this workflow task: every time that a workflow writes into a row comes from here. */
export const here = (): string => new Date().toISOString()

/** Commands under way have been answered, and none of them moved the row since it was read. */
export async function quiet(desk: NewsDesk): Promise<boolean> {
  await condition(allHandlersFinished)
  return !desk.pending()
}

// What the sender of webhooks is asked for, and what it says it has seen.
// Must not know: how they are sent.
import { z } from 'zod'

export const loadSchema = z.object({
  url: z.string(),
  path: z.string(),
  /** The first hint's number; each has one of its own. */
  first: z.number(),
  /** Either as fast as they are answered over so many connections; or one each `everyMs`. */
  connections: z.number(),
  everyMs: z.number().optional(),
  forMs: z.number(),
})
export const sentSchema = z.object({
  answered: z.number(),
  /** Answers that were no 200. */
  refused: z.number(),
  tookMs: z.number(),
  /** Milliseconds from when each was due to its answer, the shortest first. */
  ackMs: z.array(z.number()),
})
export type Load = z.infer<typeof loadSchema>
export type Sent = z.infer<typeof sentSchema>

// The shapes of what ops send: filters of what is stuck, pages of the queues.
// Must not know: routes, rows.
import { z } from 'zod'
import { OUTBOX_KINDS } from '../../../db/schema.ts'
import { ATTENTIONS } from '../../../domain/books/books.ts'
import { olderThan, count, choiceOf, refundStates } from '../schemas.ts'

export const stuckQuery = z.strictObject({
  state: z.enum(refundStates, `must be one of ${refundStates.join(', ')}`).optional(),
  attention: choiceOf(ATTENTIONS).optional(),
  olderThan,
  sort: choiceOf(['age', 'money']).default('age'),
  limit: count(1, 500).default(50),
})
export type StuckQuery = z.output<typeof stuckQuery>

export const overdueQuery = z.strictObject({ limit: count(1, 500).default(50) })
export type OverdueQuery = z.output<typeof overdueQuery>

export const letterQuery = z.strictObject({
  project: z
    .string()
    .min(1)
    .max(80, 'must have at most 80 characters')
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not contain control characters or line breaks')
    .optional(),
})

const ID_SENTENCE = 'must be the number of a row'
export const rowParams = z.strictObject({
  id: z
    .string(ID_SENTENCE)
    .regex(/^[1-9]\d{0,14}$/, ID_SENTENCE)
    .meta({ examples: ['7'] })
    .transform(Number),
})

const page = {
  limit: count(1, 100).default(20),
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,300}$/, 'must be the cursor of the page before')
    .optional(),
}
export const inboxQuery = z.strictObject({
  ...page,
  state: choiceOf(['received', 'looked', 'parked']).default('parked'),
})
export const outboxQuery = z.strictObject({
  ...page,
  state: choiceOf(['pending', 'delivered', 'parked']).default('parked'),
  kind: choiceOf(OUTBOX_KINDS).optional(),
})
export type InboxQuery = z.output<typeof inboxQuery>
export type OutboxQuery = z.output<typeof outboxQuery>

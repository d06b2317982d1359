// The shapes of what ops are answered: stuck refunds, timelines, letters, inbox and outbox.
// Must not know: how an answer is made.
import { z } from 'zod'
import { OUTBOX_KINDS } from '../../../db/schema.ts'
import { ATTENTIONS } from '../../../domain/books/books.ts'
import { OVERDUE_FOR, OVERDUE_KINDS } from '../../../domain/shown/watchdog.ts'
import { refund } from '../answers.ts'

const text = z.string().nullable()
const time = z.iso.datetime()
const timeOrNull = time.nullable()
const cursor = text.meta({ description: 'Ask for the next page with it; null on the last one' })
const minor = z.int().meta({ description: 'Minor units of the currency' })
const money = z.string().meta({ description: 'For people: USD 1,234.50' })

export const stuck = z.strictObject({
  asOf: time,
  refunds: z.array(z.strictObject({ refund, money })),
  sums: z.array(
    z.strictObject({
      currency: z.string(),
      attention: z.enum(ATTENTIONS),
      count: z.int(),
      amount: minor,
      money,
      oldest: time,
    }),
  ),
})

export const overdue = z.strictObject({
  asOf: time,
  count: z.int().meta({ description: 'All rows that are overdue, not those of the page alone' }),
  sums: z.array(
    z.strictObject({ kind: z.enum(OVERDUE_KINDS), currency: z.string(), count: z.int(), amount: minor, money }),
  ),
  rows: z.array(
    z
      .strictObject({
        saga: z.string().meta({ description: 'The id of its workflow' }),
        kind: z.enum(OVERDUE_KINDS),
        what: z.enum(OVERDUE_FOR).meta({ description: 'What has not happened in time' }),
        since: time.meta({ description: 'When it was due' }),
        state: z.string(),
        gateway: z.string(),
        merchantUid: text,
        amount: minor,
        currency: z.string(),
        money,
        temporalUi: text,
      })
      .meta({ id: 'OverdueRow' }),
  ),
  wake: z
    .strictObject({ since: time })
    .nullable()
    .meta({ description: 'The oldest wake that has not left, where that is too long' }),
  sweeps: z
    .array(z.strictObject({ gateway: z.string(), status: z.string(), since: time }))
    .meta({ description: 'Lists of a gateway that were not read to an end for too long' }),
  schedules: z
    .array(z.strictObject({ name: z.string(), since: time }))
    .meta({ description: 'Schedules whose work has not come to an end for too long: paused, gone, or stuck' }),
})

export const history = z.strictObject({
  state: z.string(),
  label: z.strictObject({ en: z.string(), ko: z.string() }),
  money,
  timeline: z.array(
    z
      .strictObject({
        at: time,
        kind: z.enum(['journal', 'people', 'hint', 'look']),
        who: z.string(),
        what: z.string(),
        from: text,
        to: text,
        why: z.string(),
      })
      .meta({ id: 'Moment' }),
  ),
})

export const letter = z.strictObject({ subject: z.string(), body: z.string() })

const hintFields = {
  id: z.int(),
  gateway: z.string(),
  gatewayRef: text,
  merchantUid: text,
  source: z.string(),
  saidStatus: text,
  state: z.string(),
  receivedAt: time,
  settledAt: timeOrNull,
  parkedBecause: text,
  times: z.int().meta({ description: 'How many hints it stands for; receivedAt is when the latest came' }),
  fromKnownAddress: z.boolean().meta({ description: 'Sent from an address that the gateway publishes: no proof' }),
}
export const hintPage = z.strictObject({ inbox: z.array(z.strictObject(hintFields)), cursor })
export const oneHint = z.strictObject({
  hint: z
    .strictObject({
      ...hintFields,
      mismatched: z.boolean(),
      remoteAddress: text,
      contentType: text,
      body: text.meta({ description: 'As it was sent, as far as it is text; believed by nobody' }),
    })
    .meta({ id: 'Hint' }),
})

const outgoingFields = {
  id: z.int(),
  kind: z.enum(OUTBOX_KINDS),
  target: z.string(),
  state: z.string(),
  tries: z.int(),
  createdAt: time,
  dueAt: time,
  settledAt: timeOrNull,
  replayedAt: timeOrNull,
  said: text,
}
export const outgoingPage = z.strictObject({ outbox: z.array(z.strictObject(outgoingFields)), cursor })
export const oneOutgoing = z.strictObject({
  outgoing: z.strictObject({ ...outgoingFields, payload: z.unknown() }).meta({ id: 'Outgoing' }),
})

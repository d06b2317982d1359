// What a run of a refund's saga had seen of its row, read from its history.
// Must not know: Temporal servers, rows.
import { defaultPayloadConverter } from '@temporalio/common'
import { msToTs } from '@temporalio/common/lib/time.js'
import { expect, test } from 'vitest'
import { memoryIn } from '../../src/temporal/memory.ts'

type Events = NonNullable<Parameters<typeof memoryIn>[0]['events']>
type Event = Events[number]

const payloads = (value: unknown) => ({ payloads: [defaultPayloadConverter.toPayload(value)] })
const numbered = (events: readonly Event[]): Events =>
  events.map((event, index) => ({ ...event, eventId: event.eventId ?? numberOf(index + 1) }))
/** As the wire has it: 64 bits. */
const numberOf = (id: number) => msToTs(id * 1_000).seconds
const SEEN = { birth: 'b', version: 3, keys: [] }

const began: Event = { workflowExecutionStartedEventAttributes: { input: payloads({ refundId: 'r', memory: SEEN }) } }
const scheduled = (name: string, input: object = {}): Event => ({
  activityTaskScheduledEventAttributes: { activityType: { name }, input: payloads(input) },
})
const completed = (scheduledAs: number, result: object): Event => ({
  activityTaskCompletedEventAttributes: { scheduledEventId: numberOf(scheduledAs), result: payloads(result) },
})
const memoryOf = (...events: readonly Event[]) => memoryIn({ events: numbered([began, ...events]) })
const filing = scheduled('fileTicket', { refundId: 'r', key: 'submit' })

test('a call that is under way is remembered by its key', () => {
  expect(memoryOf(filing)).toEqual({ ...SEEN, keys: ['submit'] })
})

test('it is still under way when a command beside it is carried out by an activity of its own', () => {
  expect(memoryOf(filing, scheduled('takeCommand'), completed(3, { answer: 'done' }))).toEqual({
    ...SEEN,
    keys: ['submit'],
  })
})

test('once it has ended, or is settled, what that step tells is all', () => {
  const told = { ...SEEN, version: 5, keys: ['submit'] }
  expect(memoryOf(filing, completed(2, { memory: told }))).toEqual(told)
  const nothingSent = { ...SEEN, version: 4 }
  expect(memoryOf(filing, scheduled('settleTicket', { key: 'submit' }), completed(3, { memory: nothingSent }))).toEqual(
    nothingSent,
  )
})

// What a saga costs is counted from its history as the budgets define it.
import { expect, test } from 'vitest'
import { costOf, sumOf, type History } from '../../src/demo/printed/cost.ts'

type Event = NonNullable<History['events']>[number]
const started: Event = { workflowExecutionStartedEventAttributes: {} }
const signaled: Event = { workflowExecutionSignaledEventAttributes: {} }
const scheduled: Event = { activityTaskScheduledEventAttributes: {} }
const timer: Event = { timerStartedEventAttributes: {} }
const update: Event = { workflowExecutionUpdateAcceptedEventAttributes: {} }
const upsert: Event = { upsertWorkflowSearchAttributesEventAttributes: {} }
const other: Event = {}
const marker = (markerName: string, task: unknown): Event => ({
  markerRecordedEventAttributes: { markerName, workflowTaskCompletedEventId: task },
})
const actions = (...events: Event[]): number => costOf({ events }).actions

test('a start with a signal in the same request is one action and two events', () => {
  expect(costOf({ events: [started, signaled, other] })).toEqual({ actions: 1, events: 3 })
})

test('a signal that comes after the start is an action of its own', () => {
  expect(actions(started, other, signaled)).toBe(2)
  expect(actions(started, signaled, other, signaled)).toBe(2)
})

test('an activity, a timer, an update and an upsert are one action each, and what follows from them is none', () => {
  expect(actions(started, scheduled)).toBe(2)
  expect(actions(started, timer)).toBe(2)
  expect(actions(started, update)).toBe(2)
  expect(actions(started, upsert)).toBe(2)
  expect(actions(started, other, other, other)).toBe(1)
})

test('local activities are one action for each workflow task, however many they are', () => {
  const long = (value: string) => ({ toString: () => value })
  expect(actions(started, marker('core_local_activity', long('4')), marker('core_local_activity', long('4')))).toBe(2)
  expect(actions(started, marker('core_local_activity', 4), marker('core_local_activity', 9))).toBe(3)
})

test('markers of other kinds cost nothing', () => {
  expect(actions(started, marker('core_patch', 4))).toBe(1)
})

test('fields that a history carries as null are not counted', () => {
  expect(actions(started, { activityTaskScheduledEventAttributes: null, timerStartedEventAttributes: null })).toBe(1)
})

test('an empty history costs nothing', () => {
  expect(costOf({})).toEqual({ actions: 0, events: 0 })
})

test('a saga that ran twice costs both runs', () => {
  expect(sumOf([costOf({ events: [started, timer] }), costOf({ events: [started] })])).toEqual({
    actions: 3,
    events: 3,
  })
})

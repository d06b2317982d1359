// Holds what a saga cost against its budget, both read from its history; a budget that is exceeded prints the events.
// Must not know: sagas. What counts as an action is said in src/demo/printed/cost.ts.
import { expect } from 'vitest'
import { costOf, type Cost, type History } from '../../src/demo/printed/cost.ts'

type Events = NonNullable<History['events']>

/** Fails with the list of event types where more was spent than `budget`. */
export function expectWithin(budget: Cost, events: Events): void {
  const cost = costOf({ events })
  const said = `${cost.actions} actions and ${cost.events} events:\n${events.map(typeOf).join('\n')}`
  expect(cost.actions, said).toBeLessThanOrEqual(budget.actions)
  expect(cost.events, said).toBeLessThanOrEqual(budget.events)
}

/** The name of the attributes that an event carries is its type. */
function typeOf(event: Events[number]): string {
  const [name = 'unknown'] = Object.entries(event).flatMap(([key, value]) =>
    key.endsWith('EventAttributes') && value != null ? [key.replace('EventAttributes', '')] : [],
  )
  return name
}

// What operators see of a saga: search attributes that are upserted only where they changed, and current details.
// Must not know: which saga it is.
import { defineSearchAttributeKey, type SearchAttributeType } from '@temporalio/common'
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow'
import { SEARCH_ATTRIBUTES } from '../src/domain/attributes.ts'
import type { Attributes, Step } from '../src/domain/steps.ts'

type Name = keyof typeof SEARCH_ATTRIBUTES
const NAMES = Object.keys(SEARCH_ATTRIBUTES).filter((name): name is Name => name in SEARCH_ATTRIBUTES)

/** Shows steps: one upsert a change with all that changed, none where the start's attributes say it already. */
export function shower(): (step: Step<unknown>) => void {
  const shown = new Map<Name, string>()
  for (const { key, value } of workflowInfo().typedSearchAttributes.getAll()) {
    const name = NAMES.find((known) => known === key.name)
    if (name) shown.set(name, text(value))
  }
  return (step) => {
    const changed = NAMES.filter((name) => name in step.attributes && text(step.attributes[name] ?? null) !== (shown.get(name) ?? ''))
    for (const name of changed) shown.set(name, text(step.attributes[name] ?? null))
    if (changed.length > 0) upsertSearchAttributes(changed.map((name) => pair(name, step.attributes)))
    setCurrentDetails(step.details)
  }
}

const text = (value: unknown): string => (value === null || value === undefined ? '' : value instanceof Date ? value.toISOString() : String(value))

function pair(name: Name, attributes: Attributes) {
  const type: SearchAttributeType = SEARCH_ATTRIBUTES[name]
  const value = attributes[name] ?? null
  const typed = type === 'DATETIME' && typeof value === 'string' ? new Date(value) : value
  return { key: defineSearchAttributeKey(name, type), value: typed }
}

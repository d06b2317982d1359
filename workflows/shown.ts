// What operators see of a saga: search attributes that are upserted only where they changed, and
// current details.
// Must not know: which saga it is.
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow'
import type { Step } from '../src/domain/next.ts'
import type { AttributeName } from '../src/domain/names.ts'
import { ATTRIBUTE_NAMES, updatePair } from './attributePairs.ts'

/**
 * Shows steps: one upsert a change with all that changed, none where the start's attributes say it
 * already.
 */
export function shower(): (step: Step<unknown>) => void {
  const shown = new Map<AttributeName, string>()
  for (const { key, value } of workflowInfo().typedSearchAttributes.getAll()) {
    const name = ATTRIBUTE_NAMES.find((known) => known === key.name)
    if (name) shown.set(name, text(value))
  }
  return ({ attributes, details }) => {
    const changed = ATTRIBUTE_NAMES.filter(
      (name) => name in attributes && text(attributes[name]) !== (shown.get(name) ?? ''),
    )
    for (const name of changed) shown.set(name, text(attributes[name]))
    if (changed.length > 0) upsertSearchAttributes(changed.map((name) => updatePair(name, attributes[name] ?? null)))
    setCurrentDetails(details)
  }
}

const text = (value: string | number | boolean | Date | string[] | null | undefined): string =>
  value === null || value === undefined ? '' : value instanceof Date ? value.toISOString() : String(value)

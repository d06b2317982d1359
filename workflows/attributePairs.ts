// From our plain attributes to Temporal's typed pairs: for the start by the client and the upsert
// in the workflow alike.
// Must not know: when they are set.
import { defineSearchAttributeKey, type SearchAttributePair, type SearchAttributeUpdatePair } from '@temporalio/common'
import { SEARCH_ATTRIBUTES, type AttributeName } from '../src/domain/names.ts'
import type { Attributes } from '../src/domain/shown/attributes.ts'

export const ATTRIBUTE_NAMES = Object.keys(SEARCH_ATTRIBUTES).filter(
  (name): name is AttributeName => name in SEARCH_ATTRIBUTES,
)

/** null unsets. */
export function updatePair(name: AttributeName, value: Attributes[string]): SearchAttributeUpdatePair {
  switch (SEARCH_ATTRIBUTES[name]) {
    case 'KEYWORD':
      return { key: defineSearchAttributeKey(name, 'KEYWORD'), value: value === null ? null : String(value) }
    case 'INT':
      return { key: defineSearchAttributeKey(name, 'INT'), value: value === null ? null : Number(value) }
    case 'BOOL':
      return { key: defineSearchAttributeKey(name, 'BOOL'), value: value === null ? null : value === true }
    case 'DATETIME':
      return { key: defineSearchAttributeKey(name, 'DATETIME'), value: value === null ? null : new Date(String(value)) }
  }
}

/** The pairs of a start: what is not set, and what the namespace does not take, is left out. */
export function startPairs(attributes: Attributes, usable: ReadonlySet<string>): SearchAttributePair[] {
  return ATTRIBUTE_NAMES.flatMap((name) => {
    const pair = name in attributes && usable.has(name) ? updatePair(name, attributes[name] ?? null) : undefined
    return pair && isSet(pair) ? [pair] : []
  })
}

const isSet = (pair: SearchAttributeUpdatePair): pair is SearchAttributePair => pair.value !== null

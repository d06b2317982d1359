// Rows grouped by what they share; references by their account, so that statements use keys whole:
// (gateway, gateway_ref).
// Must not know: which tables.
import type { GatewayName, GatewayRef } from '../../domain/ids.ts'

/** In the order in which each group was first met. */
export function grouped<T, Key>(all: Iterable<T>, keyOf: (each: T) => Key): ReadonlyMap<Key, readonly T[]> {
  const groups = new Map<Key, T[]>()
  for (const each of all) {
    const key = keyOf(each)
    const group = groups.get(key)
    if (group) group.push(each)
    else groups.set(key, [each])
  }
  return groups
}

export type Keyed = { readonly gateway: GatewayName; readonly gatewayRef: GatewayRef }

export const attemptKey = ({ gateway, gatewayRef }: Pick<Keyed, 'gateway' | 'gatewayRef'>): string =>
  `${gateway} ${gatewayRef}`

export const byGateway = (keys: Iterable<Keyed>): readonly (readonly [GatewayName, GatewayRef[]])[] =>
  [...grouped(keys, ({ gateway }) => gateway)].map(
    ([gateway, own]) => [gateway, own.map(({ gatewayRef }) => gatewayRef)] as const,
  )

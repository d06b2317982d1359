// Rows of attempts with their booked cancel entries: what of them is written, and how they are
// named and grouped.
// Must not know: what evidence means.
import type { Attempt, BookedEntry } from '../../domain/books/books.ts'
import type { GatewayName, GatewayRef, MerchantUid } from '../../domain/ids.ts'
import type { Trx } from '../connect.ts'
import { sameRow, versionOf, type Write } from './batch.ts'

/** The orders that these references are linked to already. */
export async function linkedOrders(trx: Trx, refs: readonly Keyed[]): Promise<ReadonlyMap<GatewayRef, MerchantUid>> {
  const links = new Map<GatewayRef, MerchantUid>()
  for (const [gateway, own] of byGateway(refs)) {
    const rows = await trx
      .selectFrom('attempts')
      .select(['gatewayRef', 'merchantUid'])
      .where('gateway', '=', gateway)
      .where('gatewayRef', 'in', own)
      .where('merchantUid', 'is not', null)
      .execute()
    for (const { gatewayRef, merchantUid } of rows) if (merchantUid !== null) links.set(gatewayRef, merchantUid)
  }
  return links
}

/** The new and the changed ones, and their entries. */
export function attemptWrites(
  before: readonly Attempt[],
  after: readonly Attempt[],
  versions: ReadonlyMap<string, number>,
): readonly Write[] {
  const known = new Map(before.map((attempt) => [attemptKey(attempt), attempt]))
  const touched = after.filter((attempt) => known.get(attemptKey(attempt)) !== attempt)
  const fresh = touched.filter((attempt) => !known.has(attemptKey(attempt)))
  const changed = touched.flatMap((attempt) => {
    const old = known.get(attemptKey(attempt))
    return old && !sameRow(rowOf(old), rowOf(attempt)) ? [rowOf(attempt)] : []
  })
  const versioned = changed.map((row) => ({ ...row, version: versionOf(versions, attemptKey(row)) }))
  const what = `one of ${changed.length} attempts`
  return [
    { into: 'attempts', rows: fresh.map(rowOf) },
    { table: 'attempts', key: ['gateway', 'gatewayRef'], rows: versioned, versioned: true, what },
    ...entryWrites(touched, known),
  ]
}

function rowOf(attempt: Attempt): Omit<Attempt, 'entries'> {
  const { entries: _, ...row } = attempt
  return row
}

type EntryRow = BookedEntry & Keyed

/** Each entry once, by its key within the attempt: the primary key refuses a second booking. */
function entryWrites(touched: readonly Attempt[], known: ReadonlyMap<string, Attempt>): readonly Write[] {
  const fresh: EntryRow[] = []
  const changed: EntryRow[] = []
  for (const attempt of touched) {
    const { gateway, gatewayRef } = attempt
    const booked = new Map(known.get(attemptKey(attempt))?.entries.map((entry) => [entry.key, entry]))
    for (const entry of attempt.entries) {
      const before = booked.get(entry.key)
      if (!before) fresh.push({ ...entry, gateway, gatewayRef })
      else if (!sameRow(before, entry)) changed.push({ ...entry, gateway, gatewayRef })
    }
  }
  const what = `one of ${changed.length} cancel entries`
  return [
    { into: 'cancelEntries', rows: fresh },
    {
      table: 'cancelEntries',
      key: ['gateway', 'gatewayRef', 'key'],
      rows: changed,
      versioned: false,
      what,
    },
  ]
}

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

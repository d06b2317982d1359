// Rows of attempts with their booked cancel entries: load under lock, insert, compare-and-set.
// Must not know: what evidence means.
import type { Attempt, BookedEntry } from '../../domain/books/books.ts'
import type { GatewayRef, MerchantUid } from '../../domain/ids.ts'
import type { Trx } from '../connect.ts'
import { insertAll, updateAll } from './batch.ts'
import { oneRow, sameRow, versionOf, type Rows } from './compare.ts'
import { byGateway, grouped, type Keyed } from './grouped.ts'

/**
 * All attempts of an order, and those that are named besides: references that may not be linked to
 * it yet.
 */
export type AttemptsAbout = { readonly merchantUid?: MerchantUid; readonly also: readonly Keyed[] }
const keyOf = ({ gateway, gatewayRef }: { gateway: string; gatewayRef: string }): string => `${gateway} ${gatewayRef}`

export async function loadAttempts(
  trx: Trx,
  { merchantUid, also }: AttemptsAbout,
  lock: boolean,
): Promise<Rows<Attempt>> {
  const query = trx
    .selectFrom('attempts')
    .selectAll()
    .orderBy('gatewayRef')
    .where((eb) =>
      eb.or([
        ...(merchantUid === undefined ? [] : [eb('merchantUid', '=', merchantUid)]),
        ...byGateway(also).map(([gateway, refs]) =>
          eb.and([
            eb('gateway', '=', gateway),
            eb('gatewayRef', 'in', refs),
            // What belongs to another order is that order's.
            ...(merchantUid === undefined ? [] : [eb('merchantUid', 'is', null)]),
          ]),
        ),
        eb.lit(false),
      ]),
    )
  const found = await (lock ? query.forUpdate() : query).execute()
  if (found.length === 0) return { rows: [], versions: [] }
  const entries = await entriesOf(trx, found)
  const rows = found.map(({ version: _version, ...attempt }): Attempt => {
    const own = entries.get(keyOf(attempt)) ?? []
    return {
      ...attempt,
      entries: own.map(({ gateway: _g, gatewayRef: _r, bookedAt: _b, ...entry }): BookedEntry => entry),
    }
  })
  return { rows, versions: found.map((attempt) => [keyOf(attempt), attempt.version]) }
}

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

/** By the whole key of each account: nobody else's entries are read, however many there are. */
async function entriesOf(trx: Trx, attempts: readonly Keyed[]) {
  const entries = await Promise.all(
    byGateway(attempts).map(([gateway, refs]) =>
      trx
        .selectFrom('cancelEntries')
        .selectAll()
        .where('gateway', '=', gateway)
        .where('gatewayRef', 'in', refs)
        .orderBy('bookedAt')
        .orderBy('key')
        .execute(),
    ),
  )
  return grouped(entries.flat(), keyOf)
}

/** The new and the changed ones, each in one statement, whatever their number. */
export async function saveAttempts(
  trx: Trx,
  before: readonly Attempt[],
  after: readonly Attempt[],
  versions: ReadonlyMap<string, number>,
): Promise<void> {
  const known = new Map(before.map((attempt) => [keyOf(attempt), attempt]))
  const touched = after.filter((attempt) => known.get(keyOf(attempt)) !== attempt)
  const fresh = touched.filter((attempt) => !known.has(keyOf(attempt)))
  const changed = touched.flatMap((attempt) => {
    const old = known.get(keyOf(attempt))
    return old && !sameRow(rowOf(old), rowOf(attempt)) ? [rowOf(attempt)] : []
  })
  await insertAll(trx, 'attempts', fresh.map(rowOf))
  await updateAll(
    trx,
    'attempts',
    ['gateway', 'gatewayRef'],
    changed.map((row) => ({ ...row, version: versionOf(versions, keyOf(row)) })),
  )
  for (const attempt of touched) {
    const booked = new Map(known.get(keyOf(attempt))?.entries.map((entry) => [entry.key, entry]))
    for (const entry of attempt.entries) await saveEntry(trx, attempt, booked.get(entry.key), entry)
  }
}

function rowOf(attempt: Attempt): Omit<Attempt, 'entries'> {
  const { entries: _, ...row } = attempt
  return row
}

/** Each entry once, by its key within the attempt: the primary key refuses a second booking. */
async function saveEntry(
  trx: Trx,
  { gateway, gatewayRef }: Attempt,
  before: BookedEntry | undefined,
  entry: BookedEntry,
): Promise<void> {
  if (!before)
    await trx
      .insertInto('cancelEntries')
      .values({ ...entry, gateway, gatewayRef })
      .execute()
  else if (!sameRow(before, entry)) {
    const { numUpdatedRows } = await trx
      .updateTable('cancelEntries')
      .set(entry)
      .where('gateway', '=', gateway)
      .where('gatewayRef', '=', gatewayRef)
      .where('key', '=', entry.key)
      .executeTakeFirstOrThrow()
    oneRow(numUpdatedRows, `cancel entry ${entry.key} of ${gatewayRef}`)
  }
}

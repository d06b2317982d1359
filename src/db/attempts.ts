// Rows of attempts with their booked cancel entries: load under lock, insert, compare-and-set.
// Must not know: what evidence means.
import type { Attempt, BookedEntry } from '../domain/books.ts'
import type { GatewayName, GatewayRef, MerchantUid } from '../domain/ids.ts'
import { oneRow, same, versionOf, type Rows } from './compare.ts'
import type { Trx } from './connect.ts'

/** All attempts of an order, or one attempt, or both: a reference that may not be linked to its order yet. */
type About = { readonly merchantUid?: MerchantUid; readonly gateway?: GatewayName; readonly gatewayRef?: GatewayRef }
const keyOf = ({ gateway, gatewayRef }: { gateway: string; gatewayRef: string }): string => `${gateway} ${gatewayRef}`

export async function loadAttempts(trx: Trx, about: About, lock: boolean): Promise<Rows<Attempt>> {
  const { merchantUid, gateway, gatewayRef } = about
  const query = trx
    .selectFrom('attempts')
    .selectAll()
    .orderBy('gatewayRef')
    .where((eb) =>
      eb.or([
        ...(merchantUid === undefined ? [] : [eb('merchantUid', '=', merchantUid)]),
        ...(gateway === undefined || gatewayRef === undefined
          ? []
          : [eb.and([eb('gateway', '=', gateway), eb('gatewayRef', '=', gatewayRef)])]),
      ]),
    )
  const found = await (lock ? query.forUpdate() : query).execute()
  if (found.length === 0) return { rows: [], versions: [] }
  const refs = found.map(({ gatewayRef }) => gatewayRef)
  const entries = await trx
    .selectFrom('cancelEntries')
    .selectAll()
    .where('gatewayRef', 'in', refs)
    .orderBy('bookedAt')
    .orderBy('key')
    .execute()
  const rows = found.map(({ version: _version, ...attempt }): Attempt => {
    const own = entries.filter((entry) => keyOf(entry) === keyOf(attempt))
    return {
      ...attempt,
      entries: own.map(({ gateway: _g, gatewayRef: _r, bookedAt: _b, ...entry }): BookedEntry => entry),
    }
  })
  return { rows, versions: found.map((attempt) => [keyOf(attempt), attempt.version]) }
}

export async function saveAttempts(
  trx: Trx,
  before: readonly Attempt[],
  after: readonly Attempt[],
  versions: ReadonlyMap<string, number>,
): Promise<void> {
  for (const attempt of after) {
    const known = before.find((other) => keyOf(other) === keyOf(attempt))
    const { entries, ...row } = attempt
    if (!known) await trx.insertInto('attempts').values(row).execute()
    else {
      const { entries: _, ...old } = known
      if (!same(old, row)) await update(trx, row, versions)
    }
    for (const entry of entries)
      await saveEntry(
        trx,
        attempt,
        known?.entries.find(({ key }) => key === entry.key),
        entry,
      )
  }
}

async function update(trx: Trx, row: Omit<Attempt, 'entries'>, versions: ReadonlyMap<string, number>): Promise<void> {
  const version = versionOf(versions, keyOf(row))
  const { numUpdatedRows } = await trx
    .updateTable('attempts')
    .set({ ...row, version: version + 1 })
    .where('gateway', '=', row.gateway)
    .where('gatewayRef', '=', row.gatewayRef)
    .where('version', '=', version)
    .executeTakeFirstOrThrow()
  oneRow(numUpdatedRows, `attempt ${keyOf(row)}`)
}

/** Each entry once, by (attempt, cancellation id or ordinal): the primary key refuses a second booking. */
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
  else if (!same(before, entry)) {
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

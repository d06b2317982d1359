// The books of one order as they stand, by one statement: the payment, its attempts with their
// entries, its refunds with their tickets; and what a step needs to know beside them.
// Must not know: what is decided. The function load_books (migration 0014) locks and reads.
import { sql, type KyselyPlugin, type Selectable } from 'kysely'
import type { Attempt, Books, Refund } from '../../domain/books/books.ts'
import type { GatewayName, GatewayRef, MerchantUid, RefundId } from '../../domain/ids.ts'
import { keysThatMatter, type Memory } from '../../domain/books/memory.ts'
import type { Hold } from '../../domain/moves/filing.ts'
import type { Began } from '../clock.ts'
import type { Db, Trx } from '../connect.ts'
import { HOT, iso } from '../postgres.ts'
import type { AttemptsTable, CancelEntriesTable, PaymentsTable, RefundsTable, TicketsTable } from '../schema.ts'
import { attemptKey, type Keyed } from './attempts.ts'
import { refundMoved } from './refunds.ts'

/** Books as loaded: with the versions that their rows must still have when they are saved. */
export type Loaded = {
  readonly books: Books
  readonly versions: ReadonlyMap<string, number>
  readonly notices: number
  readonly births: ReadonlyMap<RefundId, string | null>
  /** The database's clock, after the locks were taken. */
  readonly now: string
  /** Of these books' gateways, those whose account differs from what is remembered, and why. */
  readonly differs: ReadonlyMap<GatewayName, string>
  /** The hold on every new cancel call, while there is one. */
  readonly hold: Hold | undefined
}
/**
 * An order, with references that may not be linked to it yet; or a reference, with the order that
 * it belongs to, else the one that is named; or a refund, with the order that it is of.
 */
export type About =
  | { readonly merchantUid: MerchantUid; readonly also?: readonly Keyed[] }
  | { readonly gateway: GatewayName; readonly gatewayRef: GatewayRef; readonly orElse?: MerchantUid }
  | { readonly refundId: RefundId }

/** Under lock, in this order: payment, attempts, refunds. */
export const loadBooks = async (trx: Trx, about: About): Promise<Loaded> => loadedFrom(await rowsOf(trx, about, 'lock'))

/** One moment of the books, without a lock. */
export const viewBooks = async (db: Db | Trx, about: About): Promise<Loaded> =>
  loadedFrom(await rowsOf(db, about, 'read'))

type Numbered = Loaded & { readonly began: Began }

/** The same, and the begin of a look: all that arrived before has a smaller number. */
export const viewForLook = async (db: Db | Trx, about: About): Promise<Numbered> =>
  numberedFrom(await rowsOf(db, about, 'number'))

/** Under lock, for a call whose answer is evidence of what was true from now on. */
export const loadForCall = async (trx: Trx, about: About): Promise<Numbered> =>
  numberedFrom(await rowsOf(trx, about, 'lock and number'))

function numberedFrom(rows: Rows): Numbered {
  if (rows.number === null) throw new Error('the database did not number the look')
  return { ...loadedFrom(rows), began: { number: rows.number, at: rows.now } }
}

/** Where a refund's books are found; undefined for an unknown refund. */
export async function refundAbout(trx: Trx, id: RefundId): Promise<About | undefined> {
  const row = await trx
    .selectFrom('refunds')
    .select(['merchantUid', 'gateway', 'gatewayRef'])
    .where('refundId', '=', id)
    .executeTakeFirst()
  if (!row) return undefined
  return row.merchantUid === null
    ? { gateway: row.gateway, gatewayRef: row.gatewayRef }
    : { merchantUid: row.merchantUid }
}

/** How far a refund's row is, as loaded. */
export function rowOf({ births, versions, books }: Loaded, id: RefundId): Memory | undefined {
  const refund = books.refunds.find(({ refundId }) => refundId === id)
  const version = versions.get(`refund ${id}`)
  if (!refund || version === undefined) return undefined
  return { birth: births.get(id) ?? null, version, keys: refund.tickets.map(({ authorisedBy }) => authorisedBy) }
}

/** What a workflow remembers of the row once this decision on it has been saved. */
export function memoryAfter(loaded: Loaded, { refunds }: Books, id: RefundId): Memory | undefined {
  const row = rowOf(loaded, id)
  const before = loaded.books.refunds.find(({ refundId }) => refundId === id)
  const after = refunds.find(({ refundId }) => refundId === id)
  if (!row || !before || !after) return undefined
  return { ...row, version: row.version + (refundMoved(before, after) ? 1 : 0), keys: keysThatMatter(after) }
}

type AttemptRow = Selectable<AttemptsTable> & { entries: readonly Selectable<CancelEntriesTable>[] }
type RefundRow = Selectable<RefundsTable> & { tickets: readonly Selectable<TicketsTable>[] }
type Rows = {
  readonly now: string
  readonly number: number | null
  readonly payment: Selectable<PaymentsTable> | null
  readonly attempts: readonly AttemptRow[]
  readonly refunds: readonly RefundRow[]
  readonly differs: readonly { gateway: GatewayName; said: string }[]
  readonly hold: Hold | null
}

async function rowsOf(db: Db | Trx, about: About, how: 'lock' | 'lock and number' | 'read' | 'number'): Promise<Rows> {
  const linked = !('merchantUid' in about) && 'gatewayRef' in about
  const keys = linked ? [about] : 'merchantUid' in about ? (about.also ?? []) : []
  const order = linked ? about.orElse : 'merchantUid' in about ? about.merchantUid : undefined
  const refund = 'refundId' in about ? about.refundId : null
  const pairs = JSON.stringify(keys.map(({ gateway, gatewayRef }) => [gateway, gatewayRef]))
  const { rows } = await sql<{ books: Rows }>`
    ${HOT} select load_books(${order ?? null}, ${refund}, ${pairs}::jsonb, ${linked}, ${how}) as books`.execute(
    db.withPlugin(ROWS_IN_JSON),
  )
  const [found] = rows
  if (!found) throw new Error('the books were not read')
  return found.books
}

function loadedFrom({ payment: paid, attempts, refunds, now, differs, hold }: Rows): Loaded {
  return {
    books: {
      payment: paid === null ? undefined : rowOfPayment(paid),
      attempts: attempts.map(attemptOf),
      refunds: refunds.map(refundOf),
    },
    versions: new Map([
      ...(paid === null ? [] : [[paid.merchantUid, paid.version] as const]),
      ...attempts.map((row) => [attemptKey(row), row.version] as const),
      ...refunds.map((row) => [`refund ${row.refundId}`, row.version] as const),
    ]),
    notices: paid?.notices ?? 0,
    births: new Map(refunds.map(({ refundId, birth }) => [refundId, birth])),
    now,
    differs: new Map(differs.map(({ gateway, said }) => [gateway, said])),
    hold: hold ?? undefined,
  }
}

/** The buyer stays where he is: nobody decides by him. */
const rowOfPayment = ({ version: _v, notices: _n, buyerId: _b, ...payment }: Selectable<PaymentsTable>) => payment

const attemptOf = ({ version: _v, entries, ...attempt }: AttemptRow): Attempt => ({
  ...attempt,
  entries: entries.map(({ gateway: _g, gatewayRef: _r, bookedAt: _b, ...entry }) => entry),
})

const refundOf = ({ version: _v, birth: _b, tickets, ...refund }: RefundRow): Refund => ({
  ...refund,
  tickets: tickets.map(({ refundId: _r, ...ticket }) => ticket),
})

/** Columns of time: in JSON they come as the session writes them. */
const TIMES: ReadonlySet<string> = new Set(
  `expiresAt nextTryAt createdAt snoozedUntil waitingSince lastCheckpointAt nextCheckpointAt paidAt evidenceAsOf
  lookFailedAt cancelledAt missingSince bookedAt stateSince intentAt deliveryToldAt deliveryAwaitedSince
  now since`.split(/\s+/),
)

/** Whole rows as JSON come out as rows do: names in camelCase, times as ISO 8601, safe integers. */
const ROWS_IN_JSON: KyselyPlugin = {
  transformQuery: ({ node }) => node,
  transformResult: ({ result }) =>
    Promise.resolve({ ...result, rows: result.rows.map((row) => ({ ...row, books: asRows(row['books']) })) }),
}

function asRows(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asRows)
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    throw new RangeError(`the database holds ${value}, which is beyond 2^53 − 1`)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      const key = camel(name)
      return [key, typeof each === 'string' && TIMES.has(key) ? iso(each) : asRows(each)]
    }),
  )
}

const names = new Map<string, string>()

function camel(name: string): string {
  const known = names.get(name) ?? name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  names.set(name, known)
  return known
}

// Notices to the checkout as rows of the outbox: which are too old, which a person sees, and which
// go out once more.
// Must not know: HTTP, signatures. What a notice says was fixed by the move that made it; here only
// its delivery changes.
import { sql } from 'kysely'
import { writeJournal } from '../books/journal.ts'
import type { Db, Trx } from '../connect.ts'
import { notePut } from '../notify.ts'
import { parked, putAlert, STALE, type Claimed } from './outgoing.ts'
import { NOT_TAKEN } from '../../domain/shown/words/toldElse.ts'
import { inEach } from '../../language.ts'

const AT_ONCE = 500

export type NoticeRow = {
  readonly rowId: number
  readonly id: string
  readonly merchantUid: string
  readonly number: number
  readonly type: string
  readonly at: string
  readonly state: 'pending' | 'delivered' | 'parked'
  readonly tries: number
  readonly nextTry: string | null
  readonly settledAt: string | null
  readonly said: string | null
}

const COLUMNS = sql`id as row_id, payload->>'id' as id, target as merchant_uid, (payload->>'number')::float8 as number,
  payload->>'type' as type, payload->>'at' as at, state, tries, case when state = 'pending' then due_at end as next_try, settled_at, said`

/** Of one payment, in the order of their numbers. */
export async function listNotices(
  db: Db | Trx,
  { merchantUid, after, limit }: { merchantUid: string; after: number; limit: number },
): Promise<readonly NoticeRow[]> {
  const { rows } = await sql<NoticeRow>`
    select ${COLUMNS} from outbox where kind = 'notice' and target = ${merchantUid} and outbox.id > ${after}
    order by outbox.id limit ${limit}`.execute(db)
  return rows
}

/**
 * Once more, for a whole day from now on, under the same id and number. One that waits already
 * stays as it is; undefined for an unknown id.
 */
export async function resendNotice(
  trx: Trx,
  id: string,
  { who, at }: { who: string; at: string },
): Promise<NoticeRow | undefined> {
  const found = await noticeOf(trx, id)
  if (!found || found.state === 'pending') return found
  await sql`
    update outbox set state = 'pending', tries = 0, due_at = clock_timestamp(), replayed_at = clock_timestamp(),
      settled_at = null, said = null where id = ${found.rowId}`.execute(trx)
  notePut(trx, 'notice')
  const { merchantUid, number, state: from } = found
  const why = `notice ${number} goes out once more`
  await writeJournal(trx, [{ what: 'notice.resent', from, to: 'pending', why, facts: { id } }], {
    who,
    at,
    merchantUid,
  })
  return noticeOf(trx, id)
}

async function noticeOf(trx: Trx, id: string): Promise<NoticeRow | undefined> {
  const { rows } = await sql<NoticeRow>`
    select ${COLUMNS} from outbox where kind = 'notice' and payload->>'id' = ${id} for update`.execute(trx)
  return rows[0]
}

/**
 * A last try did not help: parked with an alert, so that later ones go on and the numbers show the
 * gap.
 */
export async function parkNotice(trx: Trx, claimed: Claimed, number: number, said: string): Promise<void> {
  if (!(await parked(trx, claimed, said))) return
  const sentence = inEach(NOT_TAKEN.notice, { number, order: claimed.target, said })
  await putAlert(trx, { level: 'warn', kind: 'noticeParked', saga: `payment:${claimed.target}`, sentence })
}

/**
 * Notices that grew older than a day before anything was tried, for no address was set, none of our
 * relays ran, or an earlier one of their order took that long: parked with one alert, for old news
 * that come in a flood do harm.
 */
export async function parkUntried(trx: Trx): Promise<number> {
  const { rows } = await sql<{ target: string; orders: number }>`
    with old as (select id from outbox o where kind = 'notice' and state = 'pending' and tries = 0 and ${STALE}
      and (leased_until is null or leased_until < clock_timestamp()) order by id limit ${AT_ONCE} for update skip locked)
    update outbox set state = 'parked', settled_at = clock_timestamp(), said = 'a day passed before it could be tried'
    from old where outbox.id = old.id returning target`.execute(trx)
  const [first] = rows
  if (!first) return 0
  const orders = new Set(rows.map(({ target }) => target)).size
  const counts = { count: rows.length, orders, order: first.target }
  const sentence = inEach(NOT_TAKEN.notices, counts)
  await putAlert(trx, { level: 'warn', kind: 'noticeParked', saga: `payment:${first.target}`, sentence })
  return rows.length
}

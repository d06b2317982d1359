// What people were told of what is watched, one row for all processes together.
// Must not know: what is wrong, or who is told. Whoever holds the row decides alone.
import { sql } from 'kysely'
import { isOver } from '../clock.ts'
import type { Trx } from '../connect.ts'

export type Watch = { readonly since: string | null; readonly mayPage: boolean }

/**
 * Pages of a watch are at least so far apart. A minute less than an hour: the minute between two
 * questions comes on top, and a clock that is set back by seconds does not make a second page.
 */
const BETWEEN_PAGES = sql`interval '59 minutes'`

/** Held until the transaction ends. */
export async function lockWatch(trx: Trx, name: string): Promise<Watch> {
  await sql`insert into watches (name) values (${name}) on conflict do nothing`.execute(trx)
  const { rows } = await sql<Watch>`
    select since, (told_at is null or ${isOver(sql`told_at + ${BETWEEN_PAGES}`)}) as may_page
    from watches where name = ${name} for update`.execute(trx)
  const [watch] = rows
  if (!watch) throw new Error(`the watch ${name} is gone while it was taken`)
  return watch
}

export async function notePaged(trx: Trx, name: string): Promise<void> {
  await sql`
    update watches set since = coalesce(since, clock_timestamp()), told_at = clock_timestamp()
    where name = ${name}`.execute(trx)
}

/** The time of the last page stays: what comes and goes is paged for no oftener. */
export async function noteOver(trx: Trx, name: string): Promise<void> {
  await sql`update watches set since = null where name = ${name}`.execute(trx)
}

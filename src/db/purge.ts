// What inbox, outbox, looks and people's rows forget: rows that nothing needs any more, a few at a
// time, so that nobody waits for a purge.
// Must not know: who runs it. What may still be money, what a person has touched and what moved
// something is never deleted. Ages are by now(), which stands still within a statement: by
// clock_timestamp() no index could be used.
import { sql, type RawBuilder } from 'kysely'
import type { Db } from './connect.ts'
import { received } from './waits.ts'

/**
 * Late cash methods settle within a month (paymentwall.md §11), and people ask about a refund for
 * longer than that. A parked hint is needed for less: what it may have told, the sweep has found in
 * the gateway's own list meanwhile.
 */
const KEPT = sql`interval '90 days'`
/**
 * Of hints that name nothing known here, so many; beyond that the oldest go, but none before its
 * day is over: by then some hundred sweeps have listed all that changed at the gateway since, and a
 * person had the alert.
 */
const MOST_UNKNOWN = { strangers: 10_000, gateway: 100_000 }
const KEPT_AT_LEAST = sql`interval '1 day'`
/** An order's unlinked references are counted for ten minutes. */
const LOOKS_KEPT = sql`interval '1 day'`
/** A proof is good for ten minutes; one that is gone is refused like one that was used. */
const PROOFS_KEPT = sql`interval '1 day'`
export const PURGED_AT_ONCE = 500

export type Purged = 'hints' | 'unknownHints' | 'outbox' | 'looks' | 'proofs' | 'answers'

/** One portion of each kind; how many rows went. */
export async function purgeOnce(db: Db): Promise<Readonly<Record<Purged, number>>> {
  return {
    hints: await removed(db, answeredHints),
    unknownHints: await removed(db, unknownHints),
    outbox: await removed(db, leftOutbox),
    looks: await removed(db, unlinkedLooks),
    proofs: await removed(db, oldProofs),
    answers: await removed(db, oldAnswers),
  }
}

async function removed(db: Db, statement: RawBuilder<unknown>): Promise<number> {
  const { numAffectedRows = 0n } = await statement.execute(db)
  return Number(numAffectedRows)
}

const unread = sql`not exists (select 1 from journal j where j.what = 'hint.replayed' and j.facts ->> 'hint' = i.id::text)`

/**
 * Those whose look moved nothing: the others stay beside the journal's lines, for they say who told
 * us.
 */
const answeredHints = sql`
  delete from inbox where id in (select id from inbox i
    where state = 'looked' and not moved and settled_at < now() - ${KEPT} and ${unread}
    order by settled_at limit ${PURGED_AT_ONCE} for update skip locked)`

/**
 * Strangers and the gateway's own addresses are counted apart, so that strangers drive out nothing
 * of the gateway's.
 */
const oldestOfTheNewest = (known: boolean, most: number) => sql`coalesce((select settled_at from inbox
  where state = 'parked' and source = 'webhook' and from_known_address = ${known}
  order by settled_at desc offset ${most - 1} limit 1), '-infinity')`
/** Where the gateway's lists were not walked, nothing has found what a hint may have told. */
const listedUntil = sql`(select min(cursor) from sweep_cursors)`
const tooMany = sql`least(now() - ${KEPT_AT_LEAST}, ${listedUntil}, case when i.from_known_address
  then ${oldestOfTheNewest(true, MOST_UNKNOWN.gateway)} else ${oldestOfTheNewest(false, MOST_UNKNOWN.strangers)} end)`

/**
 * Never one that names what is known, nor one whose look nobody could book: that is for a person,
 * however long it takes.
 */
const unknownHints = sql`
  delete from inbox where id in (select id from inbox i
    where state = 'parked' and source = 'webhook'
      and parked_because in ('unknownOrder', 'unreadable', 'oversized', 'flood')
      and greatest(received_at, settled_at) < greatest(now() - ${KEPT}, ${tooMany})
      and not exists (select 1 from payments p where p.merchant_uid = i.merchant_uid)
      and not exists (select 1 from attempts a where a.gateway = i.gateway and a.gateway_ref = i.gateway_ref)
      and ${unread}
    order by settled_at limit ${PURGED_AT_ONCE} for update skip locked)`

/**
 * Delivered, and never sent again by a person: of those the journal tells. A parked row waits for
 * its person.
 */
const leftOutbox = sql`
  delete from outbox where id in (select id from outbox
    where state = 'delivered' and replayed_at is null and settled_at < now() - ${KEPT}
    order by settled_at limit ${PURGED_AT_ONCE} for update skip locked)`

/** When invented references were looked at: they would grow by as many as a stranger invents. */
const unlinkedLooks = sql`
  delete from looks where (gateway, subject) in (select gateway, subject from looks l
    where not linked and subject like 'ref:%'
      and (began < now() - ${LOOKS_KEPT} or began is null and coalesce(retry_at, leased_until) < now() - ${LOOKS_KEPT})
      and (leased_until is null or leased_until < now())
      and not exists (select 1 from attempts a where a.gateway = l.gateway and a.gateway_ref = substr(l.subject, 5))
      and not exists (select 1 from inbox i where i.gateway = l.gateway and i.subject = l.subject and ${received('i')})
    order by began limit ${PURGED_AT_ONCE} for update skip locked)`

/** As few as people make, so no index is needed for these two. */
const oldProofs = sql`
  delete from proofs where id in (select id from proofs where minted_at < now() - ${PROOFS_KEPT}
    limit ${PURGED_AT_ONCE} for update skip locked)`

/** An update is asked again within seconds; the journal keeps what was done. */
const oldAnswers = sql`
  delete from answers where (saga, update_id, command) in (select saga, update_id, command from answers
    where answered_at < now() - ${KEPT} limit ${PURGED_AT_ONCE} for update skip locked)`

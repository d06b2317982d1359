// Keeps webhooks, as many as came together by one call. Their rows notify nobody: the looker beside
// the receiver is told at once, and others poll. For Postgres lets commits that notify pass one by
// one, each waiting for the disk behind the one before.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a
// release, only followed.
import { sql, type Kysely } from 'kysely'
import { briefly, index, steps } from '../migrating.ts'

/**
 * Different hints that wait for one look. Strangers and the gateway's own addresses are counted
 * apart, so that strangers never take the gateway's rows.
 */
const isCrowded = (about: ReturnType<typeof sql>) => sql`5 <= (select count(*) from (select 1 from inbox i
  where ${about} and i.source = 'webhook' and i.from_known_address = hint.known limit 5) as waiting)`

/**
 * Answers in the order of the hints. Whatever is locked is passed over, for who came together must
 * not wait for one of them. A plan is kept for as long as its connection lives: no table is scanned
 * in it, and each way here to say "waits" fits one index alone, for one that was made while
 * nothing waited, so that any index would do, would read all that waits in a burst.
 */
const KEEP_HINTS = sql`create or replace function keep_hints(hints jsonb) returns jsonb language plpgsql
set enable_seqscan = off as $$
declare
  hint record;
  same int8;
  linked boolean;
  ordered boolean;
  answers jsonb := '[]';
  answer text;
begin
  for hint in select * from jsonb_to_recordset(hints) as h(gateway text, ref text, uid text, subject text, status text,
    cancellation text, type text, body text, address text, known boolean, place boolean, message text, trace text)
  loop
    answer := null;
    if hint.message is not null then
      -- Kept before, so that a look has begun since, or will.
      select id into same from inbox i where i.gateway = hint.gateway and i.message_id = hint.message;
      if found then
        update inbox set times = times + 1 where id = (select id from inbox where id = same for update skip locked);
        answer := 'counted';
      end if;
    end if;
    if answer is null then
      linked := exists (select 1 from attempts a where a.gateway = hint.gateway and a.gateway_ref = hint.ref);
      ordered := exists (select 1 from payments p where p.merchant_uid = hint.uid);
      -- It is looked at, or is parked until its order is recorded.
      select id into same from inbox i
        where i.gateway = hint.gateway and i.gateway_ref = hint.ref and i.merchant_uid = hint.uid
          and i.said_status is not distinct from hint.status and i.said_cancellation_id is not distinct from hint.cancellation
          and i.source = 'webhook' and i.from_known_address = hint.known and i.state in ('received', 'parked')
          and (i.state <> 'parked' or i.parked_because = 'unknownOrder' and not linked and not ordered)
        limit 1 for update skip locked;
      if found then
        -- The arrival of the latest is the row's, so the look that answers the row has begun after it.
        update inbox set times = times + 1, received_at = clock_timestamp(), arrival = nextval('looks_order')
          where id = same;
        answer := 'counted';
      elsif linked then
        if ${isCrowded(sql`i.gateway = hint.gateway and i.gateway_ref = hint.ref and i.state in ('received', 'parked') and i.state <> 'parked'`)} then
          answer := 'crowdedReference';
        end if;
      elsif ordered then
        if ${isCrowded(sql`i.merchant_uid = hint.uid and i.settled_at is null`)} then
          answer := 'crowdedOrder';
        end if;
      else
        answer := case when hint.place then 'placed' else 'unknown' end;
      end if;
      if answer is null or answer = 'placed' then
        insert into inbox (gateway, subject, gateway_ref, merchant_uid, source, said_status, said_cancellation_id,
          content_type, body, remote_address, from_known_address, message_id, traceparent)
        values (hint.gateway, hint.subject, hint.ref, hint.uid, 'webhook', hint.status, hint.cancellation,
          hint.type, decode(hint.body, 'hex'), hint.address, hint.known, hint.message, hint.trace)
        on conflict (gateway, message_id) where message_id is not null do nothing;
        if not found then answer := 'counted'; end if;
      end if;
    end if;
    answers := answers || to_jsonb(coalesce(answer, 'row'));
  end loop;
  return answers;
end $$`

export const up = steps(
  briefly(KEEP_HINTS),
  briefly(sql`create or replace trigger inbox_told after insert on inbox
    for each row when (new.source not in ('webhook', 'pingback')) execute function tell_of_new_rows()`),
  // In place of inbox_unlooked_order, which may go once no older process asks by its words.
  index('inbox_waiting_order', sql`inbox (merchant_uid) where settled_at is null`),
)

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index inbox_waiting_order`.execute(db)
  await sql`create or replace trigger inbox_told after insert on inbox
    for each statement execute function tell_of_new_rows()`.execute(db)
  await sql`drop function keep_hints(jsonb)`.execute(db)
}

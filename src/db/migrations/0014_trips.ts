// Fewer round trips: the books of an order by one statement, and whoever waits for an order to
// leave `opening` is told by the commit that moves it.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a
// release, only followed.
import { sql, type Kysely } from 'kysely'
import { briefly, index, steps } from '../migrating.ts'

/**
 * Locks first, by statements of their own: each sees what those committed that it waited for. What
 * is read then is one statement, and so one moment.
 */
const LOAD_BOOKS = sql`create or replace function load_books(of_order text, of_refund text, of_refs jsonb, linked boolean, how text)
  returns jsonb language plpgsql as $$
declare
  named text := of_order;
  gateways text[] := array(select key ->> 0 from jsonb_array_elements(of_refs) with ordinality as k(key, place) order by place);
  refs text[] := array(select key ->> 1 from jsonb_array_elements(of_refs) with ordinality as k(key, place) order by place);
  recorded boolean;
  answer jsonb;
begin
  if of_refund is not null then
    select r.merchant_uid, array[r.gateway], array[r.gateway_ref] into named, gateways, refs
      from refunds r where r.refund_id = of_refund;
    if named is not null then
      gateways := '{}';
      refs := '{}';
    end if;
  elsif linked then
    named := coalesce((select a.merchant_uid from attempts a where a.gateway = gateways[1] and a.gateway_ref = refs[1]), named);
  end if;
  if how like 'lock%' then
    perform 1 from payments p where p.merchant_uid = named for update;
    recorded := found;
    perform 1 from attempts a where a.merchant_uid = named order by a.gateway_ref for update;
    if cardinality(refs) > 0 then
      perform 1 from unnest(gateways, refs) as k(gateway, ref)
        join attempts a on a.gateway = k.gateway and a.gateway_ref = k.ref
        where not recorded or a.merchant_uid is null order by a.gateway_ref for update of a;
      perform 1 from unnest(gateways, refs) as k(gateway, ref)
        join attempts a on a.gateway = k.gateway and a.gateway_ref = k.ref
        join refunds r on r.gateway = a.gateway and r.gateway_ref = a.gateway_ref
        where not recorded or a.merchant_uid is null order by r.created_at, r.refund_id for update of r;
    end if;
    perform 1 from attempts a join refunds r on r.gateway = a.gateway and r.gateway_ref = a.gateway_ref
      where a.merchant_uid = named order by r.created_at, r.refund_id for update of r;
  end if;
  with payment as (select p.* from payments p where p.merchant_uid = named),
  own as (
    select a.* from attempts a where a.merchant_uid = named
    union all
    select a.* from unnest(gateways, refs) as k(gateway, ref)
      join attempts a on a.gateway = k.gateway and a.gateway_ref = k.ref
      where a.merchant_uid is null or a.merchant_uid is distinct from named and not exists (select 1 from payment))
  select jsonb_build_object(
    'now', clock_timestamp(),
    'number', case when how like '%number' then nextval('looks_order') end,
    'payment', (select to_jsonb(p) from payment p),
    'attempts', (select coalesce(jsonb_agg(to_jsonb(a) || jsonb_build_object('entries', (
        select coalesce(jsonb_agg(to_jsonb(e) order by e.booked_at, e.key), '[]') from cancel_entries e
        where e.gateway = a.gateway and e.gateway_ref = a.gateway_ref)) order by a.gateway_ref), '[]') from own a),
    'refunds', (select coalesce(jsonb_agg(to_jsonb(r) || jsonb_build_object('tickets', (
        select coalesce(jsonb_agg(to_jsonb(t) order by t.intent_at, t.authorised_by), '[]') from tickets t
        where t.refund_id = r.refund_id)) order by r.created_at, r.refund_id), '[]')
      from own a join refunds r on r.gateway = a.gateway and r.gateway_ref = a.gateway_ref),
    'differs', (select coalesce(jsonb_agg(jsonb_build_object('gateway', c.gateway, 'said', coalesce(c.said, ''))), '[]') from accounts c
      where c.differs_since is not null
        and c.gateway in (select p.gateway from payment p union select a.gateway from own a)),
    'hold', (select jsonb_build_object('since', h.since, 'who', h.who, 'reason', h.reason) from filing_hold h))
  into answer;
  return answer;
end $$`

export const up = steps(
  briefly(LOAD_BOOKS),
  briefly(sql`create or replace function tell_of_opened_order() returns trigger language plpgsql as $$
    begin perform pg_notify('saga_opened', new.merchant_uid); return null; end $$`),
  briefly(sql`create or replace trigger payments_opened after update of state on payments
    for each row when (old.state = 'opening' and new.state <> 'opening') execute function tell_of_opened_order()`),
  // Lists in the order of their pages.
  index('payments_listed', sql`payments (state, merchant_uid)`),
  index('refunds_listed', sql`refunds (state, waiting_since, refund_id)`),
  index(
    'refunds_open',
    sql`refunds (waiting_since, refund_id)
    where state in ('requested', 'ticketOpen', 'unknown', 'blocked', 'refused', 'reversed') and not (state in ('refused') and ticket_dead)
      or state = 'refunded' and matched_by_amount and not ticket_dead`,
  ),
  index(
    'inbox_lanes',
    sql`inbox ((case when source <> 'sweep' then 0 when sweep_id is null then 1 else 2 end), due_at)
    where state = 'received' and subject is not null and signed_key is null`,
  ),
)

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index inbox_lanes, payments_listed, refunds_listed, refunds_open`.execute(db)
  await sql`drop function load_books(text, text, jsonb, boolean, text)`.execute(db)
  await sql`drop trigger payments_opened on payments`.execute(db)
  await sql`drop function tell_of_opened_order()`.execute(db)
}

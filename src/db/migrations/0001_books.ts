// The first tables: books, inbox, looks, outbox, journal. The words of its checks are those of that
// day.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a
// release, only followed.
import { sql } from 'kysely'
import { briefly, steps } from '../migrating.ts'

const ATTENTIONS = sql`('none', 'remind', 'warn', 'page')`
const ORDER_STATES = sql`('opening', 'prepared', 'declined', 'expired', 'closed')`
const PAYMENT_STATES = sql`('opening', 'prepared', 'declined', 'expired', 'closed',
  'paid', 'cancelPending', 'partlyCancelled', 'cancelled', 'quarantined')`
const REFUND_STATES = sql`('requested', 'ticketOpen', 'unknown', 'blocked', 'refused',
  'settledElsewhere', 'withdrawn', 'superseded', 'refunded', 'reversed')`
const REFUND_ORIGINS = sql`('checkout', 'ops', 'policy', 'testChannel', 'console', 'chargeback', 'outside')`

const wait = sql`
  attention text not null check (attention in ${ATTENTIONS}),
  owner text,
  snoozed_until timestamptz,
  acknowledged_level text,
  waiting_since timestamptz not null,
  last_checkpoint_at timestamptz not null,
  next_checkpoint_at timestamptz,
  next_checkpoint_level text,
  version int8 not null default 1`

function books() {
  return [
    sql`create table if not exists payments (
      merchant_uid text primary key,
      gateway text not null,
      order_state text not null check (order_state in ${ORDER_STATES}),
      state text not null check (state in ${PAYMENT_STATES}),
      amount int8 not null check (amount > 0), currency text not null,
      channel text not null check (channel in ('live', 'test')),
      name text not null, return_url text, country text, widget text, late_policy text,
      expires_at timestamptz not null,
      accepted_ref text, charged_back boolean not null, closed_reason text,
      tries int4 not null, next_try_at timestamptz, created_at timestamptz not null,
      notices int8 not null default 0, ${wait})`,
    sql`create index if not exists payments_state on payments (state, waiting_since)`,
    sql`create table if not exists attempts (
      gateway text not null, gateway_ref text not null, primary key (gateway, gateway_ref),
      merchant_uid text references payments, said_merchant_uid text not null,
      status text not null, amount int8 not null, currency text not null,
      channel text not null check (channel in ('live', 'test')),
      ever_paid boolean not null, paid_ordinal int4, paid_at timestamptz, accepted boolean not null, because text,
      charged_back boolean not null, said_amount int8, gateway_returned int8 not null,
      fail_reason text, paymentwall_ref text, pay_method text, payer_country text,
      evidence_as_of timestamptz not null, look_failed_at timestamptz, look_failed_said text, ${wait})`,
    sql`create index if not exists attempts_order on attempts (merchant_uid)`,
    sql`create index if not exists attempts_strays on attempts (waiting_since, gateway, gateway_ref) where attention <> 'none'`,
    sql`create index if not exists attempts_unknown on attempts (said_merchant_uid) where merchant_uid is null`,
    sql`create index if not exists attempts_unaccepted on attempts (merchant_uid) where ever_paid and not accepted`,
    sql`create table if not exists cancel_entries (
      gateway text not null, gateway_ref text not null, key text not null, primary key (gateway, gateway_ref, key),
      foreign key (gateway, gateway_ref) references attempts,
      cancellation_id text, amount int8 not null check (amount > 0), cancelled_at timestamptz, reason text not null,
      refund_id text not null, missing_since timestamptz, gone boolean not null,
      booked_at timestamptz not null default clock_timestamp())`,
    sql`create table if not exists refunds (
      refund_id text primary key,
      merchant_uid text references payments, gateway text not null, gateway_ref text not null,
      foreign key (gateway, gateway_ref) references attempts,
      amount int8 not null check (amount > 0), asked_amount int8, currency text not null, reason text not null,
      origin text not null check (origin in ${REFUND_ORIGINS}),
      state text not null check (state in ${REFUND_STATES}),
      test_channel boolean not null, authorisation text not null, ticket_dead boolean not null,
      paid_elsewhere int8 not null, blocked_because text, said text,
      tries int4 not null, next_try_at timestamptz, created_at timestamptz not null, state_since timestamptz not null, ${wait})`,
    sql`create index if not exists refunds_order on refunds (merchant_uid)`,
    sql`create index if not exists refunds_attempt on refunds (gateway, gateway_ref)`,
    sql`create index if not exists refunds_state on refunds (state, waiting_since)`,
    sql`create table if not exists tickets (
      refund_id text not null references refunds, authorised_by text not null, primary key (refund_id, authorised_by),
      intent_at timestamptz not null,
      outcome text check (outcome in ('filed', 'doneAtOnce', 'refused', 'notSent', 'unknown')), said text, dead boolean not null)`,
  ]
}

function queues() {
  const lease = sql`lease_token text, leased_until timestamptz`
  return [
    sql`create table if not exists inbox (
      id int8 generated always as identity primary key,
      gateway text not null, subject text, gateway_ref text, merchant_uid text, source text not null,
      said_status text, said_cancellation_id text, content_type text, body bytea, remote_address text,
      received_at timestamptz not null default clock_timestamp(), due_at timestamptz not null default clock_timestamp(),
      state text not null default 'received' check (state in ('received', 'looked', 'parked')),
      settled_at timestamptz, parked_because text, mismatched boolean not null default false,
      moved boolean not null default false, sweep_id text)`,
    sql`create index if not exists inbox_unlooked on inbox (due_at) where state = 'received'`,
    sql`create index if not exists inbox_subject on inbox (gateway, subject) where state = 'received'`,
    sql`create index if not exists inbox_parked on inbox (merchant_uid) where state = 'parked'`,
    sql`create index if not exists inbox_sweep on inbox (sweep_id) where sweep_id is not null`,
    sql`create table if not exists looks (
      gateway text not null, subject text not null, primary key (gateway, subject),
      said_merchant_uid text, linked boolean not null default false, ${lease},
      began timestamptz, not_before timestamptz, spacing_ms int8 not null default 0, failures int4 not null default 0, retry_at timestamptz)`,
    sql`create index if not exists looks_unlinked on looks (said_merchant_uid, began) where not linked`,
    sql`create table if not exists outbox (
      id int8 generated always as identity primary key,
      kind text not null check (kind in ('wake', 'notice', 'alert')), target text not null, payload jsonb not null,
      created_at timestamptz not null default clock_timestamp(), due_at timestamptz not null default clock_timestamp(),
      state text not null default 'pending' check (state in ('pending', 'delivered', 'parked')),
      tries int4 not null default 0, ${lease}, settled_at timestamptz, said text)`,
    sql`create index if not exists outbox_pending on outbox (kind, due_at) where state = 'pending'`,
    sql`create unique index if not exists outbox_notice on outbox ((payload->>'id')) where kind = 'notice'`,
    sql`create index if not exists outbox_notices on outbox (target, id) where kind = 'notice'`,
    sql`create index if not exists outbox_target on outbox (kind, target) where state = 'pending'`,
  ]
}

function sweeps() {
  const counts = sql.raw(
    ['listed', 'differing', 'kept', 'unreadable', 'calls'].map((name) => `${name} int8 not null default 0`).join(', '),
  )
  return [
    sql`create table if not exists sweep_cursors (
      gateway text not null, status text not null check (status in ('paid', 'cancelled', 'failed')), primary key (gateway, status),
      cursor timestamptz not null, complete boolean not null, unreadable int8 not null, version int8 not null)`,
    sql`create table if not exists sweeps (
      id text primary key, asked_by text not null, range_from timestamptz not null, range_to timestamptz not null,
      state text not null default 'listing' check (state in ('listing', 'listed', 'failed')), ${counts}, said text,
      began timestamptz not null default clock_timestamp(), touched_at timestamptz not null default clock_timestamp())`,
  ]
}

function people() {
  return [
    sql`create table if not exists proofs (
      id text primary key, saga text not null, command text not null, person text not null, role text,
      minted_at timestamptz not null default clock_timestamp(), used_at timestamptz)`,
    sql`create table if not exists approvals (
      saga text primary key, command text not null, args jsonb not null, person text not null, asked_at timestamptz not null)`,
  ]
}

function journal() {
  return [
    sql`create table if not exists journal (
      id int8 generated always as identity primary key,
      at timestamptz not null, booked_at timestamptz not null default clock_timestamp(),
      who text not null, what text not null, merchant_uid text, refund_id text, gateway_ref text,
      from_state text, to_state text, why text not null, facts jsonb)`,
    sql`create index if not exists journal_order on journal (merchant_uid, id)`,
    sql`create index if not exists journal_refund on journal (refund_id, id)`,
    sql`create or replace function journal_is_append_only() returns trigger language plpgsql as $$
      begin raise exception 'the journal is append-only: % is refused', tg_op; end $$`,
    sql`create or replace trigger journal_append_only before update or delete or truncate on journal
      for each statement execute function journal_is_append_only()`,
  ]
}

export const up = steps(briefly(...books(), ...queues(), ...people(), ...sweeps(), ...journal()))

export async function down(): Promise<void> {
  await Promise.reject(new Error('the books are never dropped; restore a backup instead'))
}

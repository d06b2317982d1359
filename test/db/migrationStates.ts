// Rows as an installation has them after each migration: at least one in each table that a later migration touches.
// Must not know: what a migration does with them. Written as SQL, for the code of today knows the tables of today alone.
import { sql, type Kysely } from 'kysely'

const WAIT = `'none', now(), now()`

/** `columns`: of all tables, as `table.column`; what came later is set where it is required and has no default. */
function rowsOf(columns: ReadonlySet<string>): readonly string[] {
  const has = (column: string) => columns.has(column)
  const sent = has('tickets.sent_reason')
  return [
    `insert into payments (merchant_uid, gateway, order_state, state, amount, currency, channel, name, expires_at, accepted_ref,
      charged_back, tries, created_at, attention, waiting_since, last_checkpoint_at)
      values ('o-1', 'iamport/main', 'prepared', 'cancelPending', 10000, 'KRW', 'live', 'a hat', now(), 'imp-1', false, 0, now(), ${WAIT})`,
    `insert into attempts (gateway, gateway_ref, merchant_uid, said_merchant_uid, status, amount, currency, channel, ever_paid,
      accepted, charged_back, gateway_returned, evidence_as_of, attention, waiting_since, last_checkpoint_at)
      values ('iamport/main', 'imp-1', 'o-1', 'o-1', 'paid', 10000, 'KRW', 'live', true, true, false, 3000, now(), ${WAIT}),
        ('iamport/main', 'imp-2', null, 'o-unknown', 'paid', 500, 'KRW', 'live', true, false, false, 0, now(), 'warn', now(), now())`,
    `insert into refunds (refund_id, merchant_uid, gateway, gateway_ref, amount, currency, reason, origin, state, test_channel,
      authorisation, ticket_dead, paid_elsewhere, tries, created_at, state_since, attention, waiting_since, last_checkpoint_at)
      values ('r-1', 'o-1', 'iamport/main', 'imp-1', 3000, 'KRW', 'too small', 'checkout', 'refunded', false, 'submit', false, 0, 0, now(), now(), ${WAIT}),
        ('r-2', 'o-1', 'iamport/main', 'imp-1', 4000, 'KRW', 'too large', 'policy', 'ticketOpen', false, 'submit', false, 0, 0, now(), now(), ${WAIT})`,
    `insert into tickets (refund_id, authorised_by, intent_at, outcome, dead${sent ? ', sent_reason' : ''})
      values ('r-1', 'submit', now(), 'filed', false${sent ? `, '#r-1 too small'` : ''}),
        ('r-2', 'submit', now(), null, false${sent ? `, '#r-2 too large'` : ''})`,
    `insert into cancel_entries (gateway, gateway_ref, key, amount, cancelled_at, reason, refund_id, gone)
      values ('iamport/main', 'imp-1', '#1', 3000, now(), 'too small #r-1', 'r-1', false)`,
    `insert into inbox (gateway, subject, gateway_ref, merchant_uid, source, said_status)
      values ('iamport/main', 'ref:imp-1', 'imp-1', 'o-1', 'webhook', 'paid'), ('iamport/main', 'ref:imp-2', 'imp-2', null, 'sweep', null)`,
    `insert into inbox (gateway, subject, gateway_ref, source, state, settled_at, parked_because)
      values ('iamport/main', 'ref:imp-3', 'imp-3', 'webhook', 'parked', now(), 'gatewayUnavailable')`,
    `insert into looks (gateway, subject, said_merchant_uid, began) values ('iamport/main', 'ref:imp-1', 'o-1', now())`,
    `insert into outbox (kind, target, payload) values ('wake', 'refund:r-2', '{}'),
      ('notice', 'o-1', '{"id": "n-1"}'), ('alert', 'refund:r-2', '{"level": "page"}')`,
    `insert into sweep_cursors (gateway, status, cursor, complete, unreadable, version)
      values ('iamport/main', 'paid', now(), true, 0, 1)`,
    `insert into sweeps (id, asked_by, range_from, range_to) values ('sweep-1', 'ops:kim', now(), now())`,
    `insert into proofs (id, saga, command, person, role) values ('p-1', 'refund:r-2', 'resolve', 'kim', 'ops')`,
    `insert into approvals (saga, command, args, person, asked_at) values ('refund:r-2', 'resolve', '{}', 'kim', now())`,
    `insert into journal (at, who, what, merchant_uid, refund_id, why, facts)
      values (now(), 'ops:kim', 'hint.replayed', 'o-1', 'r-2', 'asked', '{"hint": "1"}')`,
    ...(has('answers.saga')
      ? [
          `insert into answers (saga, update_id, command, answer, state, sentence) values ('refund:r-2', 'u-1', 'recheck', 'done', 'ticketOpen', 'done')`,
        ]
      : []),
    ...(has('accounts.gateway')
      ? [
          `insert into accounts (gateway, channels, remembered_at, checked_at) values ('iamport/main', '["a"]', now(), now())`,
        ]
      : []),
  ]
}

export async function layRows(db: Kysely<unknown>): Promise<void> {
  for (const statement of rowsOf(await columnsOf(db))) await sql.raw(statement).execute(db)
}

async function columnsOf(db: Kysely<unknown>): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ name: string }>`select table_name || '.' || column_name as name
    from information_schema.columns where table_schema = 'public'`.execute(db)
  return new Set(rows.map(({ name }) => name))
}

export type Rows = Readonly<Record<string, readonly object[]>>

/** Every row of every table of ours, in a fixed order; times and numbers as the database writes them. */
export async function allRows(db: Kysely<unknown>): Promise<Rows> {
  const { rows: tables } = await sql<{ name: string }>`select tablename as name from pg_tables
    where schemaname = 'public' and tablename not like 'kysely%' order by 1`.execute(db)
  const found: [string, readonly object[]][] = []
  for (const { name } of tables) {
    const { rows } = await sql<{ row: object }>`select to_jsonb(t) as row from ${sql.table(name)} t`.execute(db)
    found.push([name, rows.map(({ row }) => row).toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))])
  }
  return Object.fromEntries(found)
}

/** By what each row had from the first migration on. */
const keyOf = (row: object): string => {
  const { id, gateway_ref: ref, merchant_uid: order, refund_id: refund, saga, target } = Object(row)
  return JSON.stringify([id, ref, refund, order, saga, target])
}

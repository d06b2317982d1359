// What is remembered of each gateway's account, and whether it still answers as it did.
// Must not know: gateways, when it is asked. Channels are names without secrets.
import { sql } from 'kysely'
import { gatewayRef, type GatewayName, type GatewayRef } from '../../domain/ids.ts'
import type { Db, Trx } from '../connect.ts'

export type Account = {
  readonly gateway: GatewayName
  readonly channels: readonly string[]
  readonly rememberedAt: string
  /** When a person took it for right: what was paid before is no proof against it. */
  readonly acceptedAt: string | null
  readonly checkedAt: string
  readonly differsSince: string | null
  readonly shown: readonly string[] | null
  readonly said: string | null
  readonly toldAt: string | null
}

const COLUMNS = sql`gateway, channels, remembered_at, accepted_at, checked_at, differs_since, shown, said, told_at`

export async function accountOf(db: Db | Trx, gateway: GatewayName): Promise<Account | undefined> {
  const { rows } = await sql<Account>`select ${COLUMNS} from accounts where gateway = ${gateway}`.execute(db)
  return rows[0]
}

export async function lockAccount(trx: Trx, gateway: GatewayName): Promise<Account | undefined> {
  const { rows } = await sql<Account>`select ${COLUMNS} from accounts where gateway = ${gateway} for update`.execute(
    trx,
  )
  return rows[0]
}

export async function listAccounts(db: Db | Trx): Promise<readonly Account[]> {
  const { rows } = await sql<Account>`select ${COLUMNS} from accounts order by gateway`.execute(db)
  return rows
}

/** Only the first memory is taken; later ones are added to it, or accepted by a person. */
export async function remember(db: Db, gateway: GatewayName, channels: readonly string[]): Promise<void> {
  await sql`
    insert into accounts (gateway, channels, remembered_at, checked_at)
    values (${gateway}, ${JSON.stringify(channels)}::jsonb, clock_timestamp(), clock_timestamp())
    on conflict do nothing`.execute(db)
}

/** It answers as it did: new channels are added to memory. */
export async function agrees(trx: Trx, gateway: GatewayName, channels: readonly string[]): Promise<void> {
  await sql`
    update accounts set channels = ${JSON.stringify(channels)}::jsonb, checked_at = clock_timestamp(), differs_since = null,
      shown = null, said = null, told_at = null, version = version + 1 where gateway = ${gateway}`.execute(trx)
}

/** It answers for another account. `tell`: people are told now. Returns since when. */
export async function noteDiffers(
  trx: Trx,
  gateway: GatewayName,
  { shown, said, tell }: { shown: readonly string[]; said: string; tell: boolean },
): Promise<void> {
  await sql`
    update accounts set checked_at = clock_timestamp(), differs_since = coalesce(differs_since, clock_timestamp()),
      shown = ${JSON.stringify(shown)}::jsonb, said = ${said},
      told_at = case when ${tell} then clock_timestamp() else told_at end, version = version + 1
    where gateway = ${gateway}`.execute(trx)
}

/**
 * A person takes the account as it is now for ours; what was paid before is no proof against it any
 * more.
 */
export async function acceptAccount(trx: Trx, gateway: GatewayName, channels: readonly string[]): Promise<void> {
  await sql`
    update accounts set channels = ${JSON.stringify(channels)}::jsonb, accepted_at = clock_timestamp(),
      checked_at = clock_timestamp(), differs_since = null, shown = null, said = null, told_at = null, version = version + 1
    where gateway = ${gateway}`.execute(trx)
}

/** The newest payments that this account has shown as paid, of orders of ours. */
export async function newestPaid(
  db: Db,
  gateway: GatewayName,
  since: string | null,
  limit: number,
): Promise<readonly GatewayRef[]> {
  const { rows } = await sql<{ gatewayRef: string }>`
    select gateway_ref from attempts
    where gateway = ${gateway} and ever_paid and merchant_uid is not null and (${since}::timestamptz is null or evidence_as_of >= ${since}::timestamptz)
    order by evidence_number desc limit ${limit}`.execute(db)
  return rows.map(({ gatewayRef: ref }) => gatewayRef(ref))
}

/** References whose money is booked or asked back: only money can be forgotten (design.md §5). */
export async function moneyOf(
  db: Db,
  gateway: GatewayName,
  about: { readonly gatewayRef: GatewayRef } | { readonly merchantUid: string },
): Promise<readonly GatewayRef[]> {
  const named =
    'gatewayRef' in about ? sql`a.gateway_ref = ${about.gatewayRef}` : sql`a.merchant_uid = ${about.merchantUid}`
  const { rows } = await sql<{ gatewayRef: string }>`
    select a.gateway_ref from attempts a where a.gateway = ${gateway} and ${named} and (a.ever_paid
      or exists (select 1 from cancel_entries e where e.gateway = a.gateway and e.gateway_ref = a.gateway_ref)
      or exists (select 1 from refunds r where r.gateway = a.gateway and r.gateway_ref = a.gateway_ref))`.execute(db)
  return rows.map(({ gatewayRef: ref }) => gatewayRef(ref))
}

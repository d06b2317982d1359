// Money that has a saga of its own and waits for a person, as lists; and strays whose order is
// recorded at last.
// Must not know: what decides. An attempt asks for attention only while its own saga is open.
import type { GatewayName, GatewayRef, MerchantUid } from '../../domain/ids.ts'
import type { Keyed } from '../books/attempts.ts'
import type { Trx } from '../connect.ts'
import { keepHint } from '../hints/hints.ts'

export type StrayRow = {
  readonly gateway: GatewayName
  readonly gatewayRef: GatewayRef
  readonly waitingSince: string
}
type Page = { readonly after?: StrayRow | undefined; readonly limit: number }

/** The oldest waiting first. */
export function listStrays(trx: Trx, { after, limit }: Page): Promise<readonly StrayRow[]> {
  let query = trx
    .selectFrom('attempts')
    .select(['gateway', 'gatewayRef', 'waitingSince'])
    .where('attention', '<>', 'none')
    .orderBy('waitingSince')
    .orderBy('gateway')
    .orderBy('gatewayRef')
    .limit(limit)
  if (after) {
    const { waitingSince, gateway, gatewayRef } = after
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('waitingSince', 'gateway', 'gatewayRef'), '>', tuple(waitingSince, gateway, gatewayRef)),
    )
  }
  return query.execute()
}

/** Money that came before its order was recorded is looked at again, and judged as the order's. */
export async function adoptStrays(trx: Trx, merchantUid: MerchantUid, strays: readonly Keyed[]): Promise<void> {
  for (const { gateway, gatewayRef } of strays)
    await keepHint(trx, { gateway, source: 'saga', gatewayRef, merchantUid })
}

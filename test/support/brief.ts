// An order that lives for moments, which no door sells: a minute is the least.
// Must not know: what becomes of it.
import { merchantUid as named } from '../../src/domain/ids.ts'
import type { OwnShop } from './shop.ts'

/** Opened as any other; then its row's time is brought forward, and its saga told so. */
export async function openBriefly(
  shop: OwnShop,
  livesMs: number,
  shown: Parameters<OwnShop['open']>[0] = {},
): Promise<string> {
  const { merchantUid } = await shop.open(shown)
  const expiresAt = new Date(Date.now() + livesMs).toISOString()
  const rows = shop.db.updateTable('payments').set({ expiresAt })
  await rows.where('merchantUid', '=', named(merchantUid)).execute()
  await shop.wake(`payment:${merchantUid}`)
  return merchantUid
}

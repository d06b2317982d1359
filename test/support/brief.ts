// Times of a row brought forward: an order that lives for moments, which no door sells, and waits that are nearly over.
// Must not know: what becomes of it.
import { sql } from 'kysely'
import { merchantUid as named, refundId as refundNamed } from '../../src/domain/ids.ts'
import type { OwnShop } from './shop.ts'

/** Opened as any other; then its row's time is brought forward, and its saga told so. */
export async function openBriefly(
  shop: OwnShop,
  livesMs: number,
  shown: Parameters<OwnShop['open']>[0] = {},
): Promise<string> {
  const { merchantUid } = await shop.open(shown)
  await endSoon(shop, merchantUid, livesMs)
  return merchantUid
}

/** The time of an order that is open is over in a moment. */
export async function endSoon(shop: OwnShop, merchantUid: string, livesMs = 0): Promise<void> {
  const expiresAt = new Date(Date.now() + livesMs).toISOString()
  const rows = shop.db.updateTable('payments').set({ expiresAt })
  await rows.where('merchantUid', '=', named(merchantUid)).execute()
  await shop.wake(`payment:${merchantUid}`)
}

/** What was tried in vain for this order is tried again in a moment. */
export async function tryAgainSoon(shop: OwnShop, merchantUid: string): Promise<void> {
  const nextTryAt = new Date(Date.now() + 500).toISOString()
  const rows = shop.db.updateTable('payments').set({ nextTryAt })
  await rows.where('merchantUid', '=', named(merchantUid)).execute()
  await shop.wake(`payment:${merchantUid}`)
}

/** The next try of a refund that could not be filed is due. */
export async function fileSoon(shop: OwnShop, refundId: string): Promise<void> {
  const rows = shop.db.updateTable('refunds').set({ nextTryAt: new Date().toISOString() })
  await rows.where('refundId', '=', refundNamed(refundId)).execute()
  await shop.wake(`refund:${refundId}`)
}

/** A refund that entered its state just now has been in it for so long; its saga is told so. */
export async function waitedFor(shop: OwnShop, refundId: string, ms: number): Promise<void> {
  const earlier = (column: 'stateSince' | 'waitingSince' | 'lastCheckpointAt') =>
    sql<string>`${sql.ref(column)} - make_interval(secs => ${ms / 1_000})`
  await shop.db
    .updateTable('refunds')
    .set({
      stateSince: earlier('stateSince'),
      waitingSince: earlier('waitingSince'),
      lastCheckpointAt: earlier('lastCheckpointAt'),
    })
    .where('refundId', '=', refundNamed(refundId))
    .execute()
  await shop.wake(`refund:${refundId}`)
}

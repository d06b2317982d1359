// Every story's order, attempts and strays are looked at again, by hints such as a sweep keeps of
// whatever differs: what is over is seen under every distortion that comes after it.
// Must not know: what a distortion does, what a look finds.
import { sql } from 'kysely'
import { keepHint } from '../../src/db/hints/hints.ts'
import { IAMPORT_MAIN } from '../../src/gateways/iamport/config.ts'
import { elevenMinutesPass } from './distortions.ts'
import type { OwnShop } from '../support/shop.ts'
import type { Tale } from '../support/stories.ts'

/** A hundred looks at a gateway that is slow; then they are left for later. */
const LONGEST_MS = 90_000

/**
 * Twice, eleven minutes apart: what one look misses, a second one decides on. Then these are over
 * too, so that whatever comes next may decide on what the second one missed.
 */
export async function lookAgainTwice(shop: OwnShop, tales: readonly Tale[]): Promise<void> {
  for (let time = 0; time < 2; time += 1) {
    await elevenMinutesPass(shop)
    await lookAgain(shop, tales)
    await untilTried(shop)
  }
  await elevenMinutesPass(shop)
}

async function lookAgain({ db }: OwnShop, tales: readonly Tale[]): Promise<void> {
  for (const { merchantUid, refs } of tales)
    for (const gatewayRef of [null, ...refs])
      await keepHint(db, { gateway: IAMPORT_MAIN, source: 'sweep', gatewayRef, merchantUid })
}

/** A look that failed is tried again later, maybe on another wire: it is not waited for. */
async function untilTried(shop: OwnShop): Promise<void> {
  const until = performance.now() + LONGEST_MS
  while (performance.now() < until && (await untried(shop)) > 0)
    await new Promise((resolve) => setTimeout(resolve, 100))
}

async function untried({ db }: OwnShop): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from inbox i left join looks l on l.gateway = i.gateway and l.subject = i.subject
    where i.state = 'received' and i.source = 'sweep'
      and not coalesce(l.failures > 0 and l.retry_at > clock_timestamp(), false)`.execute(db)
  return rows[0]?.count ?? 0
}

// Puts what a plan says upon the running gateway, phase by phase, and takes all of it off again.
// Must not know: stories' endings, how a plan is chosen.
import { sql } from 'kysely'
import { LIKELIEST } from '../../src/simulator/iamport/wire.ts'
import type { OwnShop } from '../support/shop.ts'
import type { Mode, Tale } from '../support/stories.ts'
import type { PhasePlan, Plan, WireChange } from './wirePlan.ts'

const LISTS = { paid: 'ok', cancelled: 'ok', failed: 'ok' }
const control = (shop: OwnShop, faults: object) => shop.sim.control('PUT', '/faults', faults)

/** The switches of all payments and the troubles of a phase, before anything happens in it. */
export async function disturb(shop: OwnShop, { instant }: Plan, phase: PhasePlan, mode: Mode): Promise<void> {
  const { reads, broken, lists } = phase.trouble
  await control(shop, {
    webhooks: mode.webhooks,
    cancel: instant ? 'instant' : 'accept',
    reads: broken?.as ?? reads,
    lists: { ...LISTS, ...lists },
    wire: { ...LIKELIEST, ...phase.wire },
  })
  if (broken) setTimeout(() => void control(shop, { reads }), broken.forMs)
}

/**
 * Payments that have switches of their own: these stand in place of all payments', so they are said
 * whole. Asked before and after what happens, for a payment may be made by it.
 */
export async function disguise(tales: readonly Tale[], { some }: Plan, phase: PhasePlan): Promise<void> {
  const own = { ...OF_ONE, ...ofOne(phase.wire), ...phase.some }
  await wires(
    tales.filter((_, index) => index % some.every === some.first),
    own,
  )
}

const ofOne = ({ emptyPages: _pages, next: _next, total: _total, ...rest }: WireChange): WireChange => rest
const OF_ONE = ofOne(LIKELIEST)

async function wires(tales: readonly Tale[], wire: object): Promise<void> {
  for (const { shop, refs } of tales)
    for (const ref of refs) await shop.sim.control('PUT', `/payments/${ref}/wire`, wire)
}

/**
 * Everything as the facts call likeliest, for all payments and for each of these: what later rounds
 * distort leaves them alone.
 */
export async function heal(shop: OwnShop, tales: readonly Tale[]): Promise<void> {
  const none = { webhooks: 'deliver', cancel: 'accept', reads: 'ok', lists: LISTS, wire: LIKELIEST }
  await control(shop, none)
  await wires(tales, OF_ONE)
}

/**
 * As if eleven minutes had passed since an entry was missed and since a look failed: the look that
 * decides, and the one that is tried again, are due now. A gateway that only writes oddly has never
 * taken a cancel back.
 */
export async function elevenMinutesPass({ db }: OwnShop): Promise<void> {
  await sql`update cancel_entries set missing_since = missing_since - interval '11 minutes'`.execute(db)
  await sql`update inbox set due_at = due_at - interval '11 minutes' where state = 'received'`.execute(db)
  await sql`update looks set retry_at = retry_at - interval '11 minutes' where retry_at is not null`.execute(db)
}

// What is true at the simulated gateway, whatever its wire shows: payments, and the cancel calls
// that it took, by the refund that each names.
// Must not know: rows, stories. Asked while nothing is distorted.
import { z } from 'zod'
import { exchange, gatewayToken, type Shop } from '../support/shop.ts'

const payment = z.object({
  impUid: z.string(),
  merchantUid: z.string(),
  status: z.string(),
  amount: z.number(),
  cancelAmount: z.number(),
})
const listed = z.object({
  response: z.array(
    z.looseObject({
      merchant_uid: z.string(),
      cancel_history: z.array(z.looseObject({ reason: z.string() })),
    }),
  ),
})
export type Truth = {
  readonly payments: readonly z.infer<typeof payment>[]
  /**
   * One for each cancel call that was taken: the refund that it names, or what it says where it
   * names none.
   */
  callsOf(merchantUid: string): readonly string[]
}
type Called = { readonly merchantUid: string; readonly id: string; readonly done: boolean }

export async function truthOf(shop: Shop): Promise<Truth> {
  const { payments } = z.object({ payments: z.array(payment) }).parse(await shop.sim.control('GET', '/payments'))
  const tickets = (await shop.sim.allTickets()).map(({ merchantUid, reason, state }): Called => ({
    merchantUid,
    id: idIn(reason) ?? reason,
    done: state === 'completed',
  }))
  const cancelled = payments.filter(({ cancelAmount }) => cancelAmount > 0).map(({ impUid }) => impUid)
  const booked = await bookedOf(shop, cancelled)
  return {
    payments,
    callsOf: (merchantUid) => {
      const filed = tickets.filter((each) => each.merchantUid === merchantUid)
      const atOnce = booked.filter((each) => each.merchantUid === merchantUid).map(({ id }) => id)
      // A ticket that was worked off has become an entry: it is one call.
      for (const { id, done } of filed) if (done && atOnce.includes(id)) atOnce.splice(atOnce.indexOf(id), 1)
      return [...filed.map(({ id }) => id), ...atOnce]
    },
  }
}

const idIn = (reason: string): string | undefined => /^#([\w.-]+)/.exec(reason)?.[1]
const AT_ONCE = 100

/** Entries that name a refund of ours: what others had cancelled names none. */
async function bookedOf(shop: Shop, refs: readonly string[]): Promise<readonly Called[]> {
  const access = await gatewayToken(shop.simulator)
  const booked: Called[] = []
  for (let from = 0; from < refs.length; from += AT_ONCE) {
    const query = refs.slice(from, from + AT_ONCE).map((ref) => `imp_uid%5B%5D=${ref}`)
    const answer = await exchange(shop.simulator, 'GET', `/payments?${query.join('&')}`, undefined, access)
    for (const { merchant_uid: merchantUid, cancel_history: entries } of listed.parse(answer.body).response)
      for (const { reason } of entries) {
        const id = idIn(reason)
        if (id !== undefined) booked.push({ merchantUid, id, done: true })
      }
  }
  return booked
}

// Judgements by what came in that checks of several kinds of gateways share; each says in its own
// words how it is mended.
// Must not know: which kinds there are.
import {
  right,
  unasked,
  weak,
  type Finding,
  type SeenOfGateway,
  type SetUpCheck,
  type SetUpFacts,
} from '../domain/shown/setUp.ts'

const DAY_MS = 86_400_000
/** Tickets are worked off within days; one that nobody answered for less says little. */
const SILENT_DAYS = 3
/** Fewer may be buyers who changed their minds. */
const RAN_OUT = 3

export const bySeen = (facts: SetUpFacts, judge: (seen: SeenOfGateway) => Finding): SetUpCheck['judge'] => {
  return async () => {
    const seen = await facts.seen()
    return seen ? judge(seen) : unasked('no database was asked')
  }
}

export function ordersPaid({ orders }: SeenOfGateway, remedy: string): Finding {
  if (orders.paid > 0) return right('orders of the last days were paid')
  if (orders.ranOut < RAN_OUT) return unasked('too few orders of the last days to tell')
  return weak(`${orders.ranOut} orders of the last days ran out, and none was paid`, remedy)
}

export function ticketsAnswered({ tickets, now }: SeenOfGateway, remedy: string): Finding {
  if (tickets.answered > 0) return right(`${tickets.answered} were booked as cancels lately`)
  if (tickets.oldestOpenAt === null) return unasked('no ticket waits, and none was answered yet')
  const days = Math.floor((Date.parse(now) - Date.parse(tickets.oldestOpenAt)) / DAY_MS)
  if (days < SILENT_DAYS) return unasked(`none was answered yet; the oldest was filed at ${tickets.oldestOpenAt}`)
  return weak(`none was answered lately, and the oldest waits for ${days} days`, remedy)
}

export function countryShown({ paid }: SeenOfGateway, remedy: string): Finding {
  if (paid.count === 0) return unasked('nothing was paid yet')
  return paid.withCountry > 0
    ? right(`${paid.withCountry} of the ${paid.count} newest payments show it`)
    : weak(`none of the ${paid.count} newest payments shows it, so rules of refunds by country do not apply`, remedy)
}

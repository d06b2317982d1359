// How a long list is walked while it changes: `from` moves to the last change seen; page numbers only within one unchanged `from`.
// Must not know: databases, which list it is. A payment that leaves the list shifts the pages behind it, but not the times.
import type { Evidence, ListPage } from '../domain/gateway.ts'
import { Failure } from '../domain/failures.ts'

export type Range = { readonly from: Date; readonly to: Date }
type List = (from: Date, to: Date, page: number) => Promise<ListPage>

/** i'mport takes 90 days at most (iamport.md §3.2), seconds rounded outwards. */
const WINDOW_MS = 89 * 86_400_000
/** Of one second, or of payments that name no time: beyond that something is wrong with the list. */
const MOST_PAGES_OF_ONE_FROM = 1_000

/**
 * Lists the whole range, ascending by change; `end`, or where the next run must go on. The bound counts calls and holds
 * only where `from` has just moved, so that every run gets further, however many payments changed in one second.
 */
export async function walkList({ from: begin, to: end }: Range, mostCalls: number, list: List): Promise<Date | 'end'> {
  let from = wholeSecond(begin)
  let page = 1
  for (let calls = 1; ; calls += 1) {
    const to = new Date(Math.min(end.getTime(), from.getTime() + WINDOW_MS))
    const { listed, more } = await list(from, to, page)
    const next = more ? lastChange(listed) : to
    if (!more && to.getTime() >= end.getTime()) return 'end'
    if (next !== undefined && next > from && next <= to) {
      from = next
      page = 1
      if (calls >= mostCalls) return from
    } else page += 1
    if (page > MOST_PAGES_OF_ONE_FROM)
      throw new Failure(
        'gatewayAnswerUnreadable',
        `the list does not get beyond ${from.toISOString()} in ${MOST_PAGES_OF_ONE_FROM} pages; what was listed is kept`,
      )
  }
}

const wholeSecond = (time: Date): Date => new Date(Math.floor(time.getTime() / 1_000) * 1_000)

function lastChange(listed: readonly Evidence[]): Date | undefined {
  const last = listed.at(-1)
  const at = last && changedAt(last)
  return at === undefined || at === null ? undefined : wholeSecond(new Date(at))
}

/** When the payment took its present status, which is what `from` and `to` look at. */
function changedAt({ status, paidAt, failedAt, entries }: Evidence): string | null {
  switch (status) {
    case 'paid':
      return paidAt
    case 'failed':
      return failedAt
    case 'cancelled':
      return entries.at(-1)?.cancelledAt ?? null
    case 'ready':
    case 'unrecognized':
      return null
  }
}

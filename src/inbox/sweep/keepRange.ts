// One list over a range of time: walked window by window, each page kept as it comes, each in a
// transaction of its own.
// Must not know: cursors, catch-ups, the other lists. A list that fails has failed by itself: what
// was kept before is told.
import type { SweepCounts } from '../../db/watch/sweeps.ts'
import { Failure } from '../../domain/failures.ts'
import type { Evidence, Gateway, ListedStatus, ListPage } from '../../domain/gateway.ts'
import type { GatewayName } from '../../domain/ids.ts'
import type { AccountDeps } from '../account.ts'
import { keepDiffering } from './differences.ts'
import { walkList, type PageAsked, type Window } from './walkList.ts'

export type SweepDeps = AccountDeps & { readonly gateways: ReadonlyMap<GatewayName, Gateway> }

export const NOTHING_SWEPT: SweepCounts = {
  listed: 0,
  differing: 0,
  kept: 0,
  unreadable: 0,
  strangers: 0,
  calls: 0,
}

export const added = (a: SweepCounts, b: Partial<SweepCounts>): SweepCounts => ({
  listed: a.listed + (b.listed ?? 0),
  differing: a.differing + (b.differing ?? 0),
  kept: a.kept + (b.kept ?? 0),
  unreadable: a.unreadable + (b.unreadable ?? 0),
  strangers: a.strangers + (b.strangers ?? 0),
  calls: a.calls + (b.calls ?? 0),
})

type Asked = {
  readonly range: Window
  /** Calls after which no further window is begun. */
  readonly mostCalls: number
  /** The catch-up that asks. */
  readonly sweepId?: string
  /** Told before each page what was kept so far; what it throws ends the walk. */
  readonly beforePage?: (counts: SweepCounts) => Promise<void>
}
export type KeptRange = {
  readonly counts: SweepCounts
  /** Everything up to here was read whole, and has been kept and committed. */
  readonly reached: Date
  /**
   * Elements that could neither be read nor named; they are among the unreadable ones of the
   * counts.
   */
  readonly nameless: number
  /** Why it ended before the range did; undefined at its end, or at the bound of calls. */
  readonly failure?: unknown
}

/** Never throws: a list that cannot be asked must not keep others from being asked. */
export async function keepRange(
  deps: SweepDeps,
  gateway: Gateway,
  status: ListedStatus,
  { range, mostCalls, sweepId, beforePage }: Asked,
): Promise<KeptRange> {
  let counts = NOTHING_SWEPT
  let [reached, nameless] = [range.from, 0]
  const news = newsOnly()
  const list = async (asked: PageAsked): Promise<ListPage> => {
    await beforePage?.(counts)
    counts = added(counts, { calls: 1 })
    if (!gateway.list) throw new Failure('cannotLook', `${gateway.name} has no list, so nothing was listed`)
    const page = await gateway.list({ status, ...asked })
    const fresh = news.of(page)
    const kept = await keepDiffering(deps, gateway.name, fresh, sweepId)
    counts = added(counts, { listed: fresh.listed.length, ...kept })
    return page
  }
  try {
    for await (const whole of walkList(range, gateway.limits.listRangeMs, list)) {
      counts = added(counts, { unreadable: whole.nameless })
      nameless += whole.nameless
      reached = whole.to
      news.nextWindow()
      if (counts.calls >= mostCalls) break
    }
    return { counts, reached, nameless }
  } catch (failure) {
    return { counts, reached, nameless, failure }
  }
}

/**
 * What was not shown before: a window may be read again, and what lies on the edge of two windows
 * is shown by both.
 */
function newsOnly() {
  let [before, seen] = [new Set<string>(), new Set<string>()]
  const isNew = (said: string): boolean => {
    const known = before.has(said) || seen.has(said)
    seen.add(said)
    return !known
  }
  return {
    of: ({ listed, unreadable }: ListPage) => ({
      listed: listed.filter((each) => isNew(stateOf(each))),
      unreadable: unreadable.filter(({ gatewayRef, merchantUid, why }) =>
        isNew(JSON.stringify([gatewayRef, merchantUid, why])),
      ),
    }),
    nextWindow: () => void ([before, seen] = [seen, new Set<string>()]),
  }
}

const stateOf = ({ gatewayRef, status, returned, entries }: Evidence): string =>
  `${gatewayRef} ${status} ${returned} ${entries.length}`

// After a restore: compares every open refund with what its workflow in Temporal has seen of it,
// and finds refunds and orders that Temporal knows and the database does not.
// Must not know: gateways, who asks. It runs beside no saga; it may be run again.
import type { Client } from '@temporalio/client'
import { loadBooks, refundAbout, type Loaded } from '../db/books/books.ts'
import { markAsLost, markIfBack, noteLostKeys } from '../db/books/wentBack.ts'
import { databaseNow } from '../db/clock.ts'
import { transact, type Db, type Trx } from '../db/connect.ts'
import { openRefunds, recorded } from '../db/lists/open.ts'
import { OWN_ID, refundId, refundWorkflowId, type RefundId } from '../domain/ids.ts'
import { startWaits } from '../domain/moves/people/unproved.ts'
import { nextTicketKey } from '../domain/moves/tickets.ts'
import type { Patience } from '../domain/patience.ts'
import type { Links } from '../domain/shown/views.ts'
import { lastRun, type LastRun } from '../temporal/memory.ts'

const PAGE = 500
const SAID_EACH = 50
const WHO = 'after-restore'

export type AfterRestore = {
  readonly db: Db
  readonly client: Client
  readonly patience: Patience
  readonly links: Links
  /** So many of so many, in words. */
  readonly say: (line: string) => void
}
export type Found = { readonly saga: string; readonly found: string; readonly state: string }

/** What each open refund came to; those that are as Temporal has seen them are not named. */
export async function compareMemories(deps: AfterRestore): Promise<{ compared: number; found: readonly Found[] }> {
  const found: Found[] = []
  let [compared, after] = [0, '']
  for (;;) {
    const rows = await openRefunds(deps.db, { after, limit: PAGE, quietMs: 0 })
    for (const { id } of rows) {
      compared += 1
      if (compared % SAID_EACH === 0) deps.say(`${compared} open refunds compared with Temporal`)
      const one = await compareOne(deps, refundId(id))
      if (one) found.push(one)
    }
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE) return { compared, found }
    after = last.id
  }
}

async function compareOne({ db, client, patience, links }: AfterRestore, id: RefundId): Promise<Found | undefined> {
  const saga = refundWorkflowId(id)
  const run = await lastRun(client, saga, true)
  return transact(db, 'compare after a restore', async (trx) => {
    const loaded = await loadedRefund(trx, id)
    if (!loaded) return undefined
    const marking = { who: WHO, at: await databaseNow(trx), saga: null, links, patience }
    if (await markIfBack(trx, loaded, id, run.memory, marking))
      return { saga, found: 'its row went back', state: await stateOf(trx, id) }
    const key = mayHaveFiled(loaded, id, run)
    if (key === undefined) return undefined
    await markAsLost(trx, loaded, id, key, marking)
    return { saga, found: 'nobody remembers whether it was filed', state: await stateOf(trx, id) }
  })
}

/**
 * Temporal knows no run of it, so nothing tells whether its next ticket was filed before. So it is
 * with one that is held, and that its release or its approval sends under the same authorisation.
 */
function mayHaveFiled(loaded: Loaded, id: RefundId, { memory }: LastRun): string | undefined {
  const refund = loaded.books.refunds.find((each) => each.refundId === id)
  if (!refund || memory !== undefined) return undefined
  const held = refund.state === 'blocked' && (refund.blockedBecause === 'contradicted' || startWaits(refund))
  return nextTicketKey(held ? { ...refund, state: 'requested' } : refund)
}

async function loadedRefund(trx: Trx, id: RefundId): Promise<Loaded | undefined> {
  const about = await refundAbout(trx, id)
  return about && loadBooks(trx, about)
}

async function stateOf(trx: Trx, id: RefundId): Promise<string> {
  const row = await trx.selectFrom('refunds').select('state').where('refundId', '=', id).executeTakeFirstOrThrow()
  return row.state
}

/**
 * Refunds and orders whose workflow is known and whose row is not: asked for since the backup. What
 * Temporal remembers of such a refund is written down, for it may be lost before the checkout asks
 * again.
 */
export async function withoutRows({ db, client, say }: AfterRestore): Promise<readonly Found[]> {
  const found: Found[] = []
  for (const kind of ['refund', 'payment'] as const) {
    let listed = 0
    let page: string[] = []
    const compare = async () => {
      const known = await recorded(db, kind, page)
      for (const id of page)
        if (!known.has(id)) {
          found.push({ saga: `${kind}:${id}`, found: 'it has no row; the checkout asks again', state: '-' })
          if (kind === 'refund') await noteKeys({ db, client }, id)
        }
      page = []
    }
    for await (const { workflowId } of client.workflow.list({ query: `WorkflowType="${kind}"` })) {
      if (!workflowId.startsWith(`${kind}:`)) continue
      listed += 1
      if (listed % PAGE === 0) say(`${listed} workflows ${kind} listed`)
      page.push(workflowId.slice(kind.length + 1))
      if (page.length >= PAGE) await compare()
    }
    await compare()
  }
  return [...new Map(found.map((each) => [each.saga, each])).values()]
}

async function noteKeys({ db, client }: Pick<AfterRestore, 'db' | 'client'>, named: string): Promise<void> {
  if (!OWN_ID.test(named)) return
  const { memory } = await lastRun(client, refundWorkflowId(refundId(named)), true)
  await transact(db, 'note lost keys', (trx) => noteLostKeys(trx, named, memory?.keys ?? []))
}

// The steps of a stray's saga: read its row, and look at a checkpoint before a person is asked again.
// Must not know: workflows, calendars. Its row is the attempt, which evidence has made; nothing here makes one.
import { raiseStray } from '../src/domain/moves/time.ts'
import type { Books, Decision } from '../src/domain/books/books.ts'
import { decided, draftOf } from '../src/domain/books/draft.ts'
import { gatewayName, gatewayRef, strayWorkflowId } from '../src/domain/ids.ts'
import { strayStep, type StrayStep } from '../src/domain/next.ts'
import { carryOut } from '../src/db/books/carryOut.ts'
import { transact } from '../src/db/connect.ts'
import { lookFor } from './checkpoint.ts'
import type { ActivityDeps } from './deps.ts'
import { parseStrayInput } from './begin/input.ts'
import { checkWorkflowId, loadStray, mover, strayIn, type Begin } from './begin/rows.ts'

export type ReadStray = { readonly gateway: string; readonly gatewayRef: string; readonly now: string }

export async function beginStray(deps: ActivityDeps, { input, workflowId, now }: Begin): Promise<StrayStep> {
  const about = parseStrayInput(input)
  checkWorkflowId(workflowId, strayWorkflowId(about.gateway, about.gatewayRef))
  return readStray(deps, { ...about, now })
}

/** Reading plans its next checkpoint anew. */
export const readStray = (deps: ActivityDeps, read: ReadStray): Promise<StrayStep> =>
  onStray(deps, read, 'read stray', (books) => decided(draftOf(books, { now: read.now, patience: deps.patience })))

export async function checkpointStray(deps: ActivityDeps, read: ReadStray): Promise<StrayStep> {
  const about = { gateway: gatewayName(read.gateway), gatewayRef: gatewayRef(read.gatewayRef) }
  const { now } = read
  const blind = await lookFor(deps, about, strayWorkflowId(about.gateway, about.gatewayRef), now)
  const step = await onStray(deps, read, 'checkpoint', (books) =>
    raiseStray(books, about.gatewayRef, blind, { now, patience: deps.patience }),
  )
  deps.kick()
  return step
}

function onStray(
  deps: ActivityDeps,
  { gateway, gatewayRef: text, now }: ReadStray,
  name: string,
  change: (books: Books) => Decision,
): Promise<StrayStep> {
  const about = { gateway: gatewayName(gateway), gatewayRef: gatewayRef(text) }
  return transact(
    deps.db,
    name,
    async (trx) => {
      const loaded = await loadStray(trx, about)
      strayIn(loaded.books, about.gatewayRef)
      const decision = change(loaded.books)
      await carryOut(trx, loaded, decision, mover(deps, strayWorkflowId(about.gateway, about.gatewayRef), now))
      return strayStep(decision.books, strayIn(decision.books, about.gatewayRef), now)
    },
    deps.log,
  )
}

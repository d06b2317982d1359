// The steps of a stray's saga: read its row, and look at a checkpoint before a person is asked
// again.
// Must not know: workflows, calendars. Its row is the attempt, which evidence has made; nothing
// here makes one.
import { decided, draftOf } from '../src/domain/books/draft.ts'
import { gatewayName, gatewayRef, strayWorkflowId } from '../src/domain/ids.ts'
import { raiseStray } from '../src/domain/moves/time.ts'
import type { StrayStep } from '../src/domain/next.ts'
import { checkWorkflowId, type Begin } from './begin/begin.ts'
import { parseStrayInput } from './begin/input.ts'
import { lookFor } from './checkpoint.ts'
import { decideStray, type OnStray } from './decide.ts'
import type { ActivityDeps } from './deps.ts'

export type ReadStray = { readonly gateway: string; readonly gatewayRef: string; readonly now: string }

export async function beginStray(deps: ActivityDeps, { input, workflowId, now }: Begin): Promise<StrayStep> {
  const about = parseStrayInput(input)
  checkWorkflowId(workflowId, strayWorkflowId(about.gateway, about.gatewayRef))
  return readStray(deps, { ...about, now })
}

/** Reading plans its next checkpoint anew. */
export const readStray = (deps: ActivityDeps, read: ReadStray): Promise<StrayStep> =>
  decideStray(deps, aboutOf(read), 'read stray', (books, setting) => decided(draftOf(books, setting)))

export async function checkpointStray(deps: ActivityDeps, read: ReadStray): Promise<StrayStep> {
  const about = aboutOf(read)
  const blind = await lookFor(deps, about, strayWorkflowId(about.gateway, about.gatewayRef), about.now)
  return decideStray(deps, about, 'checkpoint', (books, setting) => raiseStray(books, about.gatewayRef, blind, setting))
}

const aboutOf = (read: ReadStray): OnStray => ({
  gateway: gatewayName(read.gateway),
  gatewayRef: gatewayRef(read.gatewayRef),
  now: read.now,
})

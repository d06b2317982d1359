// What a command comes to before anything is written, and how it is written then; who asks, and
// what they are told.
// Must not know: how a person is proved, when another person must approve.
import { carryOut } from '../../src/db/books/carryOut.ts'
import type { Trx } from '../../src/db/connect.ts'
import { keepHint } from '../../src/db/hints/hints.ts'
import { askApproval, type PendingApproval } from '../../src/db/people.ts'
import type { Decision } from '../../src/domain/books/books.ts'
import type { Memory } from '../../src/domain/books/memory.ts'
import { Failure, FAILURES, type FailureKind } from '../../src/domain/failures.ts'
import { personWord, type CommandingPerson } from '../../src/domain/moves/people/unproved.ts'
import { mover } from '../decide.ts'
import type { ActivityDeps } from '../deps.ts'
import type { ParsedCommand, Target } from './targets.ts'

export type Commanded = {
  readonly workflowId: string
  readonly name: string
  readonly args: unknown
  /** The caller's; missing in what was scheduled before it was passed on. */
  readonly updateId?: string
  /** Of a refund: what its workflow has seen of the row. */
  readonly memory?: Memory
  readonly now: string
}
export type CommandAnswer = {
  readonly answer: 'done' | 'approvalNeeded'
  readonly state: string
  readonly sentence: string
  /** What waits for another person: `approve` names it. */
  readonly request?: string
}
/**
 * A refusal is a result as well: a person was answered, nothing has failed, and nothing is to be
 * tried again.
 */
export type CommandRefused = { readonly answer: 'refused'; readonly kind: FailureKind; readonly sentence: string }

export type Request = Commanded & { readonly person: CommandingPerson; readonly asked: ParsedCommand }

/**
 * What a command comes to: the decision, and the request that waits for another person where it is
 * above the limit.
 */
export type Plan = {
  readonly loaded: Target['loaded']
  /** What to look at, where a look is all that was asked for. */
  readonly recheck: Target['recheck']
  readonly decision: Decision
  readonly pending?: PendingApproval
  readonly answer: CommandAnswer
}

export const donePlan = (target: Target, decision: Decision, sentence: string): Plan => ({
  loaded: target.loaded,
  recheck: target.recheck,
  decision,
  answer: { answer: 'done', state: target.state(decision.books), sentence },
})

export async function follow(
  deps: ActivityDeps,
  trx: Trx,
  { loaded, recheck, decision, pending, answer }: Plan,
  { workflowId, now, person }: Request,
): Promise<CommandAnswer> {
  if (pending) await askApproval(trx, pending)
  await carryOut(trx, loaded, decision, { ...mover(deps, workflowId, now), who: personWord(person) })
  if (recheck) await keepHint(trx, { ...recheck, source: 'person' })
  return answer
}

/**
 * A refusal is given back, not thrown, so that its transaction commits: the proof, which anybody
 * can read in the history, is used up by a refused request as by any other. Whatever is judged in
 * here has written nothing else.
 */
export async function judged<T>(judge: () => Promise<T>): Promise<T | Failure> {
  try {
    return await judge()
  } catch (error) {
    if (error instanceof Failure && !FAILURES[error.kind].retry) return error
    throw error
  }
}

export const rejected = (sentence: string): Failure => new Failure('updateRejected', sentence)

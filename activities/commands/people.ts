// What people do to a saga: their commands, judged under the lock; and a cancellation asked for in
// the Temporal UI, which stops nothing.
// Must not know: HTTP, keys. A person is proved by a row that the API minted, or only claimed, and
// then named `unverified`.
import { loadBooks, rowOf } from '../../src/db/books/books.ts'
import { carryOut } from '../../src/db/books/carryOut.ts'
import { sqlState, transact, type Trx } from '../../src/db/connect.ts'
import { keepTold, toldBefore, useProof } from '../../src/db/people.ts'
import { Failure } from '../../src/domain/failures.ts'
import type { Asker } from '../../src/domain/moves/people/commands.ts'
import {
  aboveLimit,
  isQuiet,
  refusalOfUnproved,
  type CommandingPerson,
} from '../../src/domain/moves/people/unproved.ts'
import { cancelRequested } from '../../src/domain/moves/time.ts'
import { loadRefund, mover, recalledWhole, refundIn, withRefund } from '../decide.ts'
import type { ActivityDeps } from '../deps.ts'
import { approve, planToAsk } from './approvals.ts'
import {
  donePlan,
  follow,
  judged,
  rejected,
  type CommandAnswer,
  type Commanded,
  type CommandRefused,
  type Plan,
  type Request,
} from './plans.ts'
import { loadSaga, parseCommand, refundNamedBy, targetOf } from './targets.ts'

export type { CommandAnswer, Commanded } from './plans.ts'
export type CancelRequested = { readonly workflowId: string; readonly now: string }

/**
 * A saga that ends while news comes is asked by the server to think again, and everything that it
 * did in that moment is done again: the same update is then told the same, and nothing moves a
 * second time.
 */
export async function takeCommand(deps: ActivityDeps, commanded: Commanded): Promise<CommandAnswer | CommandRefused> {
  const { workflowId: saga, name: command, updateId } = commanded
  const answer = await judgedByDatabase(() =>
    transact(
      deps.db,
      `command ${command}`,
      async (trx) => {
        const update = updateId === undefined ? undefined : { saga, updateId, command, args: commanded.args }
        const before = update && (await toldBefore(trx, update))
        if (before) return before
        const told = (await refusedByMemory(deps, trx, commanded)) ?? toldOf(await answerTo(deps, trx, commanded))
        if (update) await keepTold(trx, update, told)
        return told
      },
      deps.log,
    ),
  )
  deps.kick()
  return answer
}

/**
 * What the database can never store (SQLSTATE class 22) is refused: tried again and again, it would
 * bar its saga from ending.
 */
async function judgedByDatabase<T>(work: () => Promise<T>): Promise<T | CommandRefused> {
  try {
    return await work()
  } catch (error) {
    if (!sqlState(error)?.startsWith('22')) throw error
    const sentence = 'the database cannot store this text or this update id; send it without null characters'
    return { answer: 'refused', kind: 'invalidRequest', sentence }
  }
}

const toldOf = (answer: CommandAnswer | Failure): CommandAnswer | CommandRefused =>
  answer instanceof Failure ? { answer: 'refused', kind: answer.kind, sentence: answer.message } : answer

/** What the person saw is no longer so: the row went back, and now says it. */
async function refusedByMemory(
  deps: ActivityDeps,
  trx: Trx,
  { workflowId, memory, now }: Commanded,
): Promise<CommandRefused | undefined> {
  const id = refundNamedBy(workflowId)
  if (!id) return undefined
  const found = await loadBooks(trx, { refundId: id })
  // Without a row the command itself says so.
  if (!memory && !rowOf(found, id)) return undefined
  const about = { id, now, ...(memory && { memory }) }
  if (!(await recalledWhole(deps, trx, withRefund(found, id, memory), about)).wentBack) return undefined
  const sentence =
    'the database went back in time and has lost what this refund came to; nothing was done. Read it again, and see the runbook before anything is sent'
  return { answer: 'refused', kind: 'updateRejected', sentence }
}

async function answerTo(deps: ActivityDeps, trx: Trx, commanded: Commanded): Promise<CommandAnswer | Failure> {
  const request = await judged(() => requestOf(trx, commanded))
  if (request instanceof Failure) return request
  const unproved = await judged(() => mayBeUnproved(deps, trx, request))
  if (unproved instanceof Failure) return unproved
  if (request.asked.command.kind === 'approve') return approve(deps, trx, request)
  const plan = await judged(() => planOf(deps, trx, request))
  return plan instanceof Failure ? plan : follow(deps, trx, plan, request)
}

async function requestOf(trx: Trx, commanded: Commanded): Promise<Request> {
  const asked = parseCommand(commanded.workflowId, commanded.name, commanded.args)
  return { ...commanded, asked, person: await personOf(trx, asked.asker, commanded) }
}

async function personOf(trx: Trx, { proof, person }: Asker, commanded: Commanded): Promise<CommandingPerson> {
  if (proof === null) return { name: person ?? 'nobody', role: undefined }
  const { workflowId: saga, name: command, args } = commanded
  const proven = await useProof(trx, proof, { saga, command, args })
  if (!proven)
    throw rejected(
      'this proof was used before, is too old, or was made for something else; the journal says what was done, ask the API again',
    )
  return proven
}

/** Once keys are set, a name that nobody proved moves nothing and silences no page. */
async function mayBeUnproved(deps: ActivityDeps, trx: Trx, { person, asked, workflowId }: Request): Promise<void> {
  if (person.role !== undefined || deps.temporalAccess.commands === 'all') return
  const { command } = asked
  const refund = asked.kind === 'refund' ? refundIn((await loadRefund(trx, asked.id)).books, asked.id) : undefined
  if (command.kind !== 'approve' && isQuiet(command, { refund, patience: deps.patience })) return
  throw rejected(refusalOfUnproved(workflowId, command.kind))
}

async function planOf(deps: ActivityDeps, trx: Trx, request: Request): Promise<Plan> {
  const { now, name, asked } = request
  const target = await targetOf(trx, asked, { now, patience: deps.patience })
  if (aboveLimit(deps.approvalLimit, target.together ?? target.money)) return planToAsk(trx, target, request)
  return donePlan(target, target.carry(), `${name} is done`)
}

export async function noteCancelRequest(deps: ActivityDeps, { workflowId, now }: CancelRequested): Promise<void> {
  await transact(
    deps.db,
    'cancel requested',
    async (trx) => {
      const loaded = await loadSaga(trx, workflowId)
      const decision = cancelRequested(loaded.books, workflowId, { now, patience: deps.patience })
      await carryOut(trx, loaded, decision, mover(deps, workflowId, now))
    },
    deps.log,
  )
  deps.kick()
}

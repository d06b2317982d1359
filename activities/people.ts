// What people do to a saga: their commands, judged under the lock; and a cancellation asked for in the Temporal UI, which stops nothing.
// Must not know: HTTP, keys. A person is proved by a row that the API minted, or only claimed, and then named `unverified`.
import { cancelRequested } from '../src/domain/attention.ts'
import type { Decision, JournalLine } from '../src/domain/books.ts'
import type { Asker } from '../src/domain/commands.ts'
import { Failure } from '../src/domain/failures.ts'
import { printMoney, type Money } from '../src/domain/money.ts'
import { carryOut } from '../src/db/carryOut.ts'
import { transact, type Trx } from '../src/db/connect.ts'
import { keepHint } from '../src/db/hints.ts'
import { askApproval, endApproval, pendingApproval, useProof } from '../src/db/people.ts'
import { loadSaga, parseCommand, targetOf, type Target } from './commandTargets.ts'
import type { ActivityDeps } from './deps.ts'
import { mover } from './rows.ts'

export type Commanded = {
  readonly workflowId: string
  readonly name: string
  readonly args: unknown
  readonly now: string
}
export type CommandAnswer = {
  readonly answer: 'done' | 'approvalNeeded'
  readonly state: string
  readonly sentence: string
}
export type CancelRequested = { readonly workflowId: string; readonly now: string }

/** `role` null: this machine, without keys; undefined: a name that nobody proved. */
type Person = { readonly name: string; readonly role: string | null | undefined }
const wordOf = ({ name, role }: Person): string =>
  role === undefined ? `unverified:${name}` : role === null ? 'local' : `${role}:${name}`

export async function takeCommand(
  deps: ActivityDeps,
  { workflowId, name, args, now }: Commanded,
): Promise<CommandAnswer> {
  const answer = await transact(
    deps.db,
    `command ${name}`,
    async (trx) => {
      const asked = parseCommand(workflowId, name, args)
      const person = await personOf(trx, asked.asker, workflowId, name)
      const approved = asked.command.kind === 'approve' ? await approve(trx, workflowId, person) : undefined
      const parsed = approved ? parseCommand(workflowId, approved.command, approved.args) : asked
      const target = await targetOf(trx, parsed, { now, patience: deps.patience })
      if (!approved && needsApproval(deps.approvalLimit, target.money)) {
        return askFor(deps, trx, target, { workflowId, name, args, now, person })
      }
      const decision = signed(target.carry(), person, approved?.person)
      await carryOut(trx, target.loaded, decision, { ...mover(deps, workflowId, now), who: wordOf(person) })
      if (target.recheck) await keepHint(trx, { ...target.recheck, source: 'person' })
      return { answer: 'done' as const, state: target.state(decision.books), sentence: `${name} is done` }
    },
    deps.log,
  )
  deps.kick()
  return answer
}

async function personOf(trx: Trx, { proof, person }: Asker, saga: string, command: string): Promise<Person> {
  if (proof === null) return { name: person ?? 'nobody', role: undefined }
  const proven = await useProof(trx, proof, saga, command)
  if (!proven)
    throw new Failure(
      'updateRejected',
      'this proof was used before, is too old, or was made for something else; ask the API again',
    )
  return proven
}

async function approve(trx: Trx, saga: string, person: Person) {
  const pending = await pendingApproval(trx, saga)
  if (!pending) throw new Failure('updateRejected', 'nothing of this saga waits for an approval')
  if (person.role !== 'approver')
    throw new Failure(
      'updateRejected',
      'an approval needs an API key with the role approver; a name typed in the Temporal UI cannot approve',
    )
  if (person.name === pending.person)
    throw new Failure('updateRejected', `${person.name} asked for this; another person must approve it`)
  await endApproval(trx, saga)
  return pending
}

/** Unset: no four eyes. Set: above the currency's limit, and for every currency without one. */
function needsApproval(limits: ActivityDeps['approvalLimit'], money: Money | undefined): boolean {
  if (!limits || !money) return false
  const limit = limits.get(money.currency)
  return limit === undefined || money.amount > limit
}

type Request = Commanded & { readonly person: Person }

async function askFor(
  deps: ActivityDeps,
  trx: Trx,
  target: Target,
  { workflowId, name, args, now, person }: Request,
): Promise<CommandAnswer> {
  const amount = target.money ? printMoney(target.money) : ''
  if (person.role === undefined)
    throw new Failure(
      'updateRejected',
      `${amount} is above the limit: a name claimed in Temporal cannot ask for this. Use the API or the ops CLI with a key`,
    )
  const pending = await pendingApproval(trx, workflowId)
  if (pending)
    throw new Failure(
      'conflict',
      `${pending.command}, asked for by ${pending.person}, waits for an approval; one at a time`,
    )
  // Whether the state allows it at all is judged now, and again when it is approved.
  target.carry()
  await askApproval(trx, {
    saga: workflowId,
    command: name,
    args: withoutProof(args),
    person: person.name,
    askedAt: now,
  })
  const why = `${name} of ${amount} waits for another person's approval`
  const line: JournalLine = {
    what: 'approvalAsked',
    ...target.about,
    why,
  }
  const decision = {
    books: target.loaded.books,
    journal: [line],
    alerts: [{ level: 'remind' as const, kind: 'approvalNeeded' as const, saga: workflowId, sentence: why }],
  }
  await carryOut(trx, target.loaded, decision, { ...mover(deps, workflowId, now), who: wordOf(person) })
  return { answer: 'approvalNeeded', state: target.state(target.loaded.books), sentence: why }
}

function withoutProof(args: unknown): object {
  if (typeof args !== 'object' || args === null) return {}
  return Object.fromEntries(Object.entries(args).filter(([name]) => name !== 'proof' && name !== 'person'))
}

/** An approved move names both people. */
function signed(decision: Decision, approver: Person, asker: string | undefined): Decision {
  if (asker === undefined) return decision
  const journal = decision.journal.map((line) => ({
    ...line,
    facts: { ...line.facts, askedBy: asker, approvedBy: approver.name },
  }))
  return { ...decision, journal }
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

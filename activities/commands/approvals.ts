// Four eyes: what is above the limit waits as a row until another person carries it out, or it is
// dropped with a sentence.
// Must not know: HTTP, keys. Who asks has been proved, or not, before.
import { randomUUID } from 'node:crypto'
import { carryOut } from '../../src/db/books/carryOut.ts'
import type { Trx } from '../../src/db/connect.ts'
import { endApproval, lockApproval, pendingApproval, type PendingApproval } from '../../src/db/people.ts'
import type { Decision, JournalLine } from '../../src/domain/books/books.ts'
import { Failure } from '../../src/domain/failures.ts'
import { printMoney } from '../../src/domain/money.ts'
import { personWord, START_REQUEST, startWaits, type CommandingPerson } from '../../src/domain/moves/people/unproved.ts'
import { releaseStart } from '../../src/domain/moves/requests.ts'
import { mover, refundIn } from '../decide.ts'
import type { ActivityDeps } from '../deps.ts'
import { donePlan, follow, judged, rejected, type CommandAnswer, type Plan, type Request } from './plans.ts'
import { aboutOf, loadSaga, parseCommand, targetOf, type Target } from './targets.ts'
import { inEach, type Said } from '../../src/language.ts'
import { OF_ORDERS } from '../../src/domain/shown/words/toldElse.ts'

export async function planToAsk(
  trx: Trx,
  target: Target,
  { workflowId, name, args, now, person }: Request,
): Promise<Plan> {
  const amount = amountOf(target)
  if (person.role === undefined)
    throw rejected(
      `${amount.en} is above the limit: a name claimed in Temporal cannot ask for this. Use the API or the ops CLI with a key`,
    )
  // Whether the state allows it at all is judged now, and again when it is approved.
  target.carry()
  const waiting = await pendingApproval(trx, workflowId)
  if (waiting && bars(waiting, now, target))
    throw new Failure(
      'conflict',
      `${waiting.command}, asked for by ${waiting.person}, waits for an approval; one at a time, and ${isStart(waiting) ? 'it is withdrawn, or approved' : `it lapses at ${lapsesAt(waiting)}`}`,
    )
  const id = randomUUID().slice(0, 8)
  const sentence = inEach(OF_ORDERS.approval, { name, amount, request: id })
  const why = `${name} of ${amount.en} waits for another person's approval as request ${id}`
  const { books } = target.loaded
  const ended = waiting && isStart(waiting) ? 'waits no more' : 'lapsed'
  const lapse: readonly JournalLine[] = waiting
    ? [{ what: 'approvalDropped', ...target.about, why: `${whatWas(waiting)} was approved by nobody and ${ended}` }]
    : []
  const kept = argsToKeep(args, target)
  const words = `${why}; it says ${JSON.stringify(kept)}`
  const alert = {
    level: 'remind',
    kind: 'approvalNeeded',
    saga: workflowId,
    sentence,
  } as const
  return {
    loaded: target.loaded,
    recheck: undefined,
    decision: {
      books,
      journal: [...lapse, { what: 'approvalAsked', ...target.about, why: words, facts: { command: name } }],
      alerts: [alert],
    },
    pending: { saga: workflowId, request: id, command: name, args: kept, person: person.name, askedAt: now },
    answer: { answer: 'approvalNeeded', state: target.state(books), sentence: why, request: id },
  }
}

function amountOf({ money, together }: Target): Said {
  if (!money) return { en: '', ko: '' }
  const own = printMoney(money)
  if (!together || together.amount === money.amount) return { en: own, ko: own }
  return inEach(OF_ORDERS.withOthers, { own, together: printMoney(together) })
}

/**
 * Nobody need take back what another person will not approve: until then it bars other requests,
 * and then it is gone.
 */
const LIVES_MS = 3 * 86_400_000
const lapsesAt = ({ askedAt }: PendingApproval): string => new Date(Date.parse(askedAt) + LIVES_MS).toISOString()
/** What was started above the limit reserves its amount, so it waits for as long as it takes. */
const isStart = ({ command }: PendingApproval): boolean => command === START_REQUEST
const hasLapsed = (pending: PendingApproval, now: string): boolean =>
  !isStart(pending) && Date.parse(lapsesAt(pending)) <= Date.parse(now)
/** A start that has become something else meanwhile has nothing left to approve. */
const bars = (pending: PendingApproval, now: string, { loaded, about }: Target): boolean =>
  isStart(pending)
    ? loaded.books.refunds.some((refund) => refund.refundId === about.refundId && startWaits(refund))
    : !hasLapsed(pending, now)
const whatWas = ({ command, person }: PendingApproval): string => `${command}, asked for by ${person},`

/**
 * Without who asked; with the money that it was about, for another attempt may wait by the time it
 * is approved.
 */
function argsToKeep(args: unknown, { about: { gatewayRef } }: Target): object {
  const given = typeof args === 'object' && args !== null ? Object.entries(args) : []
  const kept = Object.fromEntries(given.filter(([name]) => name !== 'proof' && name !== 'person'))
  return gatewayRef === undefined ? kept : { ...kept, gatewayRef }
}

/**
 * Carries out what waits. What can no longer be carried out is dropped: it was asked for in another
 * situation.
 */
export async function approve(deps: ActivityDeps, trx: Trx, request: Request): Promise<CommandAnswer | Failure> {
  const { workflowId, now, person } = request
  const pending = await judged(() => approvable(trx, request))
  if (pending instanceof Failure) return pending
  await endApproval(trx, workflowId)
  const plan = await judged(async () => {
    if (hasLapsed(pending, now)) throw rejected(`it lapsed at ${lapsesAt(pending)}`)
    if (isStart(pending)) return started(deps, trx, request, pending)
    const asked = parseCommand(workflowId, pending.command, pending.args)
    const target = await targetOf(trx, asked, { now, patience: deps.patience })
    const decision = signed(target.carry(), person, pending.person)
    if (target.movedSince(pending.askedAt))
      throw rejected(`it has become ${target.state(target.loaded.books)} since it was asked for`)
    return donePlan(target, decision, `${pending.command}, asked for by ${pending.person}, is done`)
  })
  return plan instanceof Failure ? drop(deps, trx, request, pending, plan) : follow(deps, trx, plan, request)
}

/** It goes on as any other refund that was asked for. */
async function started(deps: ActivityDeps, trx: Trx, request: Request, pending: PendingApproval): Promise<Plan> {
  const { workflowId, now, person } = request
  const { refundId } = aboutOf(workflowId)
  if (!refundId) throw rejected('only a refund is started above the limit')
  const loaded = await loadSaga(trx, workflowId)
  const decision = signed(
    releaseStart(loaded.books, refundId, { now, patience: deps.patience }),
    person,
    pending.person,
  )
  const state = refundIn(decision.books, refundId).state
  return {
    loaded,
    recheck: undefined,
    decision,
    answer: { answer: 'done', state, sentence: `the refund, asked for by ${pending.person}, is approved` },
  }
}

async function approvable(trx: Trx, { workflowId, person, asked }: Request): Promise<PendingApproval> {
  const pending = await lockApproval(trx, workflowId)
  if (!pending) throw rejected('nothing of this saga waits for an approval; ask for the command itself')
  // What was read is what is carried out: another request may have taken its place.
  if (asked.command.kind === 'approve' && asked.command.request !== pending.request)
    throw rejected(
      `what waits now is request ${pending.request}, ${whatWas(pending)} and not the one that is named; read it and approve it by its id`,
    )
  if (person.role !== 'approver')
    throw rejected(
      'an approval needs an API key with the role approver; a name typed in the Temporal UI cannot approve',
    )
  if (person.name === pending.person) throw rejected(`${person.name} asked for this; another person must approve it`)
  return pending
}

async function drop(
  deps: ActivityDeps,
  trx: Trx,
  { workflowId, now, person }: Request,
  pending: PendingApproval,
  { kind, message }: Failure,
): Promise<Failure> {
  const loaded = await loadSaga(trx, workflowId)
  const why = `${whatWas(pending)} was not carried out: ${message}`
  const journal: readonly JournalLine[] = [{ what: 'approvalDropped', ...aboutOf(workflowId), why }]
  const decision = { books: loaded.books, journal, alerts: [] }
  await carryOut(trx, loaded, decision, { ...mover(deps, workflowId, now), who: personWord(person) })
  return new Failure(kind, `${message}; what ${pending.person} asked for is dropped, ask anew if it is still wanted`)
}

/** An approved move names both people. */
function signed(decision: Decision, approver: CommandingPerson, asker: string): Decision {
  const journal = decision.journal.map((line) => ({
    ...line,
    facts: { ...line.facts, askedBy: asker, approvedBy: approver.name },
  }))
  return { ...decision, journal }
}

// What people do to a saga: their commands, judged under the lock; and a cancellation asked for in the Temporal UI, which stops nothing.
// Must not know: HTTP, keys. A person is proved by a row that the API minted, or only claimed, and then named `unverified`.
import { cancelRequested } from '../src/domain/attention.ts'
import type { Books, Decision, JournalLine } from '../src/domain/books.ts'
import {
  parsePaymentCommand,
  parseRefundCommand,
  PAYMENT_COMMANDS,
  REFUND_COMMANDS,
  type Asked,
  type Asker,
  type PaymentCommand,
} from '../src/domain/commands.ts'
import { Failure } from '../src/domain/failures.ts'
import { merchantUid, refundId, type RefundId } from '../src/domain/ids.ts'
import { printMoney, type Money } from '../src/domain/money.ts'
import { commandRefund, movesMoney, type RefundCommand } from '../src/domain/people.ts'
import { attemptToDecide, commandPayment } from '../src/domain/peopleOfPayments.ts'
import { loadBooks, type Loaded } from '../src/db/books.ts'
import { carryOut } from '../src/db/carryOut.ts'
import { transact, type Trx } from '../src/db/connect.ts'
import { keepHint } from '../src/db/hints.ts'
import { askApproval, endApproval, pendingApproval, useProof } from '../src/db/people.ts'
import type { ActivityDeps } from './deps.ts'
import { loadRefund, mover, paymentIn, refundIn } from './rows.ts'

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

/** One saga's side of a command: what it is about, whether another person must approve, how it is carried out. */
type Target = {
  readonly loaded: Loaded
  readonly state: (books: Books) => string
  readonly money: Money | undefined
  readonly carry: () => Decision
  readonly recheck: boolean
}

export async function takeCommand(
  deps: ActivityDeps,
  { workflowId, name, args, now }: Commanded,
): Promise<CommandAnswer> {
  const answer = await transact(
    deps.db,
    `command ${name}`,
    async (trx) => {
      const asked = parse(workflowId, name, args)
      const person = await personOf(trx, asked.asker, workflowId, name)
      const approved = asked.command.kind === 'approve' ? await approve(trx, workflowId, person) : undefined
      const target = await targetOf(
        deps,
        trx,
        workflowId,
        approved ? parse(workflowId, approved.command, approved.args) : asked,
        now,
      )
      if (!approved && needsApproval(deps.approvalLimit, target.money)) {
        return askFor(deps, trx, target, { workflowId, name, args, now, person })
      }
      const decision = signed(target.carry(), person, approved?.person)
      await carryOut(trx, target.loaded, decision, { ...mover(deps, workflowId, now), who: wordOf(person) })
      if (target.recheck) await lookSoon(trx, target.loaded.books, workflowId)
      return { answer: 'done' as const, state: target.state(decision.books), sentence: `${name} is done` }
    },
    deps.log,
  )
  deps.kick()
  return answer
}

type Parsed =
  | { kind: 'refund'; asker: Asker; command: Asked<RefundCommand>['command'] }
  | { kind: 'payment'; asker: Asker; command: Asked<PaymentCommand>['command'] }

function parse(workflowId: string, name: string, args: unknown): Parsed {
  if (workflowId.startsWith('refund:')) {
    const known = REFUND_COMMANDS.find((each) => each === name)
    if (known) return { kind: 'refund', ...parseRefundCommand(known, args) }
  } else {
    const known = PAYMENT_COMMANDS.find((each) => each === name)
    if (known) return { kind: 'payment', ...parsePaymentCommand(known, args) }
  }
  throw new Failure('invalidRequest', `${workflowId} takes no command ${name}`)
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

async function targetOf(deps: ActivityDeps, trx: Trx, workflowId: string, asked: Parsed, now: string): Promise<Target> {
  const setting = { now, patience: deps.patience }
  const recheck = asked.command.kind === 'recheck'
  if (asked.kind === 'refund') {
    const id = refundId(workflowId.slice('refund:'.length))
    const loaded = await loadRefund(trx, id)
    const { command } = asked
    if (command.kind === 'approve') throw cannotApprove()
    const money = movesMoney(command) ? refundIn(loaded.books, id) : undefined
    return {
      loaded,
      money,
      recheck,
      state: (books) => refundIn(books, id).state,
      carry: () => commandRefund(loaded.books, id, command, setting),
    }
  }
  const id = merchantUid(workflowId.slice('payment:'.length))
  const loaded = await loadBooks(trx, { merchantUid: id })
  const { command } = asked
  if (command.kind === 'approve') throw cannotApprove()
  const money =
    command.kind === 'accept' || command.kind === 'refund'
      ? attemptToDecide(loaded.books, command.gatewayRef)
      : undefined
  return {
    loaded,
    money,
    recheck,
    state: (books) => paymentIn(books, id).state,
    carry: () => commandPayment(loaded.books, command, setting),
  }
}

const cannotApprove = (): Error => new Error('an approval cannot itself be approved')

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
    ...(workflowId.startsWith('refund:') && { refundId: workflowId.slice('refund:'.length) }),
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

async function lookSoon(trx: Trx, books: Books, workflowId: string): Promise<void> {
  const refund = books.refunds.find(({ refundId: id }) => `refund:${id}` === workflowId)
  const gateway = refund?.gateway ?? books.payment?.gateway
  if (gateway === undefined) return
  await keepHint(trx, {
    gateway,
    source: 'person',
    gatewayRef: refund?.gatewayRef ?? null,
    merchantUid: refund ? refund.merchantUid : (books.payment?.merchantUid ?? null),
  })
}

export async function noteCancelRequest(deps: ActivityDeps, { workflowId, now }: CancelRequested): Promise<void> {
  const [kind, id = ''] = workflowId.split(':')
  await transact(
    deps.db,
    'cancel requested',
    async (trx) => {
      const refund: RefundId | undefined = kind === 'refund' ? refundId(id) : undefined
      const loaded = refund ? await loadRefund(trx, refund) : await loadBooks(trx, { merchantUid: merchantUid(id) })
      await carryOut(
        trx,
        loaded,
        cancelRequested(loaded.books, refund, { now, patience: deps.patience }),
        mover(deps, workflowId, now),
      )
    },
    deps.log,
  )
  deps.kick()
}

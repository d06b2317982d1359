// (e) How a cancel call ended: its outcome and what its answer shows, written in one transaction (design.md §6.3).
// Must not know: workflows, how the call was made.
import { attemptOf, checksumOf } from '../src/domain/books/balance.ts'
import type { Attempt, Books, Decision, Refund, Ticket, TicketOutcome } from '../src/domain/books/books.ts'
import { Failure } from '../src/domain/failures.ts'
import type { CancelAnswer, Evidence, Gateway } from '../src/domain/gateway.ts'
import { refundWorkflowId, type RefundId } from '../src/domain/ids.ts'
import { judge } from '../src/domain/moves/evidence/judge.ts'
import type { RefundStep } from '../src/domain/next.ts'
import { ticketEnded } from '../src/domain/moves/tickets.ts'
import { carryOut } from '../src/db/books/carryOut.ts'
import type { Began } from '../src/db/clock.ts'
import { transact } from '../src/db/connect.ts'
import { look } from '../src/inbox/look.ts'
import type { ActivityDeps } from './deps.ts'
import { answeredWithin } from './ending.ts'
import { loadRefund, mover, recallRefund, refundIn, stepAfter, type ReadRefund } from './begin/rows.ts'

export type FileTicket = ReadRefund & { readonly key: string }
export type Clocks = { readonly monotonic: number; readonly wall: number }
export type Intended = {
  readonly refund: Refund
  readonly ticket: Ticket
  readonly attempt: Attempt
  readonly gateway: Gateway
  readonly since: Clocks
  readonly began: Began
  readonly checksum: number
}

const RECORD_TRIES = 5
/** Not ended by a stop, for it tells a refusal from a lost answer; so it is short. */
export const LOOK_AFTER_MS = 10_000

/** (e) The outcome, by compare-and-set: into its own ticket always, into the refund only while that ticket is its latest. */
export async function recordAnswer(
  deps: ActivityDeps,
  id: RefundId,
  asked: FileTicket,
  intended: Intended,
  answer: CancelAnswer,
): Promise<RefundStep> {
  const { key, now } = asked
  // What was answered is written whatever the row has come to: the next step compares it with what was seen of it.
  const about = { id, now }
  const end = (outcome: TicketOutcome, said: string): Promise<RefundStep> =>
    recorded(() =>
      act(deps, about, 'ticket outcome', (books, setting) => ticketEnded(books, id, key, outcome, said, setting)),
    )
  switch (answer.kind) {
    case 'notSent':
    case 'unknown':
      return end(answer.kind, answer.said)
    case 'turnedDown':
      return end(...(await afterTurnedDown(deps, id, now, intended, `${answer.said} (code ${answer.code})`)))
    case 'answered':
      return recorded(() =>
        act(deps, about, 'ticket outcome', (books, setting) =>
          bookAnswer(deps, books, id, key, intended.began, answer.evidence, setting),
        ),
      )
  }
}

/** code 0: what the answer shows is booked like a look; with our entry in it the refund is done, else a ticket is open. */
function bookAnswer(
  deps: ActivityDeps,
  books: Books,
  id: RefundId,
  key: string,
  began: Began,
  evidence: Evidence,
  setting: Parameters<Change>[1],
): Decision {
  const looked = { asOf: began.at, number: began.number, policies: deps.policies }
  const seen = judge(books, evidence, { ...setting, ...looked }) ?? same(books)
  const done = refundIn(seen.books, id).state === 'refunded'
  const said = done ? 'the gateway cancelled at once' : 'the gateway took the request: a ticket is open at Paymentwall'
  const ended = ticketEnded(seen.books, id, key, done ? 'doneAtOnce' : 'filed', said, setting)
  return { books: ended.books, journal: [...seen.journal, ...ended.journal], alerts: [...seen.alerts, ...ended.alerts] }
}

/** code ≠ 0 is followed by a look: the balance moved since (a) → nothing was sent under these books; else it is a refusal. */
async function afterTurnedDown(
  deps: ActivityDeps,
  id: RefundId,
  now: string,
  intended: Intended,
  said: string,
): Promise<[TicketOutcome, string]> {
  const { refund, checksum } = intended
  const saga = refundWorkflowId(id)
  try {
    await look(
      answeredWithin(deps, LOOK_AFTER_MS),
      { gateway: refund.gateway, gatewayRef: refund.gatewayRef },
      { who: saga, at: now },
    )
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return ['unknown', `${said}; the look after it failed: ${error.message}`]
  }
  const books = await transact(deps.db, 'read refund', async (trx) => (await loadRefund(trx, id)).books, deps.log)
  const attempt = attemptOf(books, refund.gatewayRef)
  const moved = attempt !== undefined && checksumOf(attempt) !== checksum && refundIn(books, id).state !== 'refunded'
  return moved ? ['notSent', `the balance moved meanwhile: ${said}`] : ['refused', said]
}

/** The call has happened: its outcome is written even when the database stumbles for a moment. */
async function recorded<T>(write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write()
    } catch (error) {
      if (attempt >= RECORD_TRIES) throw error
      await new Promise((resolve) => setTimeout(resolve, 200 * 2 ** attempt))
    }
  }
}

export type Change = (books: Books, setting: { now: string; patience: ActivityDeps['patience'] }) => Decision
export const same = (books: Books): Decision => ({ books, journal: [], alerts: [] })

/** Which refund, when, and what its workflow has seen of it. */
export type Acting = Omit<ReadRefund, 'refundId'> & { readonly id: RefundId }

/** One decision on the refund's books in one transaction, and what its saga does next. */
export async function act(
  deps: ActivityDeps,
  { id, now, memory }: Acting,
  name: string,
  change: Change,
): Promise<RefundStep> {
  const step = await transact(
    deps.db,
    name,
    async (trx) => {
      const { loaded } = await recallRefund(deps, trx, id, now, memory)
      const decision = change(loaded.books, { now, patience: deps.patience })
      const own = mover(deps, refundWorkflowId(id), now)
      // Nobody waits for a late answer any more: its saga has gone on, and sleeps until the next checkpoint unless it is woken.
      const late = decision.journal.some(({ what }) => what === 'ticket.lateAnswer')
      await carryOut(trx, loaded, decision, late ? { ...own, saga: null } : own)
      return stepAfter(loaded, decision.books, id, now)
    },
    deps.log,
  )
  deps.kick()
  return step
}

// A refund brought into each of its states over the real database by the real code, what may then happen to it, and what came of it.
// Must not know: what ought to come of it. Every line is read back from rows; the tables that it is held against are typed by hand.
import { expect } from 'vitest'
import { takeCommand } from '../../activities/commands/people.ts'
import type { ActivityDeps } from '../../activities/deps.ts'
import { recordAnswer } from '../../activities/ticket/ticket.ts'
import { recordRefund } from '../../src/db/books/record.ts'
import { transact, type Db } from '../../src/db/connect.ts'
import type { Books, Decision, Refund } from '../../src/domain/books/books.ts'
import { seenOf, seenOfRefund } from '../../src/domain/books/seen.ts'
import { Failure } from '../../src/domain/failures.ts'
import type { CancelAnswer, CancelEntry, Evidence } from '../../src/domain/gateway.ts'
import { refundId, type GatewayRef, type MerchantUid, type RefundId } from '../../src/domain/ids.ts'
import type { JudgeSetting } from '../../src/domain/moves/evidence/judge.ts'
import { block, intend, nextTicketKey } from '../../src/domain/moves/tickets.ts'
import { raiseRefund } from '../../src/domain/moves/time.ts'
import { activityDeps } from '../support/activityDeps.ts'
import { anEvidence, DAY, later, MINUTE, PATIENCE, setting } from '../support/books.ts'
import { bookEvidence, freshOrder, moveBooks, paidOrder, readBooks, recordPrepared } from '../support/booksDatabase.ts'
import { scriptedGateway, type Scripted } from '../support/booksGateway.ts'

const PAID = 10_000
const ASKED = 6_000
const links = () => null

export type Scene = {
  readonly deps: ActivityDeps
  readonly gateway: Scripted
  readonly order: MerchantUid
  readonly ref: GatewayRef
  readonly id: RefundId
  readonly paid: number
  /** Whether it settled its order. */
  readonly accepted: boolean
  /** What the gateway shows as gone back. */
  entries: readonly CancelEntry[]
  /** Entries that it ever had: each has an id of its own. */
  made: number
  now: string
}
export type Step = (scene: Scene) => Promise<unknown>

function begun(db: Db, shown: Pick<Scene, 'order' | 'ref' | 'id' | 'paid' | 'accepted'>): Scene {
  const gateway = scriptedGateway()
  // After the database's own clock, which looks read: nothing that is booked here is older than a look of the code's own.
  const now = later(DAY, new Date().toISOString())
  return { ...shown, deps: activityDeps(db, gateway), gateway, entries: [], made: 0, now }
}

/** An order of 10,000 won, paid as ordered, of which 6,000 are asked back; then one step after the other. */
export async function sceneOf(db: Db, steps: readonly Step[]): Promise<Scene> {
  const { order, ref } = await paidOrder(db)
  const id = refundId(`${order}-r`)
  const scene = begun(db, { order, ref, id, paid: PAID, accepted: true })
  await ask(scene, id, ASKED)
  for (const step of steps) await step(scene)
  return scene
}

/** The same order, of which 9,000 were paid: never accepted, and a person gives all of it back. */
export async function shortPaid(db: Db, steps: readonly Step[]): Promise<Scene> {
  const { order, ref } = freshOrder()
  const paid = 9_000
  await recordPrepared(db, order)
  await bookEvidence(db, anEvidence({ merchantUid: order, gatewayRef: ref, amount: paid }))
  const { deps, ...scene } = begun(db, { order, ref, id: refundId('none'), paid, accepted: false })
  const seen = seenOf(await readBooks(db, { merchantUid: order }))
  const args = { person: 'ann', reason: 'too little', seen }
  const told = await takeCommand(deps, { workflowId: `payment:${order}`, name: 'refund', args, now: scene.now })
  expect(told.answer).toBe('done')
  const [refund] = (await readBooks(db, { merchantUid: order })).refunds
  const made = { ...scene, deps, id: refund?.refundId ?? scene.id }
  for (const step of steps) await step(made)
  return made
}

/** A refund of this amount, asked for by the checkout. */
export function ask({ deps, order, now }: Scene, id: RefundId, amount: number): Promise<unknown> {
  const asked = { refundId: id, merchantUid: order, amount, reason: 'too small', origin: 'checkout' as const }
  const mover = { who: 'checkout', at: now, saga: null, links, patience: PATIENCE, rules: deps.rules }
  return transact(deps.db, 'request', (trx) => recordRefund(trx, asked, mover))
}
/** Each step happens five minutes after the one before. */
const tick = (scene: Scene, ms = 5 * MINUTE): string => (scene.now = later(ms, scene.now))
export const booksOf = ({ deps, order }: Scene): Promise<Books> => readBooks(deps.db, { merchantUid: order })
export const own = ({ id }: Scene): string => `refund:${id}`
export const refundIn = ({ refunds }: Books, { id }: Scene): Refund => {
  const found = refunds.find((each) => each.refundId === id)
  if (!found) throw new Error(`${id} is not recorded`)
  return found
}
const move = (scene: Scene, decide: (books: Books) => Decision | undefined): Promise<Books> =>
  moveBooks(scene.deps.db, { merchantUid: scene.order }, decide, own(scene))

/** The intent of the next ticket, committed; its call is on its way. */
export const intent: Step = async (scene) => {
  const now = setting({ now: tick(scene), patience: PATIENCE })
  await move(scene, (books) => intend(books, scene.id, nextTicketKey(refundIn(books, scene)) ?? 'none', now)?.decision)
  expect(refundIn(await booksOf(scene), scene).tickets.at(-1)).toMatchObject({ outcome: null })
}

export type Answer = 'filed' | 'refused' | 'notSent' | 'unknown' | 'doneAtOnce'
/** The answer to a call that has none, the oldest or the newest, as the activity that made the call records it, however late. */
export const answer =
  (kind: Answer, which: 'oldest' | 'newest' = 'oldest'): Step =>
  async (scene) => {
    const books = await booksOf(scene)
    const refund = refundIn(books, scene)
    const open = refund.tickets.filter(({ outcome }) => outcome === null || outcome === 'unknown')
    const ticket = open.at(which === 'oldest' ? 0 : -1)
    const [attempt] = books.attempts
    if (!ticket || !attempt) throw new Error('no call waits for an answer')
    scene.gateway.truth = [shown(scene)]
    // Older than every look: the answer may come however late.
    const began = { at: ticket.intentAt, number: 0 }
    const intended = {
      refund,
      ticket,
      attempt,
      gateway: scene.gateway,
      since: { monotonic: performance.now(), wall: Date.now() },
      began,
      checksum: scene.paid,
    }
    const ours = anEntryOf(scene, ASKED, `#${scene.id} too small`)
    const done = kind === 'doneAtOnce' ? { entries: [...scene.entries, ours] } : {}
    const said: Record<Answer, CancelAnswer> = {
      filed: { kind: 'answered', evidence: shown(scene) },
      doneAtOnce: { kind: 'answered', evidence: shown(scene, done) },
      refused: { kind: 'turnedDown', code: '-1', said: 'no' },
      notSent: { kind: 'notSent', said: 'connection refused' },
      unknown: { kind: 'unknown', said: 'no answer' },
    }
    const asked = { refundId: scene.id, key: ticket.authorisedBy, now: tick(scene) }
    await recordAnswer(scene.deps, scene.id, asked, intended, said[kind])
  }

/** It has waited past the page level. */
export const waited: Step = (scene) => {
  const now = setting({ now: tick(scene, 8 * DAY), patience: PATIENCE })
  return move(scene, (books) => raiseRefund(books, scene.id, undefined, now))
}

export const blocked: Step = (scene) => {
  const because = {
    kind: 'notRefundable',
    sentence: { en: 'cash goes back to nobody', ko: 'cash goes back to nobody' },
  } as const
  return move(scene, (books) => block(books, scene.id, because, setting({ now: tick(scene), patience: PATIENCE })))
}

/** These name the mark of what their person saw. */
const MOVES_MONEY = ['retryTicket', 'resolve']

/** As a person does it who has just read it, through the activity that every door leads to. Throws the refusal. */
export const person =
  (name: string, args: object = {}): Step =>
  async (scene) => {
    const books = await booksOf(scene)
    const seen = MOVES_MONEY.includes(name) ? { seen: seenOfRefund(books, refundIn(books, scene)) } : {}
    const commanded = { workflowId: own(scene), name, args: { person: 'ann', ...seen, ...args }, now: tick(scene) }
    const told = await takeCommand(scene.deps, commanded)
    if (told.answer === 'refused') throw new Failure(told.kind, told.sentence)
  }

/** i'mport calls a payment `cancelled` as soon as any part of it went back. */
function shown({ order, ref, paid, entries }: Scene, more: Partial<Evidence> = {}): Evidence {
  const listed = more.entries ?? entries
  const status = listed.length > 0 ? 'cancelled' : 'paid'
  return anEvidence({ merchantUid: order, gatewayRef: ref, amount: paid, status, ...more, entries: listed })
}

/** A look that begins now; `asOf` where it began before. */
export const look =
  (more: Partial<Evidence> = {}, booking: Partial<JudgeSetting> = {}): Step =>
  (scene) => {
    const now = tick(scene)
    return bookEvidence(scene.deps.db, shown(scene, more), { now, asOf: now, ...booking })
  }

const sum = (entries: readonly CancelEntry[]): number => entries.reduce((total, { amount }) => total + amount, 0)
const anEntryOf = (scene: Scene, amount: number, reason: string): CancelEntry => {
  const cancellationId = `c${(scene.made += 1)}`
  return { cancellationId, amount, cancelledAt: scene.now, reason, mark: foreign(reason) }
}

/** What the scenes call the console is known to be the console. */
const foreign = (reason: string): CancelEntry['mark'] => (reason === 'console' ? 'console' : null)

/** The gateway books a cancel that names our refund, and a look finds it. */
export const entry =
  (amount: number): Step =>
  (scene) => {
    scene.entries = [...scene.entries, anEntryOf(scene, amount, `#${scene.id} too small`)]
    return look()(scene)
  }

/** Money that moves without us: so much, or what is left of it. */
export const outside =
  (most: number, reason = 'console'): Step =>
  (scene) => {
    const amount = Math.min(most, scene.paid - sum(scene.entries))
    scene.entries = [...scene.entries, anEntryOf(scene, amount, reason)]
    return look()(scene)
  }

/** A look that no longer shows what was booked. */
export const missing: Step = (scene) => {
  scene.entries = []
  return look()(scene)
}

export const minutesPass =
  (minutes: number): Step =>
  (scene) =>
    Promise.resolve(tick(scene, minutes * MINUTE))

export const goneForGood: Step = async (scene) => {
  await missing(scene)
  await minutesPass(6)(scene)
  await missing(scene)
}

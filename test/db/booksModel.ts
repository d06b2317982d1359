// A small world for random interleavings: what the gateway truly holds, what was asked of the books, and what must always hold of them.
// Must not know: how the code decides. Its sums are worked out here, from the rows and from the design's words alone.
import { expect } from 'vitest'
import type { Db } from '../../src/db/connect.ts'
import type { Attempt, Books, Refund } from '../../src/domain/books/books.ts'
import type { CancelEntry, Evidence } from '../../src/domain/gateway.ts'
import type { GatewayRef, MerchantUid } from '../../src/domain/ids.ts'
import { anEvidence, later, MINUTE } from '../support/books.ts'
import { readBooks } from '../support/booksDatabase.ts'

export const PAID = 10_000
export type World = {
  readonly db: Db
  readonly order: MerchantUid
  readonly ref: GatewayRef
  /** What the gateway has booked, and the tickets that its desk may still work off. */
  readonly entries: CancelEntry[]
  readonly desk: { readonly refundId: string; readonly amount: number }[]
  /** Answers of looks that are on their way: each as true at its begin. */
  readonly answers: { readonly asOf: string; readonly number: number; readonly evidence: Evidence }[]
  /** Keys under which a call was sent, and refunds that a person closed. */
  readonly sent: string[]
  readonly byPerson: Set<string>
  /** The newest evidence that was booked. */
  booked: { number: number; entries: readonly CancelEntry[] }
  minutes: number
}

/** Each step happens a minute after the one before. */
export const tick = (world: World): string => later((world.minutes += 1) * MINUTE)

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0)
export const leftAtGateway = ({ entries }: World): number => PAID - sum(entries.map(({ amount }) => amount))

/** The gateway never pays back more than it took. */
export function pay(world: World, amount: number, reason: string): void {
  const fits = Math.min(amount, leftAtGateway(world))
  if (fits <= 0) return
  const cancellationId = `c${world.entries.length + 1}`
  const cancelledAt = later(world.minutes * MINUTE)
  world.entries.push({ cancellationId, amount: fits, cancelledAt, reason, mark: null })
}

export const truthNow = ({ order, ref, entries }: World): Evidence =>
  anEvidence({ merchantUid: order, gatewayRef: ref, entries: [...entries] })

export const booksOf = ({ db, order }: World): Promise<Books> => readBooks(db, { merchantUid: order })

const WAITING = ['requested', 'ticketOpen', 'unknown']
const RESERVING = [...WAITING, 'blocked', 'reversed']
const CLOSED = ['refunded', 'settledElsewhere', 'withdrawn', 'superseded']
const MAY_LIVE: readonly unknown[] = [null, 'filed', 'unknown']
export const isOpen = ({ state, ticketDead }: Refund): boolean =>
  !CLOSED.includes(state) && !(state === 'refused' && ticketDead)

const bookedFor = (attempt: Attempt, { refundId }: Refund): number =>
  sum(attempt.entries.filter((entry) => entry.refundId === refundId).map(({ amount }) => amount))

const reserves = ({ state, tickets, ticketDead }: Refund): boolean =>
  RESERVING.includes(state) ||
  (state === 'refused' && !ticketDead && tickets.some(({ outcome }) => MAY_LIVE.includes(outcome)))

export function sumsByHand({ attempts, refunds }: Books) {
  const [attempt] = attempts
  if (!attempt) throw new Error('the order was never paid')
  const rest = (refund: Refund): number => Math.max(0, refund.amount - bookedFor(attempt, refund))
  const words = refunds.map((refund) => refund.paidElsewhere + (refund.state === 'refunded' ? rest(refund) : 0))
  return {
    attempt,
    returned: sum(attempt.entries.map(({ amount }) => amount)) + sum(words),
    reserved: sum(refunds.filter(reserves).map(rest)),
    waits: refunds.some(({ state }) => WAITING.includes(state)),
  }
}

export function stateByHand(books: Books): string {
  const { returned, waits } = sumsByHand(books)
  if (returned >= PAID) return 'cancelled'
  if (waits) return 'cancelPending'
  return returned > 0 ? 'partlyCancelled' : 'paid'
}

/** What must hold of the books after every step, whatever came before. */
export async function mustHold(world: World, before: Books, lastRow: number): Promise<void> {
  const books = await booksOf(world)
  const { attempt } = sumsByHand(books)
  expect(books.payment?.state).toBe(stateByHand(books))
  eachEntryOnce(world, books, attempt)
  for (const refund of books.refunds) {
    const living = refund.tickets.filter(({ outcome }) => MAY_LIVE.includes(outcome))
    expect(living.length, `living tickets of ${refund.refundId}`).toBeLessThanOrEqual(1)
    if (refund.state === 'refunded' && !world.byPerson.has(refund.refundId))
      expect(bookedFor(attempt, refund), `booked for ${refund.refundId}`).toBe(refund.amount)
  }
  expect(new Set(world.sent).size).toBe(world.sent.length)
  await everyMoveIsTold(world, before, books, lastRow)
}

/** Every entry of the newest booked evidence is in the books with exactly its amount, and nothing else is. */
function eachEntryOnce(world: World, books: Books, attempt: Attempt): void {
  const total = (key: string): number =>
    sum(attempt.entries.filter((entry) => entry.key.split('+')[0] === key).map(({ amount }) => amount))
  expect(sum(attempt.entries.map(({ amount }) => amount))).toBe(sum(world.booked.entries.map(({ amount }) => amount)))
  expect(attempt.gatewayReturned, 'returned, as the newest evidence says').toBe(
    sum(world.booked.entries.map(({ amount }) => amount)),
  )
  expect(attempt.entries.filter(({ missingSince, gone }) => missingSince !== null || gone)).toEqual([])
  for (const { cancellationId, amount } of world.booked.entries)
    expect(total(cancellationId ?? ''), `booked of ${cancellationId}`).toBe(amount)
  const known = new Set(books.refunds.map(({ refundId }) => refundId))
  expect(attempt.entries.filter(({ refundId }) => !known.has(refundId))).toEqual([])
}

async function everyMoveIsTold({ db, order }: World, before: Books, after: Books, lastRow: number): Promise<void> {
  const lines = await db
    .selectFrom('journal')
    .select(['refundId', 'what', 'toState'])
    .where('merchantUid', '=', order)
    .where('refundId', 'is not', null)
    .orderBy('id')
    .execute()
  const wakes = await db
    .selectFrom('outbox')
    .select('target')
    .where('id', '>', lastRow)
    .where('kind', '=', 'wake')
    .execute()
  const woken = new Set(wakes.map(({ target }) => target))
  for (const refund of after.refunds) {
    const told = lines.findLast(
      (line) => line.refundId === refund.refundId && !/^ticket\.|^refund\.partly|^refund\.evidence/.test(line.what),
    )
    expect(told?.toState, `journal of ${refund.refundId}`).toBe(refund.state)
    const old = before.refunds.find(({ refundId }) => refundId === refund.refundId)
    if (old?.state === refund.state || (!isOpen(refund) && (!old || !isOpen(old)))) continue
    expect(woken.has(`refund:${refund.refundId}`), `a wake for ${refund.refundId}, now ${refund.state}`).toBe(true)
  }
}

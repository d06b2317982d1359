// Promises 1, 2, 6 and 7 under random interleavings on the real database: requests, tickets, desk and looks in any order.
// Must not know: how the code decides. The world is in booksModel.ts; fast-check prints the seed of what failed.
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordRefund } from '../../src/db/books/record.ts'
import { beginLook } from '../../src/db/clock.ts'
import { transact, type Database } from '../../src/db/connect.ts'
import type { Books, Refund, TicketOutcome } from '../../src/domain/books/books.ts'
import { decided, draftOf, moveRefund, putRefund } from '../../src/domain/books/draft.ts'
import { Failure } from '../../src/domain/failures.ts'
import { refundId } from '../../src/domain/ids.ts'
import { intend, nextTicketKey, ticketEnded, tombstone } from '../../src/domain/moves/tickets.ts'
import { PATIENCE, setting } from '../support/books.ts'
import { bookEvidence, moveBooks, paidOrder } from '../support/booksDatabase.ts'
import { booksOf, mustHold, PAID, pay, sumsByHand, tick, truthNow, type World } from './booksModel.ts'
import { openTestDatabase } from '../support/database.ts'

let database: Database
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

const OUTCOMES = ['filed', 'doneAtOnce', 'refused', 'notSent', 'unknown'] as const satisfies readonly TicketOutcome[]
const which = fc.nat(5)
const part = fc.constantFrom(1, 2_500, 4_000, 5_000, PAID)
const step = fc.oneof(
  { arbitrary: fc.record({ do: fc.constant('request' as const), amount: fc.option(part) }), weight: 4 },
  { arbitrary: fc.record({ do: fc.constant('try' as const), which }), weight: 4 },
  {
    arbitrary: fc.record({ do: fc.constant('end' as const), which, outcome: fc.constantFrom(...OUTCOMES) }),
    weight: 5,
  },
  { arbitrary: fc.record({ do: fc.constant('bury' as const), which }), weight: 1 },
  {
    arbitrary: fc.record({ do: fc.constant('desk' as const), which, off: fc.constantFrom(0, 0, 1_000, -1_000) }),
    weight: 4,
  },
  { arbitrary: fc.record({ do: fc.constant('outside' as const), amount: part }), weight: 1 },
  { arbitrary: fc.record({ do: fc.constant('ask' as const) }), weight: 3 },
  { arbitrary: fc.record({ do: fc.constant('book' as const), which }), weight: 4 },
  {
    arbitrary: fc.record({
      do: fc.constant('person' as const),
      which,
      event: fc.constantFrom('resolvedRefunded' as const, 'settled' as const),
    }),
    weight: 1,
  },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const pick = <T>(all: readonly T[], index: number): T | undefined =>
  all.length === 0 ? undefined : all[index % all.length]
const ours = ({ refunds }: Books): readonly Refund[] => refunds.filter(({ origin }) => origin === 'checkout')

async function take(world: World, one: Step): Promise<void> {
  const books = await booksOf(world)
  const now = setting({ now: tick(world), patience: PATIENCE })
  const about = { merchantUid: world.order }
  switch (one.do) {
    case 'request':
      return request(world, books, one.amount, now.now)
    case 'try': {
      const refund = pick(ours(books), one.which)
      return refund && attempt(world, refund, now)
    }
    case 'end': {
      const refund = pick(ours(books).filter(mayEnd), one.which)
      return refund && end(world, refund, one.outcome, now)
    }
    case 'bury': {
      const refund = pick(ours(books), one.which)
      const key = refund && nextTicketKey(refund)
      if (refund && key) await moveBooks(world.db, about, (loaded) => tombstone(loaded, refund.refundId, key, now))
      return
    }
    case 'desk': {
      const ticket = pick(world.desk, one.which)
      if (ticket) pay(world, Math.max(1, ticket.amount + one.off), `#${ticket.refundId} too small`)
      return
    }
    case 'outside':
      return pay(world, one.amount, 'console')
    case 'ask':
      world.answers.push({ asOf: now.now, number: await numberNow(world), evidence: truthNow(world) })
      return
    case 'book': {
      const answer = pick(world.answers, one.which)
      return answer && book(world, answer)
    }
    case 'person': {
      const refund = pick(ours(books), one.which)
      return refund && personSays(world, refund, one.event, now)
    }
  }
}

/** A request succeeds exactly where it fits beside what is returned and reserved, and then all of it fits. */
async function request(world: World, books: Books, amount: number | null, at: string): Promise<void> {
  const { returned, reserved } = sumsByHand(books)
  const left = PAID - returned - reserved
  const asked = {
    refundId: refundId(`${world.order}-r${books.refunds.length + 1}`),
    merchantUid: world.order,
    amount,
    reason: 'too small',
    origin: 'checkout',
  } as const
  const mover = {
    who: 'checkout',
    at,
    saga: null,
    links: () => null,
    patience: PATIENCE,
    rules: { partialRefunds: true },
  }
  const recorded = await transact(world.db, 'request', (trx) => recordRefund(trx, asked, mover)).catch(
    (error: unknown) => {
      expect(error).toBeInstanceOf(Failure)
      expect(error).toMatchObject({ kind: 'refundExceedsBalance', details: { left: Math.max(0, left) } })
      return undefined
    },
  )
  expect(recorded !== undefined).toBe(left > 0 && (amount ?? left) <= left)
  if (!recorded) return
  const after = sumsByHand(await booksOf(world))
  expect(after.returned + after.reserved).toBeLessThanOrEqual(PAID)
}

/** Whatever key is tried, a call is sent only under the one that is next, and once. */
async function attempt(world: World, refund: Refund, now: ReturnType<typeof setting>): Promise<void> {
  const next = nextTicketKey(refund)
  const used = refund.tickets.map(({ authorisedBy }) => authorisedBy)
  for (const key of new Set([...used, 'submit', 'submit.2', next ?? 'submit.3'])) {
    let intended = false
    await moveBooks(world.db, { merchantUid: world.order }, (books) => {
      const decision = intend(books, refund.refundId, key, now)?.decision
      intended = decision !== undefined
      return decision
    })
    expect(intended, `intent under ${key}`).toBe(key === next)
    if (intended) world.sent.push(`${refund.refundId} ${key}`)
  }
}

const mayEnd = ({ tickets }: Refund): boolean =>
  tickets.some(({ outcome }) => outcome === null || outcome === 'unknown')

/** The call ends; what the gateway truly did follows from how, except that `unknown` may be either. */
async function end(
  world: World,
  refund: Refund,
  outcome: TicketOutcome,
  now: ReturnType<typeof setting>,
): Promise<void> {
  const key = refund.tickets.find(({ outcome }) => outcome === null || outcome === 'unknown')?.authorisedBy ?? ''
  const { attempt } = sumsByHand(await booksOf(world))
  const booked = attempt.entries.filter((entry) => entry.refundId === refund.refundId)
  const amount = refund.amount - booked.reduce((total, entry) => total + entry.amount, 0)
  if (outcome === 'filed' || (outcome === 'unknown' && world.minutes % 2 === 0))
    world.desk.push({ refundId: refund.refundId, amount })
  let said = outcome
  if (outcome === 'doneAtOnce') {
    const before = world.entries.length
    pay(world, amount, `#${refund.refundId} too small`)
    const paid = world.entries[before]?.amount
    await book(world, { asOf: now.now, number: await numberNow(world), evidence: truthNow(world) })
    if (paid !== amount) said = 'refused'
  }
  await moveBooks(world.db, { merchantUid: world.order }, (books) =>
    ticketEnded(books, refund.refundId, key, said, 'said so', now),
  )
}

const numberNow = async ({ db }: World): Promise<number> => (await beginLook(db)).number

async function book(world: World, { asOf, number, evidence }: World['answers'][number]): Promise<void> {
  await bookEvidence(world.db, evidence, { asOf, now: asOf, number })
  if (number >= world.booked.number) world.booked = { number, entries: evidence.entries }
}

async function personSays(
  world: World,
  refund: Refund,
  event: 'resolvedRefunded' | 'settled',
  now: ReturnType<typeof setting>,
): Promise<void> {
  await moveBooks(world.db, { merchantUid: world.order }, (books) => {
    const draft = draftOf(books, now)
    const moved = moveRefund(draft, refund.refundId, event, { why: 'the desk wrote so' })
    if (!moved) return undefined
    world.byPerson.add(refund.refundId)
    const booked = sumsByHand(books).attempt.entries.filter((entry) => entry.refundId === refund.refundId)
    const rest = refund.amount - booked.reduce((total, entry) => total + entry.amount, 0)
    putRefund(draft, { ...moved, ticketDead: true, paidElsewhere: event === 'settled' ? rest : 0 })
    return decided(draft)
  })
}

test(
  'whatever is interleaved: one ticket a key, no request beyond what was paid, each entry once, each move told',
  { timeout: 300_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const { order, ref } = await paidOrder(database.db)
        const world: World = {
          db: database.db,
          order,
          ref,
          entries: [],
          desk: [],
          answers: [],
          sent: [],
          byPerson: new Set(),
          booked: { number: 0, entries: [] },
          minutes: 200,
        }
        for (const one of steps) {
          const before = await booksOf(world)
          const last = await database.db
            .selectFrom('outbox')
            .select((eb) => eb.fn.max('id').as('id'))
            .executeTakeFirst()
          await take(world, one)
          await mustHold(world, before, last?.id ?? 0)
        }
        world.answers.push({ asOf: tick(world), number: await numberNow(world), evidence: truthNow(world) })
        const before = await booksOf(world)
        await take(world, { do: 'book', which: world.answers.length - 1 })
        expect(world.booked.entries).toEqual(world.entries)
        expect((await booksOf(world)).attempts[0]?.gatewayReturned).toBe(
          world.entries.reduce((sum, { amount }) => sum + amount, 0),
        )
        await mustHold(world, before, 0)
      }),
      { numRuns: 45 },
    )
  },
)

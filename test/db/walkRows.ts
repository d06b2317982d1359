// What one step did, read back from the rows as one line: refund, payment, sums, journal, what must leave.
// Must not know: what ought to come of a step, but for what holds after every one: each move has its line, notices count on, accepted stays.
import { expect } from 'vitest'
import { z } from 'zod'
import type { Books } from '../../src/domain/books/books.ts'
import { Failure } from '../../src/domain/failures.ts'
import { refundId } from '../../src/domain/ids.ts'
import { refundStep } from '../../src/domain/next.ts'
import { orderView } from '../../src/domain/shown/views.ts'
import { PATIENCE } from '../support/books.ts'
import { ask, booksOf, own, refundIn, type Scene, type Step } from './walk.ts'

const MORE_THAN_ALL = 1_000_000
const payloads = z
  .object({ number: z.number(), type: z.string() })
  .or(z.object({ level: z.string(), kind: z.string() }))

type Line = { readonly what: string; readonly refundId: string | null } & Readonly<Record<'from' | 'to', string | null>>
type Left = { readonly kind: string; readonly target: string; readonly payload: unknown }

/** `state | payment | returned+reserved, left`: a closed refund says so. */
export async function standing(scene: Scene): Promise<string> {
  const books = await booksOf(scene)
  const { payment } = viewOf(books)
  const refund = refundIn(books, scene)
  const closed = refundStep(books, refund, { now: scene.now, patience: PATIENCE }).next.do === 'end'
  expect(books.payment?.state, 'the state that lists ask for is the one that is shown').toBe(payment.state)
  const sums = `${payment.returned}+${payment.reserved}, ${await leftOf(scene)}`
  return `${refund.state}${closed ? ' closed' : ''} | ${payment.state} | ${sums}`
}

/** `standing | journal | what must leave`, or `nothing` where no row but the attempt's last look has changed. */
export async function cameOf(scene: Scene, act: Step): Promise<string> {
  const before = await booksOf(scene)
  const [lastLine, lastRow, numbered] = [
    await lastOf(scene, 'journal'),
    await lastOf(scene, 'outbox'),
    await numberOf(scene),
  ]
  await act(scene)
  const after = await booksOf(scene)
  const lines = await linesAfter(scene, lastLine)
  const left = await leftAfter(scene, lastRow)
  everyMoveHasItsLine(before, after, lines)
  noticesCountOn(scene, numbered, left)
  expect(after.payment?.acceptedRef, 'accepted stays').toBe(scene.accepted ? scene.ref : null)
  expect(after.attempts.map(({ accepted }) => accepted)).toEqual([scene.accepted])
  if (lines.length === 0 && left.length === 0) {
    expect([after.payment, after.refunds]).toEqual([before.payment, before.refunds])
    return 'nothing'
  }
  const told = left.map((row) => wordsOf(scene, row)).join(', ')
  return [await standing(scene), lines.map(({ what }) => what).join(' '), told].join(' | ').trimEnd()
}

/** A command that is refused: `updateRejected`, and every row is as it was. */
export async function refusalOf(scene: Scene, act: Step): Promise<string> {
  const rows = () => Promise.all([booksOf(scene), lastOf(scene, 'journal'), lastOf(scene, 'outbox')])
  const before = await rows()
  const refusal = await act(scene).then(
    () => 'taken',
    (error: unknown) => error,
  )
  if (!(refusal instanceof Failure)) throw new Error(String(refusal))
  expect(await rows()).toEqual(before)
  return refusal.kind
}

function viewOf(books: Books) {
  if (!books.payment) throw new Error('the order is not recorded')
  return orderView(books, books.payment, () => null)
}

/** What a checkout hears that asks for more than there is; it leaves nothing behind. */
async function leftOf(scene: Scene): Promise<string> {
  const refused = await ask(scene, refundId('too-much'), MORE_THAN_ALL).catch((error: unknown) => error)
  if (!(refused instanceof Failure)) throw refused
  return refused.kind === 'refundExceedsBalance' ? `${z.number().parse(refused.details['left'])} left` : refused.kind
}

async function lastOf({ deps }: Scene, table: 'journal' | 'outbox'): Promise<number> {
  const row = await deps.db
    .selectFrom(table)
    .select((eb) => eb.fn.max('id').as('id'))
    .executeTakeFirstOrThrow()
  return row.id ?? 0
}

const linesAfter = ({ deps, order }: Scene, id: number): Promise<readonly Line[]> =>
  deps.db
    .selectFrom('journal')
    .select(['what', 'refundId', 'fromState as from', 'toState as to'])
    .where('id', '>', id)
    .where('merchantUid', '=', order)
    .orderBy('id')
    .execute()

const leftAfter = ({ deps }: Scene, id: number): Promise<readonly Left[]> =>
  deps.db.selectFrom('outbox').select(['kind', 'target', 'payload']).where('id', '>', id).orderBy('id').execute()

/** `wake` is for the refund of the scene; another refund's and the payment's are named. */
function wordsOf(scene: Scene, { kind, target, payload }: Left): string {
  if (kind === 'wake') return target === own(scene) ? 'wake' : `wake ${target.split(':')[0]}`
  const told = payloads.parse(payload)
  return 'type' in told ? told.type : `${told.level} ${told.kind}`
}

function everyMoveHasItsLine(before: Books, after: Books, lines: readonly Line[]): void {
  for (const { refundId: id, state: to } of after.refunds) {
    const from = before.refunds.find(({ refundId }) => refundId === id)?.state ?? null
    if (from === to) continue
    expect(lines.filter((line) => line.refundId === id && line.from === from && line.to === to)).toHaveLength(1)
  }
  const [from, to] = [before.payment?.state, after.payment?.state]
  const shown = lines.filter(({ what }) => what === 'payment.state').map(({ from, to }) => ({ from, to }))
  expect(shown).toEqual(from === to ? [] : [{ from, to }])
}

/** In the order of the payment's counter, without a gap, each about this order. */
function noticesCountOn({ order }: Scene, numbered: number, left: readonly Left[]): void {
  const notices = left.filter(({ kind }) => kind === 'notice')
  const numbers = notices.map(({ payload }) => z.object({ number: z.number() }).parse(payload).number)
  expect(numbers).toEqual(numbers.map((_, index) => numbered + index + 1))
  expect(notices.filter(({ target }) => target !== order)).toEqual([])
}

async function numberOf({ deps, order }: Scene): Promise<number> {
  const row = await deps.db
    .selectFrom('payments')
    .select('notices')
    .where('merchantUid', '=', order)
    .executeTakeFirstOrThrow()
  return row.notices
}

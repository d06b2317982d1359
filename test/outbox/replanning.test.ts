// Replanning over real rows: who is woken by a changed patience, who is not, and that pages end.
// Must not know: Temporal, what a woken saga does.
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Database } from '../../src/db/connect.ts'
import { planRefund } from '../../src/domain/books/waits.ts'
import { parsePatience } from '../../src/domain/patience.ts'
import { wakeReplanned } from '../../src/outbox/replanning.ts'
import { aRefund, AT, later, MINUTE, PATIENCE } from '../support/books.ts'
import { emptyQueues, moveBooks, paidOrder } from '../support/booksDatabase.ts'
import { openTestDatabase } from '../support/database.ts'

let database: Database
const db = () => database.db
beforeAll(async () => void (database = await openTestDatabase()))
afterAll(() => database.close())
beforeEach(async () => {
  await sql`delete from tickets`.execute(db())
  await sql`delete from refunds`.execute(db())
  await emptyQueues(db())
})

let kicks = 0
const said: string[] = []
const replan = (text: string) =>
  wakeReplanned({
    db: db(),
    patience: parsePatience(text),
    log: (line) => said.push(line),
    kick: () => void (kicks += 1),
  })
const SAME = '24h remind, 72h warn, 7d page, then every 7d page'
const SHORTER = '1h remind, 2h page'

/** A refund as it was planned by the patience before. */
async function refundIn(shown: Parameters<typeof aRefund>[0]): Promise<string> {
  const { order, ref } = await paidOrder(db())
  const refund = aRefund({ refundId: `r-${order}`, merchantUid: order, gatewayRef: ref, ...shown })
  await moveBooks(db(), { merchantUid: order }, (books) => ({
    books: { ...books, refunds: [planRefund(refund, PATIENCE, later(MINUTE), false)] },
    journal: [],
    alerts: [],
  }))
  await emptyQueues(db())
  return `refund:${refund.refundId}`
}

const woken = async () =>
  (await db().selectFrom('outbox').select('target').where('kind', '=', 'wake').orderBy('target').execute()).map(
    ({ target }) => target,
  )

test('refunds that wait are woken once by another patience, and by the same one not at all', async () => {
  const waits = [await refundIn({}), await refundIn({ state: 'unknown', stateSince: AT })]
  await refundIn({ state: 'refunded' })
  await refundIn({ state: 'refused', ticketDead: true })

  expect(await replan(SAME)).toBe(0)
  expect(await woken()).toEqual([])
  kicks = 0
  expect(await replan('30h remind, 72h warn')).toBe(1)
  expect(await woken()).toEqual(waits.slice(0, 1))
  expect(kicks).toBe(1)
  expect(said.at(-1)).toContain('1 waiting refunds follow a changed REFUND_PATIENCE')
  expect(await replan('30h remind, 72h warn')).toBe(0)
})

test('a snoozed refund sleeps on', async () => {
  await refundIn({ snoozedUntil: new Date(Date.now() + 60 * MINUTE).toISOString() })
  expect(await replan(SHORTER)).toBe(0)
})

test('more waiting refunds than a page holds are all woken', async () => {
  const first = await refundIn({ refundId: 'many-0' })
  const columns = await sql<{ name: string }>`
    select column_name as name from information_schema.columns
    where table_name = 'refunds' and column_name <> 'refund_id'`.execute(db())
  const others = sql.join(columns.rows.map(({ name }) => sql.ref(name)))
  await sql`insert into refunds (refund_id, ${others})
    select 'many-' || n, ${others} from refunds, generate_series(1, 1202) n where refund_id = 'many-0'`.execute(db())
  expect(first).toBe('refund:many-0')
  expect(await replan(SHORTER)).toBe(1_203)
  expect(await replan(SHORTER)).toBe(0)
})

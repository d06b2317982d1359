// The only worker is stopped for good: the process of the api, alone with the database, pages and counts what is overdue.
// Must not know: how it is found. Processes of their own share one Postgres.
import { sql } from 'kysely'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { onPostgres } from '../support/database.ts'
import { startFleet } from './fleet.ts'
import { eventually } from '../support/shop.ts'
import { MAKING_MS } from '../support/temporalCli.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: MAKING_MS })

describe.skipIf(!onPostgres)('on Postgres (the embedded database belongs to one process)', () => {
  test('a refund sleeps past its checkpoint: one page, and the gauge of the api says so', async () => {
    // No answer of a busy machine is given up on.
    const { shop, apis, workers, database, add, remove } = await startFleet({ apis: 1, workers: 1 })
    onTestFinished(remove)
    const { refundId } = await shop.paidThenRefunded()
    const { db } = database
    const wakes = db.selectFrom('outbox').select('id').where('kind', '=', 'wake').where('state', '=', 'pending')
    await eventually(() => wakes.execute()).toEqual([])
    await workers[0]?.stop()
    // Nothing else is under way by now, so that nothing else can be late, however slow the machine is.
    await sql`update refunds set next_checkpoint_at = now() - interval '1 hour' where refund_id = ${refundId}`.execute(
      db,
    )
    const watching = await add('api', { OVERDUE_AFTER: '1s' })
    await watching.start()
    await apis[0]?.stop()
    const overdue = async () => (await shop.call('GET', '/overdue')).body
    await eventually(overdue).toMatchObject({ rows: [{ saga: `refund:${refundId}`, what: 'checkpoint' }] })
    const metrics = async () => String((await shop.call('GET', '/metrics')).body)
    await eventually(metrics).toMatch(/^saga_overdue_rows\{kind="refund"\} 1$/m)
    const alerts = db.selectFrom('outbox').select('payload').where('kind', '=', 'alert')
    const pages = async () =>
      (await alerts.execute()).map(({ payload }) => Object(payload)).filter(({ kind }) => kind === 'overdue')
    await eventually(pages, 180_000).toMatchObject([{ level: 'page', sentence: expect.stringContaining(refundId) }])
  })
})

// The only worker is stopped for good: the process of the api, alone with the database, pages and counts what is overdue.
// Must not know: how it is found. Processes of their own share one Postgres.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { onPostgres } from '../support/database.ts'
import { startFleet, type Fleet } from '../support/fleet.ts'
import { eventually } from '../support/shop.ts'
import { MAKING_MS } from '../support/temporalCli.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: MAKING_MS })

describe.skipIf(!onPostgres)('on Postgres (the embedded database belongs to one process)', () => {
  let fleet: Fleet
  beforeAll(async () => {
    const soon = { OVERDUE_AFTER: '1s', REFUND_PATIENCE: '5s remind, 10d page, then every 7d page' }
    fleet = await startFleet({ apis: 1, workers: 1 }, soon)
  })
  afterAll(() => fleet?.remove())

  test('a refund sleeps past its checkpoint: one page, and the gauge of the api says so', async () => {
    const { shop, workers, database } = fleet
    const { refundId } = await shop.paidThenRefunded()
    await workers[0]?.stop()
    const overdue = async () => (await shop.call('GET', '/overdue')).body
    await eventually(overdue).toMatchObject({ rows: [{ saga: `refund:${refundId}`, what: 'checkpoint' }] })
    const metrics = async () => String((await shop.call('GET', '/metrics')).body)
    await eventually(metrics).toMatch(/^saga_overdue_rows\{kind="refund"\} 1$/m)
    const alerts = database.db.selectFrom('outbox').select('payload').where('kind', '=', 'alert')
    const pages = async () =>
      (await alerts.execute()).map(({ payload }) => Object(payload)).filter(({ kind }) => kind === 'overdue')
    await eventually(pages, 180_000).toMatchObject([{ level: 'page', sentence: expect.stringContaining(refundId) }])
  })
})

// A Schedule that was paused, or whose runs nobody takes, is noticed by the database alone; and whoever lets it run hears that it is over.
// Must not know: how the silence is found. Times are moved, not waited for.
import { sql } from 'kysely'
import { eventually, shopTest, type OwnShop } from '../support/shop.ts'
import { superviseNow, sweepNow } from '../support/sweepNow.ts'

const test = shopTest({ SWEEP_EVERY: '10m', OVERDUE_AFTER: '2s' })

const told = async ({ db }: OwnShop): Promise<readonly string[]> => {
  const rows = await db.selectFrom('outbox').select('payload').where('kind', '=', 'alert').orderBy('id').execute()
  return rows.map(({ payload }) => `${Object(payload).level} ${Object(payload).sentence}`)
}
const anHourPasses = async ({ db }: OwnShop, schedule: string): Promise<void> => {
  await sql`update passes set ended_at = ended_at - interval '61 minutes' where name = ${schedule}`.execute(db)
  await sql`update watches set told_at = told_at - interval '61 minutes'`.execute(db)
}

test('the supervisor is paused by hand: a page names it, and a message says when it runs again', async ({ shop }) => {
  await Promise.all([superviseNow(shop), sweepNow(shop)])
  const supervise = shop.client.schedule.getHandle('supervise')
  await supervise.pause('ann: the database is moved')
  await anHourPasses(shop, 'supervise')
  await eventually(async () => (await told(shop)).at(-1)).toMatch(
    /^page .*Schedules that do not run: supervise since \S+$/,
  )

  await supervise.unpause()
  await superviseNow(shop)
  await eventually(async () => (await told(shop)).at(-1)).toMatch(/^remind nothing is overdue any more/)
})

test('a sweep that never ran since its worker started is named too', async ({ shop }) => {
  await shop.client.schedule.getHandle('sweep:iamport/main').pause()
  await sql`delete from sweep_cursors`.execute(shop.db)
  await anHourPasses(shop, 'sweep:iamport/main')
  await eventually(async () => (await told(shop)).at(-1)).toMatch(
    /^page Schedules that do not run: sweep:iamport\/main since \S+$/,
  )
})

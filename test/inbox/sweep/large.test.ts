// The sweep where payments are larger than is read: two of them in one answer, or one alone. Asked of every wire that
// lists; Paymentwall itself lists nothing.
// Must not know: how a list is walked.
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { insertPayment } from '../../../src/db/books/payments.ts'
import { transact, type Database } from '../../../src/db/connect.ts'
import { loadCursor } from '../../../src/db/watch/sweeps.ts'
import { gatewayName, merchantUid } from '../../../src/domain/ids.ts'
import { createGateways } from '../../../src/gateways/index.ts'
import { lookOnce, type LookerOptions } from '../../../src/inbox/looker.ts'
import { sweepGateway } from '../../../src/inbox/sweep/sweep.ts'
import { startSimulator, type Simulator } from '../../../src/simulator/app.ts'
import { controlOf } from '../../simulator/portoneDesk.ts'
import { aPayment, PATIENCE } from '../../support/books.ts'
import { emptyQueues } from '../../support/booksDatabase.ts'
import { openTestDatabase } from '../../support/database.ts'
import { settingsOf } from '../../support/gatewaySettings.ts'

/** Of 1 MiB that is read: any two are more, or each is. */
const LARGE = 700_000
const TOO_LARGE = 1_100_000

let database: Database
let simulator: Simulator
beforeAll(async () => {
  database = await openTestDatabase()
  simulator = await startSimulator({ host: '127.0.0.1', port: 0, webhookUrl: 'http://127.0.0.1:9/none' })
})
afterAll(async () => {
  await simulator.close()
  await database.close()
})
beforeEach(async () => {
  await control('POST', '/reset')
  await emptyQueues(database.db)
  await sql`delete from sweep_cursors`.execute(database.db)
})

const control = (...asked: Parameters<ReturnType<typeof controlOf>>) => controlOf(simulator.url)(...asked)

/** Each is open here, and paid there without a word. */
async function paidUnseen(name: string, orders: readonly string[]): Promise<string[]> {
  const refs: string[] = []
  for (const order of orders) {
    await transact(database.db, 'an order', (trx) =>
      insertPayment(
        trx,
        aPayment({
          merchantUid: merchantUid(order),
          gateway: gatewayName(name),
          amount: 1990,
          currency: 'USD',
          createdAt: new Date().toISOString(),
        }),
      ),
    )
    const paid = { merchantUid: order, outcome: 'paid', amount: 1990, currency: 'USD', gateway: name.split('/')[0] }
    refs.push(String((await control('POST', '/pay', paid)).impUid))
  }
  return refs
}

const customData = (ref: string | undefined, letters: number) =>
  control('PUT', `/payments/${ref}/wire`, { customData: letters })

function options(): LookerOptions {
  const settings = settingsOf({
    IAMPORT_API_URL: simulator.url,
    IAMPORT_KEY: 'sim-key',
    IAMPORT_SECRET: 'sim-secret',
    PORTONE_API_URL: simulator.url,
    PORTONE_API_SECRET: 'sim-portone-secret',
    PORTONE_STORE_ID: 'store-simulator',
    PORTONE_WEBHOOK_SECRET: 'whsec_c2ltdWxhdG9yLXdlYmhvb2stc2VjcmV0LTE=',
  })
  return {
    db: database.db,
    gateways: createGateways(settings, undefined),
    patience: PATIENCE,
    policies: { late: 'hold', second: 'refund' },
    log: () => {},
    kick: () => {},
    links: () => null,
    spacingMs: 0,
    pollMs: 1_000,
  }
}

async function swept(name: string) {
  const found = await sweepGateway(options(), gatewayName(name))
  while (await lookOnce(options()));
  return found
}

const statesOf = async (name: string) => {
  const rows = database.db
    .selectFrom('payments')
    .select(['merchantUid', 'state'])
    .where('gateway', '=', gatewayName(name))
  return Object.fromEntries((await rows.execute()).map((row) => [row.merchantUid, row.state]))
}
const alerts = async () => {
  const rows = await database.db.selectFrom('outbox').select('payload').where('kind', '=', 'alert').execute()
  return rows.map(({ payload }) => String(Object(payload).kind))
}

test.each(['iamport/main', 'portone/main'])(
  '%s: those that are large together are read by smaller pages; one that alone is too large is told once, and hides no other',
  async (name) => {
    const orders = ['plain', 'large-1', 'large-2', 'too-large', 'last'].map((each) => `${each}-${name.split('/')[0]}`)
    const [, one, other, tooLarge] = await paidUnseen(name, orders)
    await customData(one, LARGE)
    await customData(other, LARGE)
    await customData(tooLarge, TOO_LARGE)

    await expect(swept(name)).resolves.toMatchObject({ unreadable: 1 })
    const unread = orders[3] ?? ''
    const allButOne = Object.fromEntries(orders.map((order) => [order, order === unread ? 'prepared' : 'paid']))
    expect(await statesOf(name)).toEqual(allButOne)
    expect(await loadCursor(database.db, name, 'paid')).toMatchObject({ complete: true, unreadable: 1 })
    const told = await alerts()
    expect(told.filter((kind) => kind === 'sweepUnreadable')).toHaveLength(1)

    await expect(swept(name)).resolves.toMatchObject({ unreadable: 1, kept: 0 })
    expect(await alerts()).toEqual(told)

    await customData(tooLarge, 0)
    await expect(swept(name)).resolves.toMatchObject({ unreadable: 0 })
    expect(await statesOf(name)).toEqual({ ...allButOne, [unread]: 'paid' })
  },
)

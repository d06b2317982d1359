// The doctor over an installation as it is run for real, on Postgres with a process for each role: of a
// right one it says nothing; each fault of the set-up, made one by one, is named, and nothing else is.
// Must not know: how a finding is printed (report.test.ts).
import { createServer, type Server } from 'node:http'
import { Connection } from '@temporalio/client'
import { msToTs } from '@temporalio/common/lib/time.js'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { examineHere } from '../../src/commands/doctor.ts'
import type { SetUpReport } from '../../src/domain/shown/setUp.ts'
import { SEARCH_ATTRIBUTES } from '../../src/domain/names.ts'
import { prepareNamespace } from '../../src/temporal/namespace.ts'
import { freePort } from '../../src/temporal/server/ports.ts'
import { createTestDatabase, onPostgres, queryOf } from '../support/database.ts'
import { startFleet, type Fleet } from '../journeys/fleet.ts'
import { runCommand } from '../support/mainCommand.ts'
import { eventually, fresh, installTestRuntime, type Environment } from '../support/shop.ts'

const HOST = '127.0.0.1'
const DAY_MS = 86_400_000
const GATEWAY = 'iamport/main'
/** Where nobody answers. */
const deadPort = await freePort(HOST)
const NOWHERE = `http://${HOST}:${deadPort}/hook-8f14e45f`
const DIRECT = 'paymentwall/main'
const PROJECT = {
  PAYMENTWALL_PROJECT_KEY: '1111aaaa2222bbbb3333cccc4444dddd',
  PAYMENTWALL_SECRET_KEY: '0f1e2d3c4b5a69788796a5b4c3d2e1f0',
  PAYMENTWALL_STATUS_API: 'on',
}
const NOTICE_SECRET = `whsec_${Buffer.from('a secret of twenty-four!').toString('base64')}`

describe.skipIf(!onPostgres)('on Postgres, with a process for each role', () => {
  vi.setConfig({ testTimeout: 180_000, hookTimeout: 600_000 })
  let fleet: Fleet
  let both: Environment
  let right: Environment
  let direct: Environment
  const taker = takingMessages()
  const dialog = () => fleet.shop

  beforeAll(async () => {
    installTestRuntime()
    fleet = await startFleet({ apis: 1, workers: 1 }, PROJECT)
    const url = await taker.listen()
    both = {
      ...fleet.environment,
      IAMPORT_CODE: 'imp00000000',
      IAMPORT_CHANNEL_KEY_LIVE: 'channel-key-simulator-live',
      IAMPORT_CHANNEL_KEY_TEST: 'channel-key-simulator-test',
      ALERT_WEBHOOK_URL: `${url}/alerts`,
      NOTICE_URL: `${url}/notices`,
      NOTICE_SECRET,
    }
    right = { ...both, PAYMENTWALL_PROJECT_KEY: '', PAYMENTWALL_SECRET_KEY: '' }
    direct = { ...both, IAMPORT_KEY: '', IAMPORT_SECRET: '' }
    await keepFor('default', 30)
    // Where a webhook comes at all it is kept before the buyer is back.
    await dialog().sim.control('PUT', '/faults', { iamport: { redirect: 'afterWebhook' } })
  })
  afterAll(async () => {
    taker.close()
    await fleet.remove()
  })

  const examine = (change: Environment = {}, more: { send?: boolean; now?: () => number } = {}): Promise<SetUpReport> =>
    examineHere({ ...right, ...change }, { send: false, ...more })
  const verdictOf = (name: string) => async () =>
    (await examine()).findings.find(({ part, check }) => `${part}.${check}` === name)?.verdict
  type Switches = Readonly<Record<string, string | number | object>>
  const sim = (setUp: Switches) => dialog().sim.control('PUT', '/faults', { setUp })
  /** What the console of a project at Paymentwall says. */
  const project = (which: 'iamport' | 'direct', change: Switches) =>
    dialog().sim.control('PUT', '/faults', { projects: { [which]: change } })

  /** Switched on for the time of a test. */
  async function broken(setUp: Switches, whole: Switches) {
    await sim(setUp)
    onTestFinished(async () => void (await sim(whole)))
  }
  async function projectBroken(which: 'iamport' | 'direct', change: Switches, whole: Switches) {
    await project(which, change)
    onTestFinished(async () => void (await project(which, whole)))
  }
  const WITH_COUNTRY = { parameters: { country_code: 'COUNTRY_CODE' } }

  async function keepFor(namespace: string, days: number): Promise<void> {
    const config = { workflowExecutionRetentionTtl: msToTs(days * DAY_MS) }
    await dialog().client.connection.workflowService.updateNamespace({ namespace, config })
  }

  /** Paid, and booked by whatever way it was heard of. */
  async function bought({ country }: { country?: string }) {
    const { merchantUid } = await dialog().open()
    const impUid = await dialog().sim.pay(merchantUid, country === undefined ? {} : { country })
    await dialog().call('POST', `/payments/${merchantUid}/returned`, { gatewayRef: impUid })
    await eventually(() => dialog().payment(merchantUid)).toMatchObject({ state: 'paid' })
    // A look that comes later would make an older payment the newest one of which something is known.
    const waiting = sql<{ id: number }>`select id from inbox where gateway_ref = ${impUid} and state = 'received'`
    await eventually(async () => (await waiting.execute(db())).rows).toEqual([])
    return merchantUid
  }

  /** The same at Paymentwall itself, whose status call is on. */
  async function boughtDirectly({ country }: { country?: string }) {
    const merchantUid = fresh('order')
    const buyer = { id: 'buyer-77', name: 'Ann Roe', email: 'ann@example.com' }
    const order = { merchantUid, amount: 1990, currency: 'USD' }
    const opening = { ...order, name: 'Gold pack', gateway: DIRECT, buyer }
    expect(await dialog().call('POST', '/payments', opening)).toMatchObject({ status: 201 })
    const paying = { ...order, gateway: 'paymentwall', uid: 'buyer-77', outcome: 'paid', ...(country && { country }) }
    await dialog().sim.control('POST', '/pay', paying)
    await dialog().call('POST', `/payments/${merchantUid}/returned`, {})
    await eventually(() => dialog().payment(merchantUid)).toMatchObject({ state: 'paid' })
  }

  /** As many as the doctor judges by. */
  async function severalBought(paid: { country?: string }): Promise<void> {
    for (let count = 0; count < 3; count += 1) await bought(paid)
  }

  async function ticketOpened(): Promise<{ merchantUid: string; refundId: string }> {
    const merchantUid = await bought({ country: 'DE' })
    const { refundId } = await dialog().askRefund(merchantUid)
    await eventually(() => dialog().refund(refundId)).toMatchObject({ state: 'ticketOpen' })
    return { merchantUid, refundId }
  }

  async function deskDone(merchantUid: string): Promise<void> {
    const [ticket] = await dialog().sim.tickets(merchantUid)
    await dialog().sim.complete(ticket?.id ?? '')
  }

  async function foundRefunded(refundId: string): Promise<void> {
    await dialog().call('POST', `/refunds/${refundId}/recheck`, {})
    await eventually(() => dialog().refund(refundId)).toMatchObject({ state: 'refunded' })
  }

  async function otherNamespace(name: string, prepare: boolean): Promise<void> {
    const { connection } = dialog().client
    const request = { namespace: name, workflowExecutionRetentionPeriod: msToTs(30 * DAY_MS) }
    await connection.workflowService.registerNamespace(request)
    await eventually(() =>
      connection.workflowService.describeNamespace({ namespace: name }).then(
        () => true,
        () => false,
      ),
    ).toBe(true)
    if (!prepare) return
    const said = { info: () => {}, warn: () => {} }
    const own = await Connection.connect({ address: dialog().temporalAddress })
    onTestFinished(() => own.close())
    await eventually(() =>
      prepareNamespace(own, { namespace: name, ownServer: false, log: said }).then(
        (left) => left.length,
        () => -1,
      ),
    ).toBe(0)
  }

  const db = () => fleet.database.db

  test('of a right one it says nothing, and asks what only a person can see', async () => {
    await bought({ country: 'DE' })
    await eventually(verdictOf('temporal.schedules'), 120_000).toBe('right')
    const report = await examine()
    expect(namedIn(report)).toEqual([])
    expect(report.questions.map(({ question }) => question).join('\n')).toMatch(/signature version 3[^]*version 1\.2/)
  })

  test('the command ends with the severity, prints JSON that a script reads, and no secret of any setting', async () => {
    const code = async (change: Environment) => (await runCommand({ ...right, ...change }, 'doctor')).code
    expect(await code({})).toBe(0)
    expect(await code({ ALERT_WEBHOOK_URL: '' })).toBe(2)
    const change = { IAMPORT_SECRET: 'not-the-secret-0123', ALERT_WEBHOOK_URL: NOWHERE }
    const ran = await runCommand({ ...right, ...change }, 'doctor', '--json')
    expect(ran.code).toBe(5)
    const text = ran.rows.map((row) => row.join('\t')).join('\n')
    expect(JSON.parse(text)).toMatchObject({ findings: expect.anything(), questions: expect.anything() })
    const { DATABASE_URL = '' } = right
    const secrets = ['not-the-secret-0123', 'hook-8f14e45f', NOTICE_SECRET, DATABASE_URL]
    expect(secrets.filter((each) => (text + ran.error).includes(each))).toEqual([])
  })

  /** A setting that is wrong, and what is named. */
  const SETTINGS: readonly (readonly [what: string, change: Environment, named: string, said: RegExp])[] = [
    ['wrong keys', { IAMPORT_SECRET: 'sim-wrong' }, `wrong ${GATEWAY}.keys`, /IAMPORT_SECRET/],
    [
      "i'mport is not reached",
      { IAMPORT_API_URL: `http://${HOST}:${deadPort}` },
      `wrong ${GATEWAY}.answers`,
      /ECONNREFUSED/,
    ],
    [
      'an unknown channel',
      { IAMPORT_CHANNEL_KEY_LIVE: 'channel-of-others' },
      `wrong ${GATEWAY}.channels`,
      /CHANNEL_KEY_LIVE/,
    ],
    [
      'the test channel as the live one',
      { IAMPORT_CHANNEL_KEY_LIVE: 'channel-key-simulator-test' },
      `wrong ${GATEWAY}.channels`,
      /no live channel/,
    ],
    ['no code for windows', { IAMPORT_CODE: '' }, `weak ${GATEWAY}.code`, /IMP.init/],
    ['an http address', { PUBLIC_URL: 'http://pay.example.com' }, 'wrong outside.address', /is http/],
    ['a name that nobody knows', { PUBLIC_URL: 'https://pay.nowhere.invalid' }, 'wrong outside.name', /no address/],
    ['nobody behind the address', { PUBLIC_URL: 'http://127.0.0.1:9' }, 'wrong outside.reached', /does not answer/],
    [
      'no database',
      { DATABASE_URL: 'postgres://nobody@127.0.0.1:9/nothing' },
      'wrong database.answers',
      /DATABASE_URL/,
    ],
    ['no Temporal', { TEMPORAL_ADDRESS: '127.0.0.1:9' }, 'wrong temporal.answers', /TEMPORAL_ADDRESS/],
    ['no namespace', { TEMPORAL_NAMESPACE: 'elsewhere' }, 'wrong temporal.namespace', /no namespace elsewhere/],
    ['no address for alerts', { ALERT_WEBHOOK_URL: '' }, 'weak outgoing.alerts', /log alone/],
    ['a dead address for alerts', { ALERT_WEBHOOK_URL: NOWHERE }, 'wrong outgoing.alerts', /ECONNREFUSED/],
    ['a dead address for notices', { NOTICE_URL: NOWHERE }, 'wrong outgoing.notices', /ECONNREFUSED/],
  ]
  test.each(SETTINGS)('%s', async (_, change, named, said) => {
    const simulator = new URL(right['IAMPORT_API_URL'] ?? '').port
    const report = await examine({ SIMULATOR_PORT: simulator, ...change })
    expect(namedIn(report)).toEqual([named])
    expect(saidIn(report)).toMatch(said)
  })

  test('no account', async () => {
    // A worker without one sweeps each account of the simulator; this one has keys, and sweeps theirs alone.
    const { schedule } = dialog().client
    const swept = await schedule.create({
      scheduleId: 'sweep:portone/main',
      spec: { intervals: [{ every: '30 days' }] },
      action: { type: 'startWorkflow', workflowType: 'nobodyRunsThis', taskQueue: 'none' },
    })
    onTestFinished(() => swept.delete())
    const simulator = new URL(right['IAMPORT_API_URL'] ?? '').port
    const none = { IAMPORT_KEY: '', IAMPORT_SECRET: '', IAMPORT_API_URL: '' }
    const report = await examine({ SIMULATOR_PORT: simulator, ...none })
    expect(namedIn(report)).toEqual(['weak settings.account'])
    expect(saidIn(report)).toMatch(/simulator/)
  })

  test('something else answers at the public address', async () => {
    const report = await examine({ PUBLIC_URL: await taker.listen() })
    expect(namedIn(report)).toEqual(['wrong outside.reached'])
    expect(saidIn(report)).toMatch(/something else answers .*\/webhooks\/iamport/)
  })

  test('keys that were changed in the console', async () => {
    await broken({ keys: 'wrong' }, { keys: 'right' })
    expect(namedIn(await examine())).toEqual([`wrong ${GATEWAY}.keys`])
  })

  test('keys of another store', async () => {
    await dialog().sim.control('PUT', '/faults', { account: 'other' })
    onTestFinished(async () => void (await dialog().sim.control('PUT', '/faults', { account: 'ours' })))
    expect(namedIn(await examine())).toEqual([`wrong ${GATEWAY}.account`])
  })

  test.each([
    ['none', /no live channel/],
    ['testOnly', /no live channel/],
    ['liveOnly', /no test channel/],
  ])("channels in i'mport's console: %s", async (channels, said) => {
    await broken({ channels }, { channels: 'both' })
    const report = await examine()
    expect(namedIn(report)).toEqual([`wrong ${GATEWAY}.channels`])
    expect(saidIn(report)).toMatch(said)
  })

  test.each(['missing', 'otherPath'])('the webhook address in the console: %s', async (webhookUrl) => {
    await broken({ webhookUrl }, { webhookUrl: 'entered' })
    await severalBought({ country: 'DE' })
    const report = await examine()
    expect(namedIn(report)).toEqual([`wrong ${GATEWAY}.webhooks`])
    expect(saidIn(report)).toContain(`${right['PUBLIC_URL'] ?? ''}/webhooks/iamport`)
    await sim({ webhookUrl: 'entered' })
    await bought({ country: 'DE' })
    expect(namedIn(await examine())).toEqual([])
  })

  test('COUNTRY_CODE is not sent', async () => {
    await projectBroken('iamport', { parameters: {} }, WITH_COUNTRY)
    await severalBought({ country: 'DE' })
    const report = await examine()
    expect(namedIn(report)).toEqual([`weak ${GATEWAY}.country`])
    expect(saidIn(report)).toMatch(/country_code .*COUNTRY_CODE/)
    await project('iamport', WITH_COUNTRY)
    await bought({ country: 'DE' })
    expect(namedIn(await examine())).toEqual([])
  })

  test('webhooks of cancels alone do not come', async () => {
    await sim({ webhookUrl: 'entered' })
    await refundedUnheard()
    const report = await examine()
    expect(namedIn(report)).toEqual([`weak ${GATEWAY}.cancelWebhooks`])
    const { merchantUid, refundId } = await ticketOpened()
    await deskDone(merchantUid)
    await foundRefunded(refundId)
    expect(namedIn(await examine())).toEqual([])
  })

  /** Paid with a webhook, given back without one. */
  async function refundedUnheard(): Promise<void> {
    const { merchantUid, refundId } = await ticketOpened()
    await sim({ webhookUrl: 'missing' })
    await deskDone(merchantUid)
    await sim({ webhookUrl: 'entered' })
    await foundRefunded(refundId)
  }

  test("pingbacks to i'mport are signed by version 2: a ticket that the desk has completed is never answered", async () => {
    const { merchantUid, refundId } = await ticketOpened()
    await projectBroken('iamport', { signVersion: 2 }, { signVersion: 3 })
    await deskDone(merchantUid)
    // Four days later, and nothing else was answered for two months.
    await sql`update tickets set intent_at = intent_at - interval '4 days' where refund_id = ${refundId}`.execute(db())
    await sql`update cancel_entries set booked_at = booked_at - interval '60 days'`.execute(db())
    const report = await examine()
    expect(namedIn(report)).toEqual([`weak ${GATEWAY}.results`])
    expect(saidIn(report)).toMatch(/signature version 3/)
    await sql`update cancel_entries set booked_at = booked_at + interval '60 days'`.execute(db())
    await sql`update tickets set intent_at = intent_at + interval '4 days' where refund_id = ${refundId}`.execute(db())
  })

  test('pw_1 is not of version 1.2: no window opens, and orders run out', async () => {
    await broken({ widgetVersion: '1.1' }, { widgetVersion: '1.2' })
    const orders = [await dialog().open(), await dialog().open(), await dialog().open()].map((each) => each.merchantUid)
    const { simulator } = dialog()
    const body = JSON.stringify({ merchantUid: orders[0], outcome: 'paid' })
    const headers = { 'content-type': 'application/json' }
    expect((await fetch(`${simulator}/__sim/pay`, { method: 'POST', headers, body })).status).toBe(409)
    // Their time is over, and what was paid was paid in better days.
    await sql`update payments set order_state = 'expired' where merchant_uid in (${sql.join(orders)})`.execute(db())
    await sql`update payments set created_at = created_at - interval '30 days' where merchant_uid not in (${sql.join(orders)})`.execute(
      db(),
    )
    const report = await examine()
    expect(namedIn(report)).toEqual([`weak ${GATEWAY}.window`])
    expect(saidIn(report)).toMatch(/version 1\.2/)
    await sql`update payments set created_at = created_at + interval '30 days' where merchant_uid not in (${sql.join(orders)})`.execute(
      db(),
    )
  })

  test.each([600, -600])("the gateway's clock is %d s ahead", async (clockAhead) => {
    await broken({ clockAhead }, { clockAhead: 0 })
    const report = await examine()
    expect(namedIn(report)).toEqual(['wrong clocks.agree'])
    expect(saidIn(report)).toMatch(
      new RegExp(`that of ${GATEWAY} is \\d+ s ${clockAhead > 0 ? 'ahead of' : 'behind'} ours`),
    )
  })

  test("this machine's clock is ahead of all others", async () => {
    const report = await examine({}, { now: () => Date.now() + 600_000 })
    expect(namedIn(report)).toEqual(['wrong clocks.agree'])
    expect(saidIn(report)).toMatch(/this machine's is \d+ s ahead of the database's/)
  })

  test('migrations are missing, and the doctor runs none', async () => {
    const { url = '', drop } = await createTestDatabase()
    onTestFinished(drop)
    const report = await examine({ DATABASE_URL: url })
    expect(namedIn(report)).toEqual(['wrong database.migrations'])
    expect(saidIn(report)).toMatch(/0001_books.* npm run migrate/)
    expect(await queryOf(url, "select to_regclass('payments') as there")).toMatchObject({ rows: [{ there: null }] })
  })

  test('a newer version has migrated', async () => {
    const { DATABASE_URL: url = '' } = right
    await queryOf(url, "insert into kysely_migration (name, timestamp) values ('9999_tomorrow', '2027-01-01')")
    onTestFinished(async () => void (await queryOf(url, "delete from kysely_migration where name = '9999_tomorrow'")))
    const report = await examine()
    expect(namedIn(report)).toEqual(['wrong database.migrations'])
    expect(saidIn(report)).toMatch(/newer version .*9999_tomorrow/)
  })

  test('filing is held', async () => {
    await dialog().call('POST', '/filing/hold', { reason: 'a restore' })
    onTestFinished(async () => void (await dialog().call('POST', '/filing/release', { reason: 'done' })))
    expect(namedIn(await examine())).toEqual(['weak database.filing'])
  })

  test('notices do not leave, though somebody answers', async () => {
    const row = {
      kind: 'notice' as const,
      target: 'order-1',
      payload: '{}',
      state: 'parked' as const,
      said: 'the checkout answered HTTP 401',
    }
    await db().insertInto('outbox').values(row).execute()
    onTestFinished(async () => void (await db().deleteFrom('outbox').where('target', '=', 'order-1').execute()))
    const report = await examine()
    expect(namedIn(report)).toEqual(['wrong outgoing.noticesLeft'])
    expect(saidIn(report)).toMatch(/HTTP 401/)
  })

  test('by --send a chat that refuses, and a checkout that believes anybody', async () => {
    taker.answers = { '/alerts': 404, '/notices': 200 }
    const report = await examine({}, { send: true })
    expect(namedIn(report)).toEqual(['wrong outgoing.alerts', 'wrong outgoing.notices'])
    taker.answers = { '/alerts': 200, '/notices': 401 }
    expect(namedIn(await examine({}, { send: true }))).toEqual([])
    taker.answers = {}
  })

  test('what has ended is kept for a day only', async () => {
    await keepFor('default', 1)
    onTestFinished(() => keepFor('default', 30))
    expect(namedIn(await examine())).toEqual(['weak temporal.retention'])
  })

  test('search attributes are missing', async () => {
    const { connection } = dialog().client
    const namespace = 'default'
    await connection.operatorService.removeSearchAttributes({ namespace, searchAttributes: ['Owner'] })
    const report = await examine()
    const searchAttributes = { Owner: 2 as const }
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes })
    expect(namedIn(report)).toEqual(['weak temporal.attributes'])
    expect(saidIn(report)).toMatch(/search-attribute create --namespace default --name Owner --type Keyword/)
    expect(Object.keys(SEARCH_ATTRIBUTES)).toContain('Owner')
  })

  test('no workers', async () => {
    await otherNamespace('lonely', true)
    const report = await examine({ TEMPORAL_NAMESPACE: 'lonely' })
    expect(namedIn(report)).toEqual(['wrong temporal.workers'])
    expect(saidIn(report)).toMatch(/payments, refunds, maintenance/)
  })

  test('a Schedule is paused', async () => {
    const schedule = dialog().client.schedule.getHandle(`sweep:${GATEWAY}`)
    await schedule.pause('for the night')
    const report = await examine()
    await schedule.unpause()
    expect(namedIn(report)).toEqual(['wrong temporal.schedules'])
    expect(saidIn(report)).toMatch(/sweep:iamport\/main is paused \(for the night\)/)
  })

  const examineDirect = (change: Environment = {}) => examine({ ...direct, ...change })

  test('of a right one with both gateways it says nothing', async () => {
    await boughtDirectly({ country: 'DE' })
    const report = await examine(both)
    expect(namedIn(report)).toEqual([])
    expect(namedIn(await examineDirect())).toEqual([])
    expect([...new Set(report.questions.map(({ part }) => part))]).toEqual(['database', GATEWAY, DIRECT, 'outgoing'])
  })

  /** The same of Paymentwall itself. */
  const DIRECTLY: readonly (readonly [what: string, change: Environment, named: string, said: RegExp])[] = [
    [
      'a wrong secret key',
      { PAYMENTWALL_SECRET_KEY: 'f'.repeat(32) },
      `wrong ${DIRECT}.keys`,
      /PAYMENTWALL_SECRET_KEY/,
    ],
    ['a wrong project key', { PAYMENTWALL_PROJECT_KEY: 'f'.repeat(32) }, `wrong ${DIRECT}.keys`, /PROJECT_KEY/],
    [
      'it is not reached',
      { PAYMENTWALL_API_URL: `http://${HOST}:${deadPort}` },
      `wrong ${DIRECT}.answers`,
      /ECONNREFUSED/,
    ],
    ['signatures of version 2', { PAYMENTWALL_SIGN_VERSION: '2' }, `weak ${DIRECT}.version`, /is 2/],
  ]
  test.each(DIRECTLY)('Paymentwall itself: %s', async (_, change, named, said) => {
    const report = await examineDirect(change)
    expect(namedIn(report)).toEqual([named])
    expect(saidIn(report)).toMatch(said)
  })

  test('Paymentwall itself: a status call that was never enabled', async () => {
    await projectBroken('direct', { statusApi: 'off' }, { statusApi: 'on' })
    const report = await examineDirect()
    expect(namedIn(report)).toEqual([`wrong ${DIRECT}.status`])
    expect(namedIn(await examineDirect({ PAYMENTWALL_STATUS_API: 'off' }))).toEqual([])
  })

  test('Paymentwall itself: pw_1 is not of version 1.2', async () => {
    await broken({ widgetVersion: '1.1' }, { widgetVersion: '1.2' })
    const report = await examineDirect()
    expect(namedIn(report)).toEqual([`wrong ${DIRECT}.widget`])
    expect(saidIn(report)).toMatch(/version 1\.2/)
  })

  test.each(['missing', 'otherPath'])(
    'Paymentwall itself: the pingback URL in the console: %s',
    async (pingbackUrl) => {
      await broken({ pingbackUrl }, { pingbackUrl: 'entered' })
      for (let count = 0; count < 3; count += 1) await boughtDirectly({ country: 'DE' })
      const report = await examineDirect()
      expect(namedIn(report)).toEqual([`wrong ${DIRECT}.pingbacks`])
      expect(saidIn(report)).toContain(`${right['PUBLIC_URL'] ?? ''}/webhooks/paymentwall`)
      await sim({ pingbackUrl: 'entered' })
      await boughtDirectly({ country: 'DE' })
      expect(namedIn(await examineDirect())).toEqual([])
    },
  )

  test('Paymentwall itself: COUNTRY_CODE is not sent', async () => {
    await projectBroken('direct', { parameters: {} }, WITH_COUNTRY)
    for (let count = 0; count < 3; count += 1) await boughtDirectly({ country: 'DE' })
    expect(namedIn(await examineDirect())).toEqual([`weak ${DIRECT}.country`])
    await project('direct', WITH_COUNTRY)
    await boughtDirectly({ country: 'DE' })
    expect(namedIn(await examineDirect())).toEqual([])
  })

  test('Paymentwall itself: pingbacks are signed by a version below 3, and refused', async () => {
    await projectBroken('direct', { signVersion: 2 }, { signVersion: 3 })
    await boughtDirectly({ country: 'DE' })
    const named = async () => namedIn(await examineDirect())
    // What was refused is noted every few seconds.
    await eventually(named).toEqual([`wrong ${DIRECT}.signatures`])
    expect(saidIn(await examineDirect())).toMatch(/of version 2, and the project signs with 3/)
    await project('direct', { signVersion: 3 })
    await boughtDirectly({ country: 'DE' })
    await eventually(named).toEqual([])
  })

  test('a Schedule is gone', async () => {
    await dialog().client.schedule.getHandle('supervise').delete()
    const report = await examine()
    expect(namedIn(report)).toEqual(['wrong temporal.schedules'])
    expect(saidIn(report)).toMatch(/supervise is not there/)
  })
})

/** What is not as it must be, by its severity and its name. */
const namedIn = ({ findings }: SetUpReport): readonly string[] =>
  findings
    .filter(({ verdict }) => verdict === 'weak' || verdict === 'wrong')
    .map(({ verdict, part, check }) => `${verdict} ${part}.${check}`)

const saidIn = ({ findings }: SetUpReport): string =>
  findings.flatMap(({ said, remedy }) => (remedy === null ? [] : [`${said} ${remedy}`])).join('\n')

/** The chat and the checkout; 405 to a question, as of those that take messages alone. */
function takingMessages() {
  let server: Server | undefined
  const taker = {
    answers: {} as Readonly<Record<string, number>>,
    listen: async (): Promise<string> => {
      if (server === undefined) {
        const port = await freePort(HOST)
        server = createServer((request, response) => {
          request.resume()
          response.writeHead(taker.answers[request.url ?? ''] ?? 405).end()
        })
        await new Promise<void>((resolve) => server?.listen(port, HOST, resolve))
      }
      const address = server.address()
      return `http://${HOST}:${typeof address === 'object' && address !== null ? address.port : 0}`
    },
    close: () => void server?.close(),
  }
  return taker
}

// Our receiver beside a bare one on the same Postgres: webhooks a second when they come as fast as they are answered, and how long an
// answer takes at 25 a second; ours with looks that all hang, with looks that book what they find, and with thousands that wait for one.
// Must not know: how rounds are told of.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { freePort } from '../../../src/temporal/server/ports.ts'
import { startPostgres } from '../../support/postgres.ts'
import { startPayingGateway, PRICE, type Mood } from './gateway.ts'
import { sentSchema, type Load } from './loads.ts'
import { addressOf, cpuWithChildrenMs, postmasterOf, run, saidBy } from './processes.ts'

export type Saturated = {
  readonly hooksPerSecond: number
  readonly appMsAHook: number
  readonly postgresMsAHook: number
}
/** Milliseconds to each answer at 25 a second. */
export type Acks = { readonly ours: readonly number[]; readonly bare: readonly number[] }
/** Of both in turns of some seconds, and of both at the same time: what our looks take of the machine, they take from both. */
export type BothWays = { readonly inTurns: Acks; readonly together: Acks }
export type Round = {
  readonly bare: Saturated
  /** All looks wait for a gateway that never answers. */
  readonly hanging: Saturated & { readonly acks: BothWays }
  /** Each webhook is followed by its look, which books a payment. */
  readonly working: { readonly acks: BothWays }
  /** The same behind thousands that wait, in the other one's turns too: the looker takes all that it gets of the machine. */
  readonly busy: Saturated & { readonly acks: BothWays }
}
type Options = {
  readonly connections: number
  readonly saturateMs: number
  /** How often each has its turn at 25 a second. */
  readonly turns: number
  /** Where Temporal is; by default nobody listens there. */
  readonly temporal: string
}
const OPTIONS: Options = { connections: 64, saturateMs: 4_000, turns: 4, temporal: '127.0.0.1:9' }
const EVERY_MS = 1_000 / 25
const WARM_MS = 4_000
/** Short: a disk that stands for a while shall stand in both one's turns, sooner or later. */
const TURN_MS = 5_000

/** As in production: what is committed is on the disk. */
const DURABLE = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' }
const ORDERS = 400_000

export type Comparison = { round(): Promise<Round>; stop(): Promise<void> }

export async function compareReceivers(wished: Partial<Options> = {}): Promise<Comparison> {
  const options = { ...OPTIONS, ...wished }
  const folder = mkdtempSync(join(tmpdir(), 'paymentwall-saga-receivers-'))
  const postgres = await startPostgres(DURABLE)
  const gateway = await startPayingGateway()
  const client = new pg.Client({ connectionString: postgres.url })
  await client.connect()
  const postmaster = await postmasterOf(client)
  const port = await freePort('127.0.0.1')
  const shared = { DATABASE_URL: postgres.url }
  const ours = run(['src/run.js', 'src/main.ts', '--role', 'api'], {
    ...shared,
    DATA_DIR: folder,
    PORT: String(port),
    METRICS_PORT: '0',
    TEMPORAL_ADDRESS: options.temporal,
    IAMPORT_API_URL: gateway.url,
    IAMPORT_KEY: 'key',
    IAMPORT_SECRET: 'secret',
    IAMPORT_CODE: 'imp_code',
    LOG_LEVEL: 'error',
  })
  ours.child.stdout?.resume()
  const oursAt = { url: `http://127.0.0.1:${port}`, path: '/webhooks/iamport', pid: ours.pid }
  const bare = run(['--import', 'tsx', 'test/bench/receiver/bare.ts'], shared)
  const bareAt = { url: await addressOf(bare), path: '/', pid: bare.pid }
  await untilItAnswers(oursAt.url)
  await fill(client)

  let next = 1
  const load = async (asked: Omit<Load, 'first'>) => {
    const result = sentSchema.parse(
      JSON.parse(
        await saidBy(['--import', 'tsx', 'test/bench/receiver/load.ts', JSON.stringify({ ...asked, first: next })], {}),
      ),
    )
    next += result.answered
    if (next > ORDERS) throw new Error('there are no orders left that nobody has heard of')
    if (result.refused > 0) throw new Error(`${result.refused} of ${result.answered} webhooks got no 200`)
    return result
  }
  type At = typeof oursAt
  const pace = async ({ url, path }: At, forMs: number) =>
    (await load({ url, path, connections: options.connections, forMs, everyMs: EVERY_MS })).ackMs
  const acks = async (): Promise<BothWays> => {
    const inTurns: Record<keyof Acks, number[]> = { ours: [], bare: [] }
    const together: Record<keyof Acks, number[]> = { ours: [], bare: [] }
    for (let turn = 0; turn < options.turns; turn += 1) {
      inTurns.ours.push(...(await pace(oursAt, TURN_MS)))
      inTurns.bare.push(...(await pace(bareAt, TURN_MS)))
      const [one, other] = await Promise.all([pace(oursAt, TURN_MS), pace(bareAt, TURN_MS)])
      together.ours.push(...one)
      together.bare.push(...other)
    }
    return { inTurns, together }
  }
  const saturated = async ({ url, path, pid }: At): Promise<Saturated> => {
    const { connections } = options
    // What is made once is nobody's in this comparison.
    await load({ url, path, connections, forMs: 500 })
    const [app, server] = [cpuWithChildrenMs(pid), cpuWithChildrenMs(postmaster)]
    const most = await load({ url, path, connections, forMs: options.saturateMs })
    const [appMs, serverMs] = [cpuWithChildrenMs(pid) - app, cpuWithChildrenMs(postmaster) - server]
    await pause(1_000)
    return {
      hooksPerSecond: (1_000 * most.answered) / most.tookMs,
      appMsAHook: appMs / most.answered,
      postgresMsAHook: serverMs / most.answered,
    }
  }
  const begin = async (mood: Mood): Promise<void> => {
    await client.query('delete from inbox')
    gateway.be(mood)
  }
  const hanging = async () => {
    await begin('hangs')
    return { ...(await saturated(oursAt)), acks: await acks() }
  }
  const working = async () => {
    await begin('answers')
    // What looks make once is nobody's here, as for the others.
    await pace(oursAt, WARM_MS)
    return { acks: await acks() }
  }
  const busy = async () => {
    await begin('answers')
    const most = await saturated(oursAt)
    // As many again, so that they last: without them the last turns were nothing of the kind.
    await saturated(oursAt)
    const read = { ...most, acks: await acks() }
    const { rows } = await client.query("select 1 from inbox where state = 'received' limit 1")
    if (rows.length === 0) throw new Error('all that waited had its look before the turns were over: ask for fewer')
    return read
  }
  // Both shall be as warm as they get.
  for (const { url, path } of [oursAt, bareAt])
    await load({ url, path, connections: options.connections, forMs: options.saturateMs })
  return {
    round: async () => ({
      hanging: await hanging(),
      bare: await saturated(bareAt),
      working: await working(),
      busy: await busy(),
    }),
    stop: async () => {
      await Promise.all([ours.stop(), bare.stop(), gateway.stop(), client.end()])
      await postgres.stop()
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function untilItAnswers(url: string): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    const answer = await fetch(`${url}/healthz`).catch(() => undefined)
    if (answer?.ok === true) return
    await pause(100)
  }
  throw new Error(`${url} does not answer`)
}

/** Orders that wait to be paid, so that each webhook names one that is known. */
async function fill(client: pg.Client): Promise<void> {
  await client.query(`insert into payments (merchant_uid, gateway, order_state, state, amount, currency, channel, name, expires_at,
      charged_back, tries, created_at, attention, waiting_since, last_checkpoint_at)
    select 'o-' || n, 'iamport/main', 'prepared', 'prepared', ${PRICE.amount}, '${PRICE.currency}', 'live', 'a hat', now() + interval '1 day',
      false, 0, now(), 'none', now(), now() from generate_series(1, ${ORDERS}) n`)
  await client.query('vacuum analyze payments')
}

// A running shop: the whole program, and the checkout, the buyer and the desk at Paymentwall as typed verbs over real HTTP.
// Must not know: what a test promises. Rows are read through the API; histories through a plain Temporal client.
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { readConfig, PROGRAM_ROLES } from '../../src/config.ts'
import type { Db } from '../../src/db/connect.ts'
import * as answers from '../../src/http/resources/answers.ts'
import { createLog } from '../../src/log.ts'
import { installRuntime } from '../../src/temporal/telemetry.ts'
import { startProgram, type Surroundings } from '../../src/wiring/program.ts'
import { createMigratedDatabase } from './database.ts'
import {
  confide,
  confideBuyerIn,
  confideSettings,
  foundIn,
  foundInFiles,
  foundInRows,
  nothingLeft,
  watchedLog,
} from './leftBehind.ts'
import { temporalCliForTests } from './temporalCli.ts'

export type Environment = Readonly<Record<string, string>>
export type Places = {
  readonly api: string
  readonly simulator: string
  readonly temporalAddress: string
  /** The checkout's, where the API asks for keys. */
  readonly key?: string
}
export type Shop = ReturnType<typeof shopAt>
/** A shop in this process, whose rows a test may count. */
export type OwnShop = Shop & { readonly db: Db; readonly temporalUi: string | null }

/** Any free port, nothing said. No answer of a busy machine is given up on: a test that loses one says so. Looks may follow each other soon, and no sweep mends what a test breaks. */
const QUIET: Environment = {
  PORT: '0',
  SIMULATOR_PORT: '0',
  TEMPORAL_PORT: '0',
  TEMPORAL_UI_PORT: '0',
  CANCEL_TIMEOUT: '25s',
  LOOK_SPACING: '1s',
  SWEEP_EVERY: '1000d',
  LOG_LEVEL: 'fatal',
}
const NO_FAULTS = { webhooks: 'deliver', cancel: 'accept', reads: 'ok' } as const
/** Generous: nothing is proved by how long something took. */
const LIMIT_MS = 60_000

/** Tests with a shop of their file's own: started before the first, gone after the last, without faults after each. */
export function shopTest(environment: Environment = {}) {
  let running: (OwnShop & { close(): Promise<void> }) | undefined
  vi.setConfig({ testTimeout: 3 * LIMIT_MS, hookTimeout: 600_000 })
  beforeAll(async () => {
    await temporalCliForTests()
    running = await startShop(environment)
  })
  afterEach(async () => void (await running?.sim.faults(NO_FAULTS)))
  afterAll(() => running?.close())
  const shop = () => running ?? neverStarted()
  return test.extend('shop', () => shop()).extend('sim', () => shop().sim)
}

function neverStarted(): never {
  throw new Error('the shop did not start')
}

let runtimeIsInstalled = false

/** Temporal's Runtime is one per process, and comes before any connection; silent. */
export function installTestRuntime(): void {
  if (!runtimeIsInstalled) installRuntime('ERROR', () => {})
  runtimeIsInstalled = true
}

export async function startShop(
  environment: Environment = {},
  surroundings: Surroundings = {},
): Promise<OwnShop & { close(): Promise<void> }> {
  installTestRuntime()
  const folder = await mkdtemp(join(tmpdir(), 'paymentwall-saga-'))
  // Whoever names a database has made it.
  const named = environment['DATABASE_URL'] !== undefined
  const database = named ? undefined : await createMigratedDatabase(environment['DATA_DIR'] ?? folder)
  const cli = environment['TEMPORAL_ADDRESS'] === undefined ? { TEMPORAL_CLI: await temporalCliForTests() } : {}
  const given = { ...process.env, ...QUIET, ...cli, DATA_DIR: folder, ...database?.environment, ...environment }
  const config = readConfig(given, PROGRAM_ROLES)
  confideSettings(environment)
  const log = watchedLog(createLog(config.LOG_LEVEL, false).levelVal)
  const program = await startProgram(config, createLog('trace', false, log.out), given, surroundings)
  const { api, simulator, temporalAddress, temporalUi, db } = program
  if (!api || !simulator || !temporalAddress || !db) throw new Error('a part of the program was not started')
  await gatewayToken(simulator)
  const checkout = config.API_KEYS.find(({ role }) => role === 'checkout')
  const shop = shopAt({ api, simulator, temporalAddress, ...(checkout && { key: checkout.key }) })
  return {
    ...shop,
    db,
    temporalUi,
    close: async () => {
      const metrics = await exchange(api, 'GET', '/metrics', undefined, shop.key).catch(() => ({ body: '' }))
      const found = [...foundIn('the metrics', String(metrics.body)), ...(await foundInRows(db))]
      await shop.disconnect()
      await program.stop()
      found.push(...(await foundInFiles(config.DATA_DIR)), ...log.found())
      await database?.drop()
      await rm(folder, { recursive: true, force: true })
      nothingLeft(found)
    },
  }
}

/** Asks again and again until the answer is as expected; a failure shows the last answer. */
export const eventually = <T>(ask: () => Promise<T> | T, limitMs = LIMIT_MS) =>
  expect.poll(unhurried(ask), { timeout: limitMs, interval: 50 })

const LONGEST_REST_MS = 1_000
/** What has not come for a while may take a while more: after ten seconds that is some 250 ms, of which the poll has 50. */
const LONGER_EACH_TIME_MS = 4

/** Rests between two questions for several times as long as the first took, so that a crowd that waits leaves room for what it waits for. */
function unhurried<T>(ask: () => Promise<T> | T): () => Promise<T> {
  let [tookMs, asked] = [0, 0]
  return async () => {
    const restMs = Math.max(4 * tookMs, LONGER_EACH_TIME_MS * asked)
    asked += 1
    await new Promise((rested) => setTimeout(rested, Math.min(restMs, LONGEST_REST_MS)))
    const began = performance.now()
    try {
      return await ask()
    } finally {
      tookMs = performance.now() - began
    }
  }
}

/** An id that no other test uses. */
export const fresh = (kind: string): string => `${kind}-${randomUUID().slice(0, 8)}`

export type Answer = { readonly status: number; readonly body: unknown }

/**
 * One JSON exchange; every status is an answer. On a connection of its own: one that was idle may be
 * closed in the moment in which it is used again.
 */
export async function exchange(
  base: string,
  method: string,
  path: string,
  body?: unknown,
  key?: string,
): Promise<Answer> {
  confide(key)
  confideBuyerIn(body)
  const headers = {
    connection: 'close',
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  }
  const response = await fetch(base + path, { method, headers, body: body === undefined ? null : JSON.stringify(body) })
  const text = await response.text()
  const type = response.headers.get('content-type') ?? ''
  return { status: response.status, body: type.includes('json') ? JSON.parse(text) : text }
}

const KEYS = { imp_key: 'sim-key', imp_secret: 'sim-secret' }
const tokenGiven = z.object({ response: z.object({ access_token: z.string() }) })

/** The one that the simulator gives to all who have the merchant's keys. */
export async function gatewayToken(simulator: string): Promise<string> {
  const { body } = await exchange(simulator, 'POST', '/users/getToken', KEYS)
  const token = tokenGiven.parse(body).response.access_token
  confide(token)
  return token
}

const marked = z.object({ seen: z.string() }).optional()
const shownToPeople = z.object({ refund: marked, payment: marked, stray: marked })
const opened = z.object({ payment: answers.payment, window: z.unknown() })
/** Paymentwall itself knows him by his id; no other gateway asks for it. */
export const BUYER = { id: 'buyer-77', name: 'Ann Roe', email: 'ann@example.com' }
type Order = {
  merchantUid?: string
  amount?: number
  currency?: string
  expiresIn?: string
  latePolicy?: 'hold' | 'refund' | 'accept'
  channel?: 'live' | 'test'
  country?: string
  goods?: 'physical' | 'digital'
  gateway?: string
}
type Asked = { refundId?: string; amount?: number; reason?: string }

/** The verbs of a shop wherever it runs. */
export function shopAt({ api, simulator, temporalAddress, key }: Places) {
  const connection = Connection.lazy({ address: temporalAddress })
  const client = new Client({ connection })
  const call = (method: string, path: string, body?: unknown) => exchange(api, method, path, body, key)
  const sim = simAt(simulator)

  async function order(merchantUid: string) {
    return answers.order.parse((await call('GET', `/payments/${merchantUid}`)).body)
  }
  const payment = async (merchantUid: string) => (await order(merchantUid)).payment

  async function open({ merchantUid = fresh('order'), ...shown }: Order = {}) {
    const body = { merchantUid, amount: 19_000, currency: 'KRW', name: 'Gold pack', buyer: BUYER, ...shown }
    // It may take longer than the answer waits: asked again, it is the same order.
    const opening = () => call('POST', '/payments', body)
    let answer = await opening()
    for (let times = 0; answer.status === 503 && times < 5; times += 1) answer = await opening()
    expect([200, 201], `opening ${merchantUid}: ${JSON.stringify(answer)}`).toContain(answer.status)
    return opened.parse(answer.body).payment
  }

  /** An order that its buyer has paid, as its payment shows. */
  async function paid({ method, ...shown }: Order & { method?: string } = {}) {
    const { merchantUid } = await open(shown)
    const impUid = await sim.pay(merchantUid, method === undefined ? {} : { method })
    await eventually(() => payment(merchantUid)).toMatchObject({ state: 'paid', accepted: true })
    return { merchantUid, impUid }
  }

  const requestRefund = (merchantUid: string, { refundId = fresh('refund'), ...asked }: Asked = {}) =>
    call('POST', `/payments/${merchantUid}/refunds`, { refundId, reason: 'customer request', ...asked })

  /** A refund that was taken: 202. */
  async function askRefund(merchantUid: string, asked: Asked = {}) {
    const answer = await requestRefund(merchantUid, asked)
    expect(answer, `refund of ${merchantUid}`).toMatchObject({ status: 202 })
    return answers.oneRefund.parse(answer.body).refund
  }

  /** A paid order whose refund waits for its ticket at Paymentwall. */
  async function paidThenRefunded(shown: Order & { method?: string } = {}) {
    const { merchantUid, impUid } = await paid(shown)
    const { refundId } = await askRefund(merchantUid)
    await eventually(() => refund(refundId)).toMatchObject({ state: 'ticketOpen' })
    return { merchantUid, impUid, refundId }
  }

  const refund = async (refundId: string) =>
    answers.oneRefund.parse((await call('GET', `/refunds/${refundId}`)).body).refund

  /** Every move, the oldest first: `what` and `to` say the outcome, `why` the reason. */
  const journal = async (merchantUid: string) =>
    answers.journal.parse((await call('GET', `/payments/${merchantUid}/journal?limit=1000`)).body).journal

  /** The mark of what a person sees just now of the saga that this path of a command is about. */
  async function seen(path: string): Promise<string> {
    const { body } = await call('GET', path.slice(0, path.lastIndexOf('/')))
    const { refund, payment, stray } = shownToPeople.parse(body)
    return (refund ?? payment ?? stray)?.seen ?? 'nothing'
  }
  /** A command that moves money, in the situation that its person sees just now. */
  const person = async (path: string, fields: object) => call('POST', path, { seen: await seen(path), ...fields })

  async function hint(body: Readonly<Record<string, string>>): Promise<void> {
    expect(await call('POST', '/webhooks/iamport', body)).toMatchObject({ status: 200 })
  }

  /** One number of /metrics, by its name and labels as they stand there. */
  async function metric(name: string): Promise<number> {
    const { body } = await call('GET', '/metrics')
    const line = String(body)
      .split('\n')
      .find((each) => each.startsWith(`${name} `))
    return Number(line?.slice(name.length + 1) ?? 0)
  }

  const disconnect = () => connection.close()
  const verbs = { call, open, order, payment, paid, requestRefund, askRefund, paidThenRefunded, refund, journal }
  return {
    api,
    simulator,
    temporalAddress,
    key,
    sim,
    client,
    ...verbs,
    seen,
    person,
    hint,
    metric,
    disconnect,
    ...sagasOf(client),
  }
}

/** What Temporal keeps of the sagas. */
function sagasOf(client: Client) {
  async function events(workflowId: string, runId?: string) {
    const { events: found } = await client.workflow.getHandle(workflowId, runId).fetchHistory()
    return found ?? []
  }
  /** Tells a saga that its row moved, as the relay does; starts it where it does not run. */
  async function wake(workflowId: string): Promise<string> {
    const [kind, id = ''] = workflowId.split(':')
    const payment = kind === 'payment'
    const started = await client.workflow.signalWithStart(payment ? 'payment' : 'refund', {
      workflowId,
      taskQueue: payment ? 'payments' : 'refunds',
      args: [payment ? { merchantUid: id } : { refundId: id }],
      signal: 'news',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    })
    return started.signaledRunId
  }
  return { events, wake }
}

const ticket = z.object({
  id: z.string(),
  impUid: z.string(),
  merchantUid: z.string(),
  amount: z.number(),
  state: z.enum(['open', 'completed', 'refused']),
  reason: z.string(),
})
type Paying = {
  outcome?: 'paid' | 'declined' | 'approvedLate'
  method?: string
  amount?: number
  currency?: string
  country?: string
  sandbox?: boolean
  gateway?: 'paymentwall' | 'portone'
  uid?: string
}
type Faults = { webhooks?: string; cancel?: string; reads?: string; token?: string }

function simAt(simulator: string) {
  async function control(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await exchange(simulator, method, `/__sim${path}`, body)
    expect(answer, `${method} ${path}`).toMatchObject({ status: 200 })
    return answer.body
  }
  const calls = async () =>
    z.object({ calls: z.record(z.string(), z.number()) }).parse(await control('GET', '/calls')).calls
  const allTickets = async () => z.object({ tickets: z.array(ticket) }).parse(await control('GET', '/tickets')).tickets
  return {
    control,
    calls,
    /** How often the gateway was asked for this, for example `POST /payments/cancel`. */
    callsOf: async (route: string) => (await calls())[route] ?? 0,
    faults: (faults: Faults) => control('PUT', '/faults', faults),
    allTickets,
    tickets: async (merchantUid: string) => (await allTickets()).filter((each) => each.merchantUid === merchantUid),
    complete: (ticketId: string) => control('POST', `/tickets/${ticketId}/complete`, {}),
    refuse: (ticketId: string) => control('POST', `/tickets/${ticketId}/refuse`, {}),
    consoleCancel: (impUid: string, amount: number, reason?: string) =>
      control('POST', `/payments/${impUid}/consoleCancel`, { amount, reason }),
    pay: async (merchantUid: string, { outcome = 'paid', ...paying }: Paying = {}) =>
      z.object({ impUid: z.string() }).parse(await control('POST', '/pay', { merchantUid, outcome, ...paying })).impUid,
  }
}

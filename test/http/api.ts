// The HTTP API on a real port over a real database, for one test file; and the moves that the sagas and looks would make.
// Must not know: what a test asserts.
import { createServer, type Server } from 'node:http'
import { afterAll } from 'vitest'
import { loadBooks, viewBooks } from '../../src/db/books/books.ts'
import { carryOut } from '../../src/db/books/carryOut.ts'
import { beginLook } from '../../src/db/clock.ts'
import { transact, type Db } from '../../src/db/connect.ts'
import { noteOpened } from '../../src/db/notify.ts'
import type { Channel, Evidence } from '../../src/domain/gateway.ts'
import { gatewayName, gatewayRef, merchantUid } from '../../src/domain/ids.ts'
import { judge } from '../../src/domain/moves/evidence/judge.ts'
import { parsePatience } from '../../src/domain/patience.ts'
import { createIamportGateway } from '../../src/gateways/iamport/client.ts'
import { makeHintRoom } from '../../src/http/resources/webhooks/room.ts'
import { createApp } from '../../src/http/server/app.ts'
import type { HttpDeps } from '../../src/http/server/deps.ts'
import { openTestDatabase } from '../support/database.ts'
import { confide, confideBuyerIn, foundIn, foundInRows, nothingLeft } from '../support/leftBehind.ts'

export const IAMPORT = gatewayName('iamport/main')
/** Nobody is asked. */
export const ACCOUNT = {
  name: IAMPORT,
  apiUrl: 'http://127.0.0.1:9',
  key: 'key',
  secret: 'secret',
  window: { code: 'imp_code', channelKeys: { live: 'channel-live' } },
}
export const PATIENCE = parsePatience('24h remind, 72h warn, 7d page')

export type Answer = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** What a test reads out of JSON: `undefined` for anything that is not there. */
  at(...path: readonly (string | number)[]): unknown
  json(): unknown
}
export type Request = {
  readonly json?: unknown
  readonly body?: string | Uint8Array
  readonly headers?: Record<string, string>
}

export type Api = {
  readonly db: Db
  readonly url: string
  readonly logged: { readonly facts: object; readonly message: string }[]
  readonly saga: { mood: 'prepares' | 'sleeps' | 'refuses' }
  kicks(): number
  call(line: string, request?: Request): Promise<Answer>
  close(): Promise<void>
}

/** Started once for a file. The saga's first step is played by `kick`, in the mood that the test sets. */
export async function startApi(overrides: Partial<HttpDeps> = {}): Promise<Api> {
  const database = await openTestDatabase()
  const { db } = database
  const logged: { facts: object; message: string }[] = []
  const log = (facts: object, message: string) => void logged.push({ facts, message })
  const saga: Api['saga'] = { mood: 'prepares' }
  let kicks = 0
  let playing: Promise<void> = Promise.resolve()
  const kick = () => {
    kicks += 1
    playing = playing.then(() => play(db, saga.mood))
  }
  const server = await listen({
    ...standard(db),
    kick,
    receiver: { db, kick },
    log: { info: log, warn: log, error: log },
    ...overrides,
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the API has no port')
  const url = `http://127.0.0.1:${address.port}`
  let closed: Promise<void> | undefined
  const close = () =>
    (closed ??= (async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await playing.catch(() => {})
      const found = [...foundIn('the log', JSON.stringify(logged)), ...(await foundInRows(db))]
      await database.close()
      nothingLeft(found)
    })())
  afterAll(close)
  return { db, url, logged, saga, kicks: () => kicks, call: (line, request) => send(url, line, request), close }
}

function standard(db: Db): Omit<HttpDeps, 'kick' | 'receiver' | 'log'> {
  return {
    db,
    gateways: new Map([[IAMPORT, createIamportGateway(ACCOUNT)]]),
    links: (id) => `http://temporal.test/${id}`,
    patience: PATIENCE,
    rules: { partialRefunds: true },
    keys: [],
    defaults: { gateway: IAMPORT, channel: 'live', expiryMs: 1_800_000 },
    publicUrl: 'https://shop.test/saga/',
    trustedProxies: 0,
    // Its windows never end, however slow this machine is.
    hintRoom: makeHintRoom({ db, kick: () => {}, now: () => 0 }),
    openWaitMs: 10_000,
    temporalReady: () => Promise.resolve(true),
  }
}

function listen(deps: HttpDeps): Promise<Server> {
  const answer = createApp(deps).callback()
  const server = createServer((request, response) => void answer(request, response))
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

async function send(url: string, line: string, { json, body, headers = {} }: Request = {}): Promise<Answer> {
  const [method = 'GET', path = '/'] = line.split(' ')
  confideBuyerIn(json)
  confide(headers['authorization']?.replace(/^Bearer /, ''))
  const type: Record<string, string> = json === undefined ? {} : { 'content-type': 'application/json' }
  const response = await fetch(url + path, {
    method,
    // On a connection of its own: one that was idle may be closed in the moment in which it is used again.
    headers: { connection: 'close', ...type, ...headers },
    ...(json === undefined ? (body === undefined ? {} : { body }) : { body: JSON.stringify(json) }),
  })
  const text = await response.text()
  const parsed = (): unknown => JSON.parse(text)
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: parsed,
    at: (...path) => path.reduce(step, parsed()),
  }
}

function step(value: unknown, key: string | number): unknown {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(String(key)) : undefined
}

/** Its commit tells whoever waits for the order, as a saga's does. */
async function play(db: Db, mood: Api['saga']['mood']): Promise<void> {
  if (mood === 'sleeps') return
  const moved =
    mood === 'prepares'
      ? ({ orderState: 'prepared', state: 'prepared' } as const)
      : ({ orderState: 'closed', state: 'closed', closedReason: 'the gateway says no' } as const)
  await transact(db, 'open', async (trx) => {
    const opening = trx.updateTable('payments').set(moved).where('orderState', '=', 'opening')
    for (const { merchantUid: order } of await opening.returning('merchantUid').execute())
      noteOpened(trx, order, (await viewBooks(trx, { merchantUid: order })).books)
  })
}

export const BUYER = { name: 'Kim Minji', email: 'minji@example.com' }

/** An order as the checkout sends it. */
export function order(id: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { merchantUid: id, amount: 19_900, currency: 'USD', name: 'Gold pack', buyer: BUYER, ...changes }
}

export type Paid = {
  amount?: number
  currency?: 'USD' | 'KRW'
  channel?: Channel
  ref?: string
  status?: Evidence['status']
}

/** Books evidence as a look does. */
export async function gatewaySays(db: Db, id: string, changes: Paid = {}): Promise<void> {
  const evidence = evidenceOf(id, changes)
  await transact(db, 'look', async (trx) => {
    const { at, number } = await beginLook(trx)
    const loaded = await loadBooks(trx, {
      merchantUid: merchantUid(id),
      also: [evidence],
    })
    const policies = { late: 'hold', second: 'refund' } as const
    const decision = judge(loaded.books, evidence, { now: at, asOf: at, number, patience: PATIENCE, policies })
    if (decision) await carryOut(trx, loaded, decision, { who: 'look', at, saga: null, links: () => null })
  })
}

function evidenceOf(id: string, { amount, currency, channel, ref, status = 'paid' }: Paid): Evidence {
  return {
    gateway: IAMPORT,
    gatewayRef: gatewayRef(ref ?? `imp_${id}`),
    merchantUid: id,
    provider: 'paymentwall',
    ours: true,
    status,
    statusSaid: status,
    amount: amount ?? 19_900,
    currency: currency ?? 'USD',
    channel: channel ?? 'live',
    returned: 0,
    entries: [],
    paidAt: status === 'paid' ? '2026-01-02T03:04:05.000Z' : null,
    failedAt: null,
    failReason: status === 'failed' ? 'card declined' : null,
    paymentwallRef: null,
    payMethod: 'card',
    payerCountry: 'DE',
  }
}

/** An order that is opened and paid as ordered. */
export async function paidOrder(
  api: Api,
  id: string,
  changes: Record<string, unknown> = {},
  paid: Paid = {},
): Promise<void> {
  const opened = await api.call('POST /payments', { json: order(id, changes) })
  if (opened.status !== 201) throw new Error(`the order was not opened: ${opened.text}`)
  await gatewaySays(api.db, id, paid)
}

export async function rows(db: Db, table: 'inbox' | 'outbox' | 'payments' | 'refunds' | 'journal'): Promise<number> {
  const { count } = await db
    .selectFrom(table)
    .select((eb) => eb.fn.countAll<number | string>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

// Alerts to people: at once into the log, gathered by level into messages, and never lost between them.
// Must not know: a clock. Windows, delays and days pass by moving the rows' times; the chat tool is a real server.
import { createServer } from 'node:http'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { transact, type Database } from '../../src/db/connect.ts'
import { LEVELS, type Level } from '../../src/db/outgoing/alerts.ts'
import { alertRow, putOutgoing } from '../../src/db/outgoing/outgoing.ts'
import type { AlertKind } from '../../src/domain/books/alerts.ts'
import type { Alert } from '../../src/domain/books/books.ts'
import { refundId } from '../../src/domain/ids.ts'
import { raiseRefund } from '../../src/domain/moves/time.ts'
import { request } from '../../src/gateways/http.ts'
import { logOnce, sendOnce, startAlerts, type AlertOptions, type Webhook } from '../../src/outbox/alerts.ts'
import { RUNBOOK, runbookLine } from '../../src/outbox/runbook.ts'
import { aRefund, DAY, later, setting, theBooks } from '../support/books.ts'
import { emptyQueues, moveBooks, outboxOf, paidOrder } from '../support/booksDatabase.ts'
import { openTestDatabase } from '../support/database.ts'
import { headingsOf, readText } from '../support/readme.ts'

const messageSchema = z.object({
  text: z.string(),
  level: z.enum(LEVELS),
  count: z.int(),
  sums: z.record(z.string(), z.int()),
  oldest: z.array(
    z.object({
      saga: z.string(),
      kind: z.string(),
      order: z.string().nullable(),
      state: z.string().nullable(),
      amount: z.int().nullable(),
      currency: z.string().nullable(),
      since: z.string(),
      headline: z.string().nullable(),
      sentence: z.string(),
      mayDo: z.string(),
      link: z.string().nullable(),
      runbook: z.string(),
    }),
  ),
})
const SOON = { timeout: 30_000 }
type Message = z.output<typeof messageSchema>

let database: Database
let url: string
let answer: { status: number; headers?: Record<string, string>; body?: string }
let posted: Message[]
let logged: { fields: Record<string, unknown>; message: string }[]
let said: string[]

const tool = createServer((asked, response) => {
  const chunks: Buffer[] = []
  asked.on('data', (chunk: Buffer) => chunks.push(chunk))
  asked.on('end', () => {
    posted.push(messageSchema.parse(JSON.parse(Buffer.concat(chunks).toString('utf8'))))
    // One connection each: one that was idle may be closed in the moment in which it is used again, and the try fails.
    response.writeHead(answer.status, { connection: 'close', ...answer.headers }).end(answer.body)
  })
})

beforeAll(async () => {
  database = await openTestDatabase()
  await new Promise<void>((resolve) => tool.listen(0, '127.0.0.1', resolve))
  const address = tool.address()
  url = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}/T0/B0/secret-of-the-tool` : ''
})
beforeEach(async () => {
  await emptyQueues(database.db)
  answer = { status: 200 }
  posted = []
  logged = []
  said = []
})
afterAll(async () => {
  tool.closeAllConnections()
  tool.close()
  await database.close()
})

const webhook = (): Webhook => ({
  textOnly: false,
  post: (body) => request({ url, method: 'POST', body, timeoutMs: 60_000, maxBytes: 1_024 }),
})
const options = (changes: Partial<AlertOptions> = {}): AlertOptions => ({
  db: database.db,
  links: (saga) => `http://temporal.test/${saga}`,
  runbook: 'docs/runbook.md',
  webhook: webhook(),
  pollMs: 60_000,
  write: (fields, message) => void logged.push({ fields, message }),
  log: (line) => void said.push(line),
  ...changes,
})
/** What the loops do when they are kicked. */
async function round(changes: Partial<AlertOptions> = {}): Promise<void> {
  const all = options(changes)
  while (await logOnce(all));
  for (const level of LEVELS) if (all.webhook) await sendOnce(all, all.webhook, level)
}
const anAlert = (level: Level, saga: string, changes: Partial<Alert> = {}): Alert => ({
  level,
  kind: 'refund.ticketOpen',
  saga,
  sentence: { en: `${saga} is waiting for cancellation`, ko: `${saga}: 취소처리 대기 상태입니다` },
  amount: 100,
  currency: 'USD',
  ...changes,
})
const put = (...alerts: readonly Alert[]) =>
  transact(database.db, 'put', (trx) =>
    putOutgoing(
      trx,
      alerts.map((each) => alertRow(each, '2026-03-02T03:00:00.000Z')),
    ),
  )
/** So much time passes for the rows: everything that happened lies further back. */
const pass = (interval: string) =>
  sql`update outbox set created_at = created_at - ${interval}::interval, due_at = due_at - ${interval}::interval,
    settled_at = settled_at - ${interval}::interval, replayed_at = replayed_at - ${interval}::interval`.execute(
    database.db,
  )
/** Of an hour: three make a window, however much longer the rounds themselves take, and twelve are done within any time limit. */
const STEP_MINUTES = 5
const STEP = `${STEP_MINUTES} minutes`
const statesOf = async (saga: string) => (await outboxOf(database.db, saga)).map(({ state }) => state)
const counts = () => posted.map(({ level, count }) => `${level} ${count}`)

describe('of one level', () => {
  test('the first leaves at once, and those of the next 15 minutes gather until they have passed', async () => {
    await put(anAlert('warn', 'refund:a'))
    await round()
    await put(anAlert('warn', 'refund:b'))
    await round()
    await pass('14 minutes')
    await put(anAlert('warn', 'refund:c'))
    await round()
    expect(counts()).toEqual(['warn 1'])
    await pass('2 minutes')
    await round()
    expect(counts()).toEqual(['warn 1', 'warn 2'])
    expect(await statesOf('refund:c')).toEqual(['delivered'])
  })

  test('500 refunds that are silent at once are one message, and with 500 more in the window two', async () => {
    const many = (name: string) =>
      Array.from({ length: 500 }, (_, index) =>
        anAlert('page', `refund:${name}${index}`, index % 2 === 0 ? {} : { amount: 19_000, currency: 'KRW' }),
      )
    await put(...many('a'))
    await round()
    await put(...many('b'))
    for (let minute = 0; minute < 60; minute += STEP_MINUTES) {
      await round()
      await pass(STEP)
    }
    expect(counts()).toEqual(['page 500', 'page 500'])
    expect(posted[0]?.sums).toEqual({ USD: 25_000, KRW: 4_750_000 })
    expect(posted[0]?.oldest).toHaveLength(5)
    expect(posted[0]?.text.split('\n')[0]).toBe('PAGE: 500 alerts, USD 250.00, KRW 4,750,000')
    expect(posted[0]?.text).toContain('and 495 more: npm run ops -- stuck --attention page')
  })

  test('500 refunds that fall silent over an hour are a message each 15 minutes', async () => {
    for (let minute = 0; minute < 60; minute += STEP_MINUTES) {
      const now = Array.from({ length: minute < 40 ? 42 : 41 }, (_, index) =>
        anAlert('warn', `refund:${minute}-${index}`),
      )
      await put(...now)
      await round()
      await pass(STEP)
    }
    await pass('15 minutes')
    await round()
    expect(posted).toHaveLength(5)
    expect(posted.reduce((sum, { count }) => sum + count, 0)).toBe(500)
  })

  test('two processes at once send one message', async () => {
    await put(...Array.from({ length: 50 }, (_, index) => anAlert('page', `refund:${index}`)))
    while (await logOnce(options()));
    const each = () => sendOnce(options(), webhook(), 'page')
    await Promise.all([each(), each(), each(), each()])
    expect(counts()).toEqual(['page 50'])
  })

  test('a process that was killed while it sent is followed by another one', async () => {
    await put(anAlert('warn', 'refund:a'))
    const killed = new Error('killed')
    const dying: Webhook = { textOnly: false, post: () => Promise.reject(killed) }
    await logOnce(options())
    await expect(sendOnce(options(), dying, 'warn')).rejects.toBe(killed)
    await round()
    expect(posted).toEqual([])
    await sql`update outbox set leased_until = leased_until - interval '2 minutes'`.execute(database.db)
    await round()
    expect(counts()).toEqual(['warn 1'])
  })
})

test('a page leaves at once, whatever a quieter level has sent or cannot send', async () => {
  await put(anAlert('remind', 'refund:a'), anAlert('warn', 'refund:b'))
  await round()
  await put(anAlert('page', 'refund:c'))
  await round()
  expect(counts().toSorted()).toEqual(['page 1', 'remind 1', 'warn 1'])
})

test('a page does not wait for a tool that hangs over a quieter message', async () => {
  let release = () => {}
  const hanging = new Promise<void>((resolve) => (release = resolve))
  const slow: Webhook = {
    textOnly: false,
    post: async (body) => {
      if (body.includes('"level":"remind"')) await hanging
      return webhook().post(body)
    },
  }
  await put(anAlert('remind', 'refund:a'))
  const loops = startAlerts(options({ webhook: slow }))
  const kick = () => loops.forEach((loop) => loop.kick())
  await expect.poll(() => logged.length, SOON).toBe(1)
  await put(anAlert('page', 'refund:b'))
  kick()
  await expect.poll(counts, SOON).toEqual(['page 1'])
  release()
  await expect.poll(counts, SOON).toEqual(['page 1', 'remind 1'])
  await Promise.all(loops.map((loop) => loop.stop()))
})

describe('a message', () => {
  test('names the oldest five first, each with order, amount, since, link, runbook and what the person may do', async () => {
    const { order, ref } = await paidOrder(database.db)
    const refund = aRefund({ refundId: 'r-old', merchantUid: order, gatewayRef: ref, waitingSince: later(-9 * DAY) })
    await moveBooks(database.db, { merchantUid: order }, (books) => ({
      books: { ...books, refunds: [refund] },
      journal: [],
      alerts: [],
    }))
    await emptyQueues(database.db)
    const others = Array.from({ length: 7 }, (_, index) => anAlert('page', `refund:other-${index}`))
    await put(...others, anAlert('page', 'refund:r-old', { amount: 10_000, currency: 'KRW' }))
    await round()
    expect(posted[0]?.oldest[0]).toMatchObject({
      saga: 'refund:r-old',
      order,
      state: 'ticketOpen',
      amount: 10_000,
      currency: 'KRW',
      since: later(-9 * DAY),
      link: 'http://temporal.test/refund:r-old',
      runbook: 'docs/runbook.md#the-desk-is-silent',
      headline: 'a refund still waits: waiting for cancellation',
      mayDo: runbookLine('refund.ticketOpen').mayDo.en,
    })
    expect(posted[0]?.oldest).toHaveLength(5)
  })

  test('counts the money of a refund once, however many alerts it has', async () => {
    await put(anAlert('warn', 'refund:a'), anAlert('warn', 'refund:a', { kind: 'refused' }))
    await round()
    expect([posted[0]?.count, posted[0]?.sums]).toEqual([2, { USD: 100 }])
  })

  test('mentions nobody and marks nothing up, whatever the gateway said', async () => {
    const evil = 'refused: <!channel> @here\n<https://evil.test|win>'
    await put(anAlert('warn', 'refund:a', { sentence: { en: evil, ko: evil } }))
    await round()
    expect(posted[0]?.text).not.toMatch(/[<>@]/)
    expect(posted[0]?.text.split('\n')).toHaveLength(4)
  })

  test('in Korean says each sentence in Korean, and what programs read is the same', async () => {
    const { order, ref } = await paidOrder(database.db)
    const refund = aRefund({ refundId: 'r-ko', merchantUid: order, gatewayRef: ref, waitingSince: later(-9 * DAY) })
    await moveBooks(database.db, { merchantUid: order }, (books) => ({
      books: { ...books, refunds: [refund] },
      journal: [],
      alerts: [],
    }))
    await emptyQueues(database.db)
    await put(anAlert('page', 'refund:r-ko', { amount: 10_000, currency: 'KRW' }))
    await round({ language: 'ko' })
    const { ko: mayDo } = runbookLine('refund.ticketOpen').mayDo
    expect(posted[0]?.text.split('\n')).toEqual([
      '호출(PAGE): 경보 1건, KRW 10,000',
      '• refund:r-ko: 취소처리 대기 상태입니다 (KRW 10,000)',
      `  할 수 있는 일: ${mayDo}`,
      '  http://temporal.test/refund:r-ko · docs/runbook.md#the-desk-is-silent',
    ])
    expect(posted[0]?.oldest[0]).toMatchObject({
      kind: 'refund.ticketOpen',
      order,
      state: 'ticketOpen',
      headline: '환불이 아직 끝나지 않았습니다: 취소처리 대기',
      sentence: 'refund:r-ko: 취소처리 대기 상태입니다',
      mayDo,
    })
    expect(logged).toMatchObject([{ message: 'refund:r-ko: 취소처리 대기 상태입니다', fields: { mayDo } }])
  })

  test('in Korean counts what it does not name, and shows what an earlier version wrote in English alone as it is', async () => {
    const others = Array.from({ length: 6 }, (_, index) =>
      anAlert('warn', `refund:other-${index}`, { kind: 'refused' }),
    )
    await put(...others)
    await sql`update outbox set payload = (payload - 'said') || '{"kind":"tomorrow"}' where target = 'refund:other-0'`.execute(
      database.db,
    )
    await round({ language: 'ko' })
    const lines = posted[0]?.text.split('\n') ?? []
    expect(lines[0]).toBe('경고(WARN): 경보 6건, USD 6.00')
    expect(lines[1]).toBe('• 원문: refund:other-0 is waiting for cancellation (USD 1.00)')
    expect(lines[2]).toBe('  할 수 있는 일: 런북을 보십시오')
    expect(lines.at(-1)).toBe('그 밖에 1건: npm run ops -- stuck --attention warn')
  })

  test('is text alone for a tool that refuses fields', async () => {
    const bodies: string[] = []
    const post: Webhook['post'] = (body) => {
      bodies.push(body)
      return Promise.resolve({ kind: 'answer', status: 200 })
    }
    await put(anAlert('warn', 'refund:a'))
    await round({ webhook: { textOnly: true, post } })
    expect(bodies.map((body) => Object.keys(z.record(z.string(), z.unknown()).parse(JSON.parse(body))))).toEqual([
      ['text'],
    ])
  })

  test('of what this version cannot read is a page all the same', async () => {
    await sql`insert into outbox (kind, target, payload) values ('alert', 'refund:a', '{"level":"shout"}'), ('alert', 'x', '7')`.execute(
      database.db,
    )
    await round()
    expect(counts()).toEqual(['page 2'])
    expect(logged).toHaveLength(2)
  })
})

describe('that does not leave', () => {
  const refusals: readonly [string, typeof answer][] = [
    ['HTTP 500', { status: 500 }],
    ['HTTP 404', { status: 404, body: 'no_service' }],
    ['redirects are not followed', { status: 302, headers: { location: 'http://127.0.0.1:1/elsewhere' } }],
    ['larger than 1024 bytes', { status: 200, body: 'x'.repeat(2_000) }],
  ]
  test.each(refusals)('because of %s is tried again, and the reason names no secret', async (why, refusal) => {
    answer = refusal
    await put(anAlert('warn', 'refund:a'))
    await round()
    expect(posted).toHaveLength(1)
    expect(said.join()).toContain(why)
    expect(said.join()).not.toMatch(/secret|no_service/)
    const rows = await database.db.selectFrom('outbox').select(['state', 'tries', 'said']).execute()
    expect(rows).toMatchObject([{ state: 'pending', tries: 1 }])
    expect(JSON.stringify(rows)).not.toMatch(/secret|no_service/)
  })

  test('waits longer after each try, and those that come meanwhile wait with it', async () => {
    answer = { status: 500 }
    const shares: number[] = []
    await put(anAlert('warn', 'refund:a'))
    await sql`update outbox set tries = 6`.execute(database.db)
    for (const delayS of [64, 128, 256, 300, 300]) {
      await round()
      const { rows } = await sql<{ seconds: number }>`
        select extract(epoch from max(due_at) - clock_timestamp())::float8 as seconds from outbox`.execute(database.db)
      shares.push(Math.round((rows[0]?.seconds ?? 0) / delayS))
      const before = posted.length
      await put(anAlert('warn', `refund:after-${delayS}`))
      await round()
      expect(posted).toHaveLength(before)
      await pass('5 minutes')
    }
    expect(shares).toEqual([1, 1, 1, 1, 1])
    answer = { status: 200 }
    await round()
    expect(posted.at(-1)?.count).toBe(6)
  })

  test('for a day is parked, is in the log all the same, and says where it is found', async () => {
    answer = { status: 500 }
    await put(anAlert('page', 'refund:a'))
    await round()
    await pass('24 hours')
    await put(anAlert('page', 'refund:b'))
    await round()
    expect([await statesOf('refund:a'), await statesOf('refund:b')]).toEqual([['parked'], ['pending']])
    expect(logged.map(({ message }) => message)).toContain('refund:a is waiting for cancellation')
    expect(said.at(-1)).toContain('see ops outbox')
  })
})

describe('the log', () => {
  test('has every alert at once, gathered or not, with link, runbook and what the person may do', async () => {
    await put(anAlert('warn', 'refund:a'), anAlert('warn', 'refund:b'))
    await round()
    await put(anAlert('warn', 'refund:c'))
    await round()
    expect(logged).toHaveLength(3)
    expect(logged[2]?.fields).toMatchObject({
      alert: 'warn',
      kind: 'refund.ticketOpen',
      temporalUi: 'http://temporal.test/refund:c',
      runbook: 'docs/runbook.md#the-desk-is-silent',
      mayDo: expect.any(String),
    })
  })

  test('is where alerts end while no webhook is configured, those too that waited for one', async () => {
    await put(anAlert('warn', 'refund:a'))
    await round()
    await put(anAlert('warn', 'refund:b'))
    await round()
    await round({ webhook: undefined })
    expect(await statesOf('refund:b')).toEqual(['delivered'])
    await put(anAlert('warn', 'refund:c'))
    await round({ webhook: undefined })
    expect(await statesOf('refund:c')).toEqual(['delivered'])
    expect(counts()).toEqual(['warn 1'])
  })
})

test('a checkpoint that is repeated alerts once: one alert for each refund and level', () => {
  const at = (days: number) => setting({ now: later(days * DAY) })
  const id = refundId('r1')
  const first = raiseRefund(theBooks({ refunds: [aRefund()] }), id, undefined, at(3))
  const again = raiseRefund(first.books, id, undefined, at(3))
  const paged = raiseRefund(again.books, id, undefined, at(7))
  const pagedAgain = raiseRefund(paged.books, id, 'no answer', at(7))
  const levels = [first, again, paged, pagedAgain].map(({ alerts }) => alerts.map(({ level }) => level))
  expect(levels).toEqual([['warn'], [], ['page'], []])
})

test('every kind of alert has its heading in the runbook', () => {
  const headings = headingsOf(readText('docs/runbook.md'), 'Runbook')
  const anchors = [...new Set(Object.values(RUNBOOK).map(({ anchor }) => anchor))]
  expect(anchors.filter((anchor) => !headings.includes(anchor))).toEqual([])
  const known: AlertKind = 'refund.ticketOpen'
  expect(runbookLine(known).mayDo).not.toBe(runbookLine('tomorrow').mayDo)
})

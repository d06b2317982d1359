// The ops command line about refunds and payments: what is stuck, what happened, the letter, and people's commands.
// Must not know: sagas; their answers are played. What only a process has, its environment, its terminal and its end, is asked of one.
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Refund } from '../../src/domain/books/books.ts'
import { Failure } from '../../src/domain/failures.ts'
import { refundId } from '../../src/domain/ids.ts'
import * as shapes from '../../src/http/resources/ops/opsAnswers.ts'
import type { CommandAnswered } from '../../src/http/server/deps.ts'
import { paidOrder, startApi } from '../http/api.ts'
import { cliProcess, makeCli, type Ran } from './cli.ts'

const KEY = 'key-of-mina-0123456789'
const keys = [
  { name: 'mina', role: 'ops', key: KEY },
  { name: 'shop', role: 'checkout', key: 'key-of-shop-0123456789' },
] as const
let asked: { saga: string; name: string; args: Record<string, unknown>; updateId: string }[] = []
let saga: (id: string, name: string) => CommandAnswered = done
const api = await startApi({
  keys,
  command: (id, name, args, updateId) => {
    asked.push({ saga: id, name, args: { ...args }, updateId })
    return Promise.resolve(saga(id, name))
  },
})
const ops = makeCli(api.url, KEY)
const started = cliProcess(api.url, KEY)
const shop = { headers: { authorization: 'Bearer key-of-shop-0123456789' } }

function done(_id: string, name: string): CommandAnswered {
  return { answer: 'done', state: 'ticketOpen', sentence: `${name} is done` }
}

const seen = '0123456789abcdef'
const AGES = [
  ['r-old', 100, { state: 'ticketOpen', attention: 'page', waitingSince: '2026-01-01T00:00:00.000Z' }],
  ['r-big', 9_000, { state: 'unknown', attention: 'warn', waitingSince: '2026-01-05T00:00:00.000Z', owner: 'ann' }],
  ['r-new', 500, { state: 'ticketOpen', attention: 'none' }],
  ['r-done', 700, { state: 'refunded', attention: 'none' }],
] as const satisfies readonly (readonly [string, number, Partial<Refund>])[]

async function ask(id: string, amount: number, changes: Partial<Refund>): Promise<void> {
  const json = { refundId: id, amount, reason: 'sent back' }
  await api.call('POST /payments/order-1/refunds', { json, ...shop })
  const { tickets: _, ...row } = changes
  await api.db.updateTable('refunds').set(row).where('refundId', '=', refundId(id)).execute()
}

beforeAll(async () => {
  const withKey: typeof api = { ...api, call: (line, request) => api.call(line, { ...request, ...shop }) }
  await paidOrder(withKey, 'order-1')
  for (const [id, amount, changes] of AGES) await ask(id, amount, changes)
  await api.db
    .insertInto('tickets')
    .values({
      refundId: refundId('r-old'),
      authorisedBy: 'submit',
      intentAt: '2026-01-01T00:01:00.000Z',
      sentReason: '#r-old too small',
      outcome: 'filed',
      said: null,
      dead: false,
      shownAs: null,
      sentCall: null,
      repeatUntil: null,
      repeatedAt: null,
    })
    .execute()
  await api.call('POST /webhooks/iamport', {
    json: { imp_uid: 'imp_order-1', merchant_uid: 'order-1', status: 'paid' },
  })
})
beforeEach(() => {
  asked = []
  saga = done
})

const first = ({ rows }: Ran) => rows.map(([id]) => id)

describe('stuck', () => {
  test('lists what is open, the longest waiting first, as plain lines where the output is no terminal', async () => {
    const ran = await started('stuck')
    expect([ran.code, ran.error]).toEqual([0, ''])
    expect(first(ran)).toEqual(['r-old', 'r-big', 'r-new'])
    expect(ran.out).not.toContain('\u001b')
    const [old = []] = ran.rows
    expect(old.slice(0, 6)).toEqual([
      'r-old',
      'order-1',
      'USD 1.00',
      'ticketOpen',
      '취소처리 대기',
      '2026-01-01 00:00Z',
    ])
    expect(old.slice(10)).toEqual(['page', '-', '-'])
    expect(ran.rows[1]?.[11]).toBe('ann')
  })

  test('by money lists the largest first, and the filters narrow it', async () => {
    expect(first(await ops('stuck', '--sort', 'money'))).toEqual(['r-big', 'r-new', 'r-old'])
    expect(first(await ops('stuck', '--attention', 'page'))).toEqual(['r-old'])
    expect(first(await ops('stuck', '--state', 'ticketOpen', '--older-than', '1h'))).toEqual(['r-old'])
    expect(first(await ops('stuck', '--limit', '1'))).toEqual(['r-old'])
  })

  test('as JSON is the answer of the API, with the sums of all that fit', async () => {
    const found = shapes.stuck.parse((await ops('stuck', '--limit', '1', '--json')).json())
    expect(found.refunds.map(({ refund }) => refund.refundId)).toEqual(['r-old'])
    expect(found.sums.map(({ attention, count, money }) => [attention, count, money])).toEqual([
      ['none', 1, 'USD 5.00'],
      ['page', 1, 'USD 1.00'],
      ['warn', 1, 'USD 90.00'],
    ])
  })

  test('with a filter that is none says what to write', async () => {
    const ran = await ops('stuck', '--state', 'stuck')
    expect([ran.code, ran.out]).toEqual([1, ''])
    expect(ran.error).toContain('must be one of requested, ticketOpen')
    const form = await ops('stuck', '--older-than', 'long')
    expect([form.code, form.error.includes('for example 72h')]).toEqual([1, true])
  })
})

describe('show', () => {
  test('tells of a refund in one timeline of journal, hints and looks', async () => {
    const ran = await ops('show', 'r-old')
    expect(ran.code).toBe(0)
    expect(ran.out).toContain('state\tticketOpen 취소처리 대기\n')
    expect(ran.out).toContain('amount\tUSD 1.00\n')
    expect(ran.out).toMatch(/^seen\t[0-9a-f]{16}$/m)
    const kinds = new Set(ran.rows.slice(-5).map((row) => row[1]))
    expect(kinds).toContain('hint')
    expect(ran.rows.some((row) => row[2] === 'checkout:shop' && row[1] === 'people')).toBe(true)
  })

  test('finds a payment under the same word, and as JSON both answers', async () => {
    const answer = z.object({ payment: z.looseObject({ merchantUid: z.string() }), history: shapes.history })
    const { payment, history } = answer.parse((await ops('show', 'order-1', '--json')).json())
    expect([payment.merchantUid, history.money]).toEqual(['order-1', 'USD 199.00'])
    const times = history.timeline.map(({ at }) => Date.parse(at))
    expect(times).toEqual(times.toSorted((a, b) => a - b))
  })

  test('of what is not recorded says so', async () => {
    const ran = await ops('show', 'nothing')
    expect([ran.code, ran.error]).toEqual([1, 'no refund and no payment is recorded as nothing; check the id\n'])
  })
})

describe('letter', () => {
  test('of an open ticket has project, reference, amount, time and the ask', async () => {
    const { code, out } = await ops('letter', 'r-old', '--project', 'Gold shop')
    expect(code).toBe(0)
    expect(out).toMatch(/^Subject: Refund of 1\.00 USD, payment imp_order-1, order order-1\n/)
    expect(out).toContain('Project: Gold shop\n')
    expect(out).toContain('To be refunded: 1.00 USD\n')
    expect(out).toContain('Refund asked for: 2026-01-01 00:01 UTC\n')
    expect(out).toContain('tell us whether the refund was carried out')
  })

  test('asks in each state what is open in it', async () => {
    const unknown = shapes.letter.parse((await ops('letter', 'r-big', '--json')).json())
    expect(unknown.body).toContain('whether a refund request of ours reached you')
    await ask('r-refused', 50, { state: 'refused', said: 'over the limit of days' })
    const refused = shapes.letter.parse((await ops('letter', 'r-refused', '--json')).json())
    expect(refused.body).toContain('was refused')
    expect(refused.body).toContain('Result so far: `over the limit of days`')
  })

  test('of a closed refund is refused with the reason', async () => {
    const ran = await ops('letter', 'r-done')
    expect([ran.code, ran.out]).toEqual([1, ''])
    expect(ran.error).toContain('nothing is to be asked of the desk about a refunded refund')
  })
})

describe("people's commands", () => {
  const REFUSED = ['resolve', 'r-old', '--outcome', 'refused', '--reason', 'mail']
  const commands: readonly [readonly string[], string, string, Record<string, unknown>][] = [
    [['recheck', 'r-old'], 'refund:r-old', 'recheck', {}],
    [['acknowledge', 'r-old', '--owner', 'ann'], 'refund:r-old', 'acknowledge', { owner: 'ann' }],
    [
      ['snooze', 'r-old', '--until', '2099-01-01', '--reason', 'holidays'],
      'refund:r-old',
      'snooze',
      { until: '2099-01-01T00:00:00.000Z', reason: 'holidays' },
    ],
    [
      ['retry-ticket', 'r-old', '--reason', 'asked', '--seen', seen],
      'refund:r-old',
      'retryTicket',
      { reason: 'asked', seen },
    ],
    [
      [...REFUSED, '--seen', seen, '--evidence', 'no ticket', '--ticket-dead'],
      'refund:r-old',
      'resolve',
      { outcome: 'refused', reason: 'mail', seen, evidence: 'no ticket', ticketDead: true },
    ],
    [['withdraw', 'r-old', '--reason', 'kept'], 'refund:r-old', 'withdraw', { reason: 'kept' }],
    [
      ['payment', 'accept', 'order-1', '--reason', 'sent', '--seen', seen, '--gateway-ref', 'imp_order-1'],
      'payment:order-1',
      'accept',
      { reason: 'sent', seen, gatewayRef: 'imp_order-1' },
    ],
    [
      ['payment', 'refund', 'order-1', '--reason', 'twice', '--seen', seen],
      'payment:order-1',
      'refund',
      { reason: 'twice', seen },
    ],
    [
      ['stray', 'accept', 'iamport/main/imp/9', '--reason', 'sent', '--seen', seen],
      'stray:iamport/main:imp/9',
      'accept',
      { reason: 'sent', seen },
    ],
    [['payment', 'recheck', 'order-1'], 'payment:order-1', 'recheck', {}],
    [['payment', 'acknowledge', 'order-1', '--owner', 'ann'], 'payment:order-1', 'acknowledge', { owner: 'ann' }],
  ]
  test.each(commands)('%j reaches the saga as the person of the key', async (args, id, name, fields) => {
    const ran = await ops(...args)
    expect([ran.code, ran.error]).toEqual([0, ''])
    expect(asked).toMatchObject([{ saga: id, name, updateId: expect.stringContaining('key:mina:') }])
    expect(asked[0]?.args).toEqual({ ...fields, proof: expect.any(String) })
    const proof = await api.db
      .selectFrom('proofs')
      .selectAll()
      .where('id', '=', String(asked[0]?.args['proof']))
      .execute()
    expect(proof).toMatchObject([{ person: 'mina', role: 'ops', saga: id }])
  })

  test('that waits for another person ends with 2', async () => {
    saga = () => ({ answer: 'approvalNeeded', state: 'ticketOpen', sentence: 'resolve of USD 1.00 waits' })
    const ran = await started(...REFUSED, '--seen', seen)
    expect([ran.code, ran.out]).toEqual([2, 'resolve of USD 1.00 waits; state ticketOpen\n'])
  })

  test('that the saga refuses ends with 1 and its sentence', async () => {
    saga = () => {
      throw new Failure('updateRejected', 'a ticketOpen refund takes no new ticket: its ticket is open')
    }
    const ran = await ops('retry-ticket', 'r-old', '--reason', 'again', '--seen', seen)
    expect([ran.code, ran.error]).toEqual([
      1,
      'a ticketOpen refund takes no new ticket: its ticket is open (updateRejected)\n',
    ])
  })

  test.each([
    [['retry-ticket', 'r-old', '--reason', 'again'], '--seen <mark>'],
    [REFUSED, '--seen <mark>'],
    [['payment', 'accept', 'order-1', '--reason', 'sent'], '--seen <mark>'],
    [['stray', 'refund', 'iamport/main/imp_9', '--reason', 'sent'], '--seen <mark>'],
    [['approve', 'r-old'], '--request <id>'],
    [['payment', 'approve', 'order-1'], '--request <id>'],
  ])('%j without what was read names the option, and nothing is asked', async (args, option) => {
    const ran = await ops(...args)
    expect([ran.code, asked]).toEqual([1, []])
    expect(ran.error).toContain(`required option '${option}' not specified`)
  })

  test('whose answer was lost is asked again under the same key, another command under another', async () => {
    saga = (id, name) => {
      if (asked.length < 3) throw new Failure('temporarilyUnavailable', 'the saga did not answer')
      return done(id, name)
    }
    const retry = ['retry-ticket', 'r-old', '--reason', 'again', '--seen', seen]
    expect((await ops(...retry)).code).toBe(0)
    await ops(...retry)
    const ids = asked.map(({ updateId }) => updateId)
    expect([ids.length, new Set(ids.slice(0, 3)).size, new Set(ids).size]).toEqual([4, 1, 2])
  })

  test('approve with the key of ops says whose key is needed', async () => {
    const ran = await ops('approve', 'r-old', '--request', '1a2b3c4d')
    expect(ran.code).toBe(1)
    expect(ran.error).toContain('needs approver')
    expect(ran.error).toContain('--key or SAGA_KEY')
  })
})

describe('recheck of many', () => {
  test('asks for --yes where nobody can be asked, with the count, and does nothing', async () => {
    const ran = await started('recheck', '--state', 'ticketOpen')
    expect([ran.code, asked]).toEqual([1, []])
    expect(ran.error).toContain('2 refunds would be looked at; nothing was done. Add --yes')
  })

  test('with --yes looks at each, and names those that it could not', async () => {
    saga = (id, name) => {
      if (id === 'refund:r-new') throw new Failure('updateRejected', 'not now')
      return done(id, name)
    }
    const ran = await ops('recheck', '--state', 'ticketOpen', '--yes', '--json')
    expect(ran.code).toBe(2)
    expect(ran.json()).toEqual({ asked: 2, refused: [{ refundId: 'r-new', sentence: 'not now (updateRejected)' }] })
    expect(asked.map((each) => each.saga)).toEqual(['refund:r-old', 'refund:r-new'])
  })

  test('needs one refund or filters', async () => {
    const ran = await ops('recheck')
    expect([ran.code, ran.error]).toEqual([
      1,
      'name one refund, or filters: --state, --attention, --older-than; not both\n',
    ])
  })
})

describe('what goes wrong', () => {
  test('without a key names the option', async () => {
    const ran = await cliProcess(api.url)('stuck')
    expect(ran.code).toBe(1)
    expect(ran.error).toContain('Give a key with --key or SAGA_KEY')
  })

  test('with no API there ends with 3 and names the option', async () => {
    const ran = await cliProcess('http://127.0.0.1:9')('stuck')
    expect(ran.code).toBe(3)
    expect(ran.error).toContain('--url or SAGA_URL')
  })

  test('help names every command and every exit code', async () => {
    const { code, out } = await ops('--help')
    expect(code).toBe(0)
    for (const name of ['stuck', 'show', 'letter', 'recheck', 'resolve', 'approve', 'payment', 'inbox', 'outbox'])
      expect(out).toContain(`  ${name} `)
    expect(out).toMatch(/Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 .*\n {2}3 .*\n {2}4 /)
  })
})

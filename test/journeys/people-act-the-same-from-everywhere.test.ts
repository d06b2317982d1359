// People's commands do the same through the HTTP API, the ops command line and any Temporal client, and are refused with the same words.
// Must not know: how a saga carries them out. Nobody here has a key: the first two doors are the person local, the third proves nobody.
import { sql } from 'kysely'
import { describe, expect } from 'vitest'
import { merchantUid, refundId } from '../../src/domain/ids.ts'
import {
  byTemporal,
  byUpdateId,
  DOORS,
  doorsOf,
  overHttp,
  refundSaga,
  workflowIdOf,
  type Fields,
  type Saga,
} from '../support/doors.ts'
import { eventually, fresh, shopTest, type OwnShop } from '../support/shop.ts'
import {
  paid,
  pastPage,
  quarantined,
  refunded,
  refused,
  second,
  ticketOpen,
  type Prepare,
} from '../support/situations.ts'

const test = shopTest({ SECOND_PAYMENT_POLICY: 'hold' })

const CANCEL = 'POST /payments/cancel'

const journalOf = async ({ db }: OwnShop, { kind, id }: Saga, what: string) => {
  const column = ({ refund: 'refundId', payment: 'merchantUid', stray: 'gatewayRef' } as const)[kind]
  const found = db.selectFrom('journal').select(['who', 'toState', 'why']).where('what', '=', what)
  return found
    .where(column, '=', kind === 'stray' ? (id.split('/').at(-1) ?? '') : id)
    .orderBy('id')
    .execute()
}

const because = { reason: 'they wrote' }
const later = { until: new Date(Date.now() + 30 * 86_400_000).toISOString(), ...because }
const dead = { ...because, outcome: 'refused', evidence: 'no ticket is open', ticketDead: true }
type Case = readonly [name: string, prepare: Prepare, fields: Fields, state: string, line: string]
const ACCEPTED: readonly Case[] = [
  ['recheck', ticketOpen, {}, 'ticketOpen', 'recheck'],
  ['acknowledge', ticketOpen, { owner: 'ann' }, 'ticketOpen', 'acknowledge'],
  ['snooze', ticketOpen, later, 'ticketOpen', 'snooze'],
  ['resolve', ticketOpen, dead, 'refused', 'resolvedRefused'],
  ['retryTicket', pastPage, because, 'requested', 'retried'],
  ['withdraw', refused, because, 'withdrawn', 'withdrawn'],
  ['accept', quarantined, because, 'paid', 'attempt.accepted'],
  ['refund', quarantined, because, 'cancelPending', 'refund.requested'],
  ['accept', second, because, 'paid', 'attempt.accepted'],
]
/** Those that leave everything as it was for the next command share their sagas, one for each door. */
const SHARED = new Set(['recheck', 'acknowledge', 'snooze'])
const waiting = new Map<Prepare, Promise<readonly Saga[]>>()
function sagasFor(shop: OwnShop, name: string, prepare: Prepare): Promise<readonly Saga[]> {
  const shared = SHARED.has(name)
  const made = (shared && waiting.get(prepare)) || Promise.all(DOORS.map(() => prepare(shop)))
  if (shared) waiting.set(prepare, made)
  return made
}

describe('is done alike, with one line each, in the name of who asked', () => {
  test.for(ACCEPTED.map((each) => [each[0], each[1].name, each[3], each] as const))(
    '%s on %s: %s',
    async ([, , , [name, prepare, fields, state, line]], { shop }) => {
      const [http = nobody, cli = nobody, temporal = nobody] = await sagasFor(shop, name, prepare)
      await shop.sim.faults({ cancel: 'accept' })
      const { HTTP, CLI, Temporal } = doorsOf(shop)
      const told = [
        await HTTP(http, name, fields),
        await CLI(cli, name, fields),
        await Temporal(temporal, name, { ...fields, person: 'ann' }),
      ]
      expect(told).toEqual(DOORS.map(() => ({ answer: 'done', state, sentence: `${name} is done` })))
      const lines = await Promise.all([http, cli, temporal].map((saga) => journalOf(shop, saga, line)))
      expect(lines.map((each) => each.map(({ who }) => who))).toEqual([['local'], ['local'], ['unverified:ann']])
    },
  )
})

const nobody = refundSaga('nobody')
const NOTHING_WAITS = 'no money of this order waits for a decision: it is paid; possible now: recheck'
const REFUSED: readonly (readonly [name: string, prepare: Prepare, fields: Fields, sentence: string | RegExp])[] = [
  ['acknowledge', refunded, { owner: 'ann' }, 'a refunded refund asks for nobody: possible now: recheck'],
  [
    'snooze',
    ticketOpen,
    { until: '2020-01-01T00:00:00.000Z' },
    'a snooze ends in the future, at most 90 days from now; "2020-01-01T00:00:00.000Z" does not',
  ],
  [
    'retryTicket',
    ticketOpen,
    because,
    /^a ticketOpen refund takes no new ticket: its ticket is open, and another is possible once that one has waited past the page level, from \S+Z on; possible now: resolve as refunded, refused, settledElsewhere; acknowledge; snooze; recheck$/,
  ],
  [
    'resolve',
    refunded,
    { ...because, outcome: 'settledElsewhere' },
    'a refunded refund cannot be resolved as settledElsewhere: possible now: recheck',
  ],
  ['withdraw', refunded, because, 'a refunded refund cannot be withdrawn: possible now: recheck'],
  ['approve', ticketOpen, {}, 'nothing of this saga waits for an approval; ask for the command itself'],
  ['accept', paid, because, NOTHING_WAITS],
  ['acknowledge', paid, { owner: 'ann' }, 'this payment asks for nobody: it is paid; possible now: recheck'],
]
/** What is refused moves nothing, so one saga of each kind serves all of them. */
const untouched = new Map<Prepare, Promise<Saga>>()
const untouchedSaga = (shop: OwnShop, prepare: Prepare): Promise<Saga> => {
  const made = untouched.get(prepare) ?? prepare(shop)
  untouched.set(prepare, made)
  return made
}
/** The refund or the payment as its row has it, but for the time of the last look. */
async function rowOf({ db }: OwnShop, { kind, id }: Saga): Promise<unknown> {
  if (kind === 'refund') return db.selectFrom('refunds').selectAll().where('refundId', '=', refundId(id)).execute()
  return db.selectFrom('payments').selectAll().where('merchantUid', '=', merchantUid(id)).execute()
}

describe('is refused alike, and nothing has moved', () => {
  test.for(REFUSED.map((each) => [each[0], each[1].name, each] as const))(
    '%s on %s',
    async ([, , [name, prepare, fields, sentence]], { shop, sim }) => {
      const saga = await untouchedSaga(shop, prepare)
      const before = [await rowOf(shop, saga), await sim.callsOf(CANCEL), await lines(shop)]
      const { HTTP, CLI, Temporal } = doorsOf(shop)
      const told = [await HTTP(saga, name, fields), await CLI(saga, name, fields), await Temporal(saga, name, fields)]
      const said = typeof sentence === 'string' ? sentence : expect.stringMatching(sentence)
      expect(told).toEqual(DOORS.map(() => ({ refused: 'updateRejected', sentence: said })))
      expect(new Set(told.map((each) => each.sentence)).size, 'word for word the same').toBe(1)
      expect([await rowOf(shop, saga), await sim.callsOf(CANCEL), await lines(shop)]).toEqual(before)
    },
  )

  test('a form that does not fit is refused with every fault, before and inside the saga', async ({ shop }) => {
    const saga = await ticketOpen(shop)
    const told = [
      await overHttp(shop)(saga, 'resolve', { outcome: 'gone', ticketDead: 'yes' }),
      await byTemporal(shop, saga, 'resolve', { outcome: 'gone', ticketDead: 'yes' }),
    ]
    const faults =
      'outcome: one of refunded, refused, settledElsewhere, ticketOpen; reason: is needed; ticketDead: true or false. '
    const alike = { refused: 'invalidRequest', sentence: expect.stringContaining(faults) }
    expect(told).toEqual([alike, alike])
    expect(told[0]?.sentence).toBe(told[1]?.sentence)
  })

  test('what is recorded nowhere is not found, and no saga is started for it', async ({ shop }) => {
    const saga = refundSaga(fresh('nobody'))
    const { HTTP, CLI } = doorsOf(shop)
    const sentence = `nothing is recorded as ${workflowIdOf(saga)}; check the id`
    expect(await HTTP(saga, 'recheck')).toEqual({ refused: 'notFound', sentence })
    expect(await CLI(saga, 'recheck')).toEqual({ refused: 'notFound', sentence })
    await expect(shop.client.workflow.getHandle(workflowIdOf(saga)).describe()).rejects.toThrow('not found')
  })
})

/** Lines of the journal, in all: nothing else is under way in this shop. */
const lines = async ({ db }: OwnShop): Promise<number> => (await db.selectFrom('journal').select('id').execute()).length

const seenOf = (shop: OwnShop, { kind, id }: Saga): Promise<string> => shop.seen(`/${kind}s/${id}/retry-ticket`)

/** The second ticket is open, and was asked for two minutes ago. */
async function filedAgain(shop: OwnShop, { id }: Saga): Promise<void> {
  await eventually(() => shop.refund(id)).toMatchObject({ state: 'ticketOpen', attention: 'page' })
  await sql`update tickets set intent_at = intent_at - interval '2 minutes'
    where refund_id = ${id} and authorised_by = 'retry-2'`.execute(shop.db)
}

describe('said twice is done once', () => {
  test('over HTTP: the owner and the snooze stay, without a second line', async ({ shop }) => {
    const saga = await ticketOpen(shop)
    for (const [name, fields] of [['acknowledge', { owner: 'ann' }] as const, ['snooze', later] as const]) {
      const told = [await overHttp(shop)(saga, name, fields), await overHttp(shop)(saga, name, fields)]
      expect(told).toEqual([told[0], told[0]])
      expect(await journalOf(shop, saga, name)).toHaveLength(1)
    }
  })

  test('over HTTP: a second resolve, accept or withdrawal is refused by the state that the first one made', async ({
    shop,
  }) => {
    const http = overHttp(shop)
    const twice = async (saga: Saga, name: string, fields: Fields) => [
      await http(saga, name, fields),
      await http(saga, name, fields),
    ]
    const resolved = await ticketOpen(shop)
    expect(await twice(resolved, 'resolve', dead)).toMatchObject([
      { answer: 'done', state: 'refused' },
      {
        refused: 'updateRejected',
        sentence: expect.stringMatching(/^a refused refund cannot be resolved as refused: /),
      },
    ])
    expect(await journalOf(shop, resolved, 'resolvedRefused')).toHaveLength(1)
    const accepted = await quarantined(shop)
    expect(await twice(accepted, 'accept', because)).toMatchObject([{ state: 'paid' }, { sentence: NOTHING_WAITS }])
    expect(await journalOf(shop, accepted, 'attempt.accepted')).toHaveLength(1)
    const withdrawn = await refused(shop)
    expect(await twice(withdrawn, 'withdraw', because)).toMatchObject([
      { state: 'withdrawn' },
      { sentence: 'a withdrawn refund cannot be withdrawn: possible now: recheck' },
    ])
  })

  test('over HTTP: a second retryTicket files no third ticket', async ({ shop, sim }) => {
    const saga = await pastPage(shop)
    const calls = await sim.callsOf(CANCEL)
    const http = overHttp(shop)
    expect(await http(saga, 'retryTicket', because)).toMatchObject({
      answer: 'done',
      state: 'requested',
    })
    expect(await http(saga, 'retryTicket', because)).toMatchObject({ refused: 'updateRejected' })
    await eventually(() => shop.refund(saga.id)).toMatchObject({ state: 'ticketOpen', attention: 'page' })
    expect(await http(saga, 'retryTicket', because)).toMatchObject({
      sentence: expect.stringMatching(/^a ticketOpen refund takes no new ticket: its ticket is open, /),
    })
    expect([await sim.callsOf(CANCEL), (await sim.tickets(saga.merchantUid)).length]).toEqual([calls + 1, 2])
    const { tickets } = await shop.refund(saga.id)
    expect(tickets.map(({ authorisedBy }) => authorisedBy)).toEqual(['submit', 'retry-2'])
  })

  test('over HTTP under one Idempotency-Key: one move and one answer, also where the first answer was lost', async ({
    shop,
    sim,
  }) => {
    const saga = await pastPage(shop)
    const calls = await sim.callsOf(CANCEL)
    const asked = { ...because, seen: await seenOf(shop, saga) }
    const http = overHttp(shop, undefined, fresh('key'))
    const first = await http(saga, 'retryTicket', asked)
    expect(first).toMatchObject({ answer: 'done', state: 'requested' })
    await filedAgain(shop, saga)
    expect(await http(saga, 'retryTicket', asked)).toEqual(first)
    for (const [name, fields] of [
      ['retryTicket', { ...asked, reason: 'and another' }] as const,
      ['retryTicket', { ...asked, seen: await seenOf(shop, saga) }] as const,
      ['acknowledge', { owner: 'ann' }] as const,
    ])
      expect(await http(saga, name, fields)).toMatchObject({
        refused: 'conflict',
        sentence: expect.stringContaining(
          'this Idempotency-Key was used before for another command or other arguments',
        ),
      })
    expect(await journalOf(shop, saga, 'retried')).toHaveLength(1)
    expect(await journalOf(shop, saga, 'acknowledge')).toEqual([])
    expect([await sim.callsOf(CANCEL), (await sim.tickets(saga.merchantUid)).length]).toEqual([calls + 1, 2])
  })

  test('by two people who saw the same, two minutes apart: the second is refused by each door, and one ticket more is filed', async ({
    shop,
    sim,
  }) => {
    const saga = await pastPage(shop)
    const calls = await sim.callsOf(CANCEL)
    const asked = { ...because, seen: await seenOf(shop, saga) }
    const doors = doorsOf(shop)
    expect(await doors.HTTP(saga, 'retryTicket', asked)).toMatchObject({ answer: 'done' })
    await filedAgain(shop, saga)
    const now = await seenOf(shop, saga)
    const changed = `this has changed since it was seen: it is ticketOpen, and its mark is ${now} now; read it and ask again if it is still wanted`
    for (const door of DOORS) {
      expect(await doors[door](saga, 'retryTicket', asked)).toEqual({ refused: 'updateRejected', sentence: changed })
      // Who reads it anew is told that the new ticket has not been waited for.
      expect(await doors[door](saga, 'retryTicket', because)).toMatchObject({
        refused: 'updateRejected',
        sentence: expect.stringContaining('another is possible once that one has waited past the page level'),
      })
    }
    expect([await sim.callsOf(CANCEL), (await sim.tickets(saga.merchantUid)).length]).toEqual([calls + 1, 2])
  })

  test('in Temporal, under one update id: the first answer is given again', async ({ shop, sim }) => {
    const saga = await pastPage(shop)
    const calls = await sim.callsOf(CANCEL)
    for (const [name, fields, line] of [
      ['recheck', {}, 'recheck'] as const,
      ['retryTicket', { ...because, seen: await seenOf(shop, saga) }, 'retried'] as const,
    ]) {
      const id = fresh('update')
      const told = [await byUpdateId(shop, saga, id, name, fields), await byUpdateId(shop, saga, id, name, fields)]
      expect(told).toEqual([told[0], told[0]])
      expect(told[0]).toMatchObject({ answer: 'done' })
      expect(await journalOf(shop, saga, line)).toHaveLength(1)
    }
    await eventually(() => shop.refund(saga.id)).toMatchObject({ state: 'ticketOpen' })
    expect(await sim.callsOf(CANCEL)).toBe(calls + 1)
  })
})

test('on a saga that has ended starts it, is answered, and the saga ends again', async ({ shop }) => {
  const saga = await refunded(shop)
  const handle = shop.client.workflow.getHandle(workflowIdOf(saga))
  const runs = new Set<string>()
  const ended = async () => {
    expect(await handle.result()).toEqual({ state: 'refunded' })
    runs.add((await handle.describe()).runId)
  }
  await ended()
  const doors = doorsOf(shop)
  for (const door of DOORS) {
    const resolve = await doors[door](saga, 'resolve', { ...because, outcome: 'refused' })
    expect(resolve).toMatchObject({
      sentence: 'a refunded refund cannot be resolved as refused: possible now: recheck',
    })
    await ended()
    expect(await doors[door](saga, 'recheck')).toMatchObject({ answer: 'done', state: 'refunded' })
    await ended()
  }
  expect(runs.size).toBe(1 + 2 * DOORS.length)
  expect(await journalOf(shop, saga, 'recheck')).toHaveLength(DOORS.length)
  await expect(byUpdateId(shop, saga, fresh('update'), 'recheck')).rejects.toThrow(
    'workflow execution already completed',
  )
})

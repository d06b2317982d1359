// The whole table of refund states under evidence, answers and people, walked over the real database: from every state, each thing that may happen.
// On the embedded database each thing happens in every second state, those that are alike in others.
// Must not know: the code's own tables. What ought to come of it is typed by hand in walkTables.ts and walkOfPeople.ts.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../src/db/connect.ts'
import type { RefundState } from '../../src/domain/refund.ts'
import { DAY, later } from '../support/books.ts'
import { ALL_OR_HALF, halfOf, openTestDatabase } from '../support/database.ts'
import {
  answer,
  blocked,
  entry,
  goneForGood,
  intent,
  look,
  minutesPass,
  missing,
  outside,
  person,
  sceneOf,
  shortPaid,
  waited,
  type Scene,
  type Step,
} from './walk.ts'
import { ANSWERS, PEOPLE } from './walkOfPeople.ts'
import { cameOf, refusalOf, standing } from './walkRows.ts'
import { EVIDENCE, GONE, NEVER_ACCEPTED, STANDING } from './walkTables.ts'

let database: Database
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

const LONG_AGO = '2020-01-01T00:00:00.000Z'
const WROTE = { reason: 'they wrote', evidence: 'a mail of today' }
const resolve = (outcome: string, ticketDead = false) => person('resolve', { ...WROTE, outcome, ticketDead })
const asked = (outcome: 'filed' | 'refused' | 'unknown'): readonly Step[] => [intent, answer(outcome)]

/** Each state of a refund, and ways to be in it that make a difference. */
const STATIONS: Readonly<Record<string, readonly Step[]>> = {
  requested: [],
  ticketOpen: asked('filed'),
  pastPage: [...asked('filed'), waited],
  partlyBooked: [...asked('filed'), entry(2_000)],
  unknown: asked('unknown'),
  unknownForAnHour: [...asked('unknown'), minutesPass(60)],
  blocked: [blocked],
  refused: asked('refused'),
  refusedLiving: [...asked('filed'), resolve('refused')],
  refusedDead: [...asked('filed'), resolve('refused', true)],
  settledElsewhere: [...asked('filed'), resolve('settledElsewhere')],
  withdrawn: [person('withdraw', { reason: 'kept' })],
  superseded: [...asked('filed'), outside(5_000)],
  refunded: [...asked('filed'), entry(6_000)],
  saidRefunded: [...asked('filed'), resolve('refunded')],
  reversed: [...asked('filed'), entry(6_000), goneForGood],
} satisfies Record<RefundState, readonly Step[]> & Record<string, readonly Step[]>
const authorisedAnew = [
  ...asked('unknown'),
  minutesPass(60),
  person('retryTicket', { reason: 'they found none' }),
] as const
/** The same with a call whose answer is still to come. Withdrawn has none: that needs every outcome. */
const UNANSWERED: Readonly<Record<string, readonly Step[]>> = {
  asking: [intent],
  unknown: asked('unknown'),
  authorisedAnew,
  filedAnew: [...authorisedAnew, intent, answer('filed', 'newest')],
  blockedAnew: [...authorisedAnew, blocked],
  ticketSeen: [...asked('unknown'), resolve('ticketOpen')],
  refusedLiving: [...asked('unknown'), resolve('refused')],
  refusedDead: [...asked('unknown'), resolve('refused', true)],
  settledElsewhere: [...asked('unknown'), resolve('settledElsewhere')],
  superseded: [...asked('unknown'), outside(5_000)],
  refunded: [...asked('unknown'), entry(6_000)],
  reversed: [...asked('unknown'), entry(6_000), goneForGood],
}

const plain = (text: string): string =>
  text
    .split('|')
    .map((part) => part.trim())
    .join(' | ')
    .trimEnd()
/** Lines of a table by the station that they begin with. */
const rowsOf = (table: string): ReadonlyMap<string, string> =>
  new Map(
    table
      .split('\n')
      .filter((line) => line.includes('|'))
      .map((line) => [line.slice(0, line.indexOf('|')).trim(), plain(line.slice(line.indexOf('|') + 1))]),
  )
const standings = rowsOf(STANDING)
const NAMES = Object.keys(STATIONS)
const at = (station: string, stations = STATIONS) => {
  const steps = stations[station]
  if (!steps) throw new Error(`there is no station ${station}`)
  return sceneOf(database.db, steps)
}
/** The station as it stood, with these lines and messages. */
const still = (station: string, lines: string, told = ''): string => plain(`${standings.get(station)}|${lines}|${told}`)

test('every station of the walk is a state of the design, and every state is walked', () => {
  const states = new Set([...standings.values()].map((row) => row.split(' ')[0]))
  expect([...standings.keys()]).toEqual(NAMES)
  expect(states.size).toBe(10)
})

test.each(NAMES)('%s stands as the design says', async (station) => {
  expect(await standing(await at(station))).toBe(standings.get(station))
})

describe(`evidence that moves money: ${ALL_OR_HALF}`, () => {
  const given: Record<keyof typeof EVIDENCE, Step> = {
    'an entry of ours for the whole': entry(6_000),
    'an entry of ours larger than asked': entry(7_000),
    'an entry of ours smaller than asked': entry(2_000),
    'a foreign entry that takes all, as a chargeback': outside(10_000, 'chargeback'),
    'a foreign entry that takes more than is free': outside(5_000),
    'a foreign entry that fits beside it': outside(3_000),
  }
  for (const [index, [name, table]] of Object.entries(EVIDENCE).entries()) {
    const rows = rowsOf(table)
    const step = new Map(Object.entries(given)).get(name)
    if (!step) throw new Error(`nothing is given as ${name}`)
    test.each(halfOf(NAMES, index))(`${name}: %s`, async (station) => {
      expect(await cameOf(await at(station), step)).toBe(rows.get(station))
    })
  }
})

describe(`evidence that moves no refund: ${ALL_OR_HALF}`, () => {
  test.each(halfOf(NAMES))('old, the same again, of another status, or a sum without entries: %s', async (station) => {
    const scene = await at(station)
    const shows = scene.entries.length > 0
    const status = shows ? 'cancelled' : 'paid'
    const all = { status: 'cancelled', returned: 10_000 } as const
    expect(await cameOf(scene, look({ entries: [], returned: 10_000 }, { asOf: LONG_AGO, number: 0 }))).toBe('nothing')
    expect(await cameOf(scene, look())).toBe('nothing')
    expect(await cameOf(scene, minutesPass(11))).toBe('nothing')
    expect(await cameOf(scene, look())).toBe('nothing')
    // Money that is booked: a status that denies it, or says nothing that we know, is told to a person, and holds.
    const against = 'attempt.status attempt.contradicted'
    expect(await cameOf(scene, look({ status: 'unrecognized', statusSaid: 'pondering' }))).toBe(
      still(station, against, 'wake payment, page contradicted'),
    )
    expect(await cameOf(scene, look({ status: 'failed' }))).toBe(still(station, against, 'page contradicted'))
    expect(await cameOf(scene, look({ status }))).toBe(still(station, 'attempt.status attempt.agrees', 'wake payment'))
    expect(await cameOf(scene, look(all))).toBe(
      still(station, `${shows ? '' : 'attempt.status '}attempt.sumsDiffer`, 'page sumsDiffer'),
    )
    expect(await cameOf(scene, look(all))).toBe('nothing')
  })
})

describe('a booked entry that looks no longer show', () => {
  for (const [station, gone] of rowsOf(GONE)) {
    test(`is noted by one look, not reversed within ten minutes nor by what still says paid, and then is gone: ${station}`, async () => {
      const scene = await at(station)
      const { entries } = scene
      expect(await cameOf(scene, missing)).toBe(still(station, 'attempt.status entry.missing'))
      expect(await cameOf(scene, missing)).toBe('nothing')
      scene.entries = entries
      expect(await cameOf(scene, look({ status: 'paid' }))).toBe('nothing')
      await minutesPass(11)(scene)
      expect(await cameOf(scene, missing)).toBe(still(station, 'entry.missing'))
      await minutesPass(6)(scene)
      expect(await cameOf(scene, missing)).toBe(gone)
      expect(await cameOf(scene, missing)).toBe('nothing')
    })
  }

  test('under an ordinal leaves its place to another, which answers nothing of ours by that', async () => {
    const ordinal = (amount: number, reason: string) => ({
      entries: [{ cancellationId: null, amount, cancelledAt: null, reason, mark: null }],
    })
    const scene = await at('ticketOpen')
    await look(ordinal(6_000, `#${scene.id} too small`))(scene)
    await goneForGood(scene)
    expect(await standing(scene)).toBe(standings.get('reversed'))
    expect(await cameOf(scene, look(ordinal(3_000, 'console')))).toBe(
      'reversed | quarantined | 3000+6000, 1000 left | attempt.status refund.outside | refund.refunded',
    )
  })
})

describe(`the answer to a call: ${ALL_OR_HALF}`, () => {
  for (const [index, kind] of (['filed', 'notSent', 'refused', 'doneAtOnce', 'unknown'] as const).entries())
    test.each(halfOf([...rowsOf(ANSWERS[kind])], index))(`${kind}, however late: %s`, async (station, came) => {
      expect(await cameOf(await at(station, UNANSWERED), answer(kind))).toBe(came)
    })

  test('is heard from every station that may still wait for one', () => {
    for (const kind of ['filed', 'notSent', 'refused'] as const)
      expect([...rowsOf(ANSWERS[kind]).keys()]).toEqual(Object.keys(UNANSWERED))
  })
})

describe(`a person: ${ALL_OR_HALF}`, () => {
  const actions: Record<keyof typeof PEOPLE, (scene: Scene) => Promise<unknown>> = {
    acknowledge: person('acknowledge', { owner: 'ann' }),
    snooze: (scene) => person('snooze', { until: later(30 * DAY, scene.now), reason: 'holidays' })(scene),
    retryTicket: person('retryTicket', { reason: 'they found none' }),
    'resolve refunded': resolve('refunded'),
    'resolve refunded, ticket dead': resolve('refunded', true),
    'resolve refused': resolve('refused'),
    'resolve refused, ticket dead': resolve('refused', true),
    'resolve settledElsewhere': resolve('settledElsewhere'),
    'resolve settledElsewhere, ticket dead': resolve('settledElsewhere', true),
    'resolve ticketOpen': resolve('ticketOpen'),
    'resolve ticketOpen, ticket dead': resolve('ticketOpen', true),
    withdraw: person('withdraw', { reason: 'kept' }),
  }
  const tables = Object.entries(actions).map(([name, act]) => {
    const table = new Map<string, string>(Object.entries(PEOPLE)).get(name)
    if (table === undefined) throw new Error(`the tables do not say what ${name} does`)
    return { name, act, rows: rowsOf(table) }
  })
  for (const [index, { name, act, rows }] of tables.entries())
    if (rows.size > 0)
      test.each(halfOf([...rows], index))(`may ${name}: %s`, async (station, came) => {
        expect(await cameOf(await at(station), act)).toBe(came)
      })

  test.each(halfOf(NAMES, 1))('is refused everything else, and no row is touched: %s', async (station) => {
    const scene = await at(station)
    for (const { name, act, rows } of tables)
      if (!rows.has(station)) expect(`${name}: ${await refusalOf(scene, act)}`).toBe(`${name}: updateRejected`)
  })

  test.each(halfOf(NAMES, 1))('may ask for a look, which moves nothing by itself: %s', async (station) => {
    const scene = await at(station)
    expect(await cameOf(scene, person('recheck'))).toBe(still(station, 'recheck'))
    const hints = await database.db
      .selectFrom('inbox')
      .select(['source', 'state'])
      .where('gatewayRef', '=', scene.ref)
      .execute()
    expect(hints).toEqual([{ source: 'person', state: 'received' }])
  })
})

describe('money that was never accepted', () => {
  const filed = asked('filed')
  const noTicketLives = [...filed, resolve('refused', true)]
  /** What has happened before, and what happens now. */
  const moves: Readonly<Record<string, readonly [readonly Step[], Step]>> = {
    filed: [[intent], answer('filed')],
    unknown: [[intent], answer('unknown')],
    refused: [[intent], answer('refused')],
    blocked: [[], blocked],
    withdrawn: [[blocked], person('withdraw', { reason: 'kept' })],
    refusedLiving: [filed, resolve('refused')],
    refusedDead: [filed, resolve('refused', true)],
    retried: [noTicketLives, person('retryTicket', { reason: 'they opened again' })],
    settledElsewhere: [filed, resolve('settledElsewhere')],
    partlyBooked: [filed, entry(2_000)],
    partlyRefused: [[...filed, entry(2_000)], resolve('refused', true)],
    superseded: [filed, outside(9_000)],
    refunded: [filed, entry(9_000)],
    reversed: [[...filed, entry(9_000), missing, minutesPass(6)], missing],
  }
  test.each([...rowsOf(NEVER_ACCEPTED)])(
    'is never shown as paid, and asks again where its refund fails: %s',
    async (name, came) => {
      const [before, act] = moves[name] ?? []
      if (!before || !act) throw new Error(`nothing leads to ${name}`)
      expect(await cameOf(await shortPaid(database.db, before), act)).toBe(came)
    },
  )
})

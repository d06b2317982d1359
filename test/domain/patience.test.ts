// Patience: what may be written, when the next checkpoint is due and how loud, weekends in time zones with and without summer time.
// Must not know: what is waited for. The plain lists of moments here are worked out apart from the code.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ATTENTIONS, type Attention } from '../../src/domain/books/books.ts'
import { planRefund } from '../../src/domain/books/waits.ts'
import {
  levelAt,
  nextCheckpoint,
  parseDurationMs,
  parsePatience,
  UNKNOWN_PATIENCE,
  HOLD_PATIENCE,
  type Patience,
  type Track,
} from '../../src/domain/patience.ts'
import { AT, aRefund, DAY, HOUR, later, MINUTE } from '../support/books.ts'

const LADDER = '24h remind, 72h warn, 7d page'
const track = (text: string, since = AT): readonly Track[] => [{ since, patience: parsePatience(text) }]

/** The first `count` checkpoints of a wait. */
function walk(tracks: readonly Track[], from: string, count: number): readonly string[] {
  const found: string[] = []
  let after = from
  while (found.length < count) {
    const next = nextCheckpoint(tracks, after)
    if (!next) break
    found.push(`${next.at} ${next.level}`)
    after = next.at
  }
  return found
}

describe('what may be written', () => {
  test('durations in seconds, minutes, hours and days', () => {
    expect(['45s', '30m', '24h', '7d'].map(parseDurationMs)).toEqual([45_000, 30 * MINUTE, DAY, 7 * DAY])
  })

  test('a ladder with both tails, in either order', () => {
    const both = {
      steps: [
        { afterMs: DAY, level: 'remind' },
        { afterMs: 7 * DAY, level: 'page' },
      ],
      repeat: { everyMs: 14 * DAY, level: 'warn' },
      skipWeekends: 'Asia/Seoul',
    }
    const ladder = '24h remind, 7d page'
    expect(parsePatience(`${ladder}, then every 14d warn, skip weekends Asia/Seoul`)).toEqual(both)
    expect(parsePatience(`${ladder}, skip weekends Asia/Seoul, then every 14d warn`)).toEqual(both)
  })

  test('without `then` the last level comes again weekly, and no day is skipped', () => {
    expect(parsePatience(LADDER)).toMatchObject({ repeat: { everyMs: 7 * DAY, level: 'page' }, skipWeekends: null })
  })

  test.each([
    ['', 'cannot read ""'],
    ['24h', 'cannot read "24h"'],
    ['24h remind,', 'cannot read ""'],
    ['24h shout', '"shout" is not remind, warn or page'],
    ['24h none', '"none" is not remind, warn or page'],
    ['24x remind', '"24x" is not a duration'],
    ['-1h remind', '"-1h" is not a duration'],
    ['1.5h remind', '"1.5h" is not a duration'],
    ['0h remind', '"0h" is too short'],
    ['9999d remind', '"9999d" is longer than ten years'],
    ['72h warn, 24h remind', 'each checkpoint must come later'],
    ['24h remind, 1d warn', 'each checkpoint must come later'],
    ['then every 7d page', 'no checkpoint is named'],
    ['24h remind, then every 7d page, 30d page', 'cannot read "30d page"'],
    ['24h remind, then every 0d page', '"0d" is too short'],
    ['24h remind, skip weekends Asia/Soul', '"Asia/Soul" is not a time zone'],
    ['24h remind, skip weekends', 'is not'],
  ])('%j is refused with what is wrong and the right form', (text, wrong) => {
    const refusal = (): Patience => parsePatience(text)
    expect(refusal).toThrow(RangeError)
    expect(refusal).toThrow(wrong)
    expect(refusal).toThrow(/; write /)
  })
})

describe('the ladder', () => {
  test('names each checkpoint once and repeats the last for ever', () => {
    expect(walk(track(`${LADDER}, then every 7d page`), AT, 5)).toEqual([
      '2026-03-03T03:00:00.000Z remind',
      '2026-03-05T03:00:00.000Z warn',
      '2026-03-09T03:00:00.000Z page',
      '2026-03-16T03:00:00.000Z page',
      '2026-03-23T03:00:00.000Z page',
    ])
  })

  test('finds the repeat after years of silence', () => {
    expect(nextCheckpoint(track(LADDER), later(3_000 * DAY))).toEqual({ at: later(3_003 * DAY), level: 'page' })
  })

  test('rises exactly when a checkpoint is due', () => {
    const tracks = track(LADDER)
    const level = (ms: number): Attention => levelAt(tracks, later(ms))
    expect([DAY - 1, DAY, 3 * DAY - 1, 3 * DAY, 7 * DAY - 1, 7 * DAY].map(level)).toEqual([
      'none',
      'remind',
      'remind',
      'warn',
      'warn',
      'page',
    ])
  })

  test('rises with a repeat that is louder than its last step, and does not fall with a quieter one', () => {
    expect(levelAt(track('1d remind, then every 1d page'), later(2 * DAY))).toBe('page')
    expect(levelAt(track('1d page, then every 1d remind'), later(9 * DAY))).toBe('page')
  })

  test('of an unknown ticket looks quietly at 1 and 10 minutes, warns at 1 hour, then climbs the ladder', () => {
    const refund = aRefund({ state: 'unknown', stateSince: later(HOUR), waitingSince: AT })
    const patience = parsePatience(LADDER)
    const tracks = [{ since: refund.stateSince, patience: UNKNOWN_PATIENCE }, ...track(LADDER)]
    expect(walk(tracks, later(HOUR), 5)).toEqual([
      `${later(HOUR + MINUTE)} none`,
      `${later(HOUR + 10 * MINUTE)} none`,
      `${later(2 * HOUR)} warn`,
      `${later(DAY)} remind`,
      `${later(3 * DAY)} warn`,
    ])
    const planned = planRefund(refund, patience, later(HOUR), true)
    expect(planned).toMatchObject({ nextCheckpointAt: later(HOUR + MINUTE), nextCheckpointLevel: 'none' })
    expect(planRefund(refund, patience, later(2 * HOUR), true).attention).toBe('warn')
  })

  test('of held money pages after a day and then weekly', () => {
    expect(walk([{ since: AT, patience: HOLD_PATIENCE }], AT, 2)).toEqual([
      `${later(DAY)} page`,
      `${later(8 * DAY)} page`,
    ])
  })

  test('changed midway holds for a row that already waits: what is due is made up at once, the rest follows the new one', () => {
    const waiting = aRefund({ lastCheckpointAt: later(DAY), attention: 'remind' })
    const impatient = planRefund(waiting, parsePatience('1h remind, 2h page'), later(2 * DAY), false)
    expect(impatient).toMatchObject({ attention: 'page', nextCheckpointAt: later(7 * DAY + 2 * HOUR) })
    const patient = planRefund(waiting, parsePatience('10d remind'), later(2 * DAY), false)
    expect(patient.nextCheckpointAt).toBe(later(10 * DAY))
  })
})

describe('weekends', () => {
  /** Friday noon in Seoul. */
  const FRIDAY = '2026-03-06T03:00:00.000Z'
  const SKIPS = 'skip weekends Asia/Seoul'

  test.each([
    ['24h', 'Saturday', '2026-03-09T03:00:00.000Z'],
    ['48h', 'Sunday', '2026-03-09T03:00:00.000Z'],
    ['72h', 'Monday', '2026-03-09T03:00:00.000Z'],
    ['11h', 'Friday 23:00', '2026-03-06T14:00:00.000Z'],
    ['12h', 'Saturday 00:00', '2026-03-08T15:00:00.000Z'],
    ['60h', 'Monday 00:00', '2026-03-08T15:00:00.000Z'],
  ])('in Seoul a checkpoint %s after Friday noon (%s) is due at %s', (after, _day, due) => {
    expect(nextCheckpoint(track(`${after} remind, ${SKIPS}`, FRIDAY), FRIDAY)?.at).toBe(due)
  })

  test('a later step that overtakes one moved off the weekend comes first', () => {
    expect(walk(track(`24h remind, 60h warn, 30d page, ${SKIPS}`, FRIDAY), FRIDAY, 2)).toEqual([
      '2026-03-08T15:00:00.000Z warn',
      '2026-03-09T03:00:00.000Z remind',
    ])
  })

  test('two steps moved to the same Monday make one checkpoint of the louder level', () => {
    expect(walk(track(`24h remind, 48h warn, 30d page, ${SKIPS}`, FRIDAY), FRIDAY, 2)).toEqual([
      '2026-03-09T03:00:00.000Z warn',
      '2026-04-06T03:00:00.000Z page',
    ])
  })

  test('a repeat that overtakes one moved off the weekend comes first', () => {
    // Rounds fall on Saturday 23:00, moved to Monday 23:00, and on Monday 01:00.
    const since = '2026-03-06T11:00:00.000Z'
    const tracks = track(`1h remind, then every 26h page, ${SKIPS}`, since)
    expect(walk(tracks, later(HOUR, since), 2)).toEqual([
      '2026-03-08T16:00:00.000Z page',
      '2026-03-09T14:00:00.000Z page',
    ])
    expect(levelAt(tracks, '2026-03-08T16:00:00.000Z')).toBe('page')
  })

  test('across the end of summer time keep the time of day and stay off Sunday', () => {
    // Sunday 1 November 2026 has 25 hours in New York; the wait began Friday 00:30 there.
    const since = '2026-10-30T04:30:00.000Z'
    const skips = 'skip weekends America/New_York'
    expect(nextCheckpoint(track(`24h remind, ${skips}`, since), since)?.at).toBe('2026-11-02T05:30:00.000Z')
    expect(nextCheckpoint(track(`48h remind, ${skips}`, since), since)?.at).toBe('2026-11-02T05:30:00.000Z')
  })

  test('across the begin of summer time keep the time of day and do not slip to Tuesday', () => {
    // Sunday 8 March 2026 has 23 hours in New York; the wait began Friday 23:30 there.
    const since = '2026-03-07T04:30:00.000Z'
    const skips = 'skip weekends America/New_York'
    expect(nextCheckpoint(track(`24h remind, ${skips}`, since), since)?.at).toBe('2026-03-10T03:30:00.000Z')
  })
})

describe('on each half hour of a weekend on which clocks are changed', () => {
  test.each([
    ['America/New_York', '2026-10-31T04:00:00.000Z', 49],
    ['America/New_York', '2026-03-07T05:00:00.000Z', 47],
    ['Australia/Lord_Howe', '2026-04-03T13:00:00.000Z', 48.5],
    ['Asia/Seoul', '2026-10-30T15:00:00.000Z', 48],
  ])('in %s from %s a checkpoint is moved to Monday', (zone, saturday, hours) => {
    const weekday = new Intl.DateTimeFormat('en-US', { timeZone: zone, weekday: 'short' })
    const days = Array.from({ length: hours * 2 }, (_, half) => {
      const since = later(half * 30 * MINUTE - HOUR, saturday)
      const next = nextCheckpoint(track(`1h remind, skip weekends ${zone}`, since), since)
      return weekday.format(Date.parse(next?.at ?? ''))
    })
    expect(days.filter((day) => day !== 'Mon')).toEqual([])
  })
})

describe('for every schedule and every moment', () => {
  const levels = fc.constantFrom('remind', 'warn', 'page')
  const schedule = fc
    .record({
      hours: fc.uniqueArray(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 4 }),
      levels: fc.array(levels, { minLength: 4, maxLength: 4 }),
      every: fc.option(fc.tuple(fc.integer({ min: 1, max: 400 }), levels), { nil: undefined }),
      zone: fc.constantFrom(undefined, 'Asia/Seoul', 'America/New_York', 'Australia/Lord_Howe'),
    })
    .map(({ hours, levels: each, every, zone }) => {
      const steps = hours.toSorted((a, b) => a - b).map((hour, index) => `${hour}h ${each[index] ?? 'page'}`)
      const tails = [
        ...(every ? [`then every ${every[0]}h ${every[1]}`] : []),
        ...(zone ? [`skip weekends ${zone}`] : []),
      ]
      return { text: [...steps, ...tails].join(', '), zone }
    })
  /** Any moment of three years, and often one in the days before a clock is changed in New York or on Lord Howe. */
  const changes = ['2026-03-08', '2026-11-01', '2027-03-14', '2027-11-07', '2026-04-05', '2026-10-04']
  const moment = fc.oneof(
    fc.nat(3 * 365 * 24 * 60).map((minutes) => later(minutes * MINUTE)),
    fc
      .tuple(fc.constantFrom(...changes), fc.integer({ min: -4 * 24 * 60, max: 24 * 60 }))
      .map(([day, minutes]) => later(minutes * MINUTE, `${day}T12:00:00.000Z`)),
  )
  const weekday = (at: string, zone: string): string =>
    new Intl.DateTimeFormat('en-US', { timeZone: zone, weekday: 'short' }).format(Date.parse(at))

  test('the next checkpoint is strictly later', () => {
    fc.assert(
      fc.property(schedule, moment, moment, ({ text }, since, after) => {
        const next = nextCheckpoint(track(text, since), after)
        expect(Date.parse(next?.at ?? '')).toBeGreaterThan(Date.parse(after))
      }),
    )
  })

  test('the next checkpoint never moves back as time passes, and none lies between a moment and the next', () => {
    fc.assert(
      fc.property(
        schedule,
        moment,
        moment,
        fc.double({ min: 0, max: 1, noNaN: true }),
        ({ text }, since, after, part) => {
          const tracks = track(text, since)
          const next = Date.parse(nextCheckpoint(tracks, after)?.at ?? '')
          const between = Date.parse(after) + Math.floor((next - 1 - Date.parse(after)) * part)
          expect(Date.parse(nextCheckpoint(tracks, new Date(between).toISOString())?.at ?? '')).toBe(next)
        },
      ),
    )
  })

  test('no checkpoint falls on a skipped day', () => {
    fc.assert(
      fc.property(schedule, moment, fc.nat(5_000), ({ text, zone }, since, minutes) => {
        const next = nextCheckpoint(track(text, since), later(minutes * MINUTE, since))
        if (zone && next) expect(['Sat', 'Sun']).not.toContain(weekday(next.at, zone))
      }),
      { numRuns: 500 },
    )
  })

  test('attention never falls as time passes, and reaches what the checkpoint announced', () => {
    fc.assert(
      fc.property(schedule, moment, moment, ({ text }, since, after) => {
        const tracks = track(text, since)
        const next = nextCheckpoint(tracks, after)
        const loudness = (at: string): number => ATTENTIONS.indexOf(levelAt(tracks, at))
        expect(loudness(next?.at ?? '')).toBeGreaterThanOrEqual(loudness(after))
        expect(loudness(next?.at ?? '')).toBeGreaterThanOrEqual(ATTENTIONS.indexOf(next?.level ?? 'page'))
      }),
    )
  })
})

// Patience: the schedule of checkpoints of a wait. When the next one is due, and how loud attention
// must be by now.
// Must not know: what is waited for. It changes who is asked and how loudly, never what is true.
import { ATTENTIONS, louder, type Attention } from './books/books.ts'

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const DAY_MS = UNITS.d
const FORM = 'write it like "24h remind, 72h warn, 7d page, then every 7d page, skip weekends Asia/Seoul"'

type Step = { readonly afterMs: number; readonly level: Attention }
export type Patience = {
  readonly steps: readonly Step[]
  readonly repeat: { readonly everyMs: number; readonly level: Attention }
  /** IANA time zone whose Saturdays and Sundays are skipped, or null. */
  readonly skipWeekends: string | null
}
export type Checkpoint = { readonly at: string; readonly level: Attention }
/**
 * One schedule that runs from one moment; a wait may have several, for example `unknown` and the
 * ladder.
 */
export type Track = { readonly since: string; readonly patience: Patience }

/**
 * Parses "30m", "24h", "7d" to milliseconds; throws RangeError with the right form. At most ten
 * years.
 */
export function parseDurationMs(text: string): number {
  const match = /^(\d{1,6})([smhd])$/.exec(text.trim())
  const unit = match?.[2]
  if (unit !== 's' && unit !== 'm' && unit !== 'h' && unit !== 'd')
    throw new RangeError(`"${text}" is not a duration; write a number and s, m, h or d, for example 30m`)
  const ms = Number(match?.[1]) * UNITS[unit]
  if (ms > 3_650 * DAY_MS) throw new RangeError(`"${text}" is longer than ten years`)
  return ms
}

/** Parses `REFUND_PATIENCE`; throws RangeError with what is wrong and the right form. */
export function parsePatience(text: string): Patience {
  const steps: Step[] = []
  let repeat: Patience['repeat'] | undefined
  let skipWeekends: string | null = null
  for (const part of text.split(',').map((piece) => piece.trim())) {
    const skip = /^skip weekends (\S+)$/.exec(part)
    const every = /^then every (\S+) (\S+)$/.exec(part)
    const step = /^(\S+) (\S+)$/.exec(part)
    if (skip?.[1]) skipWeekends = zone(skip[1])
    else if (every?.[1] && every[2]) repeat = { everyMs: positive(every[1]), level: level(every[2]) }
    else if (step?.[1] && step[2] && !repeat && !skipWeekends)
      steps.push({ afterMs: positive(step[1]), level: level(step[2]) })
    else throw new RangeError(`cannot read "${part}"; ${FORM}`)
  }
  const last = steps.at(-1)
  if (!last) throw new RangeError(`no checkpoint is named; ${FORM}`)
  for (const [index, { afterMs }] of steps.entries()) {
    if (index > 0 && afterMs <= (steps[index - 1]?.afterMs ?? 0))
      throw new RangeError(`each checkpoint must come later than the one before it; ${FORM}`)
  }
  return { steps, repeat: repeat ?? { everyMs: 7 * DAY_MS, level: last.level }, skipWeekends }
}

function positive(text: string): number {
  const ms = durationOf(text)
  if (ms < 1_000) throw new RangeError(`"${text}" is too short for a checkpoint; ${FORM}`)
  return ms
}

function durationOf(text: string): number {
  try {
    return parseDurationMs(text)
  } catch (error) {
    throw new RangeError(`${error instanceof Error ? error.message : text}; ${FORM}`)
  }
}

function level(text: string): Attention {
  const found = ATTENTIONS.find((attention) => attention === text)
  if (found === undefined || found === 'none') throw new RangeError(`"${text}" is not remind, warn or page; ${FORM}`)
  return found
}

function zone(name: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  } catch {
    throw new RangeError(`"${name}" is not a time zone, write one like Asia/Seoul; ${FORM}`)
  }
}

/** The first checkpoint strictly after `after` on any of the tracks. */
export function nextCheckpoint(tracks: readonly Track[], after: string): Checkpoint | undefined {
  const next = earliest(tracks.flatMap((track) => firstAfter(track, Date.parse(after)) ?? []))
  return next && { at: new Date(next.atMs).toISOString(), level: next.level }
}

/**
 * How loud attention must be at `now` by schedule alone: the loudest checkpoint that is due by
 * then.
 */
export const levelAt = (tracks: readonly Track[], now: string): Attention => loudestOf(tracks, -Infinity, now)

/** When a schedule first asks for this level; undefined where it never does. */
export function firstAt(track: Track, level: Attention): string | undefined {
  const first = earliest(dueAround(track, -Infinity).filter((due) => due.level === level))
  return first && new Date(first.atMs).toISOString()
}

/**
 * The loudest checkpoint that fell due after `after` and by `now`; `none` where none did, or only
 * quiet looks.
 */
export const levelBetween = (tracks: readonly Track[], after: string, now: string): Attention =>
  loudestOf(tracks, Date.parse(after), now)

function loudestOf(tracks: readonly Track[], afterMs: number, now: string): Attention {
  return tracks
    .flatMap((track) => dueAround(track, afterMs))
    .filter(({ atMs }) => atMs > afterMs && atMs <= Date.parse(now))
    .map((each) => each.level)
    .reduce(louder, 'none')
}

type Due = { readonly atMs: number; readonly level: Attention }

const firstAfter = (track: Track, afterMs: number): Due | undefined =>
  earliest(dueAround(track, afterMs).filter(({ atMs }) => atMs > afterMs))

/** All steps, and rounds of the repeat, the first after `afterMs` among them. */
function dueAround({ since, patience }: Track, afterMs: number): readonly Due[] {
  const base = Date.parse(since)
  const { steps, repeat } = patience
  const last = base + (steps.at(-1)?.afterMs ?? 0)
  return [
    ...steps.map((step) => ({ atMs: skipped(base + step.afterMs, patience), level: step.level })),
    ...repeatsAfter(patience, base, Math.max(last, afterMs)).map((atMs) => ({ atMs, level: repeat.level })),
  ]
}

/**
 * Rounds of the repeat, the first after `afterMs` among them: a round moved off a weekend may be
 * overtaken by later ones.
 */
function repeatsAfter(patience: Patience, base: number, afterMs: number): readonly number[] {
  const { everyMs } = patience.repeat
  if (everyMs === Infinity) return []
  const last = base + (patience.steps.at(-1)?.afterMs ?? 0)
  const moved = patience.skipWeekends === null ? 0 : 3 * DAY_MS
  const found: number[] = []
  for (let round = Math.max(1, Math.floor((afterMs - moved - last) / everyMs)); ; round += 1) {
    const plainMs = last + round * everyMs
    const atMs = skipped(plainMs, patience)
    found.push(atMs)
    if (plainMs > afterMs && (atMs === plainMs || plainMs > afterMs + moved)) return found
  }
}

/** The earliest; of several at the same moment the loudest level. */
function earliest(due: readonly Due[]): Due | undefined {
  const [first] = due.toSorted((a, b) => a.atMs - b.atMs)
  return (
    first && {
      atMs: first.atMs,
      level: due
        .filter(({ atMs }) => atMs === first.atMs)
        .map((each) => each.level)
        .reduce(louder),
    }
  )
}

/**
 * Saturday and Sunday of the named zone move to the Monday after, at the same time of day there.
 */
function skipped(atMs: number, { skipWeekends }: Patience): number {
  if (skipWeekends === null) return atMs
  const local = atMs + offsetMs(skipWeekends, atMs)
  const weekday = new Date(local).getUTCDay()
  const days = weekday === 6 ? 2 : weekday === 0 ? 1 : 0
  if (days === 0) return atMs
  const monday = local + days * DAY_MS
  // The zone's clock may be changed in between, even on Monday morning itself: the second try uses
  // the offset that holds there.
  const guess = monday - offsetMs(skipWeekends, atMs)
  return monday - offsetMs(skipWeekends, monday - offsetMs(skipWeekends, guess))
}

/** Local time minus UTC, as the zone's clock shows it at that moment. */
function offsetMs(timeZone: string, atMs: number): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(atMs)
  const part = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((each) => each.type === type)?.value ?? 0)
  const shown = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return shown - Math.floor(atMs / 1_000) * 1_000
}

const NEVER = { everyMs: Infinity, level: 'none' } as const
/** A lost answer: quiet looks soon, and a person after an hour (design.md §6.4). */
export const UNKNOWN_PATIENCE: Patience = {
  steps: [
    { afterMs: UNITS.m, level: 'none' },
    { afterMs: 10 * UNITS.m, level: 'none' },
    { afterMs: UNITS.h, level: 'warn' },
  ],
  repeat: NEVER,
  skipWeekends: null,
}
/** Money held for a person's decision pages after a day, then weekly. */
export const HOLD_PATIENCE: Patience = {
  steps: [{ afterMs: DAY_MS, level: 'page' }],
  repeat: { everyMs: 7 * DAY_MS, level: 'page' },
  skipWeekends: null,
}

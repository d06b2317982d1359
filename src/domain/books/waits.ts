// The wait of each row: which schedules run, how loud it is at once, and when it next needs a hand.
// Must not know: timers, SQL. Used by whatever moves a row, and by the sagas' steps.
import {
  HOLD_PATIENCE,
  levelAt,
  levelBetween,
  nextCheckpoint,
  UNKNOWN_PATIENCE,
  type Checkpoint,
  type Patience,
  type Track,
} from '../patience.ts'
import type { PaymentState } from '../payment.ts'
import { closedByAmount, refundClosed, type RefundState } from '../refund.ts'
import type { Held } from './balance.ts'
import { louder, type Attempt, type Attention, type Payment, type Refund, type Wait } from './books.ts'
import { contradicted } from './holds.ts'

/** States that ask for a person the moment they are entered; the others only by patience. */
const AT_ONCE: Partial<Record<RefundState, Attention>> = { blocked: 'warn', refused: 'warn', reversed: 'page' }

type Waiting = Wait & Pick<Refund, 'state' | 'stateSince' | 'ticketDead' | 'matchedByAmount'>

/** The same schedule, told at one level throughout. */
const always = (level: Attention, { steps, repeat, ...rest }: Patience): Patience => ({
  ...rest,
  steps: steps.map((step) => ({ ...step, level })),
  repeat: { ...repeat, level },
})

function refundTracks(refund: Waiting, patience: Patience): readonly Track[] {
  if (closedByAmount(refund)) return [{ since: refund.stateSince, patience: always('warn', patience) }]
  const ladder: Track = { since: refund.waitingSince, patience }
  return refund.state === 'unknown' ? [{ since: refund.stateSince, patience: UNKNOWN_PATIENCE }, ladder] : [ladder]
}

const paymentTracks = ({ waitingSince: since }: Payment, held: Held, patience: Patience): readonly Track[] => [
  { since, patience: held === 'held' ? HOLD_PATIENCE : held === 'contradicted' ? always('page', patience) : patience },
]
/** How loud each kind of hold is the moment it begins. */
const HELD_AT_ONCE = { none: 'none', held: 'remind', quarantined: 'warn', contradicted: 'page' } as const

const atOnce = (refund: Waiting): Attention => (closedByAmount(refund) ? 'warn' : (AT_ONCE[refund.state] ?? 'none'))

const openRefund = (refund: Waiting, patience: Patience, now: string, raised: boolean) =>
  planned(refund, refundTracks(refund, patience), now, raised, atOnce(refund))

/** Whether its schedules ask for a page by then. */
export const pagesBy = (refund: Waiting, patience: Patience, at: string): boolean =>
  levelAt(refundTracks(refund, patience), at) === 'page'

/**
 * The refund with the attention and the next checkpoint that belong to its state. `raised`: a
 * checkpoint ran at `now`.
 */
export function planRefund(refund: Refund, patience: Patience, now: string, raised: boolean): Refund {
  return { ...refund, ...(refundClosed(refund) ? quiet : openRefund(refund, patience, now, raised)) }
}

/**
 * The same by a patience that may have changed since the row was written. Attention that was raised
 * stays. Only a checkpoint tells: where the new patience asks for more, one is due at once, and
 * attention rises there.
 */
export function replanRefund(refund: Refund, patience: Patience, now: string): Refund {
  return refundClosed(refund) ? { ...refund, ...quiet } : { ...refund, ...replanned(refund, patience, now) }
}

function replanned(refund: Waiting, patience: Patience, now: string): Planned {
  const { attention } = refund
  const next = openRefund(refund, patience, now, false)
  if (!isLouder(next.attention, attention) || snoozed(refund, now)) return { ...next, attention }
  return { ...next, attention, nextCheckpointAt: now, nextCheckpointLevel: next.attention }
}

/** Whether an open refund waits for another checkpoint than this patience plans. */
export function isReplanned(refund: Waiting, patience: Patience, now: string): boolean {
  const { nextCheckpointAt, nextCheckpointLevel } = replanned(refund, patience, now)
  return nextCheckpointAt !== refund.nextCheckpointAt || nextCheckpointLevel !== refund.nextCheckpointLevel
}

/** What a checkpoint at `now` tells: see `announced`. */
export const refundAnnounces = (refund: Refund, patience: Patience, now: string): Attention =>
  announced(refund, refundTracks(refund, patience), now)

export const paymentAnnounces = (payment: Payment, held: Held, patience: Patience, now: string): Attention =>
  announced(payment, paymentTracks(payment, held, patience), now)

/**
 * A payment waits for a person only while money in it is undecided; its expiry is not a checkpoint
 * of patience.
 */
export function planPayment(payment: Payment, held: Held, patience: Patience, now: string, raised: boolean): Payment {
  if (held === 'none') return { ...payment, ...quiet }
  const tracks = paymentTracks(payment, held, patience)
  return { ...payment, ...planned(payment, tracks, now, raised, HELD_AT_ONCE[held]) }
}

/**
 * Since when the gateway should hear of a delivery: of what is shipped and paid for, until it took
 * what it was told. All that went back is not shipped.
 */
export function deliveryAwaited(payment: Payment, shown: PaymentState, now: string): string | null {
  const { goods, acceptedRef, deliveryToldAt, deliveryAwaitedSince } = payment
  if (acceptedRef === null || deliveryToldAt !== null || shown === 'cancelled') return null
  return deliveryAwaitedSince ?? (goods === 'physical' ? now : null)
}

/** A stray is money held for a person's decision, whatever its order's policy. */
export function planStray(attempt: Attempt, open: boolean, now: string, raised: boolean): Attempt {
  if (!open) return { ...attempt, ...quiet }
  const tracks = [{ since: attempt.waitingSince, patience: HOLD_PATIENCE }]
  return { ...attempt, ...planned(attempt, tracks, now, raised, contradicted(attempt) ? 'page' : 'warn') }
}

/**
 * A snooze moves the next checkpoint to its end: nobody is told before, and somebody is told then.
 */
function snoozed({ snoozedUntil, nextCheckpointLevel }: Wait, after: string): Checkpoint | undefined {
  if (snoozedUntil === null || Date.parse(snoozedUntil) <= Date.parse(after)) return undefined
  return { at: snoozedUntil, level: nextCheckpointLevel ?? 'remind' }
}

/**
 * Each step of a schedule is told once, at its own level: the loudest that fell due since the last
 * checkpoint, or what this one was planned for (the end of a snooze is on no schedule). `none`: a
 * quiet look, which tells nobody.
 */
function announced(wait: Wait, tracks: readonly Track[], now: string): Attention {
  const { lastCheckpointAt, nextCheckpointAt, nextCheckpointLevel } = wait
  const isDue = nextCheckpointAt !== null && Date.parse(nextCheckpointAt) <= Date.parse(now)
  return louder(levelBetween(tracks, lastCheckpointAt, now), (isDue && nextCheckpointLevel) || 'none')
}

export const isLouder = (one: Attention, other: Attention): boolean => one !== other && louder(one, other) === one

const quiet = { attention: 'none', nextCheckpointAt: null, nextCheckpointLevel: null } as const

type Planned = Pick<Wait, 'attention' | 'lastCheckpointAt' | 'nextCheckpointAt' | 'nextCheckpointLevel'>

/** A checkpoint never lowers attention; a move to another state may. */
function planned(wait: Wait, tracks: readonly Track[], now: string, raised: boolean, least: Attention): Planned {
  const lastCheckpointAt = raised ? now : wait.lastCheckpointAt
  const ladder = nextCheckpoint(tracks, lastCheckpointAt)
  // Its end stays due until a checkpoint has run, or a read just after it would forget it.
  const next = snoozed(wait, lastCheckpointAt) ?? ladder
  const kept = raised ? louder(least, wait.attention) : least
  const attention = louder(kept, levelAt(tracks, lastCheckpointAt))
  return { lastCheckpointAt, attention, nextCheckpointAt: next?.at ?? null, nextCheckpointLevel: next?.level ?? null }
}

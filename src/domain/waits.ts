// The wait of each row: which schedules run, how loud it is at once, and when it next needs a hand.
// Must not know: timers, SQL. Used by whatever moves a row, and by the sagas' steps.
import { louder, type Attempt, type Attention, type Payment, type Refund, type Wait } from './books.ts'
import {
  HOLD_PATIENCE,
  levelAt,
  nextCheckpoint,
  UNKNOWN_PATIENCE,
  type Checkpoint,
  type Patience,
  type Track,
} from './patience.ts'
import { refundClosed, type RefundState } from './refund.ts'

/** States that ask for a person the moment they are entered; the others only by patience. */
const AT_ONCE: Partial<Record<RefundState, Attention>> = { blocked: 'warn', refused: 'warn', reversed: 'page' }

function refundTracks(refund: Refund, patience: Patience): readonly Track[] {
  const ladder: Track = { since: refund.waitingSince, patience }
  return refund.state === 'unknown' ? [{ since: refund.stateSince, patience: UNKNOWN_PATIENCE }, ladder] : [ladder]
}

/** The refund with the attention and the next checkpoint that belong to its state. `raised`: a checkpoint ran at `now`. */
export function planRefund(refund: Refund, patience: Patience, now: string, raised: boolean): Refund {
  if (refundClosed(refund)) return { ...refund, ...quiet }
  const tracks = refundTracks(refund, patience)
  return { ...refund, ...planned(refund, tracks, now, raised, AT_ONCE[refund.state] ?? 'none') }
}

/** A payment waits for a person only while money in it is undecided; its expiry is not a checkpoint of patience. */
export function planPayment(
  payment: Payment,
  held: 'none' | 'held' | 'quarantined',
  patience: Patience,
  now: string,
  raised: boolean,
): Payment {
  if (held === 'none') return { ...payment, ...quiet }
  const tracks = [{ since: payment.waitingSince, patience: held === 'held' ? HOLD_PATIENCE : patience }]
  return { ...payment, ...planned(payment, tracks, now, raised, held === 'held' ? 'remind' : 'warn') }
}

/** A stray is money held for a person's decision, whatever its order's policy. */
export function planStray(attempt: Attempt, open: boolean, now: string, raised: boolean): Attempt {
  if (!open) return { ...attempt, ...quiet }
  const tracks = [{ since: attempt.waitingSince, patience: HOLD_PATIENCE }]
  return { ...attempt, ...planned(attempt, tracks, now, raised, 'warn') }
}

/** A snooze moves the next checkpoint to its end: nobody is told before, and somebody is told then. */
function snoozed({ snoozedUntil, nextCheckpointLevel }: Wait, now: string): Checkpoint | undefined {
  if (snoozedUntil === null || Date.parse(snoozedUntil) <= Date.parse(now)) return undefined
  return { at: snoozedUntil, level: nextCheckpointLevel ?? 'remind' }
}

const quiet = { attention: 'none', nextCheckpointAt: null, nextCheckpointLevel: null } as const

function planned(
  wait: Wait,
  tracks: readonly Track[],
  now: string,
  raised: boolean,
  atOnce: Attention,
): Pick<Wait, 'attention' | 'lastCheckpointAt' | 'nextCheckpointAt' | 'nextCheckpointLevel'> {
  const lastCheckpointAt = raised ? now : wait.lastCheckpointAt
  const ladder = nextCheckpoint(tracks, lastCheckpointAt)
  const next = snoozed(wait, now) ?? ladder
  const attention = raised
    ? louder(atOnce, levelAt(tracks, now))
    : louder(atOnce, levelAt(tracks, wait.lastCheckpointAt))
  return { lastCheckpointAt, attention, nextCheckpointAt: next?.at ?? null, nextCheckpointLevel: next?.level ?? null }
}

// The looker: claims references with unlooked hints, looks at each, few at once while this process
// has much to do, and says when the next look may be.
// Must not know: sagas. A forged hint costs at most spaced looks; an unknown order's hint costs no
// gateway call.
import type { Began } from '../db/clock.ts'
import { transact } from '../db/connect.ts'
import {
  claimLooks,
  dueSigned,
  park,
  parkUnknown,
  release,
  shareOrderLook,
  type Candidate,
  type Claim,
} from '../db/hints/looks.ts'
import { putAlert } from '../db/outgoing/outgoing.ts'
import { Failure, FAILURES } from '../domain/failures.ts'
import { gatewayName, gatewayRef, merchantUid } from '../domain/ids.ts'
import { quoted, shownId, tame } from '../domain/text.ts'
import { startLoop, type Loop } from '../loop.ts'
import { metrics } from '../metrics.ts'
import { spanned, traceIn } from '../tracing.ts'
import { FORGOTTEN } from './account.ts'
import { look } from './look.ts'
import { judgeWaiting } from './signed.ts'
import type { LookDeps, Subject } from './subject.ts'
import { againAfterMs, LONGEST_SPACING_MS } from './tries.ts'
import { CAME_IN } from '../domain/shown/words/toldElse.ts'
import { inEach } from '../language.ts'

const AT_ONCE = 8
/** While this process has much else to do, too: others look as well. */
const AT_ONCE_BUSY = 1
/** One that is under way for longer waits for a gateway, and takes nothing of the thread. */
const YOUNG_MS = 1_000
/**
 * Longer than a look takes; one that outlives its lease is judged by its own began-time, so a
 * second look does no harm.
 */
const LEASE_MS = 30_000
const UNLINKED_LOOKS = 5

export type LookerOptions = LookDeps & { readonly spacingMs: number; readonly pollMs: number }

/** `judge` kicks for what a gateway signed, which needs no look. */
export type Looker = Loop & { readonly judge: Loop }

/**
 * `AT_ONCE` looks at most are under way; one that waits for a gateway holds up no other reference,
 * however few the thread may begin.
 */
export function startLooker(options: LookerOptions): Looker {
  const underWay = new Map<Promise<void>, number>()
  const pace = makePace({ most: AT_ONCE, least: AT_ONCE_BUSY })
  let most = AT_ONCE
  const room = () => roomBeside([...underWay.values()], { now: performance.now(), atOnce: AT_ONCE, most })
  /**
   * Asked while looks were under way: what they hold, or left no room for, may be due after them.
   */
  let askedMeanwhile = false
  const begin = (look: Promise<void>): void => {
    const tracked = look
      .catch((error: unknown) => options.log(`looker: ${error instanceof Error ? error.message : String(error)}`))
      .finally(() => {
        underWay.delete(tracked)
        if (askedMeanwhile) loop.kick()
      })
    underWay.set(tracked, performance.now())
  }
  const work = async () => {
    askedMeanwhile = underWay.size > 0
    most = pace()
    const free = room()
    const { found, settled, judged } = await portion(options, free, begin)
    const full = found > 0 && found === free
    askedMeanwhile ||= full
    return judged || settled || (full && room() > 0)
  }
  const loop = startLoop({ name: 'looker', pollMs: options.pollMs, log: options.log, work })
  const stop = async () => {
    await loop.stop()
    await Promise.all(underWay.keys())
  }
  return {
    ...loop,
    // Without room for a look there is nothing to ask the database; the end of one asks it.
    kick: () => {
      if (room() > 0) loop.kick()
      else askedMeanwhile = true
    },
    judge: { ...loop, stop },
    stop,
  }
}

/**
 * How many looks may begin now beside those that have begun then, in milliseconds of one clock:
 * `atOnce` in all, and `most` of them that take of the thread.
 */
export function roomBeside(
  begunAt: readonly number[],
  { now, atOnce, most }: { readonly now: number; readonly atOnce: number; readonly most: number },
): number {
  const young = begunAt.filter((each) => now - each < YOUNG_MS).length
  return Math.max(0, Math.min(atOnce - begunAt.length, most - young))
}

/** One portion, waited for; true where something was done, so that there may be more. */
export async function lookOnce(options: LookerOptions): Promise<boolean> {
  const looks: Promise<void>[] = []
  const { done, judged } = await portion(options, AT_ONCE, (look) => looks.push(look))
  await Promise.all(looks)
  return done || judged
}

/**
 * Parks hints of unknown orders, takes all others at once, lets too many unlinked references of an
 * order share one look, and begins the looks.
 */
async function portion(
  options: LookerOptions,
  most: number,
  begin: (look: Promise<void>) => void,
): Promise<{ found: number; settled: boolean; judged: boolean; done: boolean }> {
  if (most === 0) {
    const judged = await judgeWaiting(options, await dueSigned(options.db))
    return { found: 0, settled: false, judged, done: false }
  }
  const claiming = { limit: most, leaseMs: LEASE_MS, mostUnlinked: UNLINKED_LOOKS }
  const { claims, signed } = await claimLooks(options.db, claiming)
  const judged = signed.length > 0 && (await judgeWaiting(options, signed))
  const parked = await parkAll(options, claims)
  let [settled, looks] = [parked > 0, 0]
  for (const { candidate, as, token, began } of claims) {
    if (as === 'crowded' && candidate.merchantUid !== null) {
      await shareOrderLook(options.db, candidate, candidate.merchantUid)
      settled = true
    }
    if (as !== 'leased') continue
    looks += 1
    begin(lookAt(options, candidate, { token, began }))
  }
  return { found: claims.length, settled, judged, done: settled || looks > 0 }
}

/** Hints that name nothing that is known here. */
async function parkAll({ db }: LookerOptions, claims: readonly Claim[]): Promise<number> {
  const unknown = claims.filter(({ as }) => as === 'unknown').map(({ candidate }) => candidate)
  if (unknown.length === 0) return 0
  const parked = await parkUnknown(db, unknown)
  metrics.hintsParked.inc({ because: 'unknownOrder' }, parked)
  return parked
}

type Held = { readonly token: string; readonly began: Began }

async function lookAt(options: LookerOptions, candidate: Candidate, held: Held): Promise<void> {
  const { gateway, subject } = candidate
  const facts = { 'saga.gateway': gateway, 'saga.subject': shownId(subject) }
  try {
    await spanned({ name: 'look', kind: 'consumer', facts, from: traceIn(candidate) }, () =>
      lookOf(options, candidate, held),
    )
  } catch (error) {
    await failed(options, candidate, held.token, error)
  }
}

async function lookOf(options: LookerOptions, candidate: Candidate, { token, began: held }: Held): Promise<void> {
  await look(options, subjectOf(candidate), {
    who: 'look',
    began: held,
    strays: candidate.trusted,
    holding: (moved) => {
      const { spacingMs } = options
      const quiet = candidate.spacingMs === 0 ? spacingMs : Math.min(LONGEST_SPACING_MS, candidate.spacingMs * 2)
      return { subject: candidate.subject, token, spacingMs: moved ? spacingMs : quiet }
    },
  })
}

function subjectOf({ gateway, subject, gatewayRef: ref }: Candidate): Subject {
  const name = gatewayName(gateway)
  if (subject.startsWith('ref:') && ref !== null) return { gateway: name, gatewayRef: gatewayRef(ref) }
  return { gateway: name, merchantUid: merchantUid(subject.slice('order:'.length)) }
}

/**
 * Nothing can be seen there: what was hinted at waits for what the gateway signs, and its saga's
 * checkpoints tell a person.
 */
async function unseen(db: LookerOptions['db'], candidate: Candidate, token: string): Promise<void> {
  await transact(db, 'park hints', async (trx) => {
    metrics.hintsParked.inc({ because: 'cannotLook' }, await park(trx, candidate, 'cannotLook'))
    await release(trx, candidate, token, { spacingMs: candidate.spacingMs, failures: 0 })
  })
}

/**
 * No answer, or one that could not be booked: later, and after many tries for a person. A dead
 * database throws through.
 */
async function failed({ db, log }: LookerOptions, candidate: Candidate, token: string, error: unknown): Promise<void> {
  if (error instanceof Failure && error.kind === 'cannotLook') {
    await unseen(db, candidate, token)
    return
  }
  const said = error instanceof Error ? error.message : String(error)
  const retry = !(error instanceof Failure) || FAILURES[error.kind].retry
  const failures = candidate.failures + 1
  log(`look at ${shownId(candidate.subject)}: ${tame(said)}`)
  const retryMs = retry ? againAfterMs(failures) : undefined
  if (retryMs !== undefined) {
    await release(db, candidate, token, { spacingMs: candidate.spacingMs, failures, retryMs })
    return
  }
  await transact(db, 'park hints', async (trx) => {
    const forgot = error instanceof Failure && (error.kind === 'gatewayForgot' || error.kind === 'accountDiffers')
    const because = forgot ? FORGOTTEN : 'noAnswer'
    const parked = await park(trx, candidate, because)
    metrics.hintsParked.inc({ because }, parked)
    const about = { count: parked, subject: shownId(candidate.subject), said: quoted(said) }
    await putAlert(trx, {
      level: 'page',
      kind: forgot ? 'gatewayForgot' : 'hintsParked',
      saga: candidate.subject,
      sentence: inEach(CAME_IN.parked, about),
    })
    await release(trx, candidate, token, { spacingMs: candidate.spacingMs, failures: 0 })
  })
}

/** How much of a stretch of time a thread was at work, and how long that was. */
export type Worked = { readonly part: number; readonly ms: number }

const BUSY_PART = 0.5
/** Of less nothing can be said. */
const STRETCH_MS = 100

/** Each call says how many may be under way from now on. `worked`: since it was last begun anew. */
export function makePace(
  { most, least }: { readonly most: number; readonly least: number },
  clock: { worked(): Worked; beginAnew(): void } = threadClock(),
): () => number {
  let now = most
  return () => {
    const { part, ms } = clock.worked()
    if (ms < STRETCH_MS) return now
    clock.beginAnew()
    now = part > BUSY_PART ? Math.max(least, Math.floor(now / 2)) : Math.min(most, now * 2)
    return now
  }
}

function threadClock() {
  let begun = performance.eventLoopUtilization()
  return {
    worked: (): Worked => {
      const { utilization, active, idle } = performance.eventLoopUtilization(begun)
      return { part: utilization, ms: active + idle }
    },
    beginAnew: () => {
      begun = performance.eventLoopUtilization()
    },
  }
}

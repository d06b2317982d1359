// The looker: claims references with unlooked hints, looks at each, and says when the next look may
// be.
// Must not know: sagas. A forged hint costs at most spaced looks; an unknown order's hint costs no
// gateway call.
import { transact } from '../db/connect.ts'
import {
  candidates,
  lease,
  park,
  parkUnknown,
  release,
  shareOrderLook,
  unlinkedLooks,
  type Candidate,
} from '../db/hints/looks.ts'
import { putAlert } from '../db/outgoing/outgoing.ts'
import { Failure, FAILURES } from '../domain/failures.ts'
import { gatewayName, gatewayRef, merchantUid } from '../domain/ids.ts'
import { quoted, shownId, tame } from '../domain/text.ts'
import { startLoop, type Loop } from '../loop.ts'
import { metrics } from '../metrics.ts'
import { FORGOTTEN } from './account.ts'
import { look } from './look.ts'
import type { LookDeps, Subject } from './subject.ts'

const AT_ONCE = 8
/**
 * Longer than a look takes; one that outlives its lease is judged by its own began-time, so a
 * second look does no harm.
 */
const LEASE_MS = 30_000
const LONGEST_SPACING_MS = 600_000
const UNLINKED_LOOKS = 5
/** Growing delays of 5 s to 10 min: some two hours of a gateway that does not answer. */
const MOST_FAILURES = 20

export type LookerOptions = LookDeps & { readonly spacingMs: number; readonly pollMs: number }

/** At most `AT_ONCE` looks are under way; a slow one holds up no other reference. */
export function startLooker(options: LookerOptions): Loop {
  const underWay = new Set<Promise<void>>()
  const begin = (look: Promise<void>): void => {
    const tracked = look
      .catch((error: unknown) => options.log(`looker: ${error instanceof Error ? error.message : String(error)}`))
      .finally(() => {
        underWay.delete(tracked)
        loop.kick()
      })
    underWay.add(tracked)
  }
  const work = async () => underWay.size < AT_ONCE && (await portion(options, AT_ONCE - underWay.size, begin))
  const loop = startLoop({ name: 'looker', pollMs: options.pollMs, log: options.log, work })
  return {
    ...loop,
    stop: async () => {
      await loop.stop()
      await Promise.all(underWay)
    },
  }
}

/** One portion, waited for; true where something was done, so that there may be more. */
export async function lookOnce(options: LookerOptions): Promise<boolean> {
  const looks: Promise<void>[] = []
  const done = await portion(options, AT_ONCE, (look) => looks.push(look))
  await Promise.all(looks)
  return done
}

/**
 * Admits one after the other, for each admission counts the looks that were admitted before it;
 * begins their looks.
 */
async function portion(options: LookerOptions, most: number, begin: (look: Promise<void>) => void): Promise<boolean> {
  let done = false
  for (const candidate of await candidates(options.db, most)) {
    const admitted = await admit(options, candidate)
    if (admitted === 'taken') continue
    done = true
    if (admitted !== 'settled') begin(lookAt(options, candidate, admitted.token))
  }
  return done
}

/**
 * Parks hints of unknown orders, shares the look of too many unlinked references, else takes the
 * lease.
 */
async function admit({ db }: LookerOptions, candidate: Candidate): Promise<{ token: string } | 'settled' | 'taken'> {
  if (!candidate.linked && !candidate.trusted) {
    if (!candidate.orderKnown || candidate.merchantUid === null) {
      const parked = await parkUnknown(db, candidate)
      metrics.hintsParked.inc({ because: 'unknownOrder' }, parked)
      return parked > 0 ? 'settled' : 'taken'
    }
    if (candidate.subject.startsWith('ref:') && (await unlinkedLooks(db, candidate.merchantUid)) >= UNLINKED_LOOKS) {
      await shareOrderLook(db, candidate, candidate.merchantUid)
      return 'settled'
    }
  }
  const token = await lease(db, candidate, LEASE_MS)
  return token === undefined ? 'taken' : { token }
}

async function lookAt(options: LookerOptions, candidate: Candidate, token: string): Promise<void> {
  try {
    await lookOf(options, candidate, token)
  } catch (error) {
    await failed(options, candidate, token, error)
  }
}

async function lookOf(options: LookerOptions, candidate: Candidate, token: string): Promise<void> {
  await look(options, subjectOf(candidate), {
    who: 'look',
    strays: candidate.trusted,
    also: async (trx, { began, moved }) => {
      const { spacingMs } = options
      const quiet = candidate.spacingMs === 0 ? spacingMs : Math.min(LONGEST_SPACING_MS, candidate.spacingMs * 2)
      await release(trx, candidate, token, { began, spacingMs: moved ? spacingMs : quiet, failures: 0 })
    },
  })
}

function subjectOf({ gateway, subject, gatewayRef: ref }: Candidate): Subject {
  const name = gatewayName(gateway)
  if (subject.startsWith('ref:') && ref !== null) return { gateway: name, gatewayRef: gatewayRef(ref) }
  return { gateway: name, merchantUid: merchantUid(subject.slice('order:'.length)) }
}

/**
 * No answer, or one that could not be booked: later, and after many tries for a person. A dead
 * database throws through.
 */
async function failed({ db, log }: LookerOptions, candidate: Candidate, token: string, error: unknown): Promise<void> {
  const said = error instanceof Error ? error.message : String(error)
  const retry = !(error instanceof Failure) || FAILURES[error.kind].retry
  const failures = candidate.failures + 1
  log(`look at ${shownId(candidate.subject)}: ${tame(said)}`)
  if (failures < MOST_FAILURES && retry) {
    const retryMs = Math.min(LONGEST_SPACING_MS, 5_000 * 2 ** (failures - 1))
    await release(db, candidate, token, { spacingMs: candidate.spacingMs, failures, retryMs })
    return
  }
  await transact(db, 'park hints', async (trx) => {
    const forgot = error instanceof Failure && (error.kind === 'gatewayForgot' || error.kind === 'accountDiffers')
    const because = forgot ? FORGOTTEN : 'noAnswer'
    const parked = await park(trx, candidate, because)
    metrics.hintsParked.inc({ because }, parked)
    const sentence = `${parked} hints about ${shownId(candidate.subject)} are kept for a person, for no look could be booked: ${quoted(said)}`
    await putAlert(trx, {
      level: 'page',
      kind: forgot ? 'gatewayForgot' : 'hintsParked',
      saga: candidate.subject,
      sentence,
    })
    await release(trx, candidate, token, { spacingMs: candidate.spacingMs, failures: 0 })
  })
}

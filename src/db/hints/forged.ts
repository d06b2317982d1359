// Messages whose signature was wrong: nothing of them is kept, and people are told once an hour.
// Must not know: HTTP, signatures.
import type { Trx } from '../connect.ts'
import { putAlert } from '../outgoing/outgoing.ts'
import { lockWatch, notePaged } from '../watch/watches.ts'
import { inEach } from '../../language.ts'
import { CAME_IN } from '../../domain/shown/words/toldElse.ts'

export type Forged = {
  /** What kind of gateway they were said to be from. */
  readonly kind: string
  readonly fromKnownAddress: boolean
  readonly times: number
  /** What is wrong with the first of them, in words of ours. */
  readonly why: string
  readonly sender: string
}

/** How what people are told of them begins, for the door of this kind of gateway. */
export const forgedAt = (kind: string): string => (CAME_IN.forged.en.split('{whose}')[0] ?? '').replace('{kind}', kind)

/**
 * True where a person was told. The gateway's own addresses have an hour of their own, and page:
 * there it is our keys that do not fit, and what it says of money is not heard.
 */
export async function noteForged(trx: Trx, forged: readonly Forged[]): Promise<boolean> {
  let told = false
  for (const { kind, fromKnownAddress, times, why, sender } of forged) {
    const watch = `forged ${kind} ${fromKnownAddress ? 'gateway' : 'strangers'}`
    const { mayPage } = await lockWatch(trx, watch)
    if (!mayPage) continue
    await notePaged(trx, watch)
    const whose = fromKnownAddress ? CAME_IN.ofGateway : CAME_IN.ofStrangers
    await putAlert(trx, {
      level: fromKnownAddress ? 'page' : 'warn',
      kind: 'hintsForged',
      saga: 'inbox',
      sentence: inEach(CAME_IN.forged, { kind, whose, times, sender, why }),
    })
    told = true
  }
  return told
}

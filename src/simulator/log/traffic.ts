// Every call between the merchant and those around it, once it is over: the last thousand.
// Must not know what a call means.
import { shownBody, shownPath } from './mask.ts'

/** A stranger writes what looks like a gateway's; the buyer's browser comes back to the shop. */
export type Party = 'merchant' | 'iamport' | 'paymentwall' | 'portone' | 'buyer' | 'stranger'
export type Call = {
  direction: 'in' | 'out'
  from: Party
  to: Party
  method: string
  /** With its query. */
  path: string
  sent: { type: string; body: string }
  /** Undefined: nobody answered. */
  answer: { status: number; type: string; body: string } | undefined
  /** What it changed, in a few words, where that is known. */
  moved: string | null
}
export type Entry = Pick<Call, 'direction' | 'from' | 'to' | 'method' | 'path' | 'moved'> & {
  number: number
  /** By the simulator's clock. */
  at: string
  status: number | null
  body: string | null
  answer: string | null
}
export type Traffic = {
  note(call: Call): void
  /** Newest last. */
  after(number: number): Entry[]
  reset(): void
}

const KEPT = 1_000

/**
 * `now` gives Unix milliseconds. Numbers go on after a reset, so that a reader who waits sees what
 * is new.
 */
export function makeTraffic(now: () => number): Traffic {
  let entries: Entry[] = []
  let last = 0
  return {
    note: ({ direction, from, to, method, path, sent, answer, moved }) => {
      last += 1
      entries.push({
        number: last,
        at: new Date(now()).toISOString(),
        direction,
        from,
        to,
        method,
        path: shownPath(path),
        status: answer?.status ?? null,
        body: shownBody(sent.type, sent.body),
        answer: answer ? shownBody(answer.type, answer.body) : null,
        moved,
      })
      if (entries.length > KEPT) entries.shift()
    },
    after: (number) => entries.filter((entry) => entry.number > number),
    reset: () => {
      entries = []
    },
  }
}

// i'mport's access tokens (iamport.md §2): 30 minutes, the
// same token to everyone who asks meanwhile.
// Must not know keys, headers or HTTP.
import { randomBytes } from 'node:crypto'

const LIFETIME_S = 30 * 60
const NEARLY_OVER_S = 60
const EXTENSION_S = 5 * 60

type Token = { text: string; now: number; expiredAt: number }
export type Tokens = {
  issue(): Token
  isValid(text: string): boolean
  expire(): void
  /** Once the clock was brought back: a token that would live longer than tokens do ends. */
  expireAhead(): void
}

/** `clock` gives Unix milliseconds. */
export function makeTokens(clock: () => number): Tokens {
  let current: { text: string; expiredAt: number } | undefined
  const seconds = () => Math.floor(clock() / 1000)
  return {
    issue: () => {
      const now = seconds()
      if (current === undefined || current.expiredAt <= now) {
        current = { text: randomBytes(20).toString('hex'), expiredAt: now + LIFETIME_S }
      } else if (current.expiredAt - now < NEARLY_OVER_S) {
        current = { text: current.text, expiredAt: current.expiredAt + EXTENSION_S }
      }
      return { text: current.text, now, expiredAt: current.expiredAt }
    },
    isValid: (text) => current !== undefined && current.text === text && current.expiredAt > seconds(),
    expire: () => {
      current = undefined
    },
    expireAhead: () => {
      if (current && current.expiredAt > seconds() + LIFETIME_S) current = undefined
    },
  }
}

// The life of an access token (iamport.md §2), on a clock of our own.
// Must not know HTTP.
import { expect, test } from 'vitest'
import { makeTokens } from '../../src/simulator/iamport/tokens.ts'

test('one token for everybody until it ends, longer when asked for in its last minute', () => {
  let seconds = 1_000_000
  const tokens = makeTokens(() => seconds * 1000)
  const first = tokens.issue()
  expect(first).toMatchObject({ now: 1_000_000, expiredAt: 1_001_800 })
  seconds = 1_001_740
  expect(tokens.issue()).toMatchObject({ text: first.text, expiredAt: 1_001_800 })
  seconds = 1_001_741
  expect(tokens.issue()).toMatchObject({ text: first.text, expiredAt: 1_002_100 })
  seconds = 1_002_100
  expect(tokens.isValid(first.text)).toBe(false)
  expect(tokens.issue().text).not.toBe(first.text)
})

test('a token looks like 40 hex digits, and may be ended at once', () => {
  const tokens = makeTokens(() => 0)
  const { text } = tokens.issue()
  expect(text).toMatch(/^[0-9a-f]{40}$/)
  expect(tokens.isValid(text)).toBe(true)
  tokens.expire()
  expect(tokens.isValid(text)).toBe(false)
})

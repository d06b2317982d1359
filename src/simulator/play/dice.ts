// Chance: anybody's, or the same again for the same seed.
// Must not know what is decided by it.
import { randomInt } from 'node:crypto'

export type Dice = {
  /** 0 up to, and not with, `below`; at most 2^32. */
  below(below: number): number
  digits(count: number): string
  hex(letters: number): string
  pick<Item>(items: readonly [Item, ...Item[]]): Item
  /** From here on what this seed gives. */
  seed(seed: number): void
}

export function makeDice(seed?: number): Dice {
  let next = seed === undefined ? undefined : mulberry(seed)
  const below = (limit: number) => (next ? Math.floor(next() * limit) : randomInt(limit))
  const letters = (count: number, alphabet: string) =>
    Array.from({ length: count }, () => alphabet[below(alphabet.length)]).join('')
  return {
    below,
    digits: (count) => letters(count, '0123456789'),
    hex: (count) => letters(count, '0123456789abcdef'),
    pick: (items) => items[below(items.length)] ?? items[0],
    seed: (seed) => {
      next = mulberry(seed)
    },
  }
}

// Mulberry32: small, and the same everywhere. From 0 up to, and not with, 1.
function mulberry(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

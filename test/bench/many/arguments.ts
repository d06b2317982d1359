// What npm run bench:many is asked for.
// Must not know: how it is done.
import { parseArgs } from 'node:util'

export type Asked = {
  /** How many refunds wait, one size after the other: each is the one before, filled up. */
  readonly sizes: readonly number[]
  /** Into docs/benchmark.md, too. */
  readonly write: boolean
}

const MOST = 100_000
/** Some are behind a kill -9, half of the others are a backlog. */
const LEAST = 10
export const USAGE = `npm run bench:many -- [--sagas N,N,…] [--write]; N are whole numbers from ${LEAST} to ${MOST}, each larger than the one before`

/** Throws RangeError with the usage for whatever it does not know. */
export function readArguments(args: readonly string[]): Asked {
  const { sagas, write } = valuesOf(args)
  const words = sagas.split(',')
  const sizes = words.map(Number)
  const rises = sizes.every((size, index) => size > (sizes[index - 1] ?? LEAST - 1) && size <= MOST)
  if (!rises || !words.every((word) => /^\d+$/.test(word))) throw new RangeError(USAGE)
  return { sizes, write }
}

function valuesOf(args: readonly string[]) {
  const options = {
    sagas: { type: 'string', default: '1000,10000' },
    write: { type: 'boolean', default: false },
  } as const
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    throw new RangeError(USAGE, { cause: error })
  }
}

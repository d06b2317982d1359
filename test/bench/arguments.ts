// What npm run bench is asked for.
// Must not know: how it is done.
import { parseArgs } from 'node:util'

/** In the order of a round. */
export const NAMES = ['ours', 'bare', 'dbos', 'plain'] as const
export type Name = (typeof NAMES)[number]

export type Asked = {
  /** Of each kind, in each turn. */
  readonly orders: number
  readonly rounds: number
  readonly only: readonly Name[]
  /** Into docs/benchmark.md, too. */
  readonly write: boolean
}

export const USAGE =
  'npm run bench -- [--orders N] [--rounds N] [--only ours,bare,dbos,plain] [--write]; N are whole numbers up to 100000, at least 3 orders and 1 round'
const MOST = 100_000
/** Two are behind a kill -9, the others are a backlog. */
const LEAST_ORDERS = 3

/** Throws RangeError with the usage for whatever it does not know. */
export function readArguments(args: readonly string[]): Asked {
  const { orders, rounds, only, write } = valuesOf(args)
  const names = (only ?? NAMES.join(',')).split(',')
  if (!names.every(isName)) throw new RangeError(USAGE)
  return {
    orders: whole(orders ?? '60', LEAST_ORDERS),
    rounds: whole(rounds ?? '3', 1),
    only: NAMES.filter((name) => names.includes(name)),
    write,
  }
}

function valuesOf(args: readonly string[]) {
  const text = { type: 'string' } as const
  const options = { orders: text, rounds: text, only: text, write: { type: 'boolean', default: false } } as const
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    throw new RangeError(USAGE, { cause: error })
  }
}

function whole(text: string, least: number): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < least || number > MOST) throw new RangeError(USAGE)
  return number
}

const isName = (text: string): text is Name => NAMES.some((name) => name === text)

// npm run test:wire -- --rounds N [--seed S]: so many rounds of distorted stories, each with a seed
// of its own, the first S.
// Must not know: stories, plans. Without a seed one is drawn; each round prints its own.
import { spawn } from 'node:child_process'
import { parseArgs } from 'node:util'

const USAGE = 'npm run test:wire -- --rounds N [--seed S], both whole numbers of 0 to 2147483647, N at least 1'
const LARGEST = 2 ** 31 - 1

function whole(text: string, least: number): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < least || number > LARGEST) throw new RangeError(USAGE)
  return number
}

function asked(): { rounds: number; seed: number } {
  const { values } = parseArgs({ options: { rounds: { type: 'string' }, seed: { type: 'string' } } })
  const drawn = String(Math.floor(Math.random() * 1_000_000))
  return { rounds: whole(values.rounds ?? '1', 1), seed: whole(values.seed ?? drawn, 0) }
}

const { rounds, seed } = asked()
const run = ['vitest', 'run', '--config', 'test/vitest.config.ts', 'test/wire/stories.test.ts']
const env = { ...process.env, WIRE_ROUNDS: String(rounds), WIRE_SEED: String(seed) }
const child = spawn('npx', run, { stdio: 'inherit', env })
child.once('exit', (code) => {
  process.exitCode = code ?? 1
})

// npm run simulator: the simulator alone, as a program of its own.
// Must not know the program under test beyond two addresses; nobody imports this file.
import { once } from 'node:events'
import { Command, InvalidArgumentError, Option } from 'commander'
import { z } from 'zod'
import { startSimulator } from './app.ts'
import { SCENARIOS, scenarioList } from './play/scenarios.ts'

const wholeNumber = (said: string): number => {
  const parsed = z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .safeParse(said)
  if (!parsed.success) throw new InvalidArgumentError('It must be a whole number.')
  return parsed.data
}

const command = new Command('simulator')
  .description("The gateways, the buyer and the people at Paymentwall, simulated: i'mport's and Paymentwall's calls.")
  .option('--host <host>', 'where it listens', '127.0.0.1')
  .option('--port <port>', 'its port', wholeNumber, 8081)
  .option('--data-dir <folder>', 'keep its state there; without it, in memory')
  .option('--webhook-url <url>', "where i'mport's webhooks go", 'http://127.0.0.1:8080/webhooks/iamport')
  .option('--pingback-url <url>', "where Paymentwall's pingbacks go", 'http://127.0.0.1:8080/webhooks/paymentwall')
  .option('--portone-url <url>', "where PortOne V2's webhooks go", 'http://127.0.0.1:8080/webhooks/portone')
  .option('--api-url <url>', 'where the shop of its pages takes orders', 'http://127.0.0.1:8080')
  .option('--scenario <name>', 'play this for every order that is prepared')
  .option('--seed <number>', 'the same seed plays the same', wholeNumber)
  .addOption(new Option('--scenarios', 'print the scenarios and end'))
const OPTIONS = z.object({
  host: z.string(),
  port: z.number(),
  dataDir: z.string().optional(),
  webhookUrl: z.string(),
  pingbackUrl: z.string(),
  portoneUrl: z.string(),
  apiUrl: z.string(),
  scenario: z.string().optional(),
  seed: z.number().optional(),
  scenarios: z.boolean().default(false),
})

const NO_SUCH_SCENARIO = 2
const INTERRUPTED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM']

async function main(): Promise<number> {
  const { scenarios, scenario: name, apiUrl: api, ...options } = OPTIONS.parse(command.parse().opts())
  const unknown = name !== undefined && !Object.hasOwn(SCENARIOS, name)
  if (unknown) process.stderr.write(`There is no scenario "${name}". There are:\n`)
  if (unknown || scenarios) {
    process.stdout.write(listed())
    return unknown ? NO_SUCH_SCENARIO : 0
  }
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 32)
  const scenario = name === undefined ? {} : { scenario: { name, seed } }
  const say = (line: string) => void process.stdout.write(`${line}\n`)
  const simulator = await startSimulator({ ...options, merchant: { api }, ...scenario, seed, log: say })
  say(
    `The simulator is at ${simulator.url}, what steers it at ${simulator.url}/__sim (docs/simulator.md). Seed ${seed}.`,
  )
  if (name !== undefined) say(`Playing ${name} for every order that is prepared: ${SCENARIOS[name]?.says}.`)
  say(
    `Move its clock:  curl -s ${simulator.url}/__sim/clock -H 'content-type: application/json' -d '{"advance":"24h"}'`,
  )
  await Promise.race(INTERRUPTED.map((signal) => once(process, signal)))
  await simulator.close()
  return 0
}

function listed(): string {
  const all = scenarioList()
  const width = Math.max(...all.map(({ name }) => name.length))
  return all.map(({ name, says }) => `  ${name.padEnd(width)}  ${says}\n`).join('')
}

process.exitCode = await main()

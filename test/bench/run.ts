// npm run bench [-- --orders N] [--rounds N] [--only NAMES] [--write]: ours beside bare Temporal, DBOS and plain Postgres, in turns.
// Must not know: how a turn is measured. docs/benchmark.md says what the numbers mean.
import { bundleBareSaga, installPeers } from './apps/ahead.ts'
import { readArguments, type Asked } from './arguments.ts'
import { makeContestant, type Contestant } from './contestants.ts'
import type { Gateway } from './gateway.ts'
import { report, type Taken } from './numbers/report.ts'
import { machineOf, runIn, say, tell, type Surroundings } from './surroundings.ts'
import { takeTurn, warmUp } from './turn.ts'

/** Of each kind, before the first round. */
const WARM_UP_ORDERS = 20

async function main(around: Surroundings, asked: Asked): Promise<void> {
  const { began, minutes, cli, folder, logs, gateway } = around
  const withPeers = asked.only.includes('dbos')
  const peers = withPeers ? await installPeers(say) : ''
  say('starting a Postgres for each, and a Temporal server for those that need one')
  const bundle = asked.only.includes('bare') ? await bundleBareSaga(folder) : ''
  const contestants: Contestant[] = []
  for (const name of asked.only) {
    const contestant = await makeContestant(name, { folder, logs, gatewayUrl: gateway.url, cli, peers, bundle })
    around.atTheEnd(contestant.stop)
    contestants.push(contestant)
    say(`starting ${name}`)
    await contestant.start()
  }
  const turns = await takeTurns(asked, contestants, gateway)
  const machine = await machineOf(around, { postgres: contestants[0]?.postgresVersion ?? 'none', withPeers })
  const { orders, rounds } = asked
  const run = { began, minutes: minutes(), orders, rounds, machine, turns }
  await tell({ place: 'last run', run, said: report(run) }, asked.write)
}

async function takeTurns(
  { orders, rounds }: Asked,
  contestants: readonly Contestant[],
  gateway: Gateway,
): Promise<readonly Taken[]> {
  for (const contestant of contestants) {
    say(`warm-up, ${contestant.name}`)
    await warmUp({ contestant, gateway, orders: WARM_UP_ORDERS, prefix: contestant.name, say })
  }
  const turns: Taken[] = []
  for (let round = 1; round <= rounds; round += 1)
    for (const contestant of contestants) {
      const { name } = contestant
      const saying = (line: string) => say(`round ${round} of ${rounds}, ${name}: ${line}`)
      const measures = await takeTurn({ contestant, gateway, orders, prefix: `${name}-${round}`, say: saying })
      turns.push({ round, name, measures })
    }
  return turns
}

await runIn(readArguments, main)

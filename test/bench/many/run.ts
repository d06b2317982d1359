// npm run bench:many [-- --sagas 1000,10000] [--write]: what it costs that so many refunds wait as workflows, each size in the world of
// the one before.
// Must not know: what is measured. docs/benchmark.md says what the numbers mean.
import { makeContestant } from '../contestants.ts'
import { machineOf, runIn, say, tell, type Surroundings } from '../surroundings.ts'
import { readArguments, type Asked } from './arguments.ts'
import { measureWith, type World } from './measure.ts'
import { manyReport, type ManyRun } from './table.ts'

async function main(around: Surroundings, { sizes, write }: Asked): Promise<void> {
  const { began, minutes, cli, folder, logs, gateway } = around
  say('starting Postgres, a Temporal server and the app')
  const contestant = await makeContestant('ours', { folder, logs, gatewayUrl: gateway.url, cli, peers: '', bundle: '' })
  around.atTheEnd(contestant.stop)
  await contestant.start()
  const { temporal } = contestant
  if (temporal === undefined) throw new Error('ours has no Temporal server')
  const world: World = { contestant, gateway, temporal, say, waiting: [] }
  const measured: ManyRun['sizes'][number][] = []
  for (const waiting of sizes) measured.push({ waiting, measured: await measureWith(world, waiting) })
  const machine = await machineOf(around, { postgres: contestant.postgresVersion, withPeers: false })
  const run: ManyRun = { began, minutes: minutes(), machine, sizes: measured }
  await tell({ place: 'many', run, said: manyReport(run) }, write)
}

await runIn(readArguments, main)

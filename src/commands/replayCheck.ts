// replay-check: whether this build can go on with everything that runs, asked before it is
// deployed.
// Must not know: how histories are read or replayed.
import type { Command } from 'commander'
import { grid, progress } from '../ops/render.ts'
import { countOpenRuns, replayOpen, type NotReplayed } from '../temporal/replayCheck.ts'
import { saidBy } from '../temporal/said.ts'
import { installRuntime } from '../temporal/telemetry.ts'
import { workflowBundle } from '../temporal/worker.ts'
import type { Environment } from '../wiring/parts.ts'
import { CommandFailure, configOf, EXITS, reachTemporal } from './outside.ts'

const HELP = `
Run it with the build that is to be deployed, against the namespace in which sagas run: TEMPORAL_ADDRESS and
TEMPORAL_NAMESPACE, or what npm start runs on this machine. It reads histories, and changes nothing.

Exit codes:
  0  every run can go on with this build
  1  refused by this command line or its settings; nothing was replayed
  2  some runs would stand still with this build: do not deploy it
  3  Temporal did not answer, so that not all was replayed`

const TOLD_EACH = 50
const SHOWN = 100

export function addReplayCheck(program: Command, environment: Environment, exit: (code: number) => void): void {
  program
    .command('replay-check')
    .description('Replays the histories of all that runs in the namespace with this build.')
    .option('--query <filter>', `only these, in the filter of Temporal's lists, for example 'WorkflowType="refund"'`)
    .addHelpText('after', HELP)
    .action(async ({ query }: { query?: string }) => exit(await check(environment, query)))
}

async function check(environment: Environment, only: string | undefined): Promise<number> {
  const config = configOf(environment)
  installRuntime('ERROR', () => undefined)
  const { temporal, namespace, address } = await reachTemporal(config, environment)
  const line = progress(process.stderr)
  try {
    const bundlePath = await workflowBundle(config.cacheDir)
    const asked = { connection: temporal.connection, namespace, bundlePath, only, progress: () => undefined }
    const all = await countOpenRuns(asked)
    line.say(`${all} runs of namespace ${namespace} at ${address} are replayed with this build`)
    const tell = (done: number, failed: number) => {
      if (done % TOLD_EACH === 0) line.say(`${done} of ${all} replayed, ${failed} cannot go on`)
    }
    const { replayed, failures, passedBy } = await replayOpen({ ...asked, progress: tell })
    line.say(`${replayed} replayed, ${failures.length} cannot go on, ${passedBy} have nothing to replay`)
    line.end()
    if (failures.length === 0) return EXITS.done
    print(failures)
    return EXITS.left
  } catch (error) {
    line.end()
    throw new CommandFailure(EXITS.noAnswer, `the check did not come to its end: ${saidBy(error)}`)
  } finally {
    await temporal.close()
  }
}

function print(failures: readonly NotReplayed[]): void {
  const shown = failures.slice(0, SHOWN).map(({ workflowId, runId, said }) => [workflowId, runId, said])
  grid(process.stdout, ['saga', 'run', 'why'], shown)
  if (failures.length > SHOWN) process.stderr.write(`and ${failures.length - SHOWN} more\n`)
}

// restart ID…: ends the runs of sagas that cannot go on, after a bad deploy say; each begins anew
// from its row.
// Must not know: how a run is ended, what a row says.
import { userInfo } from 'node:os'
import type { Command } from 'commander'
import { personWord } from '../domain/moves/people/unproved.ts'
import { grid } from '../ops/render.ts'
import { restartAsked, type RestartOutcome } from '../outbox/restart.ts'
import type { Environment } from '../wiring/parts.ts'
import { configOf, EXITS, reachDatabase, reachTemporal } from './outside.ts'

const INSTEAD =
  'Terminate its workflow in the Temporal UI instead: the supervisor starts it again from its row, within SWEEP_EVERY.'
const HELP = `
IDs: refund:ID, payment:ID, stray:GATEWAY:REF as in the Temporal UI, or the bare id of a refund or an order.
Nothing is sent twice: what a ticket call under way brings is in its rows, and the next run begins by reading them.

Exit codes:
  0  each of them begins anew, or was ended where its row is closed
  1  some were refused, and nothing was done about these: the sentence beside each says why
  3  Temporal did not answer; what was begun goes on by itself, and asking again is safe`

type Options = { readonly reason: string; readonly by?: string }

export function addRestart(program: Command, environment: Environment, exit: (code: number) => void): void {
  program
    .command('restart')
    .description('Ends the runs of sagas that cannot go on, and lets each begin anew from its row.')
    .argument('<ids...>', 'which sagas')
    .option('--reason <text>', 'for the journal and for Temporal', 'it did not go on')
    .option('--by <name>', 'who says so (default: the user of this machine)')
    .addHelpText('after', HELP)
    .action(async (ids: string[], options: Options) => exit(await restart(environment, ids, options)))
}

async function restart(environment: Environment, ids: readonly string[], { reason, by }: Options): Promise<number> {
  const config = configOf(environment)
  const database = await reachDatabase(config, INSTEAD)
  try {
    const { temporal } = await reachTemporal(config, environment)
    const who = personWord({ name: (by ?? userInfo().username).slice(0, 40), role: undefined })
    const outcomes: RestartOutcome[] = []
    const deps = { db: database.db, temporal, language: config.LANGUAGE }
    for (const id of new Set(ids)) outcomes.push(await restartAsked(deps, id, { who, why: reason.slice(0, 400) }))
    await temporal.close()
    grid(
      process.stdout,
      ['saga', 'outcome', ''],
      outcomes.map(({ saga, outcome, said }) => [saga, outcome, said]),
    )
    return codeOf(outcomes)
  } finally {
    await database.close()
  }
}

function codeOf(outcomes: readonly RestartOutcome[]): number {
  if (outcomes.some(({ outcome }) => outcome === 'failed')) return EXITS.noAnswer
  return outcomes.some(({ outcome }) => outcome === 'refused') ? EXITS.refused : EXITS.done
}

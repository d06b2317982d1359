// doctor: whether an installation is set up as the gateways, the database and Temporal need it, and
// how to mend what is not.
// Must not know: what is checked, how a report is printed.
import type { Command } from 'commander'
import { openAsItIs } from '../db/connect.ts'
import { examine, type Examining } from '../doctor/examine.ts'
import { severityOf, VERDICTS, type SetUpReport } from '../domain/shown/setUp.ts'
import { createGateways, hasAccount } from '../gateways/index.ts'
import { progress } from '../ops/render.ts'
import { printReport } from '../ops/report.ts'
import { createTemporalClient } from '../temporal/client.ts'
import { setUpParts } from '../wiring/doctor.ts'
import { namedServer, type Environment } from '../wiring/parts.ts'
import { configOf } from './outside.ts'

const HELP = `
Run it with the settings of the program, on a machine of its. It reads, asks and changes nothing; it prints no
secret. docs/set-up.md goes through the same list, in the order of the consoles. Beside a program with everything
embedded run npm run ops -- doctor instead: its database belongs to it alone.

Exit codes:
  0  nothing is wrong as far as can be told from here; questions are printed all the same
  1  refused by its settings; nothing was checked
  ${VERDICTS.weak}  it works, and less safely than it could
  ${VERDICTS.wrong}  money, or news of it, does not come through`

type Options = { readonly json: boolean; readonly send: boolean }

export function addDoctor(program: Command, environment: Environment, exit: (code: number) => void): void {
  program
    .command('doctor')
    .description('Checks keys, consoles, webhooks, database, Temporal and clocks, and says how to mend each.')
    .option('--json', 'print the report as JSON', false)
    .option('--send', 'send a line to the alert address, and an unsigned message to that of notices', false)
    .addHelpText('after', HELP)
    .action(async (options: Options) => exit(await doctor(environment, options)))
}

/** Where a host stands for all of this machine's addresses, one of them is asked. */
const EVERYWHERE: readonly string[] = ['0.0.0.0', '::']

async function doctor(environment: Environment, { json, send }: Options): Promise<number> {
  const line = progress(process.stderr)
  const report = await examineHere(environment, { send, say: line.say })
  line.end()
  printReport(process.stdout, report, json)
  return severityOf(report)
}

/** By these settings, from this machine. Throws a sentence where the settings cannot be read. */
export async function examineHere(
  environment: Environment,
  { send, ...examining }: Examining & { readonly send: boolean },
): Promise<SetUpReport> {
  const config = configOf(environment)
  const { namespace, connecting } = namedServer(config, environment)
  const address = connecting.address ?? `127.0.0.1:${config.TEMPORAL_PORT}`
  const temporal = createTemporalClient({ ...connecting, address, namespace })
  const database = config.DATABASE_URL === undefined ? undefined : openAsItIs(config.DATABASE_URL, () => undefined)
  const host = EVERYWHERE.includes(config.HOST) ? '127.0.0.1' : config.HOST
  const simulator = hasAccount(config) ? undefined : `http://${host}:${config.SIMULATOR_PORT}`
  try {
    const parts = setUpParts({
      config,
      gateways: createGateways(config, simulator),
      database: database ?? 'embedded',
      temporal: { ...temporal, namespace, address },
      apiUrl: `http://${host}:${config.PORT}`,
      send,
      now: examining.now,
    })
    return await examine(parts, examining)
  } finally {
    await database?.close()
    await temporal.close()
  }
}

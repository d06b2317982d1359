// Starts the program: reads the command line and the environment, prints where everything is, ends
// in order on a signal. And the commands that need its database or its Temporal server.
// Must not know: how the parts are wired; nobody imports this file.
import { once } from 'node:events'
import { Command, Option } from 'commander'
import { addAfterRestore } from './commands/afterRestore.ts'
import { addDoctor } from './commands/doctor.ts'
import { CommandFailure } from './commands/outside.ts'
import { addReplayCheck } from './commands/replayCheck.ts'
import { addRestart } from './commands/restart.ts'
import { readConfig, readMigrateConfig, PROGRAM_ROLES, type ProgramRole } from './config.ts'
import { migrateOnce } from './db/migrate.ts'
import { createLog, sdkLines } from './log.ts'
import { saidBy } from './temporal/said.ts'
import { installMeasuredRuntime, installRuntime } from './temporal/telemetry.ts'
import { startProgram, type Program } from './wiring/program.ts'
import { LATEST_STOP_MS, stopBy, untilSignalled } from './wiring/signals.ts'
import { welcome } from './wiring/welcome.ts'

const command = new Command('paymentwall-saga')
  .description(
    'Payments and refunds at Paymentwall as durable sagas. Without --role everything runs in this one process.',
  )
  .addOption(
    new Option('--role <role>', 'run only this part (may be repeated)')
      .choices(PROGRAM_ROLES)
      .argParser((value, before: ProgramRole[] | undefined) => [...(before ?? []), roleOf(value)]),
  )
  .action(serve)
command
  .command('migrate')
  .description('Brings the Postgres database of DATABASE_URL up to date, as the role that owns its tables, and ends.')
  .action(migrate)
const exit = (code: number) => void (process.exitCode = code)
addRestart(command, process.env, exit)
addReplayCheck(command, process.env, exit)
addAfterRestore(command, process.env, exit)
addDoctor(command, process.env, exit)

function roleOf(value: string): ProgramRole {
  const role = PROGRAM_ROLES.find((known) => known === value)
  if (!role) throw new Error(`there is no role "${value}"; choose ${PROGRAM_ROLES.join(', ')}`)
  return role
}

/**
 * What this program and its children write is for their user alone, whatever the shell that started
 * it thinks of others.
 */
const NOT_FOR_OTHERS = 0o077

async function main(): Promise<void> {
  process.umask(NOT_FOR_OTHERS)
  await command.parseAsync()
}

async function migrate(): Promise<void> {
  const { DATABASE_URL, LOG_LEVEL } = readMigrateConfig(process.env)
  const log = createLog(LOG_LEVEL, process.stdout.isTTY)
  const done = await migrateOnce(DATABASE_URL, (line) => log.info(line))
  process.stdout.write(done.length === 0 ? 'the database is up to date\n' : `migrated: ${done.join(', ')}\n`)
}

async function serve({ role }: { readonly role?: ProgramRole[] }): Promise<void> {
  const config = readConfig(process.env, role ?? PROGRAM_ROLES)
  const log = createLog(config.LOG_LEVEL, process.stdout.isTTY)
  const measured = config.METRICS_PORT !== 0
  const sdkMetrics = measured ? await installMeasuredRuntime('WARN', sdkLines(log)) : undefined
  if (!measured) installRuntime('WARN', sdkLines(log))
  const ending = untilSignalled(['SIGINT', 'SIGTERM'])
  try {
    const program = await startProgram(config, log, process.env, { sdkMetrics, ending })
    process.stdout.write(welcome(program, config))
    await ended(program, ending)
  } catch (error) {
    // A start that a signal cut off has ended in order, too.
    if (error !== ending.reason) throw error
  }
}

/** Until a signal, or until a part died that the program cannot live without. */
async function ended(program: Program, ending: AbortSignal): Promise<void> {
  try {
    await Promise.race([once(ending, 'abort'), program.failed])
  } finally {
    process.stdout.write('stopping: waiting for what is under way\n')
    await stopBy(program.stop, LATEST_STOP_MS, () => {
      process.stderr.write(
        'not all of it ended in time; what was under way is in its rows, and goes on at the next start\n',
      )
      process.exit(1)
    })
  }
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`${saidBy(error)}\n`)
    process.exit(error instanceof CommandFailure ? error.code : 1)
  },
)

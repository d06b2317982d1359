// Starts the program: reads the command line and the environment, prints where everything is, ends in order on a signal.
// Must not know: how the parts are wired; nobody imports this file.
import { once } from 'node:events'
import { Command, Option } from 'commander'
import { readConfig, readMigrateConfig, ROLES, type Role } from './config.ts'
import { migrateOnce } from './db/connect.ts'
import { createLog, sdkLines } from './log.ts'
import { startProgram, type Program } from './program.ts'
import { untilSignalled } from './signals.ts'
import { saidBy } from './temporal/said.ts'
import { installMeasuredRuntime, installRuntime } from './temporal/telemetry.ts'
import { welcome } from './welcome.ts'

const command = new Command('paymentwall-saga')
  .description(
    'Payments and refunds at Paymentwall as durable sagas. Without --role everything runs in this one process.',
  )
  .addOption(
    new Option('--role <role>', 'run only this part (may be repeated)')
      .choices(ROLES)
      .argParser((value, before: Role[] | undefined) => [...(before ?? []), roleOf(value)]),
  )
  .action(serve)
command
  .command('migrate')
  .description('Brings the Postgres database of DATABASE_URL up to date, as the role that owns its tables, and ends.')
  .action(migrate)

function roleOf(value: string): Role {
  const role = ROLES.find((known) => known === value)
  if (!role) throw new Error(`there is no role "${value}"; choose ${ROLES.join(', ')}`)
  return role
}

/** What this program and its children write is for their user alone, whatever the shell that started it thinks of others. */
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

async function serve({ role }: { readonly role?: Role[] }): Promise<void> {
  const config = readConfig(process.env, role ?? ROLES)
  const log = createLog(config.LOG_LEVEL, process.stdout.isTTY)
  const measured = config.METRICS_PORT !== 0
  const sdkMetrics = measured ? await installMeasuredRuntime('WARN', sdkLines(log)) : undefined
  if (!measured) installRuntime('WARN', sdkLines(log))
  const program = await startProgram(config, log, process.env, sdkMetrics)
  process.stdout.write(welcome(program, config))
  await ended(program)
}

/** Until a signal, or until a part died that the program cannot live without. */
async function ended(program: Program): Promise<void> {
  const ending = untilSignalled(['SIGINT', 'SIGTERM'])
  try {
    await Promise.race([once(ending, 'abort'), program.failed])
  } finally {
    process.stdout.write('stopping: waiting for what is under way\n')
    await program.stop()
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${saidBy(error)}\n`)
    process.exit(1)
  },
)

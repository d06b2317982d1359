// The ops command line: what people do about payments and refunds, from a terminal or a script.
// Must not know: databases, Temporal, gateways. It talks to the HTTP API only; and whether it is a
// process of its own.
import { Command, CommanderError, Option } from 'commander'
import { parseLanguage, type Language } from '../language.ts'
import { createApi, NotAnswering } from './api.ts'
import { addAccount } from './commands/account.ts'
import { addCatchUp } from './commands/catchUp.ts'
import { addDoctorOfApi } from './commands/doctor.ts'
import { addElsewhere } from './commands/elsewhere.ts'
import { addFiling } from './commands/filing.ts'
import { addNotices } from './commands/notices.ts'
import { addOverdue } from './commands/overdue.ts'
import { addPeople } from './commands/people.ts'
import { addQueues } from './commands/queues.ts'
import { addLetter, addShow } from './commands/show.ts'
import { addStuck } from './commands/stuck.ts'
import { addViews } from './commands/views.ts'
import { manyLines, type Out } from './render.ts'
import type { Terminal } from './report.ts'
import { speakIn } from './words.ts'

const EXITS = `
Exit codes:
  0  done, nothing is left for people; or what was asked for is printed
  1  refused, by this command line or by the API; nothing was done, and the sentence says why and what to do
  2  done, and something is left for people: an approval, what could not be rechecked, what is overdue
  3  the API did not answer
  4  not done in time; ask again, nothing is lost`

/** Where a command line writes; a process is one. */
type Streams = { readonly stdout: Terminal; readonly stderr: Out }

/** Carries out one command line, the arguments behind its name; its exit code. */
export async function runOps(args: readonly string[], { stdout, stderr }: Streams): Promise<number> {
  let code = 0
  const program = createProgram(stdout, stderr, (ending) => (code = ending))
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    return exitOf(error, stderr)
  }
}

function createProgram(out: Terminal, err: Out, exit: (code: number) => void): Command {
  const program = new Command('ops')
    .description('Operates payments and refunds through the HTTP API of paymentwall-saga.')
    .addOption(new Option('--url <address>', 'address of the API').env('SAGA_URL').default('http://127.0.0.1:8080'))
    .addOption(new Option('--key <key>', 'API key of a person with the role ops or approver').env('SAGA_KEY'))
    .addOption(
      new Option('--language <language>', 'ko or en: of headings and sentences on a terminal')
        .env('LANGUAGE')
        .default('en')
        .argParser(parseLanguage),
    )
    .configureOutput({ writeOut: (text) => void out.write(text), writeErr: (text) => void err.write(text) })
    .hook('preAction', (own) => speakIn(own.opts<{ language: Language }>().language))
    .addHelpText('after', EXITS)
    .showHelpAfterError()
    .exitOverride()
  const api = () => {
    const { url, key } = program.opts<{ url: string; key?: string }>()
    return createApi({ url, key })
  }
  const context = { api, out, err, exit }
  for (const add of COMMANDS) add(program, context)
  return program
}

const COMMANDS = [
  addStuck,
  addOverdue,
  addShow,
  addLetter,
  addPeople,
  addQueues,
  addNotices,
  addCatchUp,
  addAccount,
  addFiling,
  addDoctorOfApi,
  addViews,
  addElsewhere,
]

function exitOf(error: unknown, err: Out): number {
  if (error instanceof CommanderError) return error.exitCode
  err.write(`${manyLines(error instanceof Error ? error.message : String(error))}\n`)
  return error instanceof NotAnswering ? 3 : 1
}

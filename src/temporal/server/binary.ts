// Finds the Temporal CLI, the program that carries the development server, or makes it once and
// keeps it.
// Must not know the environment (it is passed in), nor how the server is run.

import { delimiter, join, resolve } from 'node:path'
import { cachedOrMade, isExecutable, type Progress } from './cache.ts'
import { building, fetching, type ChildEnvironment } from './childEnvironment.ts'
import { runCommand } from './command.ts'
import { downloadBySdk } from './download.ts'
import { whyNotTrusted } from './trust.ts'

export type FindTemporalCli = {
  /** TEMPORAL_CLI: the path of an executable that is used as it is. */
  readonly cli?: string | undefined
  /** PATH: where `temporal` is looked for. */
  readonly searchPath: string
  /** Where a binary is kept, a folder per version. */
  readonly cacheDir: string
  /** Our own environment: what downloads or builds gets of it what it needs. */
  readonly env: ChildEnvironment
  readonly progress: Progress
}

/** The last version that `go install` accepts; it carries server 1.29.1. */
const CLI_VERSION = '1.5.1'
const CLI_FILE = 'temporal'
const GO_LIMIT_MS = 25 * 60_000

/**
 * The path of an executable Temporal CLI; otherwise an error that names every way and what it said.
 */
export async function findOrMakeTemporalCli(options: FindTemporalCli): Promise<string> {
  if (options.cli !== undefined) {
    if (await isExecutable(options.cli)) return options.cli
    throw new Error(
      `TEMPORAL_CLI is ${options.cli}, which is not an executable file. ` +
        'Correct it, or unset it to have the Temporal CLI found or made.',
    )
  }
  const onPath = await findOnPath(options)
  if (onPath !== undefined) return onPath
  const name = `temporal-${CLI_VERSION}`
  const ways = [
    { name: 'download by the SDK', attempt: (folder: string) => download(folder, options) },
    { name: 'go install', attempt: (folder: string) => goInstall(folder, options) },
  ]
  const cacheDir = resolve(options.cacheDir)
  const made = await cachedOrMade({ cacheDir, name, file: CLI_FILE, ways, progress: options.progress })
  if (made.ok) return made.path
  throw noCliError(join(cacheDir, name, CLI_FILE), made.tried)
}

/** What others may have put there is passed over, and said: who wants it all the same names it. */
async function findOnPath({ searchPath, progress }: FindTemporalCli): Promise<string | undefined> {
  for (const folder of searchPath.split(delimiter)) {
    const path = join(folder, CLI_FILE)
    if (folder === '' || !(await isExecutable(path))) continue
    const fault = await whyNotTrusted(path)
    if (fault === undefined) return path
    progress(`${path} is on PATH and not taken, for others may have changed it: ${fault}. To use it, set TEMPORAL_CLI`)
  }
  return undefined
}

function download(folder: string, { env, progress }: FindTemporalCli): Promise<string | undefined> {
  progress(`no Temporal CLI here yet: downloading version ${CLI_VERSION}`)
  return downloadBySdk({
    server: 'dev',
    version: `v${CLI_VERSION}`,
    folder,
    file: CLI_FILE,
    env: fetching(env),
    progress,
  })
}

async function goInstall(folder: string, { env, progress }: FindTemporalCli): Promise<string | undefined> {
  progress(`building the Temporal CLI ${CLI_VERSION} with Go: this takes 3 to 4 minutes, once`)
  const version = `-X github.com/temporalio/cli/temporalcli.Version=${CLI_VERSION}`
  const end = await runCommand({
    program: 'go',
    args: [
      'install',
      '-trimpath',
      '-ldflags',
      `-s -w ${version}`,
      `github.com/temporalio/cli/cmd/temporal@v${CLI_VERSION}`,
    ],
    env: { ...building(env), CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOBIN: folder },
    limitMs: GO_LIMIT_MS,
    stillRunning: (seconds) => progress(`still building the Temporal CLI (${seconds} s)`),
  })
  if (!end.ok) return end.said
  progress('the Temporal CLI is built and kept for the next start')
  return undefined
}

function noCliError(cachePath: string, tried: readonly string[]): Error {
  return new Error(
    [
      'No Temporal server: none was named, and its program could be neither found nor made.',
      '- TEMPORAL_ADDRESS: not set; the address of a running server is used as it is',
      '- TEMPORAL_CLI: not set; the path of a Temporal CLI is used as it is',
      `- PATH: no executable ${CLI_FILE} on it that nobody else can have changed`,
      `- cache folder: no executable at ${cachePath}`,
      ...tried.map((line) => `- ${line}`),
      `Set one of the two variables, put ${CLI_FILE} on PATH, or install Go 1.25 or newer, and start again.`,
    ].join('\n'),
  )
}

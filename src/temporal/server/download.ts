// Gets a server binary by the Temporal SDK's own download, at a pinned version.
// Must not know where the binary is kept afterwards.

import { readdir, rename } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { ChildEnvironment } from './childEnvironment.ts'
import { runCommand } from './command.ts'

export type SdkDownload = {
  readonly server: 'dev' | 'timeSkipping'
  /** The release, as in `v1.5.1`. */
  readonly version: string
  /** An empty folder, in which the executable is then `file`. */
  readonly folder: string
  readonly file: string
  readonly env: ChildEnvironment
  readonly progress: (line: string) => void
}

/** A broken network fails within milliseconds; a silent one must not hold a start for ever. */
const LIMIT_MS = 4 * 60_000

/**
 * The SDK has no call that only downloads, so a server is started from the download and stopped at
 * once. In a child process, because that installs the SDK's one Runtime, which this process may
 * still want to configure. What counts is the file, not how the child ended: the SDK moves it into
 * place when it is whole.
 */
export async function downloadBySdk(wanted: SdkDownload): Promise<string | undefined> {
  const end = await runCommand({
    program: process.execPath,
    args: ['--eval', STARTER, wanted.server, wanted.version, wanted.folder],
    env: { ...wanted.env, TESTING: createRequire(import.meta.url).resolve('@temporalio/testing') },
    limitMs: LIMIT_MS,
    stillRunning: (seconds) => wanted.progress(`still downloading (${seconds} s)`),
  })
  const suffix = process.platform === 'win32' ? `-${wanted.version}.exe` : `-${wanted.version}`
  const found = (await readdir(wanted.folder)).find((name) => name.endsWith(suffix))
  if (found !== undefined) {
    await rename(join(wanted.folder, found), join(wanted.folder, wanted.file))
    return undefined
  }
  return end.ok ? 'the SDK downloaded nothing' : end.said
}

/**
 * Plain JavaScript on purpose: it needs no loader. It writes the innermost cause, one line, when it
 * fails.
 */
const STARTER = `
const [server, version, downloadDir] = process.argv.slice(1)
const { TestWorkflowEnvironment } = require(process.env.TESTING)
const options = { server: { executable: { type: 'cached-download', version, downloadDir } } }
const start = server === 'dev' ? 'createLocal' : 'createTimeSkipping'
TestWorkflowEnvironment[start](options)
  .then((environment) => environment.teardown())
  .catch((error) => {
    console.error(String(error?.message ?? error).split('\\n')[0])
    process.exitCode = 1
  })
`

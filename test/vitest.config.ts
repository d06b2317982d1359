// How the tests run: real servers, no fake clocks; four processes, in each one file after the other where nothing speaks against it.
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './support/longestFirst.ts'
import { testFiles } from './support/reaching.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
/** Nothing in them starts a program, and each opens what it needs: a few processes read the sources once for all of them. */
const SHARING =
  /^test\/(bench|db|deploy|docs|domain|fuzz|gateways|http|inbox|ops|outbox|simulator)\/|^test\/(demo\/(checks|cost|timeline)|startup\/config|wire\/(mended|plans))\.test/
/** Most of them have a shop, which is closed before the next file's: sources and PGlite are read and compiled once for several. */
const SHOPS = /^test\/(chaos|client|doctor|journeys)\/|^test\/http\/fourEyes/
/** But for these. What is named nowhere above is alone, too: it mocks, counts calls, or tells how a process starts. */
const ALONE = [
  // Looks at what its process has loaded of OpenTelemetry: nothing, until it is told to trace.
  'test/journeys/one-trace-leads-from-a-webhook-to-the-gateway.test.ts',
]
type Project = 'alone' | 'shops' | 'sharing'
function projectOf(file: string): Project {
  if (ALONE.includes(file)) return 'alone'
  if (SHOPS.test(file)) return 'shops'
  return SHARING.test(file) ? 'sharing' : 'alone'
}

const kind = {
  root,
  pool: 'forks' as const,
  // Less of a start is garbage collection: a file's CPU time is some 8 % less.
  execArgv: ['--max-semi-space-size=64'],
  // Whatever the language of whoever runs them.
  env: { LANGUAGE: 'en' },
  // Twice the processors it is made for: half of its time a journey waits.
  maxWorkers: 4,
  testTimeout: 60_000,
  hookTimeout: 600_000,
  // What is waited for comes when it comes: no test is right by the second that vitest would give it.
  expect: { poll: { timeout: 30_000 } },
}

/** These files, each kind in its own way; `globalSetup` is once for all of them. */
export function runOf(files: readonly string[], globalSetup: readonly string[]) {
  const project = (name: Project, more: { readonly isolate: boolean; readonly setupFiles?: string[] }) => ({
    test: { ...kind, name, include: files.filter((file) => projectOf(file) === name), ...more },
  })
  return defineConfig({
    test: {
      ...kind,
      sequence: { sequencer: LongestFirst },
      globalSetup: [...globalSetup],
      reporters: ['default'],
      projects: [
        project('alone', { isolate: true }),
        project('shops', { isolate: false, setupFiles: ['test/support/eachFile.ts'] }),
        project('sharing', { isolate: false }),
      ],
    },
  })
}

export default runOf(testFiles(root), ['test/support/migrated.ts'])

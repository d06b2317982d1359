// How the tests run: real servers, no fake clocks; one process per file (Temporal's Runtime is one per process), but for files without one.
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './support/longestFirst.ts'
import { testFiles } from './support/reaching.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
/** Nothing in them starts a program, and each opens what it needs: a few processes read the sources once for all of them. */
const SHARING = /^test\/(db|deploy|docs|domain|gateways|http|inbox|ops|outbox|simulator)\//
/** Most of them have a shop, one after the other in a process: sources, workflows and PGlite are read and compiled once, not for each. */
const SHOPS = /^test\/(chaos|client|doctor|journeys)\/|^test\/http\/fourEyes/
/** But for these, which look at their process itself. */
const ALONE = [
  // What it has loaded of OpenTelemetry, which is nothing before it is told to trace.
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
  // One more than the processors it is made for: a third of its time a file waits.
  maxWorkers: 3,
  testTimeout: 60_000,
  hookTimeout: 600_000,
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

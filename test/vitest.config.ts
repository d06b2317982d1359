// How the tests run: real servers, no fake clocks; one process per file (Temporal's Runtime is one per process), but for files without one.
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './support/longestFirst.ts'
import { testFiles } from './support/reaching.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
/** Nothing in them starts a program, and each opens what it needs: a few processes read the sources once for all of them. */
const SHARING = /^test\/(db|deploy|docs|domain|gateways|http|inbox|ops|outbox|simulator)\//
/** But for these, which have a shop. */
const NOT_SHARING = ['test/http/fourEyes.test.ts']
const shares = (file: string): boolean => SHARING.test(file) && !NOT_SHARING.includes(file)

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
export const runOf = (files: readonly string[], globalSetup: readonly string[]) =>
  defineConfig({
    test: {
      ...kind,
      sequence: { sequencer: LongestFirst },
      globalSetup: [...globalSetup],
      reporters: ['default'],
      projects: [
        { test: { ...kind, name: 'alone', include: files.filter((file) => !shares(file)) } },
        { test: { ...kind, name: 'sharing', include: files.filter(shares), isolate: false } },
      ],
    },
  })

export default runOf(testFiles(root), ['test/support/migrated.ts'])

// How the tests run: real servers, no fake clocks; one process per file (Temporal's Runtime is one per process), but for files without one.
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './support/longestFirst.ts'

const root = new URL('..', import.meta.url).pathname
/** Nothing in them starts a program, and each opens what it needs: two processes read the sources once for all of them. */
const SHARING = ['domain', 'gateways', 'inbox', 'simulator'].map((room) => `test/${room}/**/*.test.ts`)

const files = {
  root,
  pool: 'forks' as const,
  // Whatever the language of whoever runs them.
  env: { LANGUAGE: 'en' },
  maxWorkers: 2,
  testTimeout: 60_000,
  hookTimeout: 600_000,
}
const whole = {
  sequence: { sequencer: LongestFirst },
  globalSetup: ['test/support/migrated.ts'],
  reporters: ['default'],
}

/** A process for each file, whichever it is. */
export const alone = defineConfig({ test: { ...files, ...whole, include: ['test/**/*.test.ts'] } })

export default defineConfig({
  test: {
    ...files,
    ...whole,
    projects: [
      { test: { ...files, name: 'alone', include: ['test/**/*.test.ts'], exclude: SHARING } },
      { test: { ...files, name: 'sharing', include: SHARING, isolate: false } },
    ],
  },
})

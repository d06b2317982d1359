// How the tests run: one process per file (Temporal's Runtime is one per process), real servers, no fake clocks.
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './support/longestFirst.ts'

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    globalSetup: ['test/support/migrated.ts'],
    testTimeout: 60_000,
    hookTimeout: 600_000,
    reporters: ['default'],
  },
})

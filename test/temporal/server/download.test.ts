// The SDK's own download: what it puts into a folder becomes ours, and what it says when it fails is passed on.
// Must not use the network: a real CLI lies where the SDK keeps its downloads, or nobody answers.

import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isExecutable } from '../../../src/temporal/server/cache.ts'
import { downloadBySdk } from '../../../src/temporal/server/download.ts'
import { MAKING_MS, temporalCliForTests, temporaryFolder } from '../../support/temporalCli.ts'

function wantedIn(folder: string) {
  const env = { PATH: '/usr/bin:/bin', HTTPS_PROXY: 'http://127.0.0.1:9' }
  const progress = () => undefined
  return { server: 'dev', version: 'v1.5.1', folder, file: 'temporal', env, progress } as const
}

test(
  'a binary that the SDK has got and could start is left under the name that was asked for',
  async () => {
    const cli = await temporalCliForTests()
    const folder = temporaryFolder()
    // Written just now, for the SDK gets anew what is older than a day.
    writeFileSync(join(folder, 'temporal-v1.5.1'), `#!/bin/sh\nexec '${cli}' "$@"\n`, { mode: 0o755 })
    expect(await downloadBySdk(wantedIn(folder))).toBeUndefined()
    expect(readdirSync(folder)).toEqual(['temporal'])
    expect(await isExecutable(join(folder, 'temporal'))).toBe(true)
  },
  MAKING_MS,
)

test('a download that fails leaves nothing, and its reason is passed on', async () => {
  const folder = temporaryFolder()
  expect(await downloadBySdk(wantedIn(folder))).toMatch(/^ended with code 1; it wrote:\n.*failed to download/)
  expect(readdirSync(folder)).toEqual([])
}, 60_000)

// Who may read a data folder that is found at a start. What a running program leaves open: npm.test.ts.
// Must not know: what runs. The permissions are those of any Unix.
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { keepPrivate } from '../../src/wiring/startup.ts'
import { openToOthers } from '../support/openToOthers.ts'
import { temporaryFolder } from '../support/temporalCli.ts'

describe('a data folder', () => {
  test('of an earlier version, open to everybody, is mended, with all that is in it', async () => {
    const folder = join(temporaryFolder(), 'data')
    mkdirSync(join(folder, 'pglite'), { recursive: true })
    writeFileSync(join(folder, 'pglite', 'PG_VERSION'), '17')
    writeFileSync(join(folder, 'somebody-elses'), '')
    for (const mode of [0o777, 0o755, 0o750, 0o2775]) {
      for (const each of ['.', 'pglite', 'pglite/PG_VERSION', 'somebody-elses']) chmodSync(join(folder, each), mode)
      await keepPrivate(folder)
      expect(statSync(folder).mode & 0o777).toBe(0o700)
      expect(openToOthers(folder)).toEqual([join(folder, 'somebody-elses')])
    }
    expect(readFileSync(join(folder, 'pglite', 'PG_VERSION'), 'utf8')).toBe('17')
  })

  test('that is everybody’s, like /tmp, is refused and left as it is', async () => {
    const folder = join(temporaryFolder(), 'everybody')
    mkdirSync(folder)
    chmodSync(folder, 0o1777)
    await expect(keepPrivate(folder)).rejects.toThrow(/is a folder for everybody.*Set DATA_DIR to a folder of its own/)
    expect(statSync(folder).mode & 0o7777).toBe(0o1777)
  })
})

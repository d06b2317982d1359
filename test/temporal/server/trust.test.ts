// A Temporal CLI that others may have changed is not run, wherever it was found; what was made is what is run.
// Must not know a real CLI: every program here is a shell script in a temporary folder.

import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { findOrMakeTemporalCli } from '../../../src/temporal/server/binary.ts'
import { whyNotTrusted } from '../../../src/temporal/server/trust.ts'
import { temporaryFolder } from '../../support/temporalCli.ts'

const SYSTEM_PATH = '/usr/bin:/bin'
/** A Go that notes what it was given in the file `given` beside it, and makes a program. */
const GO = `env > "$(dirname "$0")/given"
printf '#!/bin/sh\\necho made\\n' > "$GOBIN/temporal"
chmod +x "$GOBIN/temporal"`

function program(path: string, body = 'echo mine', mode = 0o755): string {
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, `#!/bin/sh\n${body}\n`)
  chmodSync(path, mode)
  return path
}

function setUp(environment: Record<string, string> = {}, folder = temporaryFolder()) {
  const go = program(join(folder, 'tools', 'go'), GO)
  const lines: string[] = []
  const cacheDir = join(folder, 'cache')
  const env = { HTTPS_PROXY: 'http://127.0.0.1:9', PATH: `${join(go, '..')}:${SYSTEM_PATH}`, ...environment }
  const options = { searchPath: '', cacheDir, env, progress: (line: string) => void lines.push(line) }
  const made = join(cacheDir, 'temporal-1.5.1', 'temporal')
  const given = () => readFileSync(join(folder, 'tools', 'given'), 'utf8')
  return { folder, lines, options, made, given }
}

const shared = mkdtempSync(join(tmpdir(), 'paymentwall-saga-'))
afterAll(() => rmSync(shared, { recursive: true, force: true }))
let making: Promise<string> | undefined
/** With one in its cache that was made before; the making itself is the same for all of them. */
async function setUpMade() {
  making ??= findOrMakeTemporalCli(setUp({}, shared).options)
  await making
  const at = setUp()
  cpSync(join(shared, 'cache'), at.options.cacheDir, { recursive: true })
  return at
}

const root = process.getuid?.() === 0

describe('on PATH', () => {
  test.each([
    ['a program that everybody can write', 0o757, 0o755],
    ['a program in a folder that everybody can write', 0o755, 0o777],
  ])('%s is passed over, and it is said how to have it all the same', async (_, fileMode, folderMode) => {
    const { folder, lines, options, made } = await setUpMade()
    const open = program(join(folder, 'open', 'temporal'), 'echo theirs', fileMode)
    chmodSync(join(folder, 'open'), folderMode)
    expect(await findOrMakeTemporalCli({ ...options, searchPath: join(folder, 'open') })).toBe(made)
    expect(lines[0]).toBe(
      `${open} is on PATH and not taken, for others may have changed it: ${fileMode === 0o757 ? open : join(folder, 'open')} can be written by everybody. To use it, set TEMPORAL_CLI`,
    )
    expect(await findOrMakeTemporalCli({ ...options, cli: open })).toBe(open)
  })

  test('a link that everybody can put anew is passed over, wherever it leads, and one is made', async () => {
    const { folder, options, made } = setUp()
    const own = program(join(folder, 'own', 'temporal'))
    mkdirSync(join(folder, 'open'))
    chmodSync(join(folder, 'open'), 0o777)
    symlinkSync(own, join(folder, 'open', 'temporal'))
    expect(await findOrMakeTemporalCli({ ...options, searchPath: join(folder, 'open') })).toBe(made)
  })

  test.skipIf(!root)(
    'a program of another user is passed over (skipped where files cannot be given away)',
    async () => {
      const { folder, lines, options, made } = await setUpMade()
      const theirs = program(join(folder, 'bin', 'temporal'))
      chownSync(theirs, 12_345, 12_345)
      expect(await findOrMakeTemporalCli({ ...options, searchPath: join(folder, 'bin') })).toBe(made)
      expect(lines[0]).toContain('belongs to another user (12345)')
    },
  )

  test.skipIf(!root)('a program that a foreign group can write is passed over, our own group’s is taken', async () => {
    const { folder, options, made } = await setUpMade()
    const bin = program(join(folder, 'bin', 'temporal'), 'echo mine', 0o775)
    expect(await findOrMakeTemporalCli({ ...options, searchPath: join(folder, 'bin') })).toBe(bin)
    chownSync(bin, 0, 12_345)
    chmodSync(bin, 0o775)
    expect(await findOrMakeTemporalCli({ ...options, searchPath: join(folder, 'bin') })).toBe(made)
  })

  test('a folder in which nobody may replace what is another’s, like /tmp, is as good as any', async () => {
    const { folder } = setUp()
    mkdirSync(join(folder, 'sticky'))
    chmodSync(join(folder, 'sticky'), 0o1777)
    expect(await whyNotTrusted(program(join(folder, 'sticky', 'bin', 'temporal')))).toBeUndefined()
  })
})

describe('in the cache', () => {
  test('what is made has its SHA-256 beside it, and is taken as long as it is the same', async () => {
    const { options, made } = setUp()
    await findOrMakeTemporalCli(options)
    const digest = createHash('sha256').update(readFileSync(made)).digest('hex')
    expect(readFileSync(`${made}.sha256`, 'utf8')).toBe(`${digest}  temporal\n`)
    expect(await findOrMakeTemporalCli(options)).toBe(made)
  })

  test.each(['another program', ''])('a program that is no longer what was made is not started', async (body) => {
    const { options, made } = await setUpMade()
    program(made, body)
    await expect(findOrMakeTemporalCli(options)).rejects.toThrow(
      `${made} is not started, for it is not what was made: its SHA-256 is another one. Delete ${join(made, '..')}`,
    )
  })

  test('a record that cannot be read fits nothing', async () => {
    const { options, made } = await setUpMade()
    writeFileSync(`${made}.sha256`, 'x\n')
    await expect(findOrMakeTemporalCli(options)).rejects.toThrow('is not what was made')
  })

  test('a program without a record, of an earlier version, is recorded at its next start', async () => {
    const { options, made } = await setUpMade()
    unlinkSync(`${made}.sha256`)
    expect(await findOrMakeTemporalCli(options)).toBe(made)
    expect(existsSync(`${made}.sha256`)).toBe(true)
    program(made, 'another program')
    await expect(findOrMakeTemporalCli(options)).rejects.toThrow('is not what was made')
  })

  test('a program that others can write is not started, and nothing else instead', async () => {
    const { options, made } = await setUpMade()
    chmodSync(made, 0o777)
    await expect(findOrMakeTemporalCli(options)).rejects.toThrow(`${made} can be written by everybody. Delete`)
  })

  test('folder and program are nobody else’s to write, whatever the shell allows', async () => {
    const before = process.umask(0)
    try {
      const { options, made } = setUp()
      await findOrMakeTemporalCli(options)
      for (const place of [made, join(made, '..'), options.cacheDir, `${made}.sha256`])
        expect([place, statSync(place).mode & 0o022]).toEqual([place, 0])
    } finally {
      process.umask(before)
    }
  })
})

test('who builds it gets what Go needs, and none of our secrets', async () => {
  const secrets = { API_KEYS: 'hunter2', IAMPORT_SECRET: 'hunter2', DATABASE_URL: 'postgres://hunter2', X: 'hunter2' }
  const { options, given } = setUp({ ...secrets, GOPROXY: 'http://modules.test', HOME: '/home/test' })
  await findOrMakeTemporalCli(options)
  expect(given()).toContain('GOPROXY=http://modules.test')
  expect(given()).toContain('HOME=/home/test')
  expect(given()).not.toContain('hunter2')
})

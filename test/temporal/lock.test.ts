// The lock file: one at a time, between calls and between processes, whatever happened to the owner before.
// Must not know what the lock is used for.

import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { withFileLock } from '../../src/lock.ts'
import { NO_PROCESS } from '../support/below.ts'
import { temporaryFolder } from '../support/temporalCli.ts'
import { startScript } from './processes/start.ts'

const patient = { waitMs: 60_000, onWait: () => undefined }

test('many who want the lock get it one after the other, and nothing is left', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'a.lock')
  let inside = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, (inside += 1))
    await pause(5)
    inside -= 1
  }
  await Promise.all(Array.from({ length: 6 }, () => withFileLock({ path, ...patient }, work)))
  expect(most).toBe(1)
  expect(readdirSync(folder)).toEqual([])
})

test('the lock is given back when the work fails', async () => {
  const path = join(temporaryFolder(), 'a.lock')
  const failing = withFileLock({ path, ...patient }, () => Promise.reject(new Error('the work failed')))
  await expect(failing).rejects.toThrow('the work failed')
  expect(existsSync(path)).toBe(false)
})

test.each([
  ['of a process that is gone', `${NO_PROCESS} 00000000\n`],
  ['of an earlier process with our own id', `${process.pid} 00000000\n`],
  ['that says nothing', ''],
])('a lock %s is taken over by exactly one at a time', async (_, content) => {
  const folder = temporaryFolder()
  const path = join(folder, 'a.lock')
  writeFileSync(path, content)
  let inside = 0
  const work = async () => {
    inside += 1
    await pause(5)
    return inside--
  }
  const counts = await Promise.all(Array.from({ length: 4 }, () => withFileLock({ path, ...patient }, work)))
  expect(counts).toEqual([1, 1, 1, 1])
  expect(readdirSync(folder)).toEqual([])
})

test('whoever died while it took a lock over has a successor, too', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'a.lock')
  writeFileSync(path, `${NO_PROCESS} 0000000a\n`)
  writeFileSync(`${path}.after-0000000a`, `${NO_PROCESS} 0000000b\n`)
  writeFileSync(`${path}.after-0000000b`, `${process.pid} 0000000c\n`)
  expect(await withFileLock({ path, ...patient }, () => Promise.resolve('mine'))).toBe('mine')
  expect(readdirSync(folder)).toEqual([])
})

test('whoever lives and takes it over has it', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'a.lock')
  writeFileSync(path, `${NO_PROCESS} 0000000a\n`)
  writeFileSync(`${path}.after-0000000a`, `${process.ppid} 0000000b\n`)
  const late = withFileLock({ path, waitMs: 0, onWait: () => undefined }, () => Promise.resolve())
  await expect(late).rejects.toThrow(`Process ${process.ppid}`)
  expect(readdirSync(folder).toSorted()).toEqual(['a.lock', 'a.lock.after-0000000a'])
})

test('a lock of another process is waited for, with a word, and taken over when that process is killed', async () => {
  const path = join(temporaryFolder(), 'a.lock')
  const owner = startScript('holdLock.ts', path)
  expect(await owner.nextLine()).toBe('held')
  let waiting: (line: string) => void = () => undefined
  const said = new Promise<string>((resolve) => (waiting = resolve))
  const done = withFileLock({ path, waitMs: 60_000, onWait: waiting }, () => Promise.resolve('mine now'))
  expect(await said).toMatch(/^waiting for process \d+, which holds .*a\.lock$/)
  await owner.kill()
  expect(await done).toBe('mine now')
}, 60_000)

test('whoever waits too long is told which process to stop', async () => {
  const path = join(temporaryFolder(), 'a.lock')
  await withFileLock({ path, ...patient }, async () => {
    const late = withFileLock({ path, waitMs: 0, onWait: () => undefined }, () => Promise.resolve())
    const said = late.catch((error: unknown) => String(error))
    expect(await said).toMatch(
      new RegExp(`Process ${process.pid}( \\(.+\\))? has held ${path} for too long\\. Stop that`),
    )
    expect(await said).toContain(`its id was used again, delete ${path}.`)
  })
})

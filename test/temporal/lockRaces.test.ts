// A dead lock is found by several, and each step of each comes as late as it likes: one of them has it, and the others after it.
// Must not know: by which steps a lock is taken.
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { withFileLock } from '../../src/lock.ts'
import { NO_PROCESS } from '../support/below.ts'
import { temporaryFolder } from '../support/temporalCli.ts'

vi.mock('node:fs/promises', async (original) => {
  const { chanceOf } = await import('../support/seeded.ts')
  const chance = chanceOf(1)
  /** Most are in time, so that they do many steps while another one does none. */
  const LATE_MS = [0, 0, 0, 0, 0, 0, 0, 2, 10, 40]
  const late =
    <A extends unknown[], R>(step: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      await pause(chance.pick(LATE_MS))
      const result = await step(...args)
      await pause(chance.pick(LATE_MS))
      return result
    }
  const steps = await original<typeof import('node:fs/promises')>()
  const { link, readFile, rename, rm, writeFile } = steps
  return {
    ...steps,
    link: late(link),
    readFile: late(readFile),
    rename: late(rename),
    rm: late(rm),
    writeFile: late(writeFile),
  }
})

const [LOCKS, CONTENDERS] = [60, 5]

test(`of ${CONTENDERS} one at a time, at each of ${LOCKS} locks; nothing is left`, async () => {
  const folder = temporaryFolder()
  const mostInside = async (number: number): Promise<number> => {
    const path = join(folder, `${number}.lock`)
    writeFileSync(path, `${NO_PROCESS} 00000000\n`)
    let [inside, most] = [0, 0]
    const work = async () => {
      most = Math.max(most, (inside += 1))
      await pause(60)
      inside -= 1
    }
    const contend = () => withFileLock({ path, waitMs: 60_000, onWait: () => undefined }, work)
    await Promise.all(Array.from({ length: CONTENDERS }, contend))
    return most
  }
  const all = await Promise.all(Array.from({ length: LOCKS }, (_, number) => mostInside(number)))
  expect(all).toEqual(all.map(() => 1))
  expect(readdirSync(folder)).toEqual([])
})

// What takes long at a start says so, again and again until it ends; what is quick says nothing.
// Must not know: what it is that takes long.
import { expect, test } from 'vitest'
import { saidWhenSlow } from '../../src/wiring/slowly.ts'

const OFTEN = { silentMs: 1, againMs: 1 }
const LATE = { silentMs: 3_600_000, againMs: 3_600_000 }

test('a slow step is named until it ends, and its result is handed on', async () => {
  const said: string[] = []
  const once: { done(result: string): void } = { done: () => {} }
  const work = new Promise<string>((resolve) => (once.done = resolve))
  const say = (line: string) => {
    said.push(line)
    if (said.length === 3) once.done('open')
  }
  expect(await saidWhenSlow(say, 'opening the database', work, OFTEN)).toBe('open')
  expect(said).toEqual(Array.from({ length: 3 }, () => expect.stringMatching(/^opening the database \(\d+ s\)$/)))
})

test('a step that is quick, or fails, leaves no timer behind that speaks or holds the process', async () => {
  const said: string[] = []
  const say = (line: string) => void said.push(line)
  expect(await saidWhenSlow(say, 'quick', Promise.resolve(1), LATE)).toBe(1)
  await expect(saidWhenSlow(say, 'broken', Promise.reject(new Error('no disk')), LATE)).rejects.toThrow('no disk')
  expect(process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length).toBeLessThan(3)
  expect(said).toEqual([])
})

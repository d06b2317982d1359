// A program as one file in the cache: made once, made anew where a source has changed or the file is broken, by several at once too.
// Must not know: our programs. Each test has a small tree of its own, with our own src/run.js in it.
import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { ROOT } from '../support/readme.ts'
import { temporaryFolder } from '../support/temporalCli.ts'

/** Not written out below, for this file imports no such things. */
const WORD = 'word.ts'
const MAKER = 'bundled.js'
const MAIN = `// A program with a source beside it, and a file.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { word } from './${WORD}'
const beside: string = readFileSync(fileURLToPath(new URL('beside.txt', import.meta.url)), 'utf8')
console.log([word, beside, ...process.argv.slice(2)].join(' '))
if (process.argv.includes('fail')) throw new Error('it failed')
`

function tree() {
  const root = temporaryFolder()
  for (const folder of ['src', 'src/bundle', 'workflows', 'activities', 'node_modules']) mkdirSync(join(root, folder))
  for (const file of ['src/run.js', 'src/bundle/bundled.js', 'package.json', 'package-lock.json'])
    copyFileSync(join(ROOT, file), join(root, file))
  symlinkSync(join(ROOT, 'node_modules/esbuild'), join(root, 'node_modules/esbuild'))
  const write = (file: string, text: string) => writeFileSync(join(root, file), text)
  write('src/main.ts', MAIN)
  write(`src/${WORD}`, "export const word: string = 'first'\n")
  write('src/beside.txt', 'beside')
  const cache = join(root, 'node_modules/.cache/paymentwall-saga')
  const run = async (...args: readonly string[]) => {
    const ran = await promisify(execFile)(process.execPath, ['src/run.js', 'src/main.ts', ...args], { cwd: root })
    return ran.stdout.trim()
  }
  const all = () => readdirSync(cache).toSorted()
  const programs = () => all().filter((name) => name.endsWith('.mjs'))
  return { root, write, cache, run, all, programs }
}

test('the second start makes nothing; a changed source makes a new file; arguments arrive', async () => {
  const { write, cache, run, all, programs } = tree()
  expect(await run('with', '--some=arguments')).toBe('first beside with --some=arguments')
  const [made = ''] = programs()
  expect(all()).toEqual([made, `${made}.map`])
  const state = () => [statSync(join(cache, made)).ino, statSync(join(cache, made)).mtimeMs]
  const before = state()
  expect(await run()).toBe('first beside')
  expect([programs(), state()]).toEqual([[made], before])
  write(`src/${WORD}`, "export const word: string = 'second'\n")
  expect(await run()).toBe('second beside')
  expect(programs()).toHaveLength(2)
  write(`src/${WORD}`, "export const word: string = 'first'\n")
  expect(await run()).toBe('first beside')
  expect([programs().length, state()]).toEqual([2, before])
})

test('whatever the umask, nobody else may write what is run', async () => {
  const { root, run, cache, all } = tree()
  const start = ['-c', 'umask 0; exec "$0" src/run.js src/main.ts', process.execPath]
  await promisify(execFile)('sh', start, { cwd: root })
  const places = [join(cache, '..'), cache, ...all().map((name) => join(cache, name))]
  expect(places).toHaveLength(4)
  for (const place of places) expect(statSync(place).mode & 0o022, place).toBe(0)
  expect(await run()).toBe('first beside')
})

test('a program that is such a file itself makes those of others, as for an image, and their start makes nothing', async () => {
  const { root, write, run, programs } = tree()
  write('src/bundle/ahead.ts', `import { bundled } from './${MAKER}'\nawait bundled('src/main.ts')\n`)
  await promisify(execFile)(process.execPath, ['src/run.js', 'src/bundle/ahead.ts'], { cwd: root })
  const made = programs()
  expect(made).toHaveLength(2)
  expect(await run()).toBe('first beside')
  expect(programs()).toEqual(made)
})

test('several starts at once on an empty cache each run, and leave one whole file', async () => {
  const { run, all, programs } = tree()
  expect(await Promise.all([run('a'), run('b'), run('c')])).toEqual(
    ['a', 'b', 'c'].map((name) => `first beside ${name}`),
  )
  const [made = ''] = programs()
  expect(all()).toEqual([made, `${made}.map`])
})

test.each<[how: string, broken: (text: string) => string]>([
  ['cut off', (text) => text.slice(0, text.length / 2)],
  ['empty', () => ''],
  ['changed', (text) => text.replace('first', 'other')],
])('a file that is %s is made anew', async (_how, broken) => {
  const { cache, run, programs } = tree()
  await run()
  const path = join(cache, programs()[0] ?? '')
  const whole = readFileSync(path, 'utf8')
  writeFileSync(path, broken(whole))
  expect(await run()).toBe('first beside')
  expect(readFileSync(path, 'utf8')).toBe(whole)
})

const failed = z.object({ code: z.number(), stderr: z.string() })
const failureOfRun = (running: Promise<string>) =>
  running.then(
    () => ({ code: 0, stderr: '' }),
    (error: unknown) => failed.parse(error),
  )

test('an error names the line of the source', async () => {
  const { root, run } = tree()
  const { code, stderr } = await failureOfRun(run('fail'))
  expect(code).toBe(1)
  expect(stderr).toContain('it failed')
  expect(stderr).toContain(`${join(root, 'src/main.ts')}:7:`)
})

test('a source that cannot be compiled is named, with its line', async () => {
  const { write, run } = tree()
  write(`src/${WORD}`, 'export const word: string = first second\n')
  const { code, stderr } = await failureOfRun(run())
  expect(code).toBe(1)
  expect(stderr).toContain(`src/${WORD}:1:`)
})

test('where the cache cannot be written it says who is to make the file, and how', async () => {
  const { root, run } = tree()
  symlinkSync(join(root, 'nowhere/at-all'), join(root, 'node_modules/.cache'))
  const { code, stderr } = await failureOfRun(run())
  expect(code).toBe(1)
  expect(stderr).toContain('npm run bundle')
})

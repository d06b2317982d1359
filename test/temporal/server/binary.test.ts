// Finding or making the Temporal CLI: the order of the ways, and what is said when none works.
// Must not know a real CLI: every program here is a shell script in a temporary folder.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findOrMakeTemporalCli } from '../../../src/temporal/server/binary.ts'
import { temporaryFolder } from '../../support/temporalCli.ts'
import { startScript, type Script } from '../processes/start.ts'

const SYSTEM_PATH = '/usr/bin:/bin'
/** Nobody listens there, so the SDK's download fails at once. */
const NO_DOWNLOAD = { HTTPS_PROXY: 'http://127.0.0.1:9' }
const MADE = join('temporal-1.5.1', 'temporal')
/** A Go that notes its calls in the file `calls` beside it, and makes what it is asked for. */
const WORKING_GO = `echo "$CGO_ENABLED $GOTOOLCHAIN $*" >> "$(dirname "$0")/calls"
printf '#!/bin/sh\\necho made\\n' > "$GOBIN/temporal"
chmod +x "$GOBIN/temporal"`

function program(path: string, body: string): string {
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 })
  return path
}

function setUp(go?: string) {
  const folder = temporaryFolder()
  const tools = join(folder, 'tools')
  mkdirSync(tools)
  if (go !== undefined) program(join(tools, 'go'), go)
  const lines: string[] = []
  const cacheDir = join(folder, 'cache')
  const path = `${tools}:${SYSTEM_PATH}`
  const progress = (line: string) => void lines.push(line)
  const options = { searchPath: '', cacheDir, env: { ...NO_DOWNLOAD, PATH: path }, progress }
  const goCalls = () => readFileSync(join(tools, 'calls'), 'utf8').trim().split('\n')
  return { folder, cacheDir, path, lines, options, goCalls }
}

test('TEMPORAL_CLI comes first, then PATH, then the cache folder; nothing is made while one of them has it', async () => {
  const { folder, cacheDir, lines, options } = setUp('exit 1')
  const given = program(join(folder, 'given', 'my-temporal'), '')
  const onPath = program(join(folder, 'bin', 'temporal'), '')
  const cached = program(join(cacheDir, MADE), '')
  const searchPath = `${join(folder, 'nothing-here')}:${join(folder, 'bin')}`
  expect(await findOrMakeTemporalCli({ ...options, cli: given, searchPath })).toBe(given)
  expect(await findOrMakeTemporalCli({ ...options, searchPath })).toBe(onPath)
  expect(await findOrMakeTemporalCli(options)).toBe(cached)
  expect(lines).toEqual([])
})

test('a TEMPORAL_CLI that cannot be executed is an error, even where another way would work', async () => {
  const { folder, cacheDir, options } = setUp()
  program(join(cacheDir, MADE), '')
  const cli = join(folder, 'text')
  writeFileSync(cli, 'not a program')
  const finding = findOrMakeTemporalCli({ ...options, cli })
  await expect(finding).rejects.toThrow(`TEMPORAL_CLI is ${cli}, which is not an executable file. Correct it, or unset`)
})

test('where the download fails, Go builds the pinned version, says how long it takes, and moves it into place', async () => {
  const { cacheDir, lines, options, goCalls } = setUp(WORKING_GO)
  expect(await findOrMakeTemporalCli(options)).toBe(join(cacheDir, MADE))
  expect(goCalls()).toEqual([
    '0 local install -trimpath -ldflags -s -w -X github.com/temporalio/cli/temporalcli.Version=1.5.1 ' +
      'github.com/temporalio/cli/cmd/temporal@v1.5.1',
  ])
  expect(lines).toEqual([
    'no Temporal CLI here yet: downloading version 1.5.1',
    'building the Temporal CLI 1.5.1 with Go: this takes 3 to 4 minutes, once',
    'the Temporal CLI is built and kept for the next start',
  ])
  expect(readdirSync(cacheDir)).toEqual(['temporal-1.5.1'])
}, 60_000)

test('what a killed maker left behind, and a cached file that is no program, are replaced', async () => {
  const { cacheDir, options } = setUp(WORKING_GO)
  const leftover = join(cacheDir, 'temporal-1.5.1.making-abc')
  mkdirSync(leftover, { recursive: true })
  mkdirSync(join(cacheDir, 'temporal-1.5.1'))
  writeFileSync(join(cacheDir, MADE), 'half a file', { mode: 0o644 })
  await findOrMakeTemporalCli(options)
  expect(readFileSync(join(cacheDir, MADE), 'utf8')).toContain('echo made')
  expect(existsSync(leftover)).toBe(false)
}, 60_000)

test('two starts at once, in two processes, make it once; the second says that it waits', async () => {
  const { folder, cacheDir, path, goCalls } = setUp(
    `until [ -e "$(dirname "$0")/../go-on" ]; do sleep 0.05; done\n${WORKING_GO}`,
  )
  const runs = [startScript('findCli.ts', cacheDir, path), startScript('findCli.ts', cacheDir, path)]
  const letGoGoOn = (line: string) => {
    if (line.startsWith('progress: waiting for process')) writeFileSync(join(folder, 'go-on'), '')
  }
  const said = await Promise.all(runs.map((run) => linesUntilFound(run, letGoGoOn)))
  expect(said.map((lines) => lines.at(-1))).toEqual(Array(2).fill(`found: ${join(cacheDir, MADE)}`))
  expect(said.flat().filter((line) => line.startsWith('progress: waiting'))).toHaveLength(1)
  expect(goCalls()).toHaveLength(1)
}, 120_000)

async function linesUntilFound(run: Script, look: (line: string) => void): Promise<string[]> {
  const lines: string[] = []
  while (!lines.at(-1)?.startsWith('found: ')) {
    const line = await run.nextLine()
    look(line)
    lines.push(line)
  }
  return lines
}

test('when nothing works, one message names every way and what it said', async () => {
  const { cacheDir, options } = setUp('echo "go: example.com/x@v1: no such host" >&2; exit 1')
  const error: unknown = await findOrMakeTemporalCli(options).catch((thrown: unknown) => thrown)
  const message = error instanceof Error ? error.message : ''
  expect(message).toContain('TEMPORAL_ADDRESS: not set')
  expect(message).toContain('TEMPORAL_CLI: not set')
  expect(message).toContain('PATH: no executable temporal on it')
  expect(message).toContain(`cache folder: no executable at ${join(cacheDir, MADE)}`)
  expect(message).toMatch(/download by the SDK: ended with code 1; it wrote:\n.*failed to download/)
  expect(message).toContain('go install: ended with code 1; it wrote:\ngo: example.com/x@v1: no such host')
  expect(message).toMatch(/Set one of the two variables.* or install Go .* and start again\.$/)
  expect(readdirSync(cacheDir)).toEqual([])
}, 60_000)

test('a machine without Go is told that there is none', async () => {
  const { folder, options } = setUp()
  const env = { ...NO_DOWNLOAD, PATH: join(folder, 'tools') }
  await expect(findOrMakeTemporalCli({ ...options, env })).rejects.toThrow('go install: go is not on PATH')
}, 60_000)

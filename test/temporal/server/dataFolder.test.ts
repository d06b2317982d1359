// The data folder of the Temporal server: never two servers on one database, and only a CLI that carries a server.
// Must not know a real server: its place is taken by a process whose command line names the database.

import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openDataFolder } from '../../../src/temporal/server/dataFolder.ts'
import { temporaryFolder } from '../../support/temporalCli.ts'

function setUp() {
  const dataDir = temporaryFolder()
  const cli = join(dataDir, 'temporal')
  writeFileSync(cli, '#!/bin/sh\necho "temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)"\n', { mode: 0o755 })
  const database = join(dataDir, 'temporal.db')
  writeFileSync(database, 'data')
  const lines: string[] = []
  const log = (line: string) => void lines.push(line)
  return { dataDir, cli, database, lines, options: { dataDir, cli, log, env: {}, waitMs: 60_000 } }
}

function standIn(...args: string[]) {
  const child = spawn('sh', ['-c', 'sleep 600 & wait', ...args], { stdio: 'ignore', detached: true })
  const end = () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid)
  }
  onTestFinished(end)
  return { pid: child.pid ?? 0, end }
}

test('a server of an earlier start is waited for, and named when it does not end', async () => {
  const { dataDir, database, lines, options } = setUp()
  const earlier = standIn(database)
  writeFileSync(join(dataDir, 'temporal.db.version'), `ready 1.29.1 ${earlier.pid}\n`)
  const refusal = `Temporal server process ${earlier.pid} of another start uses ${database}. Stop that program, or choose`
  await expect(openDataFolder({ ...options, waitMs: 0 })).rejects.toThrow(refusal)
  const opening = openDataFolder({ ...options, log: (line) => (options.log(line), earlier.end()) })
  expect((await opening).database).toBe(database)
  expect(lines.at(-1)).toBe(`waiting for Temporal server process ${earlier.pid} of an earlier start to end`)
})

test('a process id that now belongs to another program holds nobody up', async () => {
  const { dataDir, lines, options } = setUp()
  writeFileSync(join(dataDir, 'temporal.db.version'), `ready 1.29.1 ${standIn('something else').pid}\n`)
  await openDataFolder(options)
  expect(lines).toEqual([])
})

test('a program that is no Temporal CLI with a server is named', async () => {
  const { cli, options } = setUp()
  writeFileSync(cli, '#!/bin/sh\necho "tctl 1.18"\n')
  const refusal = `${cli} is no Temporal CLI with a development server (--version: tctl 1.18). Set TEMPORAL_CLI to one.`
  await expect(openDataFolder(options)).rejects.toThrow(refusal)
})

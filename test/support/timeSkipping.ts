// The time-skipping test server: found in the cache or made once, and an environment on it with our search attributes.
// Must not know which workflows run on it.

import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TestWorkflowEnvironment } from '@temporalio/testing'
import { SEARCH_ATTRIBUTES } from '../../src/domain/names.ts'
import { SEARCH_ATTRIBUTE_TYPE_NUMBERS } from '../../src/temporal/attributes.ts'
import { cachedOrMade, type Progress } from '../../src/temporal/server/cache.ts'
import { runCommand } from '../../src/temporal/server/command.ts'
import { downloadBySdk } from '../../src/temporal/server/download.ts'
import { testCacheDir } from './temporalCli.ts'

export type FindTimeSkippingServer = {
  readonly cacheDir: string
  readonly env: Record<string, string | undefined>
  readonly progress: Progress
}

const VERSION = '1.38.0'
const FILE = 'temporal-test-server'
const MAVEN_LIMIT_MS = 10 * 60_000
/** The SDK gives a server 5 seconds to answer, which a Java program on a busy machine does not always make. */
const START_TRIES = 4

/** An environment that skips time; its `teardown` stops the server. Time is one for all: a file has its own. */
export async function createTimeSkippingEnv(): Promise<TestWorkflowEnvironment> {
  const progress = (line: string) => console.warn(line)
  const path = await findOrMakeTimeSkippingServer({ cacheDir: testCacheDir(), env: process.env, progress })
  const environment = await start(path)
  const entries = Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, SEARCH_ATTRIBUTE_TYPE_NUMBERS[type]])
  await environment.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(entries),
  })
  return environment
}

/** The path of an executable that the SDK can start; otherwise an error that names every way and what it said. */
export async function findOrMakeTimeSkippingServer(options: FindTimeSkippingServer): Promise<string> {
  const ways = [
    { name: 'download by the SDK', attempt: (folder: string) => download(folder, options) },
    { name: 'Maven and Java', attempt: (folder: string) => copyByMaven(folder, options) },
  ]
  const { cacheDir, progress } = options
  const made = await cachedOrMade({ cacheDir, name: `temporal-test-server-${VERSION}`, file: FILE, ways, progress })
  if (made.ok) return made.path
  const tried = made.tried.map((line) => `- ${line}`).join('\n')
  throw new Error(`No time-skipping Temporal server for the tests.\n${tried}\nInstall Maven and Java, or go online.`)
}

async function start(path: string): Promise<TestWorkflowEnvironment> {
  for (let triesLeft = START_TRIES; ; triesLeft -= 1) {
    try {
      return await TestWorkflowEnvironment.createTimeSkipping({
        server: { executable: { type: 'existing-path', path } },
      })
    } catch (error) {
      if (triesLeft === 1) throw error
    }
  }
}

async function download(folder: string, { env, progress }: FindTimeSkippingServer): Promise<string | undefined> {
  progress(`no time-skipping Temporal server here yet: downloading version ${VERSION}`)
  const wanted = { server: 'timeSkipping', version: `v${VERSION}`, folder, file: 'downloaded', env, progress } as const
  const whyNot = await downloadBySdk(wanted)
  if (whyNot === undefined) await writeFile(join(folder, FILE), wrapper('"$folder/downloaded"'))
  return whyNot
}

async function copyByMaven(folder: string, { env, progress }: FindTimeSkippingServer): Promise<string | undefined> {
  const java = await runCommand({ program: 'java', args: ['-version'], env, limitMs: 30_000 })
  if (!java.ok) return java.said
  progress('getting the time-skipping Temporal server with Maven: this takes about half a minute, once')
  const work = join(folder, 'pom')
  await mkdir(work)
  await writeFile(join(work, 'pom.xml'), POM)
  const end = await runCommand({
    program: 'mvn',
    args: ['-B', '-q', 'dependency:copy-dependencies', `-DoutputDirectory=${join(folder, 'libs')}`],
    cwd: work,
    env,
    limitMs: MAVEN_LIMIT_MS,
    stillRunning: (seconds) => progress(`still getting the time-skipping Temporal server (${seconds} s)`),
  })
  if (!end.ok) return end.said
  await rm(work, { recursive: true })
  await writeFile(join(folder, FILE), wrapper(JAVA))
  return undefined
}

const JAVA = `java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m \\
  -cp "$folder/libs/*" io.temporal.testserver.TestServer`

/**
 * The SDK ends the one process it started, so the shell must become the server. A test run that is killed, or ends
 * without a teardown, ends nothing: the watcher does. The folder is found anew, because it is moved into place.
 */
const wrapper = (program: string) => `#!/bin/sh
folder=$(dirname "$0")
tests=$PPID
server=$$
{
  while kill -0 "$server"; do
    sleep 1
    kill -0 "$tests" || { kill -9 "$server"; exit; }
  done
} </dev/null >/dev/null 2>&1 &
exec ${program} "$@"
`

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>paymentwall-saga</groupId>
  <artifactId>time-skipping-server</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>${VERSION}</version>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId>
      <artifactId>slf4j-nop</artifactId>
      <version>1.7.36</version>
    </dependency>
  </dependencies>
</project>
`

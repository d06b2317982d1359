// What the other contestants need ahead of their start: the peers' packages, the bare saga's bundle.
// Must not know: what is measured.
import { execFile } from 'node:child_process'
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'
import { z } from 'zod'
import { KEPT, ROOT } from '../surroundings.ts'

const run = promisify(execFile)
const packaged = z.object({ version: z.string() })
const pinned = z.object({ dependencies: z.record(z.string(), z.string()) })
const read = async (file: string): Promise<unknown> => JSON.parse(await readFile(file, 'utf8'))

/** The folder in which they stand; installed where they are not there yet, or others. Throws with the remedy. */
export async function installPeers(say: (line: string) => void): Promise<string> {
  const folder = join(KEPT, 'peers')
  const { dependencies } = pinned.parse(await read(join(ROOT, 'test/bench/peers/package.json')))
  if (await areThere(folder, dependencies)) return folder
  say(`installing ${Object.keys(dependencies).join(', ')} and what it needs into .bench/peers, once`)
  await mkdir(folder, { recursive: true })
  for (const file of ['package.json', 'package-lock.json'])
    await copyFile(join(ROOT, 'test/bench/peers', file), join(folder, file))
  try {
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(
      `The peers' packages could not be installed: ${why}\n` +
        'See to it that npm reaches its registry, or leave them out: npm run bench -- --only ours,bare,plain',
      { cause: error },
    )
  }
  return folder
}

async function areThere(folder: string, dependencies: Readonly<Record<string, string>>): Promise<boolean> {
  for (const [name, wanted] of Object.entries(dependencies)) {
    try {
      const { version } = packaged.parse(await read(join(folder, 'node_modules', name, 'package.json')))
      if (version !== wanted) return false
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
      throw error
    }
  }
  return true
}

/** Made ahead of its starts, as ours is. */
export async function bundleBareSaga(folder: string): Promise<string> {
  const workflowsPath = join(ROOT, 'test/bench/apps/bareWorkflow.ts')
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') })
  const path = join(folder, 'bare-workflow.js')
  await writeFile(path, code)
  return path
}

// A real nginx where one is installed, ended after the test.
// Must not know: what it stands before.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { isListening } from '../../src/temporal/server/ports.ts'

/** undefined: not installed here. */
export function nginxHere(): string | undefined {
  try {
    return execFileSync('sh', ['-c', 'PATH="$PATH:/usr/sbin" command -v nginx'], { encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
}

/** Listens on `port` as the configuration says; its files go into the folder, for other users to enter. */
export async function startNginx(nginx: string, configuration: string, folder: string, port: number): Promise<void> {
  chmodSync(folder, 0o755)
  writeFileSync(join(folder, 'nginx.conf'), configuration)
  const child = spawn(nginx, ['-e', 'stderr', '-c', join(folder, 'nginx.conf'), '-g', 'daemon off;'], {
    stdio: 'inherit',
  })
  onTestFinished(async () => {
    child.kill('SIGTERM')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  })
  await expect.poll(() => isListening('127.0.0.1', port), { timeout: 20_000 }).toBe(true)
}

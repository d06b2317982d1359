// The two tools that read the document, found or installed into folders of their own in the cache: no dependency of ours.
// Must not know: what they are run on.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SPECTRAL = '6.16.3'

export function schemathesis(): string {
  const pins = fileURLToPath(new URL('requirements.txt', import.meta.url))
  const digest = createHash('sha256').update(readFileSync(pins)).digest('hex').slice(0, 12)
  return installed(`schemathesis-${digest}`, join('bin', 'schemathesis'), (folder) => {
    run('python3', ['-m', 'venv', folder])
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', pins]
    run(join(folder, 'bin', 'python'), install)
  })
}

export function spectral(): string {
  return installed(`spectral-${SPECTRAL}`, join('node_modules', '.bin', 'spectral'), (folder) => {
    mkdirSync(folder, { recursive: true })
    // No script of it is run: one of them would tell its makers who installs it.
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--silent']
    run('npm', ['install', '--prefix', folder, ...quiet, `@stoplight/spectral-cli@${SPECTRAL}`])
  })
}

/** The command in its folder; a folder without it was left by an installation that ended too soon. */
function installed(name: string, inside: string, install: (folder: string) => void): string {
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'paymentwall-saga')
  const folder = join(cache, name)
  const command = join(folder, inside)
  if (existsSync(command)) return command
  process.stderr.write(`installing ${name} into ${folder}, once\n`)
  mkdirSync(cache, { recursive: true })
  rmSync(folder, { recursive: true, force: true })
  install(folder)
  return command
}

const run = (command: string, args: readonly string[]) =>
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })

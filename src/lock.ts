// A lock file between processes: one works, the others wait and say so, a dead owner's lock is
// taken over.
// Must not know what is done under the lock.

import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

export type LockOptions = {
  readonly path: string
  /** How long to wait for a living owner before giving up with an error. */
  readonly waitMs: number
  /** Called once, with a sentence, when somebody else holds the lock. */
  readonly onWait: (line: string) => void
}

type Owner = { readonly pid: number; readonly token: string }

const POLL_MS = 200
/**
 * Tokens of locks held by this very process: after a container restart an old lock may carry our
 * own pid.
 */
const heldHere = new Set<string>()

/** Runs `work` while holding the lock file; the lock is given back whatever happens. */
export async function withFileLock<T>(options: LockOptions, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(options.path), { recursive: true })
  const owner: Owner = { pid: process.pid, token: randomUUID() }
  heldHere.add(owner.token)
  try {
    await acquire(options, owner)
    try {
      return await work()
    } finally {
      await release(options.path, owner)
    }
  } finally {
    heldHere.delete(owner.token)
  }
}

async function acquire(options: LockOptions, owner: Owner): Promise<void> {
  const { path } = options
  const giveUpAt = Date.now() + options.waitMs
  let waitingSaid = false
  while (!(await create(path, owner))) {
    const before = await readOwner(path)
    if (before === undefined) continue // given back between the two looks
    const other = isAlive(before) ? before : await takeOver(path, owner, before)
    if (other === 'ours') return
    if (other === 'changed') continue
    if (Date.now() > giveUpAt) {
      throw new Error(
        `Process ${other.pid}${await nameOf(other.pid)} has held ${path} for too long. ${remedyFor(path)}`,
      )
    }
    if (!waitingSaid) {
      waitingSaid = true
      options.onWait(`waiting for process ${other.pid}, which holds ${path}`)
    }
    await pause(POLL_MS)
  }
}

/** Who holds the lock now, in words, and how to get it back; undefined where nobody living does. */
export async function holderOf(path: string): Promise<{ who: string; remedy: string } | undefined> {
  const owner = await readOwner(path)
  if (owner === undefined || !isAlive(owner)) return undefined
  return { who: `process ${owner.pid}${await nameOf(owner.pid)}`, remedy: remedyFor(path) }
}

/**
 * After a crash the system may give the id away again: then a stranger seems to hold the lock, and
 * never gives it back.
 */
const remedyFor = (path: string): string =>
  `Stop that process and start again; if it is no program of ours, because its id was used again, delete ${path}.`

/** For a person to recognise it by, where the system tells. */
async function nameOf(pid: number): Promise<string> {
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
  return name.trim() === '' ? '' : ` (${name.trim()})`
}

async function draftOf(path: string, owner: Owner): Promise<string> {
  const draft = `${path}.${owner.token}`
  await writeFile(draft, `${owner.pid} ${owner.token}\n`)
  return draft
}

/** `link` makes the file with its content at once: nobody ever reads a lock without an owner. */
async function create(path: string, owner: Owner): Promise<boolean> {
  const draft = await draftOf(path, owner)
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

/** A file that says nothing usable counts as a dead owner's: pid 0 is never alive. */
async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    const [pid = '', token = ''] = (await readFile(path, 'utf8')).trim().split(' ')
    // A token becomes part of a file's name.
    return { pid: /^\d+$/.test(pid) ? Number(pid) : 0, token: /^[\da-f-]{1,36}$/.test(token) ? token : '' }
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  }
}

/**
 * Several may find the same dead owner, each at its own time. Its successor is whoever makes the
 * file of that name; one that died as such has a successor in turn (`before` are those who died
 * before it). Nobody else replaces the lock of any of them, and what was replaced meanwhile is left
 * alone. Answers with who lives and is about to take it.
 */
async function takeOver(
  path: string,
  owner: Owner,
  dead: Owner,
  before: readonly Owner[] = [],
): Promise<'ours' | 'changed' | Owner> {
  const all = [...before, dead]
  const claimAfter = ({ token }: Owner) => `${path}.after-${token}`
  const claim = claimAfter(dead)
  if (!(await create(claim, owner))) {
    const other = await readOwner(claim)
    if (other === undefined) return 'changed'
    return isAlive(other) ? other : takeOver(path, owner, other, all)
  }
  let settled = [claim]
  try {
    const now = await readOwner(path)
    if (!all.some(({ token }) => token === now?.token)) return 'changed'
    await rename(await draftOf(path, owner), path)
    settled = all.map(claimAfter)
    return 'ours'
  } finally {
    for (const each of settled) await rm(each, { force: true })
  }
}

async function release(path: string, owner: Owner): Promise<void> {
  const current = await readOwner(path)
  if (current?.token === owner.token) await rm(path, { force: true })
}

function isAlive(owner: Owner): boolean {
  if (owner.pid === 0) return false
  if (owner.pid === process.pid) return heldHere.has(owner.token)
  try {
    process.kill(owner.pid, 0)
    return true
  } catch (error) {
    return isCode(error, 'EPERM') // it lives, and belongs to another user
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

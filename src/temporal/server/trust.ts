// Whether a program on the disk may be run as it is: who could have changed it, and is it still
// what was made.
// Must not know: which program it is, what it is for.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, realpath, stat, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'

const OTHERS_WRITE = 0o002
const GROUP_WRITES = 0o020
/**
 * In such a folder, /tmp for one, everybody may make files, and nobody may replace what is
 * another's.
 */
const STICKY = 0o1000

type Owners = { readonly user: number; readonly group: number }

/**
 * Undefined where nobody but this user and root can have changed it or put another in its place;
 * else who could, in words. Systems without owners are taken as they are.
 */
export async function whyNotTrusted(path: string, owners = ourselves()): Promise<string | undefined> {
  if (owners === undefined) return undefined
  const real = await realpath(path)
  // Where a link stands its folder counts, and where it leads to all of them.
  const places = new Set([real, ...foldersAbove(real), ...foldersAbove(resolve(path))])
  for (const place of places) {
    const fault = await faultOf(place, owners)
    if (fault !== undefined) return fault
  }
  return undefined
}

const ourselves = (): Owners | undefined =>
  process.getuid && process.getgid ? { user: process.getuid(), group: process.getgid() } : undefined

function foldersAbove(path: string): string[] {
  const above = dirname(path)
  return above === path ? [] : [above, ...foldersAbove(above)]
}

async function faultOf(place: string, { user, group }: Owners): Promise<string | undefined> {
  const { uid, gid, mode } = await stat(place)
  if (uid !== 0 && uid !== user) return `${place} belongs to another user (${uid})`
  if ((mode & STICKY) !== 0) return undefined
  if ((mode & OTHERS_WRITE) !== 0) return `${place} can be written by everybody`
  if ((mode & GROUP_WRITES) !== 0 && gid !== 0 && gid !== group) return `${place} can be written by the group ${gid}`
  return undefined
}

/** SHA-256 in hexadecimal letters. */
export async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash)
  return hash.digest('hex')
}

const recordOf = (path: string): string => `${path}.sha256`

/** Beside the program, as `sha256sum --check` reads it. */
export async function recordDigest(path: string, name: string): Promise<void> {
  await writeFile(recordOf(path), `${await fileDigest(path)}  ${name}\n`, { mode: 0o644 })
}

/** Undefined where nothing was recorded: an earlier version of this program made it. */
export async function recordedDigest(path: string): Promise<string | undefined> {
  const text = await readFile(recordOf(path), 'utf8').catch(() => undefined)
  // What cannot be read is a record all the same: of something else than what is there.
  return text === undefined ? undefined : (/^[0-9a-f]{64}(?= )/.exec(text)?.[0] ?? 'unreadable')
}

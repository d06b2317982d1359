// What others on this machine could read or change, by its permissions.
// Must not know: what is in it.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** A folder, and all that is in it. */
export const openToOthers = (folder: string): string[] =>
  [folder, ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))].filter(
    (path) => existsSync(path) && (statSync(path).mode & 0o077) !== 0,
  )

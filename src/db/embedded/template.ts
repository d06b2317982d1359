// A migrated embedded database in the cache: made once for these migrations, copied where a first
// start finds none.
// Must not know: how a database is made.
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withFileLock } from '../../lock.ts'

type Copying = {
  /** Left as it is where it is there. */
  readonly into: string
  readonly cacheDir: string
  /** Makes the database in this folder, and closes it. */
  readonly make: (folder: string) => Promise<void>
  readonly log: (line: string) => void
}

const DATABASE = fileURLToPath(new URL('..', import.meta.url))
const PACKAGES = fileURLToPath(new URL('../../../package-lock.json', import.meta.url))
const MAKING_MS = 120_000
/** Of other migrations, which another checkout may still copy. */
const KEPT_MS = 7 * 86_400_000

/** `into` is there whole, or not at all. The caller has locked it. */
export async function copyOfTemplate({ into, cacheDir, make, log }: Copying): Promise<void> {
  if (await isThere(into)) return
  const template = await cachedTemplate(cacheDir, make, log)
  const draft = `${into}.begun`
  await rm(draft, { recursive: true, force: true })
  await cp(join(template, 'pglite'), draft, { recursive: true, mode: constants.COPYFILE_FICLONE })
  await rename(draft, into)
}

async function cachedTemplate(cacheDir: string, make: Copying['make'], log: Copying['log']): Promise<string> {
  const template = join(cacheDir, `database-${await digestOfDatabase()}`)
  if (await isWhole(template)) return template
  await mkdir(cacheDir, { recursive: true })
  await withFileLock({ path: `${template}.lock`, waitMs: MAKING_MS, onWait: log }, async () => {
    if (await isWhole(template)) return
    log('making the embedded database, once for all first starts of this version')
    await removeOld(cacheDir)
    const begun = `${template}.begun`
    for (const each of [begun, template]) await rm(each, { recursive: true, force: true })
    await mkdir(begun, { recursive: true, mode: 0o700 })
    await make(join(begun, 'pglite'))
    await writeFile(join(begun, 'files'), await filesOf(begun))
    await rename(begun, template)
  })
  return template
}

/** A machine that went down may have left a part of it; inside its pages Postgres checks. */
async function isWhole(template: string): Promise<boolean> {
  if (!(await isThere(join(template, 'files')))) return false
  return (await readFile(join(template, 'files'), 'utf8')) === (await filesOf(template))
}

/** Each file with its length. */
async function filesOf(template: string): Promise<string> {
  const found = await readdir(join(template, 'pglite'), { recursive: true, withFileTypes: true })
  const files = found.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name))
  const lines = await Promise.all(files.map(async (file) => `${(await stat(file)).size} ${relative(template, file)}\n`))
  return lines.toSorted().join('')
}

/** Of all that decides what is made: the migrations, what carries them out, and the packages. */
async function digestOfDatabase(): Promise<string> {
  const hash = createHash('sha256').update(await readFile(PACKAGES))
  const names = await readdir(DATABASE, { recursive: true })
  for (const name of names.filter((each) => /^(\w+|migrations\/\w+)\.ts$/.test(each)).toSorted())
    hash.update(`${name}\n`).update(await readFile(join(DATABASE, name)))
  return hash.digest('hex').slice(0, 16)
}

async function removeOld(cacheDir: string): Promise<void> {
  for (const name of (await readdir(cacheDir)).filter((each) => /^database-[0-9a-f]{16}$/.test(each))) {
    const path = join(cacheDir, name)
    if ((await stat(path)).mtimeMs < Date.now() - KEPT_MS) await rm(path, { recursive: true, force: true })
  }
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

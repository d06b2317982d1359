// The migrated database in the cache: made once, copied for each first start, made anew where it is broken.
// Must not know: what is in it. Whether migrations ran is read from the times that the migrator wrote.
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { openDatabase } from '../../src/db/connect.ts'
import { copyOfTemplate } from '../../src/db/embedded/template.ts'
import { MIGRATIONS } from '../../src/db/migrate.ts'
import { onPostgres } from '../support/database.ts'
import { temporaryFolder } from '../support/temporalCli.ts'

/** Stands for a database: what is copied is files, whatever is in them. */
function files() {
  const cacheDir = join(temporaryFolder(), 'cache')
  let made = 0
  const make = async (folder: string) => {
    made += 1
    await mkdir(join(folder, 'global'), { recursive: true })
    for (const file of ['PG_VERSION', 'global/pg_control']) await writeFile(join(folder, file), `made ${made}`)
  }
  const first = async (folder = temporaryFolder()) => {
    await copyOfTemplate({ into: join(folder, 'pglite'), cacheDir, make, log: () => {} })
    const control = readFileSync(join(folder, 'pglite/global/pg_control'), 'utf8')
    return { control, version: readFileSync(join(folder, 'pglite/PG_VERSION'), 'utf8'), kept: readdirSync(folder) }
  }
  const inside = () => join(cacheDir, readdirSync(cacheDir)[0] ?? '', 'pglite')
  return { cacheDir, first, inside }
}
const from = (made: number) => ({ control: `made ${made}`, version: `made ${made}`, kept: ['pglite'] })

test('several first starts at once make it once, and all are whole', async () => {
  const { first } = files()
  expect(await Promise.all([first(), first(), first()])).toEqual([from(1), from(1), from(1)])
  expect(await first()).toEqual(from(1))
})

test('one of which a part is missing or cut off is made anew', async () => {
  const { first, inside } = files()
  await first()
  truncateSync(join(inside(), 'global/pg_control'), 0)
  expect(await first()).toEqual(from(2))
  rmSync(join(inside(), 'PG_VERSION'))
  expect(await first()).toEqual(from(3))
  rmSync(join(inside(), '../files'))
  expect(await first()).toEqual(from(4))
  expect(await first()).toEqual(from(4))
})

test('what a killed first start left behind, of its copy or of what it made, is in nobody’s way', async () => {
  const { cacheDir, first, inside } = files()
  await first()
  const template = join(inside(), '..')
  renameSync(template, `${template}.begun`)
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'pglite.begun'))
  writeFileSync(join(folder, 'pglite.begun', 'PG_VERSION'), 'half')
  expect(await first(folder)).toEqual(from(2))
  expect(readdirSync(cacheDir)).toEqual([expect.stringMatching(/^database-[0-9a-f]{16}$/)])
  expect(statSync(join(inside(), '..')).mode & 0o077, 'nobody else gets at what is copied').toBe(0)
})

test('a folder that has a database is left as it is', async () => {
  const { first } = files()
  const folder = temporaryFolder()
  await first(folder)
  writeFileSync(join(folder, 'pglite/PG_VERSION'), 'own')
  expect(await first(folder)).toEqual({ ...from(1), version: 'own' })
})

test.skipIf(onPostgres)(
  'a first start runs no migration once one has; each has rows of its own (skipped on Postgres, which has no template)',
  async () => {
    const templates = temporaryFolder()
    const lines: string[] = []
    const start = async () => {
      const log = (line: string) => void lines.push(line)
      const { db, close } = await openDatabase({ url: undefined, folder: temporaryFolder(), templates, log })
      const { rows: carriedOut } = await sql`select name, timestamp from kysely_migration order by name`.execute(db)
      const journal = await db.selectFrom('journal').select('what').execute()
      await sql`insert into journal (at, who, what, why) values (now(), 'test', 'kept', 'because')`.execute(db)
      await close()
      return { carriedOut, journal }
    }
    const one = await start()
    expect(one).toMatchObject({ carriedOut: { length: Object.keys(MIGRATIONS).length }, journal: [] })
    expect(await start()).toEqual(one)
    expect(lines).toEqual([expect.stringContaining('making the embedded database, once')])
  },
  120_000,
)

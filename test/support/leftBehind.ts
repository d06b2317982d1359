// What a program that a test has run leaves behind: log lines, rows, histories, metrics. None of it holds a key, a secret, or a
// buyer's name or e-mail that a test has used; where one does, the test file fails as it closes.
// Must not know: what a test promises, which code wrote where.
import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { Writable } from 'node:stream'
import { sql } from 'kysely'
import { z } from 'zod'
import type { Db } from '../../src/db/connect.ts'
import { KINDS } from '../../src/gateways/index.ts'
import { queryOf } from './database.ts'
import type { Environment } from './shop.ts'

/** Below it a word is found in anything. */
const SHORTEST = 6
/** Beside what tests say: the simulator's, which the program has with it. */
const ALWAYS = ['sim-secret']
const confided = new Set(ALWAYS)

/** What another file's tests have confided may be said freely by this one's. */
export function forgetConfided(): void {
  confided.clear()
  confide(...ALWAYS)
}

/** From here on these words must not be found in what is left behind. */
export function confide(...words: readonly unknown[]): void {
  for (const word of words) if (typeof word === 'string' && word.length >= SHORTEST) confided.add(word)
}

/** The buyer of an order that is sent, if it names one. */
export function confideBuyerIn(body: unknown): void {
  const { buyer } = Object(body)
  const { name, email } = Object(buyer)
  confide(name, email)
}

/** The secrets of a program's settings. */
export function confideSettings(environment: Environment) {
  const { API_KEYS = '', NOTICE_SECRET, PAYMENTWALL_SECRET_KEY, PAYMENTWALL_PROJECTS = '' } = environment
  const secrets = KINDS.flatMap(({ credentials }) => credentials.filter((name) => name.includes('SECRET')))
  confide(...API_KEYS.split(',').map((each) => each.split(':').slice(2).join(':')))
  confide(...PAYMENTWALL_PROJECTS.split(',').map((each) => each.split(':')[3]))
  confide(NOTICE_SECRET?.replace(/^whsec_/, ''), PAYMENTWALL_SECRET_KEY, ...secrets.map((name) => environment[name]))
}

/** `place` and the beginning of a word, for each that was found. */
export type Found = readonly string[]
const told = (word: string, place: string): string => `${word.slice(0, 8)}… in ${place}`

export const foundIn = (place: string, text: string): Found =>
  [...confided].filter((word) => text.includes(word)).map((word) => told(word, place))

/** A log whose lines are looked at as they are written; those of `level` and above are printed, as they would be without it. */
export function watchedLog(levelPrinted: number): { readonly out: Writable; found(): Found } {
  const found = new Set<string>()
  const out = new Writable({
    write: (chunk, _encoding, done) => {
      const line = String(chunk)
      for (const each of foundIn('the log', line)) found.add(each)
      if (Number(/"level":(\d+)/.exec(line)?.[1] ?? 0) >= levelPrinted) process.stdout.write(line)
      done()
    },
  })
  return { out, found: () => [...found] }
}

const TABLES = `select tablename as name from pg_tables where schemaname = 'public' and tablename not like 'kysely%'`
const literal = (word: string): string => `'${word.replaceAll("'", "''")}'`

/**
 * Each row as text, made once for all words: `offset 0` keeps the planner from making it again for
 * each. Bytes are in it as hexadecimal digits.
 */
function lookFor(tables: readonly string[]): string {
  const words = [...confided].map((word) => `(${literal(word)}, ${literal(Buffer.from(word).toString('hex'))})`)
  return tables
    .map(
      (table) => `select distinct ${literal(table)} as place, word
        from (select t::text as said from ${table} as t offset 0) as rows,
          (values ${words.join(', ')}) as words (word, digits)
        where position(word in said) > 0 or position(digits in said) > 0`,
    )
    .join(' union all ')
}

type Place = { readonly place: string; readonly word: string }
const toldRows = (rows: readonly Place[]): Found => rows.map(({ place, word }) => told(word, `the table ${place}`))

export async function foundInRows(db: Db): Promise<Found> {
  const tables = (await sql.raw<{ name: string }>(TABLES).execute(db)).rows.map(({ name }) => name)
  return tables.length === 0 ? [] : toldRows((await sql.raw<Place>(lookFor(tables)).execute(db)).rows)
}

/** The same of a database on a server, whoever was killed over it. */
export async function foundAt(url: string): Promise<Found> {
  const tables = named.parse(await queryOf(url, TABLES)).rows.map(({ name }) => name)
  return tables.length === 0 ? [] : toldRows(places.parse(await queryOf(url, lookFor(tables))).rows)
}
const named = z.object({ rows: z.array(z.object({ name: z.string() })) })
const places = z.object({ rows: z.array(z.object({ place: z.string(), word: z.string() })) })

/** The gateway's own files, and what every PGlite begins with. */
const NOT_OURS = [`${sep}simulator${sep}`, `${sep}gateway${sep}`, `${sep}base${sep}1${sep}`, `${sep}base${sep}4${sep}`]

/**
 * Temporal's histories, and an embedded database, as bytes: both write text as it is. Each of its
 * hundreds of small files is read in one go, which costs a third of what waiting for each costs.
 */
export async function foundInFiles(folder: string): Promise<Found> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const found = new Set<string>()
  for (const file of files) {
    const path = join(file.parentPath, file.name)
    if (!file.isFile() || NOT_OURS.some((part) => path.includes(part))) continue
    const bytes = bytesOf(path)
    for (const word of confided) if (bytes.includes(word)) found.add(told(word, path.slice(folder.length + 1)))
  }
  return [...found]
}

/** Nothing of a file that is gone by now: whoever wrote it tidies up. */
function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch {
    return Buffer.alloc(0)
  }
}

/** Throws where anything was found: whoever closes a program says so last, when all is closed. */
export function nothingLeft(found: Found): void {
  if (found.length > 0) throw new Error(`what tests confided was left behind: ${[...new Set(found)].join('; ')}`)
}

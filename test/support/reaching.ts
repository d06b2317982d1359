// Which test files ever learn of the Postgres server: those whose imports, followed to the end, come to a file that reads its address.
// Must not know: vitest. All others are the same test on either database, and one run of it is enough.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

const READS = /= process\.env\['TEST_POSTGRES_URL'\]/
const IMPORTED = /(?:from|import) '(\.[^']+\.ts)'|import\('(\.[^']+\.ts)'\)/g

/** Paths of all tests below `root`. */
export const testFiles = (root: string): readonly string[] =>
  readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join('test', name))

/** Those of them that reach it. Throws where no file reads it any more, for then nobody would run on Postgres at all. */
export function filesOnPostgres(root: string): readonly string[] {
  const sources = new Map<string, string>()
  const textOf = (file: string): string => {
    const text = sources.get(file) ?? readFileSync(file, 'utf8')
    sources.set(file, text)
    return text
  }
  const reaches = (file: string, seen: Set<string>): boolean => {
    if (seen.has(file)) return false
    seen.add(file)
    if (READS.test(textOf(file))) return true
    const imports = [...textOf(file).matchAll(IMPORTED)].map(([, one, other]) => one ?? other ?? '')
    return imports.some((to) => reaches(resolve(dirname(file), to), seen))
  }
  const found = testFiles(root).filter((file) => reaches(join(root, file), new Set()))
  if (found.length === 0) throw new Error('no test file comes to one that reads TEST_POSTGRES_URL')
  return found.toSorted()
}

// What comments and documents cite: a document, and its section as `design.md §6.3c` writes it.
// Must not know: what a section says.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readText, ROOT } from '../support/readme.ts'

const FOLDERS = ['src', 'workflows', 'activities', 'test', 'deploy']
/** Recorded bytes, and rows that name their sources. */
const DATA = /\.(json|csv|snap)$/

const under = (folder: string): readonly string[] =>
  readdirSync(ROOT + folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !DATA.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length))

export const DOCUMENTS: readonly string[] = [
  'README.md',
  'README.ko.md',
  ...under('docs').filter((file) => file.endsWith('.md')),
]
export const SOURCES: readonly string[] = [...FOLDERS.flatMap(under), 'docker-compose.yml', 'Dockerfile']

/** On one line, as a comment over several lines is read; links as their words. */
export const flat = (file: string): string =>
  readText(file)
    .replace(/\s*\n\s*(?:\*(?!\/)|\/\/|#)?\s*/g, ' ')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')

export type Cited = { readonly file: string; readonly document: string; readonly section: string }

const RUN = /([a-z-]+\.md)((?:(?:,? and |, | to |-| )§[0-9]+(?:\.[0-9]+)*[a-z]?)+)/g

/** Each section that a file cites, and what is left of the text without them. */
export function citedIn(file: string): { readonly cited: readonly Cited[]; readonly rest: string } {
  const text = flat(file)
  const cited = [...text.matchAll(RUN)].flatMap(([, document = '', run = '']) =>
    [...run.matchAll(/§([0-9.]+[a-z]?)/g)].map(([, section = '']) => ({ file, document, section })),
  )
  return { cited, rest: text.replace(RUN, '') }
}

/** §6 and §6.3 are headings, or §6.3 is the third point under §6, and §6.3c the (c) in it. */
export function hasSection(document: string, section: string): boolean {
  const [, chapter = '', point, letter] = /^(\d+)(?:\.(\d+))?([a-z])?$/.exec(section) ?? []
  const text = readText(`docs/${document}`).replace(/^```[^]*?^```/gm, '')
  const heading = (number: string) => new RegExp(`^#+ ${number.replace('.', '\\.')}\\.? `, 'm')
  if (point === undefined) return heading(chapter).test(text)
  if (letter === undefined && heading(`${chapter}.${point}`).test(text)) return true
  const under = text.split(heading(chapter))[1]?.split(/^## /m)[0] ?? ''
  const item = under.split(new RegExp(`^ ?${point}\\. `, 'm'))[1]?.split(/^ ?\d+\. /m)[0]
  return item !== undefined && (letter === undefined || item.includes(`(${letter}) `))
}

// Documents as tests read them: their headings as the addresses that links use.
// Must not know: what a heading is about.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const readText = (file: string): string => readFileSync(ROOT + file, 'utf8')

/** "The desk is silent" → the-desk-is-silent, as GitHub and GitLab do. */
const slug = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-')

/** Addresses of all headings; one that comes again gets a number, and what stands in code is no heading. */
export function anchorsOf(text: string): readonly string[] {
  const seen = new Map<string, number>()
  return [...text.replace(/^```[^]*?^```/gm, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => {
    const anchor = slug(heading)
    const before = seen.get(anchor) ?? 0
    seen.set(anchor, before + 1)
    return before === 0 ? anchor : `${anchor}-${before}`
  })
}

/** Addresses of the headings under this one, down to the next of its level. */
export function headingsOf(text: string, section: string): readonly string[] {
  const headings = [...text.matchAll(/^(#+) (.+)$/gm)].map(([, marks = '', name = '']) => ({
    depth: marks.length,
    name,
  }))
  const start = headings.findIndex(({ name }) => name === section)
  const depth = headings[start]?.depth
  if (depth === undefined) throw new Error(`there is no heading "${section}"`)
  const after = headings.slice(start + 1)
  const end = after.findIndex((each) => each.depth <= depth)
  return (end === -1 ? after : after.slice(0, end)).map(({ name }) => slug(name))
}

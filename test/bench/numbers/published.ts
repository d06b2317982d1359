// docs/benchmark.md: each bench puts its last run in its own place there.
// Must not know: what was measured.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'

const DOCUMENT = fileURLToPath(new URL('../../../docs/benchmark.md', import.meta.url))

export type Place = 'last run' | 'receiver' | 'waiting' | 'many'

/** As the document has it. */
export const inMarkdown = async (said: string): Promise<string> =>
  format(said, { ...(await resolveConfig(DOCUMENT)), parser: 'markdown' })

/** Throws where the document has no such place. */
export async function publish(place: Place, said: string): Promise<void> {
  const text = written(readFileSync(DOCUMENT, 'utf8'), place, said)
  writeFileSync(DOCUMENT, await format(text, { ...(await resolveConfig(DOCUMENT)), filepath: DOCUMENT }))
}

/** The document with this in its place. Throws where it has none. */
export function written(document: string, place: Place, said: string): string {
  const [from, to] = [`<!-- ${place} -->\n`, `<!-- /${place} -->`]
  const [before, rest = ''] = split(document, from)
  const [, after] = split(rest, to)
  if (after === undefined) throw new Error(`the document has no <!-- ${place} --> … <!-- /${place} -->`)
  return `${before}${from}\n${said}\n${to}${after}`
}

/** At the first of them. */
function split(text: string, at: string): readonly [string, string | undefined] {
  const place = text.indexOf(at)
  return place < 0 ? [text, undefined] : [text.slice(0, place), text.slice(place + at.length)]
}

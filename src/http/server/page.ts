// Cursors of lists: where the page before ended, as text that nobody needs to read.
// Must not know: what is listed.
import { invalidRequest } from './errors.ts'

export const cursorOf = (parts: readonly string[]): string =>
  Buffer.from(JSON.stringify(parts), 'utf8').toString('base64url')

/** Throws `invalidRequest` for a text that this program did not make. */
export function readCursor(text: string, length: number, fits: (parts: readonly string[]) => boolean): string[] {
  const parts = partsOf(text)
  if (parts?.length === length && fits(parts)) return parts
  throw invalidRequest([{ in: 'query', path: 'cursor', message: 'must be the cursor of the page before' }])
}

function partsOf(text: string): string[] | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string') ? parts : undefined
  } catch {
    return undefined
  }
}

// The digest of a command's arguments: the same id or proof with other arguments is another
// command.
// Must not know: which commands there are. Who asks, and the proof of it, are no arguments.
import { createHash } from 'node:crypto'

const NO_ARGUMENTS: readonly string[] = ['proof', 'person']

/** SHA-256 of the arguments as JSON, whatever the order of their fields; hexadecimal. */
export function digestOf(args: unknown): string {
  const given = typeof args === 'object' && args !== null ? Object.entries(args) : []
  const sorted = given
    .filter(([name, value]) => !NO_ARGUMENTS.includes(name) && value !== undefined && value !== null)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex')
}

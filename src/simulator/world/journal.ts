// A file of JSON lines that only grows while the program runs,
// and is written afresh, short, at each start.
// Must not know what the lines mean.
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'

export type Journal = { append(line: unknown): void; clear(): void; close(): void }

/**
 * The lines of the file. What stands behind the last line break was
 * cut short by a kill and never answered: dropped.
 */
export function readLines(path: string): unknown[] {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  return lines.map((line, index) => {
    try {
      return JSON.parse(line) as unknown
    } catch {
      throw new Error(`Line ${index + 1} of ${path} is damaged. Move the file away to start the simulator empty.`)
    }
  })
}

/** Puts `lines` in place of the whole file, atomically, and keeps it open for more. */
export function startJournal(path: string, lines: unknown[]): Journal {
  mkdirSync(dirname(path), { recursive: true })
  const fresh = `${path}.new`
  const file = openSync(fresh, 'w')
  writeAll(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  fsyncSync(file)
  renameSync(fresh, path)
  let open = true
  return {
    append: (line) => {
      // The system gives a closed file's number to the next file: never write to it.
      if (!open) throw new Error('The simulator is closed.')
      writeAll(file, `${JSON.stringify(line)}\n`)
    },
    clear: () => ftruncateSync(file, 0),
    close: () => {
      open = false
      closeSync(file)
    },
  }
}

// A write that stopped half way would damage the line after
// it: take it back before saying that it failed.
function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text, 'utf8')
  const before = fstatSync(file).size
  try {
    let done = 0
    while (done < bytes.length) done += writeSync(file, bytes, done, bytes.length - done, before + done)
  } catch (error) {
    ftruncateSync(file, before)
    throw error
  }
}

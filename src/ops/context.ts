// What every command of the ops command line is given.
// Must not know: commands.
import type { Api } from './api.ts'
import type { Out } from './render.ts'
import type { Terminal } from './report.ts'

export type Context = {
  /** At the address, and with the key, of the command line. */
  readonly api: () => Api
  readonly out: Terminal
  readonly err: Out
  /** The code with which it will end; 0 where none is named. */
  readonly exit: (code: number) => void
}

// Ports for programs that are told theirs, and start later, or again and again: the system gives none of these to anybody by itself.
// Must not know: what listens there.
import { randomInt } from 'node:crypto'
import { becomesFree } from '../../src/temporal/server/ports.ts'

/** Below those that Linux, macOS and Windows give to whoever asks for any, to outgoing connections too. */
const [FIRST, EACH] = [20_000, 1_000]
const WORKERS = 10
/** Another run beside this one begins elsewhere. */
let next = randomInt(EACH)

/** Each once in this process, of the thousand that are this worker's: nobody listens there now. */
export async function portToKeep(ip: string): Promise<number> {
  const worker = Number(process.env['VITEST_POOL_ID'] ?? 0) % WORKERS
  for (let tries = 0; tries < EACH; tries += 1) {
    const port = FIRST + worker * EACH + (next++ % EACH)
    if (await becomesFree(ip, port, 0)) return port
  }
  throw new Error(`no port of ${FIRST + worker * EACH} and the ${EACH} behind it is free`)
}

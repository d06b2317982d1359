// Sends bytes to a port and reads what comes back until the other side ends it.
// Must not know: what was sent, what is right.
import { connect } from 'node:net'
import type { Input } from './inputs.ts'

/** `status` 0: it was ended without an answer. */
export type Heard = { readonly status: number; readonly head: string; readonly body: string; readonly late: boolean }

/** Longer than the server gives a request to arrive: whoever still waits then was forgotten. */
const FORGOTTEN_MS = 40_000
const CUT_MS = 30
const DROP_MS = 20
const DROPS = 40

export function send(port: number, { bytes, how }: Pick<Input, 'bytes' | 'how'>): Promise<Heard> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    const parts: Buffer[] = []
    let late = false
    const forgotten = setTimeout(() => {
      late = true
      socket.destroy()
    }, FORGOTTEN_MS)
    socket.on('data', (part) => parts.push(part))
    // A server that has heard enough may end it while we are still sending.
    socket.on('error', () => undefined)
    socket.once('close', () => {
      clearTimeout(forgotten)
      // Whoever expects it is told to go on before the answer.
      const text = Buffer.concat(parts)
        .toString('latin1')
        .replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '')
      const at = text.indexOf('\r\n\r\n')
      const head = at < 0 ? text : text.slice(0, at)
      resolve({
        status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0),
        head,
        body: at < 0 ? '' : text.slice(at + 4),
        late,
      })
    })
    socket.once('connect', () => {
      if (how === 'slow') {
        drip(socket, bytes)
        return
      }
      socket.write(bytes)
      if (how === 'cut') setTimeout(() => socket.end(), CUT_MS)
    })
  })
}

function drip(socket: ReturnType<typeof connect>, bytes: Buffer): void {
  let sent = 0
  const timer = setInterval(() => {
    if (sent >= DROPS || socket.destroyed) return clearInterval(timer)
    socket.write(bytes.subarray(sent, sent + 1))
    sent += 1
  }, DROP_MS)
}

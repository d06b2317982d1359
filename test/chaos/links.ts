// A network between programs of this machine: each link is a port that leads to another, and may be cut for a while.
// Must not know: what goes over it.
import { connect, createServer, type Socket } from 'node:net'
import { becomesFree } from '../../src/temporal/server/ports.ts'

const HOST = '127.0.0.1'

/** Refused: connections end and none is taken. Silent: they stay, and nothing comes through any more, as behind a dead switch. */
export const CUTS = ['refused', 'silent'] as const
export type Cut = (typeof CUTS)[number]

const [LOWEST, HIGHEST] = [20_000, 32_000]

/**
 * A port that is still free after whoever listens there was killed: below those that a system lends to connections, which are many
 * here.
 */
export async function steadyPort(): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST))
    if (await becomesFree(HOST, port, 0)) return port
  }
}

export type Link = {
  readonly name: string
  readonly port: number
  cut(how: Cut): void
  /** What was silent ends now: whoever waited at it finds out. */
  mend(): void
  stop(): void
}

export async function startLink(name: string, to: number): Promise<Link> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let state: Cut | 'whole' = 'whole'
  const endAll = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy()
    pairs.clear()
  }
  const server = createServer((near) => {
    if (state === 'refused') return void near.destroy()
    const far = connect(to, HOST)
    const pair = [near, far] as const
    pairs.add(pair)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.setNoDelay(true)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        other.destroy()
        pairs.delete(pair)
      })
    }
    if (state === 'silent') for (const socket of pair) socket.pause()
    else {
      near.pipe(far)
      far.pipe(near)
    }
  })
  const port = await new Promise<number>((resolve) => {
    server.listen(0, HOST, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
  return {
    name,
    port,
    cut: (how) => {
      state = how
      if (how === 'refused') return endAll()
      for (const [near, far] of pairs) {
        near.unpipe(far).pause()
        far.unpipe(near).pause()
      }
    },
    mend: () => {
      if (state === 'silent') endAll()
      state = 'whole'
    },
    stop: () => {
      endAll()
      server.close()
    },
  }
}

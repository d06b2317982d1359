// TCP ports of this machine: which is free, and whether somebody answers on one.
// Must not know what the port is for.

import { connect, createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

const POLL_MS = 50

/**
 * A port nobody listens on now. Somebody may take it before it is used: the caller must be ready to
 * ask again.
 */
export async function freePort(ip: string): Promise<number> {
  const port = await bindOnce(ip, 0)
  if (port === undefined) throw new Error(`No free port on ${ip}. Check that ${ip} is an address of this machine.`)
  return port
}

/**
 * Whether `port` is or becomes free in time: a server that has just been told to stop needs a
 * moment.
 */
export async function becomesFree(ip: string, port: number, waitMs: number): Promise<boolean> {
  const giveUpAt = Date.now() + waitMs
  while ((await bindOnce(ip, port)) === undefined) {
    if (Date.now() > giveUpAt) return false
    await pause(POLL_MS)
  }
  return true
}

/** Whether somebody accepts connections on the port. */
export function isListening(ip: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: ip, port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/** The port that was bound and given back; undefined when it is taken. */
function bindOnce(ip: string, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error) => {
      if ('code' in error && error.code === 'EADDRINUSE') resolve(undefined)
      else reject(new Error(`Cannot listen on ${ip}, port ${port}: ${error.message}. Choose others.`, { cause: error }))
    })
    server.listen({ host: ip, port, exclusive: true }, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined))
    })
  })
}

// One outgoing HTTP request on a connection of its own.
// Must not know what it carries, and never tries twice.
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'

export type Outgoing = {
  method: 'GET' | 'POST'
  url: string
  headers: Record<string, string>
  body?: string | Uint8Array
}
export type Answer = { status: number; type: string; body: string }

// First send at i'mport: 10 s to connect, 30 s to be answered (iamport.md §6).
const CONNECT_MS = 10_000
const READ_MS = 30_000
const ANSWER_LIMIT_BYTES = 64 * 1024

/**
 * Rejects when there is no answer. A kept-open connection could
 * die between two sends and lose one: none is kept.
 */
export function send(outgoing: Outgoing, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const open = outgoing.url.startsWith('https:') ? httpsRequest : httpRequest
    const request = open(outgoing.url, { method: outgoing.method, headers: outgoing.headers, agent: false, signal })
    const connecting = setTimeout(() => request.destroy(new Error('no connection in time')), CONNECT_MS)
    const reading = setTimeout(() => request.destroy(new Error('no answer in time')), CONNECT_MS + READ_MS)
    const stopTimers = () => {
      clearTimeout(connecting)
      clearTimeout(reading)
    }
    request.once('socket', (socket) => socket.once('connect', () => clearTimeout(connecting)))
    request.once('error', reject)
    request.once('close', stopTimers)
    request.once('response', (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (piece: string) => {
        if (body.length < ANSWER_LIMIT_BYTES) body += piece
      })
      response.once('error', reject)
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', body }),
      )
    })
    request.end(outgoing.body)
  })
}

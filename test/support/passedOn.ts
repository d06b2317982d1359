// Requests as proxies on this machine pass them on, over a bare socket: no client in between chooses a Host, a version or a header.
// Must not know: who is asked, and what is right.
import { once } from 'node:events'
import { connect } from 'node:net'

/** What each adds: nginx and others as their guides show, clouds, chains of proxies, and spellings that mean the same. */
export const PROXY_HEADERS = [
  'X-Forwarded-For: 203.0.113.9',
  'X-Forwarded-Host: pay.example.com',
  'X-Forwarded-Proto: https',
  'X-Forwarded-Port: 443',
  'X-Forwarded-Server: front',
  'X-Forwarded-For:',
  'x_forwarded_for: 203.0.113.9',
  'X-Forwarded: for=203.0.113.9',
  'X-Original-Forwarded-For: 203.0.113.9',
  'Forwarded: for=203.0.113.9;proto=https',
  'Forwarded-For: 203.0.113.9',
  'Via: 1.1 front',
  'X-Real-IP: 203.0.113.9',
  'X-Client-IP: 203.0.113.9',
  'Client-IP: 203.0.113.9',
  'True-Client-IP: 203.0.113.9',
  'X-Cluster-Client-IP: 203.0.113.9',
  'X-Remote-Addr: 203.0.113.9',
  'X-Originating-IP: 203.0.113.9',
  'X-Envoy-External-Address: 203.0.113.9',
  'CF-Connecting-IP: 203.0.113.9',
  'CF-Connecting-IPv6: 2001:db8::9',
  'CF-Ray: 8d2f0c1a2b3c4d5e-ICN',
  'CDN-Loop: cloudflare',
  'Fastly-Client-IP: 203.0.113.9',
  'Fly-Client-IP: 203.0.113.9',
  'X-Azure-ClientIP: 203.0.113.9',
  'X-AppEngine-User-IP: 203.0.113.9',
  'WL-Proxy-Client-IP: 203.0.113.9',
  'Max-Forwards: 9',
] as const

/** More than Node keeps in `headers`: what a caller sends, before what a proxy appends. */
export const MANY_HEADERS = Array.from({ length: 1_100 }, (_, number) => `a${number}: b`)

export type Sent = {
  readonly line: string
  readonly version?: string
  readonly headers?: readonly string[]
  readonly json?: object
}
export type Heard = { readonly status: number; readonly body: string }

/** With exactly these headers, and those that a body needs. */
export async function sendRaw(url: string, { line, version = '1.1', headers = [], json }: Sent): Promise<Heard> {
  const body = json === undefined ? '' : JSON.stringify(json)
  const typed =
    json === undefined ? [] : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`]
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  // Not ended: to nginx half a connection is a caller who has gone.
  socket.write([`${line} HTTP/${version}`, ...headers, 'Connection: close', ...typed, '', body].join('\r\n'))
  let text = ''
  socket.setEncoding('utf8').on('data', (piece: string) => (text += piece))
  await once(socket, 'close')
  const [head = '', ...rest] = text.split('\r\n\r\n')
  return { status: Number(head.split(' ')[1]), body: rest.join('\r\n\r\n') }
}

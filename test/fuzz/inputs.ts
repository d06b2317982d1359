// Requests as bytes, drawn from a seed: a door, what is sent there, and how: honest lengths, lies, smuggled headers, halves.
// Must not know: what is answered.
import type { Chance } from '../support/seeded.ts'
import { bytesOf, oddForm, oddObject, oddValue } from './values.ts'

export type Door = {
  readonly method: string
  /** With its parameters filled in. */
  readonly path: string
  readonly key: string | undefined
  readonly good: Readonly<Record<string, unknown>>
}
/** `answer`: all is sent, so it must be answered; `cut`: it ends in the middle; `slow`: in drops, and then nothing. */
export type Input = { readonly door: Door; readonly bytes: Buffer; readonly how: 'answer' | 'cut' | 'slow' }

const TYPES = [
  'application/json',
  'application/json; charset=utf-16',
  'application/json; charset=klingon',
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=euc-kr',
  'multipart/form-data; boundary=x',
  'text/plain',
  'application/xml',
  '',
  'x'.repeat(500),
]
const HEADERS: readonly ((chance: Chance) => string)[] = [
  () => 'Content-Encoding: gzip',
  () => 'Content-Encoding: br, gzip',
  () => 'Expect: 100-continue',
  () => 'Expect: a miracle',
  () => 'X-Forwarded-For: 127.0.0.1, ::1, unknown, 999.999.999.999, <script>',
  () => 'Forwarded: for="[::1]:80";host=evil',
  () => 'X-Forwarded-Host: evil.example',
  () => 'X-HTTP-Method-Override: DELETE',
  () => 'Origin: null',
  () => 'Cookie: a=b; '.padEnd(2_000, 'c'),
  () => 'Idempotency-Key: \u00ff\u00fe',
  () => `Idempotency-Key: ${'k'.repeat(500)}`,
  () => 'Accept: text/html;q=banana',
  () => 'Range: bytes=0-,5-2,-1',
  () => 'Connection: upgrade\r\nUpgrade: websocket',
  () => 'webhook-id: msg_1\r\nwebhook-timestamp: 1\r\nwebhook-signature: v1,AAAA v1, v2,\u00ff',
  (chance) =>
    `webhook-timestamp: ${oddValue(chance)
      .replaceAll(/[\r\n\u0080-\uffff]/g, '')
      .slice(0, 300)}`,
  (chance) => Array.from({ length: chance.below(150) }, (_, index) => `X-${index}: ${index}`).join('\r\n') || 'X: 1',
  (chance) => `X-Long: ${'l'.repeat(chance.below(30_000))}`,
  () => 'X-Folded: a\r\n b',
  () => 'X Space: 1',
  () => 'X-Nul: a\u0000b',
]
/** Two lengths, or a length that is none: a proxy and we must not read two requests where the other reads one. */
const SMUGGLED: readonly ((length: number) => string)[] = [
  (length) => `Content-Length: ${length}\r\nContent-Length: ${length + 7}`,
  (length) => `Content-Length: ${length}\r\nTransfer-Encoding: chunked`,
  () => 'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity',
  () => 'Transfer-Encoding : chunked',
  () => 'Transfer-Encoding: xchunked',
  () => 'Content-Length: -1',
  () => 'Content-Length: 1e3',
  () => 'Content-Length: 99999999999',
  () => 'Content-Length: 0x10',
]
const KEYS = [
  'Bearer',
  'Bearer ',
  'Basic dXNlcjpwYXNz',
  'Bearer \u00ff',
  `Bearer ${'k'.repeat(5_000)}`,
  'bearer null',
  'Bearer a b',
]

export function drawInput(chance: Chance, door: Door): Input {
  const form = chance.below(3) === 0
  const text =
    chance.below(12) === 0 ? oddValue(chance) : form ? oddForm(chance, door.good) : oddObject(chance, door.good)
  const body = door.method === 'GET' ? Buffer.alloc(0) : bytesOf(chance, text)
  const query = door.method === 'GET' || chance.below(10) === 0 ? `?${oddForm(chance, door.good)}` : ''
  const lines = [
    `${chance.below(60) === 0 ? chance.pick(['GET', 'PUT', 'OPTIONS', 'BREW', 'get']) : door.method} ${pathOf(chance, door.path)}${latin(query)} HTTP/1.${chance.below(30) === 0 ? 0 : 1}`,
  ]
  if (chance.below(50) !== 0)
    lines.push(`Host: ${chance.below(30) === 0 ? chance.pick(['', 'evil.example', '[::1', 'a b']) : '127.0.0.1'}`)
  if (chance.below(20) !== 0)
    lines.push(`Content-Type: ${chance.below(3) === 0 ? chance.pick(TYPES) : form ? TYPES[3] : TYPES[0]}`)
  if (door.key !== undefined)
    lines.push(`Authorization: ${chance.below(10) === 0 ? chance.pick(KEYS) : `Bearer ${door.key}`}`)
  while (chance.below(3) === 0) lines.push(chance.pick(HEADERS)(chance))
  lines.push('Connection: close')
  const smuggled = chance.below(15) === 0
  lines.push(smuggled ? chance.pick(SMUGGLED)(body.length) : `Content-Length: ${body.length}`)
  const bytes = Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body])
  if (chance.below(400) === 0) return { door, bytes, how: 'slow' }
  if (smuggled) return { door, bytes, how: 'cut' }
  if (chance.below(40) === 0) return { door, bytes: bytes.subarray(0, chance.below(bytes.length)), how: 'cut' }
  return { door, bytes, how: 'answer' }
}

const latin = (text: string) => text.replaceAll(/[^\u0021-\u007e]/g, (each) => encodeURIComponent(each))

function pathOf(chance: Chance, path: string): string {
  const kind = chance.below(40)
  if (kind === 0) return `${path}/`
  if (kind === 1) return path.replaceAll('/', '//')
  if (kind === 2) return `${path}/..%2f..%2fmetrics`
  if (kind === 3) return `http://evil.example${path}`
  if (kind === 4) return `${path}%00`
  if (kind === 5) return path.toUpperCase()
  if (kind === 6) return `${path}${'a'.repeat(chance.below(9_000))}`
  if (kind === 7) return '*'
  return path
}

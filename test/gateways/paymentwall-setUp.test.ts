// What the page of a widget says of a Paymentwall project's set-up: only what is read there is told, and what did not come is
// told as not known.
import { expect, test } from 'vitest'
import type { HttpAnswer } from '../../src/gateways/http.ts'
import { projectChecks } from '../../src/gateways/paymentwall/setUp/checks.ts'

const FACTS = {
  door: 'https://pay.example.com/webhooks/paymentwall',
  channel: 'live',
  seen: () => Promise.resolve(undefined),
} as const

async function verdicts(answer: HttpAnswer): Promise<string> {
  const asked = {
    version: 3,
    statusApi: false,
    askPage: () => Promise.resolve(answer),
    askStatus: () => Promise.resolve(),
  } as const
  const checks = projectChecks(asked, FACTS).filter(({ name }) => ['answers', 'keys', 'widget'].includes(name))
  const found = await Promise.all(checks.map(async (check) => check.judge()))
  return found.map(({ verdict }) => verdict).join(' ')
}
const page = (body: string, status = 200): HttpAnswer => ({ kind: 'answer', status, body })

test.each<[string, HttpAnswer, string]>([
  ['the widget', page('<h1>Gold pack</h1>'), 'right right right'],
  ['a widget larger than is read', { kind: 'lost', said: 'larger', tooLarge: true }, 'right right right'],
  ['not authorised', page('<p>You are not authorized to view this page</p>'), 'right wrong right'],
  ['an error code', page('<p>error code 05</p>'), 'right right wrong'],
  ['a redirect', page('', 302), 'right unasked unasked'],
  ['an outage', page('<h1>502</h1>', 502), 'wrong unasked unasked'],
  ['nobody', { kind: 'notSent', said: 'the connection was refused' }, 'wrong unasked unasked'],
  ['a broken connection', { kind: 'lost', said: 'the connection broke' }, 'wrong unasked unasked'],
])('%s', async (_, answer, expected) => expect(await verdicts(answer)).toBe(expected))

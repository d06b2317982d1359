// A gateway that says of each payment that it was paid as ordered; or never answers, so that looks are under way for ever.
// Must not know: what is asked of it for what.
import { createServer, type ServerResponse } from 'node:http'

export type Mood = 'answers' | 'hangs'
const TOKEN = { access_token: 'token', now: 1_000, expired_at: 1_000 + 3_600 }
const CHANNELS = [{ pg_provider: 'paymentwall', pg_id: 'project', sandbox: false, type: 'payment' }]
export const PRICE = { amount: 1_000, currency: 'KRW' } as const

const payment = (number: string) => ({
  imp_uid: `imp-${number}`,
  merchant_uid: `o-${number}`,
  ...PRICE,
  cancel_amount: 0,
  status: 'paid',
  sandbox: false,
  pg_provider: 'paymentwall',
  pg_tid: `b${number}`,
  pay_method: 'card',
  paid_at: Math.floor(Date.now() / 1_000),
  failed_at: 0,
  fail_reason: null,
  cancel_history: [],
})

const say = (response: ServerResponse, answer: object): void => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ code: 0, message: null, response: answer }))
}

export async function startPayingGateway() {
  let mood: Mood = 'hangs'
  const server = createServer((request, response) => {
    request.resume()
    const path = request.url ?? ''
    const number = /^\/payments\/imp-(\d+)/.exec(path)?.[1]
    if (path.startsWith('/users/getToken')) say(response, TOKEN)
    else if (mood === 'answers' && path.startsWith('/users/pg')) say(response, CHANNELS)
    else if (mood === 'answers' && number !== undefined) say(response, payment(number))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  if (typeof bound !== 'object' || bound === null) throw new Error('the gateway has no port')
  return {
    url: `http://127.0.0.1:${bound.port}`,
    be: (next: Mood) => {
      mood = next
      if (next === 'answers') server.closeAllConnections()
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

// A simulator, a merchant that listens, and the few calls that every test here makes.
// Must not know the program under development: the simulator is tested alone, over HTTP.
import { createServer } from 'node:http'
import { expect, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { startSimulator, type SimulatorOptions } from '../../src/simulator/app.ts'

// Machines are shared: waiting costs nothing when it is not needed.
vi.setConfig({ testTimeout: 60_000 })

/** Asks until it is so. */
export function eventually<Value>(get: () => Value) {
  return expect.poll(get, { timeout: 20_000 })
}

type Heard = {
  sender: string | undefined
  /** What it asked with. */
  key: string | undefined
  method: string
  path: string
  query: URLSearchParams
  type: string
  headers: Record<string, string>
  bytes: Buffer
  body: string
}
export type Said = { status: number; body: unknown; text: string }

/** Listens like a merchant. `answers` are given in turn, the last one for ever. */
export async function startMerchant(answers = [{ status: 200, body: 'OK' }]) {
  const heard: Heard[] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://merchant')
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => void pieces.push(piece))
    request.on('end', () => {
      const bytes = Buffer.concat(pieces)
      const sent = { type: request.headers['content-type'] ?? '', bytes, body: bytes.toString('utf8') }
      // What a proxy on the way says.
      const sender = z.string().optional().parse(request.headers['x-forwarded-for'])
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
      heard.push({
        sender,
        headers,
        key: request.headers.authorization,
        method: request.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        ...sent,
      })
      const answer = answers[Math.min(heard.length, answers.length) - 1]
      // One connection each: one that was idle may be closed in the moment in which it is used again.
      response.writeHead(answer?.status ?? 500, { connection: 'close' }).end(answer?.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = z.object({ port: z.number() }).parse(server.address())
  return {
    url: `http://127.0.0.1:${address.port}/hooks`,
    heard,
    /** The bodies heard so far, as JSON. */
    bodies: () => heard.map(({ body }) => JSON.parse(body) as unknown),
  }
}

const ENVELOPE = z.object({ response: z.looseObject({}) })

export async function startTogether(options: Partial<SimulatorOptions> = {}) {
  const merchant = await startMerchant()
  const base = { host: '127.0.0.1', port: 0, webhookUrl: merchant.url, pingbackUrl: merchant.url }
  const simulator = await startSimulator({ ...base, ...options })
  onTestFinished(() => simulator.close())
  const keys = { imp_key: 'sim-key', imp_secret: 'sim-secret' }
  const login = async () => {
    const issued = await call(simulator.url, 'POST', '/users/getToken', keys)
    return z.object({ response: z.object({ access_token: z.string() }) }).parse(issued.body).response.access_token
  }
  const token = await login()
  const headers = { authorization: `Bearer ${token}` }
  const ask = (method: string, path: string, body?: object) => call(simulator.url, method, path, body, headers)
  return {
    merchant,
    simulator,
    token,
    /** A call with the token. */
    ask,
    /** What a read answers: a payment, or a page. */
    look: async (path: string) => ENVELOPE.parse((await ask('GET', path)).body).response,
    pay: async (order: object = {}) => {
      const usual = { merchantUid: 'order-1', outcome: 'paid', amount: 1990, currency: 'USD' }
      const said = await call(simulator.url, 'POST', '/__sim/pay', { ...usual, ...order })
      return z.object({ impUid: z.string() }).parse(said.body).impUid
    },
    /** Moves the clock, and has a token that lives there. */
    pass: async (advance: string) => {
      expect(await call(simulator.url, 'POST', '/__sim/clock', { advance })).toMatchObject({ status: 200 })
      headers.authorization = `Bearer ${await login()}`
    },
    desk: (method: string, path: string, body?: object) => call(simulator.url, method, `/__sim/${path}`, body),
    tickets: async () => {
      const said = await call(simulator.url, 'GET', '/__sim/tickets')
      return z.object({ tickets: z.array(z.looseObject({ id: z.string() })) }).parse(said.body).tickets
    },
  }
}

export async function call(
  url: string,
  method: string,
  path: string,
  body?: object | string,
  headers: Record<string, string> = {},
): Promise<Said> {
  const form = typeof body === 'string'
  const type = form ? 'application/x-www-form-urlencoded' : 'application/json'
  const sent = body === undefined ? null : form ? body : JSON.stringify(body)
  const response = await fetch(url + path, { method, body: sent, headers: { 'content-type': type, ...headers } })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json')
  return { status: response.status, text, body: isJson ? (JSON.parse(text) as unknown) : undefined }
}

/** Resolves when the caller gave up: nothing was answered for a second. */
export async function staysSilent(url: string, path: string, body: object | string, headers: Record<string, string>) {
  const type = typeof body === 'string' ? 'application/x-www-form-urlencoded' : 'application/json'
  const sent = typeof body === 'string' ? body : JSON.stringify(body)
  const signal = AbortSignal.timeout(1_000)
  const call = fetch(url + path, { method: 'POST', signal, body: sent, headers: { 'content-type': type, ...headers } })
  return call.then(
    () => false,
    (error: unknown) => error instanceof Error && error.name === 'TimeoutError',
  )
}

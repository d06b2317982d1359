// The gateway of all contestants: as little of i'mport's REST API, V1, as a payment and a refund need (docs/iamport.md), so cheap that
// what is measured is not it. Buyers and the desk do as they are told; a webhook is repeated until it is taken.
// Must not know: who asks.
import { createServer, type IncomingMessage } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { arrivals } from './arrivals.ts'

const HOST = '127.0.0.1'
const AGAIN_MS = 50
const MOST_TRIES = 2_400
const IDLE_MS = 300_000
const TOKEN_S = 1_800

type Sold = {
  readonly merchantUid: string
  readonly amount: number
  readonly currency: string
  paidAt: number
  ticket: { readonly amount: number; readonly reason: string } | null
  cancelledAt: number
}

const preparing = z.object({ merchant_uid: z.string(), amount: z.number(), currency: z.string() })
const cancelling = z.object({
  imp_uid: z.string().optional(),
  merchant_uid: z.string().optional(),
  amount: z.number(),
  reason: z.string(),
})

/** In monotonic milliseconds: when it was first sent, and how long it took until it was taken. */
export type Told = { readonly sentAt: number; readonly takenMs: number }
export type Gateway = Awaited<ReturnType<typeof startGateway>>

export async function startGateway() {
  const sold = new Map<string, Sold>()
  const prepared = arrivals('the registration')
  const filed = arrivals('the ticket')
  let calls = 0
  const find = (merchantUid: string): Sold => {
    const found = sold.get(merchantUid)
    if (found === undefined) throw new Error(`nobody registered ${merchantUid}`)
    return found
  }

  function answer(method: string, path: string, body: unknown): unknown {
    const seconds = unixSeconds()
    if (path === '/users/getToken') return { access_token: 'bench', now: seconds, expired_at: seconds + TOKEN_S }
    if (path === '/users/pg')
      return [{ pg_provider: 'paymentwall', pg_id: 'bench', sandbox: false, channel_key: 'bench' }]
    if (path === '/payments/prepare' && method === 'POST') {
      const { merchant_uid: merchantUid, ...money } = preparing.parse(body)
      if (!sold.has(merchantUid))
        sold.set(merchantUid, { merchantUid, ...money, paidAt: 0, ticket: null, cancelledAt: 0 })
      prepared.note(merchantUid)
      return { merchant_uid: merchantUid, ...money }
    }
    if (path === '/payments/cancel') {
      const { imp_uid, merchant_uid, amount, reason } = cancelling.parse(body)
      const payment = find(merchant_uid ?? orderOf(imp_uid ?? ''))
      payment.ticket = { amount, reason }
      filed.note(payment.merchantUid)
      return shown(payment)
    }
    if (path.startsWith('/payments/status/')) return { total: 0, previous: 0, next: 0, list: [] }
    const payment = sold.get(orderOf(/^\/payments\/(imp_[^/?]+)$/.exec(path)?.[1] ?? ''))
    return payment === undefined || payment.paidAt === 0 ? undefined : shown(payment)
  }

  const server = createServer((request, response) => {
    calls += 1
    void read(request).then((body) => {
      const found = answer(request.method ?? '', (request.url ?? '').replace(/\?.*/, ''), body)
      const envelope =
        found === undefined
          ? { code: -1, message: 'not found', response: null }
          : { code: 0, message: null, response: found }
      response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(envelope))
    })
  })
  server.keepAliveTimeout = IDLE_MS
  const port = await new Promise<number>((resolve) =>
    server.listen(0, HOST, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    }),
  )

  return {
    url: `http://${HOST}:${port}`,
    prepared,
    filed,
    /** Whatever was asked of it. */
    calls: () => calls,
    /** The buyer pays; resolves once the webhook is taken. */
    pay: (merchantUid: string, api: string): Promise<Told> => {
      find(merchantUid).paidAt = unixSeconds()
      return tell(api, { imp_uid: impUidOf(merchantUid), merchant_uid: merchantUid, status: 'paid' })
    },
    /** The desk does the ticket; resolves as above. */
    complete: (merchantUid: string, api: string): Promise<Told> => {
      const payment = find(merchantUid)
      if (payment.ticket === null) throw new Error(`there is no ticket for ${merchantUid}`)
      payment.cancelledAt = unixSeconds()
      return tell(api, { imp_uid: impUidOf(merchantUid), merchant_uid: merchantUid, status: 'cancelled' })
    },
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const unixSeconds = (): number => Math.floor(Date.now() / 1_000)
const impUidOf = (merchantUid: string): string => `imp_${merchantUid}`
const orderOf = (impUid: string): string => impUid.replace(/^imp_/, '')

async function read(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text === '' ? undefined : JSON.parse(text)
}

function shown({ merchantUid, amount, currency, paidAt, ticket, cancelledAt }: Sold) {
  const done = cancelledAt > 0 && ticket !== null
  const entry = { cancelled_at: cancelledAt, pg_tid: `b${merchantUid}`, cancellation_id: `c-${merchantUid}`, ...ticket }
  return {
    imp_uid: impUidOf(merchantUid),
    merchant_uid: merchantUid,
    amount,
    cancel_amount: done ? ticket.amount : 0,
    cancel_history: done ? [entry] : [],
    currency,
    status: done && ticket.amount === amount ? 'cancelled' : 'paid',
    sandbox: false,
    pg_provider: 'paymentwall',
    pg_id: 'bench',
    pg_tid: `b${merchantUid}`,
    pay_method: 'card',
    paid_at: paidAt,
    failed_at: 0,
    fail_reason: null,
    cancelled_at: cancelledAt,
  }
}

async function tell(api: string, words: object): Promise<Told> {
  const began = performance.now()
  for (let tries = 1; !(await isTaken(`${api}/webhooks/iamport`, words)); tries += 1) {
    if (tries === MOST_TRIES) throw new Error(`nobody took a webhook at ${api}`)
    await pause(AGAIN_MS)
  }
  return { sentAt: began, takenMs: performance.now() - began }
}

/** Not while the other side is down. */
async function isTaken(url: string, words: object): Promise<boolean> {
  const message = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(words) }
  try {
    const response = await fetch(url, message)
    await response.arrayBuffer()
    return response.ok
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

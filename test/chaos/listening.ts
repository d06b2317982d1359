// The checkout's ear: takes notices, verifies each as Standard Webhooks says, and keeps of each what the comparing needs. It can be
// down or rude.
// Must not know: the program, faults' moments.
import { createServer, type IncomingMessage } from 'node:http'
import { Webhook } from 'standardwebhooks'
import { z } from 'zod'

const HOST = '127.0.0.1'
const SECRET = 'whsec_Y2hhb3MtY2hlY2tvdXQtc2VjcmV0LW9mLTMyYnl0ZXM='

const noticeSchema = z.looseObject({
  id: z.string(),
  number: z.int(),
  type: z.string(),
  payment: z.looseObject({ merchantUid: z.string(), state: z.string(), accepted: z.boolean() }),
  refund: z.looseObject({ refundId: z.string(), state: z.string() }).optional(),
})
/** One that was taken: in the order of their arrival, each id once. */
export type TakenNotice = {
  readonly id: string
  readonly number: number
  readonly merchantUid: string
  readonly paymentState: string
  readonly refund: { readonly refundId: string; readonly state: string } | null
}
export type Mood = number | 'silent'

export type Ear = Awaited<ReturnType<typeof listen>>

export async function listen() {
  const taken: TakenNotice[] = []
  const ids = new Set<string>()
  const forged: string[] = []
  const waiting = new Map<string, () => void>()
  let [mood, repeats]: [Mood, number] = [200, 0]
  const take = (body: string, headers: Record<string, string>) => {
    new Webhook(SECRET).verify(body, headers)
    const { id, number, payment, refund } = noticeSchema.parse(JSON.parse(body))
    if (id !== headers['webhook-id']) throw new Error(`notice ${id} came as ${headers['webhook-id']}`)
    if (ids.has(id)) return void (repeats += 1)
    ids.add(id)
    const { merchantUid, state: paymentState, accepted } = payment
    taken.push({
      id,
      number,
      merchantUid,
      paymentState,
      refund: refund ? { refundId: refund.refundId, state: refund.state } : null,
    })
    if (accepted) waiting.get(merchantUid)?.()
  }
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      if (mood === 'silent') return response.destroy()
      try {
        if (mood === 200) take(body, headersOf(request))
      } catch (error) {
        forged.push(String(error))
      }
      return response.writeHead(mood).end()
    })
  })
  const port = await new Promise<number>((resolve) => {
    server.listen(0, HOST, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
  return {
    environment: { NOTICE_URL: `http://${HOST}:${port}/notices`, NOTICE_SECRET: SECRET },
    be: (next: Mood) => void (mood = next),
    taken: (): readonly TakenNotice[] => taken,
    /** What did not verify, and why. */
    forged: (): readonly string[] => forged,
    repeats: () => repeats,
    /** Resolves when it hears that the order is accepted, or after so long. */
    heard: (merchantUid: string, ms: number) =>
      new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer)
          waiting.delete(merchantUid)
          resolve()
        }
        const timer = setTimeout(done, ms)
        waiting.set(merchantUid, done)
      }),
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}

const headersOf = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, String(headers[name] ?? '')]),
  )

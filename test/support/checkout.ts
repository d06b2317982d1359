// A checkout that listens: verifies every notice as Standard Webhooks says, keeps what it took, and can be down or rude.
// Must not know: the program.
import { createServer, type IncomingMessage } from 'node:http'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeEach } from 'vitest'
import { z } from 'zod'
import * as answers from '../../src/http/resources/answers.ts'

export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
export const NEXT_SECRET = 'whsec_wZyM8vJ5L7pQ2nR4tC6xB9dF1gH3kS0aEuTiOoPlKjY='

const noticeSchema = z.strictObject({
  id: z.string(),
  number: z.int(),
  type: z.string(),
  at: z.string(),
  testChannel: z.boolean(),
  /** Paid once more: delivered once. */
  again: z.literal(true).optional(),
  payment: answers.payment,
  refund: answers.refund.optional(),
})
export type Notice = z.infer<typeof noticeSchema>
/** What is answered next: a status, or no answer at all. */
export type Mood = number | 'silent'

/** Listens for the whole file; before each test it is up. Its address is known before the program is started. */
export async function openCheckout(secrets: readonly string[] = [SECRET]) {
  const taken: Notice[] = []
  const tried: { readonly id: string; readonly status: Mood; readonly signatures: number }[] = []
  const forged: string[] = []
  const received: { readonly body: string; readonly headers: ReturnType<typeof headersOf> }[] = []
  let mood: Mood = 200
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const headers = headersOf(request)
      const signatures = headers['webhook-signature'].split(' ').length
      tried.push({ id: headers['webhook-id'], status: mood, signatures })
      received.push({ body, headers })
      if (mood === 'silent') return response.destroy()
      try {
        for (const secret of secrets) new Webhook(secret).verify(body, headers)
        const notice = noticeSchema.parse(JSON.parse(body))
        if (notice.id !== headers['webhook-id']) throw new Error('another id in the header')
        const isNew = taken.every(({ id }) => id !== notice.id)
        if (mood >= 200 && mood < 300 && isNew) taken.push(notice)
      } catch (error) {
        forged.push(error instanceof Error ? error.message : String(error))
      }
      // One connection each: one that was idle may be closed in the moment in which it is used again.
      const answered = { connection: 'close', location: 'http://127.0.0.1:9/' }
      return response.writeHead(mood, answered).end('a page that nobody reads')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the checkout has no port')
  beforeEach(() => void (mood = 200))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  const of = (merchantUid: string) => taken.filter(({ payment }) => payment.merchantUid === merchantUid)
  return {
    url: `http://127.0.0.1:${address.port}/notices`,
    environment: { NOTICE_URL: `http://127.0.0.1:${address.port}/notices`, NOTICE_SECRET: secrets.join(',') },
    be: (next: Mood) => void (mood = next),
    /**
     * Everything that was taken about an order, in the order of its arrival; each id once, for it comes again where the
     * answer was lost.
     */
    notices: of,
    /** As `number type`. */
    lines: (merchantUid: string) => of(merchantUid).map(({ number, type }) => `${number} ${type}`),
    /** A checkout delivers on `accepted` with the state `paid`. */
    deliveries: (merchantUid: string) =>
      of(merchantUid).filter(({ type, payment }) => type === 'payment.paid' && payment.accepted).length,
    tried: () => tried,
    /** As it came. */
    received: () => received,
    /** What did not verify, and why. */
    forged: () => forged,
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}

function headersOf({ headers }: IncomingMessage) {
  const one = (name: string) => String(headers[name] ?? '')
  return {
    'webhook-id': one('webhook-id'),
    'webhook-timestamp': one('webhook-timestamp'),
    'webhook-signature': one('webhook-signature'),
  }
}

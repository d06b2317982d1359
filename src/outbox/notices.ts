// Delivers notices to the checkout: signed by Standard Webhooks, in order per payment, for a day
// each, then parked with an alert.
// Must not know: what a notice is about. It has a loop of its own: a checkout that hangs holds up
// no wake.
import { Webhook } from 'standardwebhooks'
import { z } from 'zod'
import { transact, type Db } from '../db/connect.ts'
import { parkNotice, parkUntried } from '../db/outgoing/notices.ts'
import { claim, delayed, delivered, type Claimed } from '../db/outgoing/outgoing.ts'
import { startLoop, type Loop } from '../loop.ts'
import { metrics } from '../metrics.ts'

/**
 * One exchange with the checkout, limited in time and size; a redirect is an answer like any other.
 */
export type PostNotice = (
  headers: Readonly<Record<string, string>>,
  body: string,
) => Promise<
  { readonly kind: 'answer'; readonly status: number } | { readonly kind: 'notSent' | 'lost'; readonly said: string }
>
export type NoticeOptions = {
  readonly db: Db
  /** Each signs every notice, so that a checkout may change from one to the other. */
  readonly secrets: readonly string[]
  readonly post: PostNotice
  readonly pollMs: number
  readonly log: (line: string) => void
}

const AT_ONCE = 20
/** Longer than an exchange may take. */
const LEASE_MS = 30_000
const FIRST_DELAY_MS = 500
const LONGEST_DELAY_MS = 300_000

const noticeSchema = z.object({
  id: z.string(),
  number: z.int(),
  type: z.string(),
  at: z.string(),
  testChannel: z.boolean(),
  again: z.boolean().optional(),
  payment: z.unknown(),
  refund: z.unknown().optional(),
})

export function startNotices(options: NoticeOptions): Loop {
  const { pollMs, log } = options
  const work = () => deliverNotices(options, (ms) => loop.kickIn(ms))
  const loop = startLoop({ name: 'notices', pollMs, log, work })
  return loop
}

/**
 * One portion, at most one notice of each payment; true where something left or was parked, so that
 * there may be more.
 */
export async function deliverNotices(options: NoticeOptions, again: (ms: number) => void = () => {}): Promise<boolean> {
  const { db, log } = options
  const old = await transact(db, 'park old notices', (trx) => parkUntried(trx), log)
  const claimed = await claim(db, 'notice', AT_ONCE, LEASE_MS)
  const settled = await Promise.all(claimed.map((row) => deliver(options, row, again)))
  return old > 0 || settled.some(Boolean)
}

/** True where it is settled: delivered, or parked after its last try. */
async function deliver(options: NoticeOptions, row: Claimed, again: (ms: number) => void): Promise<boolean> {
  const { db, log } = options
  const notice = noticeSchema.parse(row.payload)
  const failed = await send(options, notice)
  if (failed === undefined) {
    await delivered(db, row, 'delivered')
    metrics.delivered.inc({ kind: 'notice' })
    return true
  }
  if (row.stale) {
    await transact(db, 'park notice', (trx) => parkNotice(trx, row, notice.number, failed), log)
    return true
  }
  const delayMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(row.tries, 20))
  if (row.tries % 10 === 0) log(`notice ${notice.number} of ${row.target} did not leave: ${failed}; trying again`)
  await delayed(db, row, delayMs, failed)
  again(delayMs)
  return false
}

/**
 * Why it was not taken; undefined where it was. The signature is made anew for each try: it carries
 * the time.
 */
async function send(
  { secrets, post }: NoticeOptions,
  notice: z.infer<typeof noticeSchema>,
): Promise<string | undefined> {
  const { id, number, type, at, testChannel, again, payment, refund } = notice
  const said = { id, number, type, at, testChannel, ...(again && { again }), payment }
  const body = JSON.stringify({ ...said, ...(refund !== undefined && { refund }) })
  const now = new Date()
  const answer = await post(
    {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
      'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' '),
    },
    body,
  )
  if (answer.kind !== 'answer') return `the checkout was not reached: ${answer.said}`
  if (answer.status >= 200 && answer.status < 300) return undefined
  const redirect = answer.status >= 300 && answer.status < 400
  return `the checkout answered HTTP ${answer.status}${redirect ? ', and redirects are not followed' : ''}`
}

// What leaves for people and for the checkout: whether there is an address, whether somebody
// answers there, and whether what should have left has.
// Must not know: what a message says. An address may be a secret and is never shown.
import type { Db } from '../db/connect.ts'
import { untold } from '../db/lists/setUp.ts'
import { right, unasked, weak, wrong, type Finding, type SetUpPart } from '../domain/shown/setUp.ts'
import { request } from '../gateways/http.ts'

export type Leaving = {
  readonly alerts: string | undefined
  readonly notices: string | undefined
  readonly db: Db | undefined
  /** A message is sent: else the addresses are only asked whether they answer. */
  readonly send: boolean
}

export function outgoingPart({ alerts, notices, db, send }: Leaving): SetUpPart {
  return {
    name: 'outgoing',
    title: 'What leaves',
    checks: [
      { name: 'alerts', title: 'somebody takes alerts', after: [], judge: () => alertAddress(alerts, send) },
      {
        name: 'alertsLeft',
        title: 'alerts leave',
        after: ['alerts', 'database.migrations'],
        judge: () => left(db, 'alert', alerts),
      },
      { name: 'notices', title: 'the checkout takes notices', after: [], judge: () => noticeAddress(notices, send) },
      {
        name: 'noticesLeft',
        title: 'notices leave',
        after: ['notices', 'database.migrations'],
        judge: () => left(db, 'notice', notices),
      },
    ],
    questions:
      alerts === undefined
        ? []
        : [
            {
              where: 'The chat that alerts go to',
              question: 'Do people read it on weekends, too? npm run doctor -- --send writes a line there.',
              else: 'a refund that is stuck stays stuck',
            },
          ],
  }
}

async function alertAddress(url: string | undefined, send: boolean): Promise<Finding> {
  if (url === undefined)
    return weak(
      'ALERT_WEBHOOK_URL is not set, so pages stand in the log alone',
      'Set it to a webhook of the chat that people read (docs/operate.md), or watch the metric saga_alerts_total',
    )
  if (!send) return reaches(url, 'ALERT_WEBHOOK_URL')
  const text = 'paymentwall-saga: this is its set-up doctor. Alerts arrive here; nothing is wrong because of this line.'
  const answer = await post(url, JSON.stringify({ text }))
  if (answer.kind !== 'answer') return dead('ALERT_WEBHOOK_URL', answer.said)
  return answer.status >= 200 && answer.status < 300
    ? right('it took a line')
    : wrong(
        `it answered a line with HTTP ${answer.status}`,
        'Make a new webhook in the chat, and set ALERT_WEBHOOK_URL to it',
      )
}

async function noticeAddress(url: string | undefined, send: boolean): Promise<Finding> {
  if (url === undefined) return unasked('NOTICE_URL is not set: the checkout asks by GET, or hears nothing')
  if (!send) return reaches(url, 'NOTICE_URL')
  const answer = await post(url, '{}')
  if (answer.kind !== 'answer') return dead('NOTICE_URL', answer.said)
  if (answer.status >= 500) return dead('NOTICE_URL', `HTTP ${answer.status}`)
  return answer.status >= 400
    ? right(`it refused what nobody had signed (HTTP ${answer.status})`)
    : wrong(
        `it answered HTTP ${answer.status} to a notice that nobody had signed, so it believes anybody`,
        'Have the checkout verify signatures with NOTICE_SECRET (docs/checkouts.md)',
      )
}

const LIMITS = { timeoutMs: 10_000, maxBytes: 64 * 1024 } as const
const post = (url: string, body: string) =>
  request({ url, method: 'POST', headers: { 'content-type': 'application/json' }, body, ...LIMITS })

const GONE = 410

/** Nothing is sent: an address that takes messages alone says so by any 4xx. */
async function reaches(url: string, setting: string): Promise<Finding> {
  const answer = await request({ url, method: 'GET', ...LIMITS })
  if (answer.kind !== 'answer') return dead(setting, answer.said)
  if (answer.status >= 500 || answer.status === GONE) return dead(setting, `HTTP ${answer.status}`)
  return right(`somebody answers (HTTP ${answer.status} to a question without a message; --send sends one)`)
}

const dead = (setting: string, said: string): Finding =>
  wrong(
    `nobody takes what is sent to ${setting}: ${said}`,
    `Check ${setting}, and whether this machine may reach it; what could not leave is sent once it can, for a day`,
  )

async function left(db: Db | undefined, kind: 'alert' | 'notice', url: string | undefined): Promise<Finding> {
  if (!db) return unasked('no database was asked')
  if (url === undefined) return unasked('there is no address')
  const late = await untold(db, kind)
  return late
    ? wrong(
        `${late.count} did not, the oldest of ${late.oldest}: ${late.said ?? 'nobody said why'}`,
        kind === 'alert' ? 'npm run ops -- outbox lists them' : 'Mend the checkout, then npm run ops -- notices resend',
      )
    : right('none is late')
}

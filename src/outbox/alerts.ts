// Delivers alerts to people: each at once to the log, and gathered by level to a webhook where one
// is configured.
// Must not know: what is wrong. A level has a loop of its own, so that a page never waits behind a
// quieter message.
import type { Db } from '../db/connect.ts'
import { claimLevel, gathered, leftTogether, LEVELS, logAlerts, stayed, type Level } from '../db/outgoing/alerts.ts'
import { headlineOf } from '../domain/shown/headline.ts'
import type { Links } from '../domain/shown/views.ts'
import { speakerOf, type Language } from '../language.ts'
import { startLoop, type Loop } from '../loop.ts'
import { metrics } from '../metrics.ts'
import { linkOf, messageOf, readAlert, sentenceOf } from './message.ts'
import { runbookLine } from './runbook.ts'

/** One exchange with the webhook, limited in time and size; redirects are answers. */
export type Post = (
  body: string,
) => Promise<
  { readonly kind: 'answer'; readonly status: number } | { readonly kind: 'notSent' | 'lost'; readonly said: string }
>
export type Webhook = {
  readonly post: Post
  /** The tool refuses a message that has fields beside its text. */
  readonly textOnly: boolean
}

export type AlertOptions = {
  readonly db: Db
  readonly links: Links
  /** Where docs/runbook.md is found, for links. */
  readonly runbook: string
  /** English where nothing is said. */
  readonly language?: Language | undefined
  readonly webhook?: Webhook | undefined
  readonly pollMs: number
  readonly write: (fields: Record<string, unknown>, message: string) => void
  readonly log: (line: string) => void
}

const LEASE_MS = 60_000

export function startAlerts(options: AlertOptions): readonly Loop[] {
  const { pollMs, log, webhook } = options
  const toLog = async () => {
    const more = await logOnce(options)
    if (more) for (const loop of levels) loop.kick()
    return more
  }
  const levels = !webhook
    ? []
    : LEVELS.map((level) =>
        startLoop({ name: `alerts, ${level}`, pollMs, log, work: () => sendOnce(options, webhook, level) }),
      )
  return [startLoop({ name: 'alerts', pollMs, log, work: toLog }), ...levels]
}

/** True where something was written, so that there may be more. */
export async function logOnce({ db, links, runbook, webhook, write, language = 'en' }: AlertOptions): Promise<boolean> {
  const one = (payload: unknown) => {
    const alert = readAlert(payload)
    const { level, kind, saga, at } = alert
    const { anchor, mayDo } = runbookLine(kind)
    metrics.alerts.inc({ level, kind })
    const fields = { alert: level, kind, saga, at, temporalUi: linkOf(links, saga), runbook: `${runbook}#${anchor}` }
    write(
      { ...fields, headline: headlineOf(kind, language), mayDo: speakerOf(language)(mayDo) },
      sentenceOf(alert, language),
    )
  }
  return (await logAlerts(db, one, webhook === undefined)) > 0
}

/** At most one message of this level, where one is due; true where it left. */
export async function sendOnce(
  { db, links, runbook, log, language = 'en' }: AlertOptions,
  webhook: Webhook,
  level: Level,
): Promise<boolean> {
  const token = await claimLevel(db, level, LEASE_MS)
  if (token === undefined) return false
  const message = messageOf(level, await gathered(db, token), { id: token, links, runbook, language })
  const failed = await post(webhook, webhook.textOnly ? { text: message.text } : message)
  metrics.alertMessages.inc({ level, outcome: failed === undefined ? 'sent' : 'failed' })
  if (failed === undefined) {
    await leftTogether(db, token, message.id, `left in one message of ${message.count}`)
    return true
  }
  const parked = await stayed(db, token, failed)
  log(`${message.count} alerts of level ${level} did not leave: ${failed}; they are in the log`)
  if (parked > 0) log(`${parked} alerts of level ${level} did not leave for a day and are parked: see ops outbox`)
  return false
}

/**
 * Why it did not leave, in words that name neither the address nor what it answered; undefined
 * where it did.
 */
async function post({ post: send }: Webhook, message: object): Promise<string | undefined> {
  const answer = await send(JSON.stringify(message))
  if (answer.kind !== 'answer') return `the alert webhook was not reached: ${answer.said}`
  if (answer.status >= 200 && answer.status < 300) return undefined
  if (answer.status >= 300 && answer.status < 400)
    return `the alert webhook answered HTTP ${answer.status}, and redirects are not followed`
  return `the alert webhook answered HTTP ${answer.status}`
}

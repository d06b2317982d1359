// Twenty webhooks that prove nothing, posted to the address of a gateway that signs by Standard
// Webhooks: each is refused, and kept nowhere.
// Must not know: the webhook's secret, how signatures are proved.
import { createHmac, randomUUID } from 'node:crypto'
import type { Ledger } from '../printed/ledger.ts'
import type { Stage } from '../stage.ts'
import {
  count,
  everythingAtRest,
  hasMovedNothing,
  inWords,
  statesMustStand,
  withoutAlerts,
  type Targets,
} from './atRest.ts'

export const FORGED_SIGNED = '20 forged webhooks'
const UNSIGNED = 6
const OTHER_KEY = 10
const TWO_SIGNATURES = 4

type Message = { readonly type: string; readonly data: Readonly<Record<string, string>> }
type Headers = Readonly<Record<string, string>>

export async function forgedSigned(stage: Stage, ledger: Ledger, targets: Targets): Promise<void> {
  const { timeline, rows, must, way, outside } = stage
  const { paid, ref, unpaid } = targets
  for (const cannot of way.cannot) timeline.event('program', `(cannot happen here: ${cannot})`)
  const before = await everythingAtRest(stage)
  const [kept, cancelsBefore] = [await rows.inbox(), (await outside.calls())[way.cancelRoute] ?? 0]
  timeline.event('program', `Temporal holds ${inWords(before)}`)
  await ledger.charge(stage, `payment:${unpaid}`)

  const isPaid = { type: 'Transaction.Paid', data: { paymentId: unpaid, transactionId: randomUUID() } }
  await post(stage, `${UNSIGNED} times "paid" for ${unpaid}, without a signature`, count(UNSIGNED), isPaid, () => ({}))
  await post(
    stage,
    `${OTHER_KEY} times the same, signed with secrets that are guessed`,
    count(OTHER_KEY),
    isPaid,
    (body, n) => signed([`a guess ${n}`], body),
  )
  const isCancelled = { type: 'Transaction.Cancelled', data: { paymentId: paid, transactionId: ref } }
  const twice = `${TWO_SIGNATURES} times "cancelled" for ${paid}, which is paid, each with two signatures`
  await post(stage, twice, count(TWO_SIGNATURES), isCancelled, (body, n) =>
    signed([`a guess ${n}`, `one more ${n}`], body),
  )
  must('the inbox after the forgeries', { rows: kept }, { rows: await rows.inbox() })
  timeline.event('saga', 'refuses them for their signature; nothing of them is kept', ['inbox as before'])

  const after = await everythingAtRest(stage)
  const calls = await ledger.charge(stage, FORGED_SIGNED)
  const cancels = ((await outside.calls())[way.cancelRoute] ?? 0) - cancelsBefore
  const nothing = { ...withoutAlerts(before), gatewayCalls: 0, cancels: 0 }
  must('everything after the forgeries', nothing, { ...after, gatewayCalls: calls, cancels })
  await statesMustStand(stage, targets)
  await hasMovedNothing(stage, after)
  timeline.why('nothing unproven enters Temporal: a forged webhook costs it 0 actions and 0 events')
}

async function post(
  stage: Stage,
  what: string,
  numbers: readonly number[],
  message: Message,
  headersOf: (body: string, n: number) => Headers,
): Promise<void> {
  const body = JSON.stringify({ ...message, timestamp: new Date().toISOString() })
  for (const n of numbers) {
    const status = await stage.checkout.signedWebhook(body, headersOf(body, n))
    stage.must('the answer to a webhook that proves nothing', { status: 401 }, { status })
  }
  stage.timeline.event('stranger', `posts ${what}`)
}

/** As PortOne signs, but for the secret, which nobody else has. */
function signed(secrets: readonly string[], body: string): Headers {
  const id = `msg_${randomUUID()}`
  const at = String(Math.floor(Date.now() / 1_000))
  const signatureBy = (secret: string) => createHmac('sha256', secret).update(`${id}.${at}.${body}`).digest('base64')
  const signatures = secrets.map((secret) => `v1,${signatureBy(secret)}`)
  return { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signatures.join(' ') }
}

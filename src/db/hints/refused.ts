// Hints that were answered without a row of their own: counted by sender and hour, and told to
// people once an hour.
// Must not know: HTTP, why there was no room. Nothing that names what we know comes here.
import { sql } from 'kysely'
import type { Trx } from '../connect.ts'
import { putAlert } from '../outgoing/outgoing.ts'
import { CAME_IN } from '../../domain/shown/words/toldElse.ts'
import { inEach, type Said } from '../../language.ts'

export type Refused = {
  readonly gateway: string
  readonly sender: string
  readonly fromKnownAddress: boolean
  readonly times: number
  /** The first of them as it was sent. */
  readonly contentType: string | null
  readonly body: Uint8Array
}

/**
 * Senders that are told apart in an hour; further ones are one, whoever comes with however many
 * addresses.
 */
export const SENDERS = 100
export const OTHERS = 'others'
/** How many senders an alert names. */
const NAMED = 3

/**
 * One row for each sender and hour, parked because of `flood`: `due_at` is the begin of the hour,
 * `received_at` the last arrival. The first of an hour raises the alert; returns whether one was
 * raised. The gateway's own addresses have hours of their own, and page: what is refused there may
 * be money.
 */
export async function noteRefused(trx: Trx, refused: readonly Refused[]): Promise<boolean> {
  // Two processes would else begin two hours, and alert twice.
  await sql`select pg_advisory_xact_lock(hashtext('refused hints'))`.execute(trx)
  const classes = [true, false].map((known) => refused.filter(({ fromKnownAddress }) => fromKnownAddress === known))
  let told = false
  for (const ofClass of classes) if (ofClass.length > 0 && (await noteClass(trx, ofClass))) told = true
  return told
}

async function noteClass(trx: Trx, refused: readonly Refused[]): Promise<boolean> {
  const known = refused.some(({ fromKnownAddress }) => fromKnownAddress)
  const { rows } = await sql<{ begin: string | null; now: string }>`
    select max(due_at) as begin, date_trunc('milliseconds', clock_timestamp()) as now from inbox
    where parked_because = 'flood' and from_known_address = ${known}
      and due_at > clock_timestamp() - interval '1 hour'`.execute(trx)
  const running = rows[0]?.begin ?? null
  const begin = running ?? rows[0]?.now
  const { rows: noted } = await sql<{ sender: string }>`select remote_address as sender from inbox
    where parked_because = 'flood' and due_at = ${begin}::timestamptz`.execute(trx)
  const senders = new Set(noted.map(({ sender }) => sender))
  for (const each of refused) {
    const apart = known || senders.has(each.sender) || senders.size < SENDERS
    const hint = apart ? each : { ...each, sender: OTHERS }
    senders.add(hint.sender)
    await noteOne(trx, hint, begin)
  }
  if (running !== null) return false
  await putAlert(trx, {
    level: known ? 'page' : 'warn',
    kind: 'inboxFlood',
    saga: 'inbox',
    sentence: sentenceOf(refused),
  })
  return true
}

async function noteOne(
  trx: Trx,
  { gateway, sender, fromKnownAddress, times, contentType, body }: Refused,
  begin: string | undefined,
): Promise<void> {
  const first = sender === OTHERS ? null : Buffer.from(body)
  await sql`
    insert into inbox (gateway, source, remote_address, from_known_address, content_type, body, times, due_at,
      state, parked_because, settled_at)
    values (${gateway}, 'webhook', ${sender}, ${fromKnownAddress}, ${contentType}, ${first}, ${times},
      ${begin}::timestamptz, 'parked', 'flood', clock_timestamp())
    on conflict (gateway, remote_address, due_at) where parked_because = 'flood'
      do update set times = inbox.times + excluded.times, received_at = clock_timestamp()`.execute(trx)
}

function sentenceOf(refused: readonly Refused[]): Said {
  const all = refused.reduce((sum, { times }) => sum + times, 0)
  const most = refused.toSorted((a, b) => b.times - a.times).slice(0, NAMED)
  const senders = most.map(({ sender, times }) => `${sender} (${times})`).join(', ')
  const more = refused.length - NAMED
  const named = more > 0 ? inEach(CAME_IN.senders, { senders, count: more }) : senders
  return inEach(CAME_IN.flood, { count: all, senders: named })
}

// Twenty pingbacks that prove nothing, posted to the address of a gateway that signs: eighteen are
// refused and kept nowhere, and two copies of a true one are counted in its row.
// Must not know: the secret key, how signatures are proved.
import { createHash } from 'node:crypto'
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

export const FORGED_PINGBACKS = '18 forged pingbacks, 2 copies'
const UNSIGNED = 6
const OTHER_KEY = 8
const CHANGED = 4
const COPIES = 2

export async function forgedPingbacks(stage: Stage, ledger: Ledger, targets: Targets): Promise<void> {
  const { timeline, rows, must } = stage
  const { paid, ref, unpaid } = targets
  for (const cannot of stage.way.cannot) timeline.event('program', `(cannot happen here: ${cannot})`)
  const before = await everythingAtRest(stage)
  const kept = await rows.inbox()
  timeline.event('program', `Temporal holds ${inWords(before)}`)
  await ledger.charge(stage, `payment:${unpaid}`)

  const forged = { uid: 'buyer-77', goodsid: unpaid, slength: '', speriod: '', type: '0', ref: 'b100' }
  const unsigned = count(UNSIGNED).map((n) => ({ ...forged, ref: `b10${n}` }))
  await post(stage, 401, `${UNSIGNED} times "paid" for ${unpaid}, without a signature`, unsigned.map(queryOf))
  const signed = count(OTHER_KEY).map((n) => signedWith(`a guess ${n}`, { ...forged, ref: `b20${n}` }))
  await post(stage, 401, `${OTHER_KEY} times the same, signed with keys that are guessed`, signed.map(queryOf))
  const [truth] = await rows.signed(ref)
  const was = new URLSearchParams(truth?.query)
  const changed = count(CHANGED).map((n) => queryOf({ ...Object.fromEntries(was), type: '2', reason: String(n) }))
  await post(stage, 401, `${CHANGED} times the true one of ${paid}, changed into "went back"`, changed)
  must('the inbox after the forgeries', { rows: kept }, { rows: await rows.inbox() })
  timeline.event('saga', 'refuses them for their signature; nothing of them is kept', ['inbox as before'])

  await post(stage, 200, `${COPIES} copies of the true one of ${paid}`, Array<string>(COPIES).fill(was.toString()))
  const repeated = await rows.signed(ref)
  const facts = { rows: repeated.length, times: repeated[0]?.times, state: repeated[0]?.state }
  must(`what was signed of ${paid}`, { rows: 1, times: 1 + COPIES, state: 'looked' }, facts)
  timeline.event('saga', 'answers OK, for it is true and booked already', [`inbox: one row, ${1 + COPIES} times`])

  const after = await everythingAtRest(stage)
  const calls = await ledger.charge(stage, FORGED_PINGBACKS)
  must(
    'everything after the forgeries',
    { ...withoutAlerts(before), gatewayCalls: 0 },
    { ...after, gatewayCalls: calls },
  )
  await statesMustStand(stage, targets)
  await hasMovedNothing(stage, after)
  timeline.why('nothing unproven enters Temporal: a forged or repeated pingback costs it 0 actions and 0 events')
}

async function post(stage: Stage, expected: number, what: string, queries: readonly string[]): Promise<void> {
  for (const query of queries) {
    const status = await stage.checkout.pingback(query)
    stage.must('the answer to a pingback that proves nothing', { status: expected }, { status })
  }
  stage.timeline.event('stranger', `posts ${what}`)
}

type Fields = Readonly<Record<string, string>>
const queryOf = (fields: Fields): string => new URLSearchParams(fields).toString()

/** As Paymentwall signs, but for the key, which nobody else has. */
function signedWith(key: string, fields: Fields): Fields {
  const all: Fields = { ...fields, sign_version: '3' }
  const names = Object.keys(all).toSorted((one, other) => (one < other ? -1 : 1))
  const base = names.map((name) => `${name}=${all[name]}`).join('')
  return { ...all, sig: createHash('sha256').update(`${base}${key}`).digest('hex') }
}

// Above the limit a second person must approve: nothing moves before, everything moves once after, and nobody gets round it.
// Must not know: how requests and proofs are kept, except where a test plays what only time or a thief could bring about.
import { sql } from 'kysely'
import { describe, expect } from 'vitest'
import { z } from 'zod'
import { mintProof } from '../../src/db/people.ts'
import { merchantUid as orderOf } from '../../src/domain/ids.ts'
import {
  byTemporal,
  byUpdateId,
  doorsOf,
  overHttp,
  workflowIdOf,
  type Act,
  type Fields,
  type Saga,
} from '../support/doors.ts'
import { eventually, fresh, shopTest, type OwnShop } from '../support/shop.ts'
import { pastPage, quarantined, second, ticketOpen, type Prepare, type Situation } from '../support/situations.ts'

const KEYS = {
  shop: 'key-of-shop-0123456789',
  mina: 'key-of-mina-0123456789',
  joon: 'key-of-joon-0123456789',
  sora: 'key-of-sora-0123456789',
}
const test = shopTest({
  API_KEYS: `shop:checkout:${KEYS.shop},mina:ops:${KEYS.mina},joon:approver:${KEYS.joon},sora:approver:${KEYS.sora}`,
  APPROVAL_LIMIT: 'KRW:10000,USD:1000',
  SECOND_PAYMENT_POLICY: 'hold',
  TEMPORAL_COMMANDS: 'all',
})
const as = (shop: OwnShop, name: keyof typeof KEYS): Act => overHttp(shop, KEYS[name])
const CANCEL = 'POST /payments/cancel'
const because = { reason: 'they wrote' }
const seen = { ...because, outcome: 'refunded' }

/** All that money could have moved: rows of the order, tickets at the desk, cancel calls. */
async function moneyOf({ db, sim }: OwnShop, { merchantUid }: Situation): Promise<unknown> {
  const id = orderOf(merchantUid)
  return {
    payment: await db.selectFrom('payments').select(['state', 'acceptedRef']).where('merchantUid', '=', id).execute(),
    attempts: await db
      .selectFrom('attempts')
      .select(['gatewayRef', 'accepted'])
      .where('merchantUid', '=', id)
      .execute(),
    refunds: await db
      .selectFrom('refunds')
      .select(['refundId', 'state', 'authorisation', 'ticketDead', 'paidElsewhere'])
      .where('merchantUid', '=', id)
      .orderBy('refundId')
      .execute(),
    desk: await sim.tickets(merchantUid),
    cancels: await sim.callsOf(CANCEL),
  }
}
const linesOf = async (shop: OwnShop, { merchantUid }: Situation, what: string) =>
  (await shop.journal(merchantUid)).filter((line) => line.what === what)
const waits = (name: string, amount: string) => ({
  answer: 'approvalNeeded',
  sentence: expect.stringContaining(`${name} of ${amount} waits for another person's approval as request `),
})
const refusal = (sentence: string) => ({ refused: 'updateRejected', sentence })
const NOTHING = refusal('nothing of this saga waits for an approval; ask for the command itself')

type Case = readonly [string, Prepare, Fields, amount: string, state: string, line: string, cancels: number]
const CASES: readonly Case[] = [
  ['resolve', ticketOpen, seen, 'KRW 19,000', 'refunded', 'resolvedRefunded', 0],
  ['retryTicket', pastPage, because, 'KRW 19,000', 'requested', 'retried', 1],
  ['accept', quarantined, because, 'KRW 18,000', 'paid', 'attempt.accepted', 0],
  ['refund', quarantined, because, 'KRW 18,000', 'cancelPending', 'refund.requested', 1],
  ['accept', second, because, 'KRW 19,000', 'paid', 'attempt.accepted', 0],
]
describe('above the limit', () => {
  test.for(CASES.map((each) => [each[0], each[1].name, each] as const))(
    '%s on %s waits, and is carried out once, in the name of both',
    async ([, , [name, prepare, fields, amount, state, what, cancels]], { shop, sim }) => {
      const asked = await prepare(shop)
      const before = await moneyOf(shop, asked)
      const accepted = (await linesOf(shop, asked, what)).length
      const [calls, desk] = [await sim.callsOf(CANCEL), (await sim.tickets(asked.merchantUid)).length]

      expect(await as(shop, 'mina')(asked, name, fields)).toMatchObject(waits(name, amount))
      expect(await moneyOf(shop, asked)).toEqual(before)
      expect(await linesOf(shop, asked, 'approvalAsked')).toMatchObject([{ who: 'ops:mina' }])
      const alerts = shop.db.selectFrom('outbox').select('payload').where('target', '=', workflowIdOf(asked))
      await eventually(async () => JSON.stringify(await alerts.where('kind', '=', 'alert').execute())).toContain(
        '"approvalNeeded"',
      )
      expect(await as(shop, 'mina')(asked, 'approve')).toMatchObject({ refused: 'forbidden' })
      expect(await moneyOf(shop, asked)).toEqual(before)

      const told = await Promise.all([as(shop, 'joon')(asked, 'approve'), as(shop, 'sora')(asked, 'approve')])
      const done = { answer: 'done', state, sentence: `${name}, asked for by mina, is done` }
      expect(told).toEqual(expect.arrayContaining([done, NOTHING]))
      const lines = (await linesOf(shop, asked, what)).slice(accepted)
      const by = told[0] && 'answer' in told[0] ? 'joon' : 'sora'
      expect(lines).toMatchObject([{ who: `approver:${by}`, facts: { askedBy: 'mina', approvedBy: by } }])
      await eventually(() => sim.callsOf(CANCEL)).toBe(calls + cancels)
      await eventually(() => sim.tickets(asked.merchantUid)).toHaveLength(desk + cancels)
    },
  )

  test('who asked cannot approve, though the key has the role; another approver can, from the command line', async ({
    shop,
  }) => {
    const asked = await ticketOpen(shop)
    const [joon, sora] = [doorsOf(shop, KEYS.joon).CLI, doorsOf(shop, KEYS.sora).CLI]
    expect(await joon(asked, 'resolve', seen)).toMatchObject(waits('resolve', 'KRW 19,000'))
    const before = await moneyOf(shop, asked)
    const own = refusal('joon asked for this; another person must approve it')
    expect([await joon(asked, 'approve'), await as(shop, 'joon')(asked, 'approve')]).toEqual([own, own])
    expect(await moneyOf(shop, asked)).toEqual(before)
    expect(await sora(asked, 'approve')).toMatchObject({ answer: 'done', state: 'refunded' })
  })

  test('one request waits at a time: another is a conflict, and the first is what is approved', async ({ shop }) => {
    const asked = await ticketOpen(shop)
    await as(shop, 'mina')(asked, 'resolve', { ...because, outcome: 'settledElsewhere' })
    const sentence = expect.stringMatching(
      /^resolve, asked for by mina, waits for an approval; one at a time, and it lapses at \d{4}-/,
    )
    for (const name of ['mina', 'sora'] as const)
      expect(await as(shop, name)(asked, 'resolve', seen)).toEqual({ refused: 'conflict', sentence })
    expect(await as(shop, 'sora')(asked, 'approve')).toMatchObject({ state: 'settledElsewhere' })
  })

  test('a request that nobody approves lapses after three days: another takes its place, and it cannot be approved any more', async ({
    shop,
  }) => {
    const asked = await ticketOpen(shop)
    const before = await moneyOf(shop, asked)
    const threeDaysPass = () =>
      sql`update approvals set asked_at = asked_at - interval '3 days' where saga = ${workflowIdOf(asked)}`.execute(
        shop.db,
      )
    await as(shop, 'mina')(asked, 'resolve', { ...because, outcome: 'settledElsewhere' })
    await threeDaysPass()
    expect(await as(shop, 'mina')(asked, 'resolve', seen)).toMatchObject(waits('resolve', 'KRW 19,000'))
    const dropped = { who: 'ops:mina', why: 'resolve, asked for by mina, was approved by nobody and lapsed' }
    expect(await linesOf(shop, asked, 'approvalDropped')).toMatchObject([dropped])

    await threeDaysPass()
    const lapsed = /^it lapsed at .*; what mina asked for is dropped, ask anew if it is still wanted$/
    const refused = { refused: 'updateRejected', sentence: expect.stringMatching(lapsed) }
    expect(await as(shop, 'sora')(asked, 'approve')).toEqual(refused)
    expect(await as(shop, 'sora')(asked, 'approve')).toEqual(NOTHING)
    expect(await moneyOf(shop, asked)).toEqual(before)
  })

  test('an approval carries out the request that it names, and never one that has taken its place', async ({
    shop,
  }) => {
    const asked = await ticketOpen(shop)
    const request = async (outcome: string) => {
      const told = await as(shop, 'mina')(asked, 'resolve', { ...because, outcome })
      return ('answer' in told && told.request) || 'none'
    }
    const read = await request('settledElsewhere')
    await sql`update approvals set asked_at = asked_at - interval '3 days' where saga = ${workflowIdOf(asked)}`.execute(
      shop.db,
    )
    const other = await request('refunded')
    const before = await moneyOf(shop, asked)
    const why = `what waits now is request ${other}, resolve, asked for by mina, and not the one that is named; read it and approve it by its id`
    expect(await as(shop, 'joon')(asked, 'approve', { request: read })).toEqual(refusal(why))
    expect(await moneyOf(shop, asked)).toEqual(before)
    expect(await as(shop, 'joon')(asked, 'approve', { request: other })).toMatchObject({ state: 'refunded' })
  })

  test('what the state forbids is refused at once, and no request is left waiting', async ({ shop }) => {
    const asked = await ticketOpen(shop)
    expect(await as(shop, 'mina')(asked, 'retryTicket', because)).toMatchObject({ refused: 'updateRejected' })
    expect(await as(shop, 'joon')(asked, 'approve')).toEqual(NOTHING)
  })

  test('a currency without a limit always needs it; up to its limit, and for what moves no money, nobody is asked', async ({
    shop,
  }) => {
    const mina = as(shop, 'mina')
    expect(await mina(await ticketOpen(shop, 100, 'EUR'), 'resolve', seen)).toMatchObject(waits('resolve', 'EUR 1.00'))
    expect(await mina(await ticketOpen(shop, 1_000, 'USD'), 'resolve', seen)).toMatchObject({ state: 'refunded' })
    expect(await mina(await ticketOpen(shop, 1_001, 'USD'), 'resolve', seen)).toMatchObject(
      waits('resolve', 'USD 10.01'),
    )
    const saga = await ticketOpen(shop)
    const moves = [['recheck', {}] as const, ['acknowledge', { owner: 'ann' }] as const]
    for (const [name, fields] of moves) expect(await mina(saga, name, fields)).toMatchObject({ answer: 'done' })
  })
})

describe('a name that is typed in Temporal', () => {
  test('acts below the limit, as unverified', async ({ shop }) => {
    const asked = await ticketOpen(shop, 10_000)
    expect(await byTemporal(shop, asked, 'resolve', { ...seen, person: 'sora' })).toMatchObject({
      answer: 'done',
      state: 'refunded',
    })
    expect(await linesOf(shop, asked, 'resolvedRefunded')).toMatchObject([{ who: 'unverified:sora' }])
  })

  test('asks for nothing above it, and approves nothing', async ({ shop }) => {
    const asked = await ticketOpen(shop)
    const before = await moneyOf(shop, asked)
    const above =
      'KRW 19,000 is above the limit: a name claimed in Temporal cannot ask for this. Use the API or the ops CLI with a key'
    expect(await byTemporal(shop, asked, 'resolve', { ...seen, person: 'sora' })).toEqual(refusal(above))
    await as(shop, 'mina')(asked, 'resolve', seen)
    const approver =
      'an approval needs an API key with the role approver; a name typed in the Temporal UI cannot approve'
    for (const person of ['sora', 'approver:sora', 'joon'])
      expect(await byTemporal(shop, asked, 'approve', { person })).toEqual(refusal(approver))
    expect(await moneyOf(shop, asked)).toEqual(before)
    expect(await as(shop, 'joon')(asked, 'approve')).toMatchObject({ state: 'refunded' })
  })
})

describe('a proof', () => {
  const WORTHLESS = refusal(
    'this proof was used before, is too old, or was made for something else; the journal says what was done, ask the API again',
  )
  const replayed = (shop: OwnShop, saga: Saga, name: string, fields: Fields) =>
    byUpdateId(shop, saga, fresh('update'), name, fields)

  test('that stands in a history is used up, whether its request was carried out or refused', async ({ shop }) => {
    const asked = await ticketOpen(shop)
    // Refused: nothing waits yet. Whoever reads the history holds an approver's proof for this very saga and command.
    expect(await as(shop, 'joon')(asked, 'approve')).toEqual(NOTHING)
    const [stolen = ''] = await proofsIn(shop, asked)
    await as(shop, 'mina')(asked, 'resolve', seen)
    const before = await moneyOf(shop, asked)
    // For what it was minted for, and for what waits now.
    const replays: readonly Fields[] = [{ proof: stolen, request: 'none' }, { proof: stolen }]
    for (const fields of replays) expect(await replayed(shop, asked, 'approve', fields)).toEqual(WORTHLESS)
    expect(await moneyOf(shop, asked)).toEqual(before)

    await as(shop, 'mina')(asked, 'acknowledge', { owner: 'ann' })
    const used = (await proofsIn(shop, asked)).at(-1) ?? ''
    for (const owner of ['ann', 'bob'])
      expect(await replayed(shop, asked, 'acknowledge', { owner, proof: used })).toEqual(WORTHLESS)
    expect(await shop.refund(asked.id)).toMatchObject({ owner: 'ann' })
  })

  test('belongs to its command and its saga, lives ten minutes, and is not made up', async ({ shop }) => {
    const [asked, other] = [await ticketOpen(shop), await ticketOpen(shop)]
    const told = await as(shop, 'mina')(asked, 'resolve', seen)
    const request = 'answer' in told ? told.request : undefined
    const person = { name: 'joon', role: 'approver' }
    const mint = (saga: Saga, command: string) =>
      mintProof(shop.db, { saga: workflowIdOf(saga), command, args: { request }, person })
    const old = await mint(asked, 'approve')
    await sql`update proofs set minted_at = minted_at - interval '10 minutes' where id = ${old}`.execute(shop.db)
    const proofs = [await mint(asked, 'recheck'), await mint(other, 'approve'), old, 'made-up']
    const before = await moneyOf(shop, asked)
    for (const proof of proofs) expect(await byTemporal(shop, asked, 'approve', { proof })).toEqual(WORTHLESS)
    expect(await moneyOf(shop, asked)).toEqual(before)
    const good = await mint(asked, 'approve')
    expect(await byTemporal(shop, asked, 'approve', { proof: good })).toMatchObject({ state: 'refunded' })
  })

  test('that nobody has used yet is worth nothing for other arguments', async ({ shop }) => {
    const asked = await ticketOpen(shop)
    const person = { name: 'mina', role: 'ops' }
    const args = { owner: 'ann' }
    const proof = await mintProof(shop.db, { saga: workflowIdOf(asked), command: 'acknowledge', args, person })
    expect(await byTemporal(shop, asked, 'acknowledge', { owner: 'bob', proof })).toEqual(WORTHLESS)
    expect(await shop.refund(asked.id)).toMatchObject({ owner: null })
    expect(await byTemporal(shop, asked, 'acknowledge', { ...args, proof })).toMatchObject({ answer: 'done' })
  })

  test('nor a name can be sent over HTTP', async ({ shop }) => {
    const saga = await ticketOpen(shop)
    const sentence = 'person and proof are not fields of this call: the API key says who asks'
    for (const field of ['person', 'proof'])
      expect(await as(shop, 'mina')(saga, 'recheck', { [field]: 'joon' })).toEqual({
        refused: 'invalidRequest',
        sentence,
      })
  })
})

describe('what moved between the request and the approval', () => {
  const dropped = (why: string) => refusal(`${why}; what mina asked for is dropped, ask anew if it is still wanted`)
  const pending = async ({ db }: OwnShop, asked: Saga) =>
    db.selectFrom('approvals').select('command').where('saga', '=', workflowIdOf(asked)).execute()

  test('the gateway’s evidence: the request is dropped with a sentence, and the money is counted once', async ({
    shop,
    sim,
  }) => {
    const asked = await ticketOpen(shop)
    await as(shop, 'mina')(asked, 'resolve', { ...because, outcome: 'settledElsewhere' })
    const [ticket] = await sim.tickets(asked.merchantUid)
    await sim.complete(ticket?.id ?? '')
    await eventually(() => shop.refund(asked.id)).toMatchObject({ state: 'refunded' })
    const { seen: now } = await shop.refund(asked.id)
    const why = `this has changed since it was seen: it is refunded, and its mark is ${now} now; read it and ask again if it is still wanted`
    expect(await as(shop, 'joon')(asked, 'approve')).toEqual(dropped(why))
    expect(await pending(shop, asked)).toEqual([])
    expect(await linesOf(shop, asked, 'approvalDropped')).toMatchObject([
      { who: 'approver:joon', why: expect.stringContaining(`resolve, asked for by mina, was not carried out: ${why}`) },
    ])
    expect(await as(shop, 'joon')(asked, 'approve')).toEqual(NOTHING)
    expect(await shop.payment(asked.merchantUid)).toMatchObject({ state: 'cancelled', returned: 19_000 })
  })

  test('a state that allows it, and is another one than was judged', async ({ shop, sim }) => {
    const asked = await pastPage(shop)
    await as(shop, 'mina')(asked, 'retryTicket', because)
    // It moved and came back meanwhile, as a late answer or a reversal does it.
    await sql`update refunds set state_since = clock_timestamp() + interval '1 s', version = version + 1
      where refund_id = ${asked.id}`.execute(shop.db)
    const calls = await sim.callsOf(CANCEL)
    expect(await as(shop, 'joon')(asked, 'approve')).toEqual(dropped('it has become ticketOpen since it was asked for'))
    expect([await sim.callsOf(CANCEL), await pending(shop, asked)]).toEqual([calls, []])
  })

  test('another ticket: the wait that its intent begins holds for an approval too', async ({ shop, sim }) => {
    const asked = await pastPage(shop)
    await as(shop, 'mina')(asked, 'retryTicket', because)
    // As if a try of the same authorisation had begun just now.
    await sql`update tickets set intent_at = clock_timestamp() where refund_id = ${asked.id}`.execute(shop.db)
    const calls = await sim.callsOf(CANCEL)
    expect(await as(shop, 'joon')(asked, 'approve')).toMatchObject({
      refused: 'updateRejected',
      sentence: expect.stringMatching(
        /^a ticketOpen refund takes no new ticket: its ticket is open, .* past the page level, from \S+Z on; .*; what mina/,
      ),
    })
    expect([await sim.callsOf(CANCEL), (await sim.tickets(asked.merchantUid)).length]).toEqual([calls, 1])
  })

  test('another attempt: only the money that was asked about may be decided on', async ({ shop, sim }) => {
    const asked = await quarantined(shop)
    const [first] = (await shop.payment(asked.merchantUid)).attempts
    await as(shop, 'mina')(asked, 'accept', because)
    await sim.consoleCancel(first?.gatewayRef ?? '', 18_000)
    const other = await sim.pay(asked.merchantUid, { amount: 17_000 })
    await eventually(async () => stateOfEach(await shop.payment(asked.merchantUid))).toEqual({
      [first?.gatewayRef ?? '']: 'cancelled',
      [other]: 'quarantined',
    })
    const why = `${first?.gatewayRef} is cancelled, so it waits for no decision; these do: ${other}`
    expect(await as(shop, 'joon')(asked, 'approve')).toEqual(dropped(why))
    expect(await shop.payment(asked.merchantUid)).toMatchObject({ accepted: false, state: 'quarantined' })
  })
})

const stateOfEach = ({ attempts }: { attempts: readonly { gatewayRef: string; state: string }[] }) =>
  Object.fromEntries(attempts.map(({ gatewayRef, state }) => [gatewayRef, state]))

/** The proofs that anybody with the Temporal UI can read: arguments of the accepted updates, the oldest first. */
async function proofsIn(shop: OwnShop, saga: Saga): Promise<readonly string[]> {
  const input = z.object({ proof: z.string() })
  const events = await shop.events(workflowIdOf(saga))
  return events.flatMap(({ workflowExecutionUpdateAcceptedEventAttributes: accepted }) => {
    const [payload] = accepted?.acceptedRequest?.input?.args?.payloads ?? []
    return payload?.data ? [input.parse(JSON.parse(Buffer.from(payload.data).toString())).proof] : []
  })
}

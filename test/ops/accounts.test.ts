// ops account: what is remembered of each gateway's account, and a person's word that another one is right from now on.
// Must not know: how a difference is found (inbox/account.test.ts); here it is laid into the rows.
import { sql } from 'kysely'
import { beforeEach, describe, expect, test } from 'vitest'
import { transact } from '../../src/db/connect.ts'
import { keepHint } from '../../src/db/hints/hints.ts'
import { accountOf, noteDiffers, remember } from '../../src/db/watch/accounts.ts'
import { IAMPORT, startApi } from '../http/api.ts'
import { makeCli } from './cli.ts'

const KEYS = { mina: 'key-of-mina-0123456789', sora: 'key-of-sora-0123456789', shop: 'key-of-shop-0123456789' }
const api = await startApi({
  keys: [
    { name: 'shop', role: 'checkout', key: KEYS.shop },
    { name: 'mina', role: 'ops', key: KEYS.mina },
    { name: 'sora', role: 'approver', key: KEYS.sora },
  ],
  fourEyes: true,
})
const { db } = api
const [mina, sora] = [makeCli(api.url, KEYS.mina), makeCli(api.url, KEYS.sora)]
const OURS = ['paymentwall/ours/live']
const OTHERS = ['paymentwall/others/live']
const SAID = 'none of the channels that are remembered is shown'
const ACCEPT = ['account', 'accept', 'iamport/main', '--reason', 'we moved to a new contract'] as const

beforeEach(async () => {
  for (const table of ['accounts', 'inbox', 'looks']) await sql`delete from ${sql.table(table)}`.execute(db)
})
async function anotherAnswers(): Promise<void> {
  await remember(db, IAMPORT, OURS)
  await transact(db, 'differs', (trx) => noteDiffers(trx, IAMPORT, { shown: OTHERS, said: SAID, tell: true }))
}
const hint = (parkedBecause: string, gatewayRef: string) =>
  keepHint(db, { gateway: IAMPORT, source: 'webhook', gatewayRef, merchantUid: null, parkedBecause })
const hints = () => db.selectFrom('inbox').select(['gatewayRef', 'state']).orderBy('id').execute()

describe('list', () => {
  test('shows the channels of an account that answers as it did', async () => {
    await remember(db, IAMPORT, OURS)
    const { code, rows } = await mina('account', 'list')
    expect([code, rows[0]?.[0], rows[0]?.[2], rows[0]?.[3]]).toEqual([0, 'iamport/main', '-', OURS[0]])
  })

  test('shows since when another one answers, and how that was seen', async () => {
    await anotherAnswers()
    const { rows } = await mina('account', 'list')
    expect([rows[0]?.[0], rows[0]?.[3]]).toEqual(['iamport/main', SAID])
    expect(rows[0]?.[2]).not.toBe('-')
  })
})

describe('accept', () => {
  test('by an approver takes what is shown for ours, says so in the journal, and has forgotten hints looked at', async () => {
    await anotherAnswers()
    await hint('gatewayForgot', 'imp_1')
    await hint('noAnswer', 'imp_2')
    const kicks = api.kicks()
    expect(await sora(...ACCEPT)).toMatchObject({ code: 0, out: `iamport/main is remembered as ${OTHERS[0]}\n` })
    expect(await accountOf(db, IAMPORT)).toMatchObject({ channels: OTHERS, differsSince: null, shown: null })
    expect(await hints()).toEqual([
      { gatewayRef: 'imp_1', state: 'received' },
      { gatewayRef: 'imp_2', state: 'parked' },
    ])
    expect(api.kicks()).toBeGreaterThan(kicks)
    const [line] = await db
      .selectFrom('journal')
      .select(['who', 'why', 'facts'])
      .where('what', '=', 'account.accepted')
      .execute()
    expect(line).toMatchObject({
      who: 'approver:sora',
      why: 'we moved to a new contract',
      facts: { before: OURS, now: OTHERS, differed: SAID },
    })
  })

  test('is refused to ops where an approver is needed: nothing was done', async () => {
    await anotherAnswers()
    const { code, error } = await mina(...ACCEPT)
    expect(code).not.toBe(0)
    expect(error).toMatch(/takes an approver/)
    expect(await accountOf(db, IAMPORT)).toMatchObject({ channels: OURS, shown: OTHERS })
  })

  test.each([
    ['where the remembered one answers', () => remember(db, IAMPORT, OURS), 409, 'nothing to accept'],
    ['where none is remembered', () => Promise.resolve(), 404, 'nothing to accept'],
  ])('is refused %s', async (_where, prepare, status, said) => {
    await prepare()
    const headers = { authorization: `Bearer ${KEYS.sora}` }
    const answer = await api.call('POST /accounts/iamport/main/accept', { json: { reason: 'x' }, headers })
    expect([answer.status, answer.at('detail')]).toEqual([status, expect.stringContaining(said)])
  })

  test('is no call of the checkout, and needs a reason', async () => {
    await anotherAnswers()
    const call = (key: string, json: object) =>
      api.call('POST /accounts/iamport/main/accept', { json, headers: { authorization: `Bearer ${key}` } })
    expect((await call(KEYS.shop, { reason: 'x' })).status).toBe(403)
    expect((await call(KEYS.sora, {})).status).toBe(422)
    expect(await accountOf(db, IAMPORT)).toMatchObject({ channels: OURS })
  })
})

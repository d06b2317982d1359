// What strangers wrote, sent in by every door over a real database, and looked for wherever it comes out again: answers,
// journal, history, alerts, notices, letters, and what a start of a saga shows in Temporal.
// Must not know: how it is made harmless. The gateway's words come as its wire brings them.
import { describe, expect, test } from 'vitest'
import { loadBooks, viewBooks } from '../../src/db/books/books.ts'
import { carryOut } from '../../src/db/books/carryOut.ts'
import { beginLook } from '../../src/db/clock.ts'
import { transact } from '../../src/db/connect.ts'
import { gatewayRef, merchantUid, strayWorkflowId } from '../../src/domain/ids.ts'
import { judge } from '../../src/domain/moves/evidence/judge.ts'
import { parseRefundCommand } from '../../src/domain/moves/people/commands.ts'
import { paymentDetails } from '../../src/domain/shown/details.ts'
import { toEvidence } from '../../src/gateways/iamport/translate.ts'
import { readAlert } from '../../src/outbox/message.ts'
import { startOf } from '../../src/outbox/wakes.ts'
import { CANCEL, PAYMENT, readingOn } from '../gateways/wire.ts'
import { ALL_OR_HALF, halfOf } from '../support/database.ts'
import { CONTROLS, faultsOf, MARKUP, STEERING, textsIn, TOKEN, WORDS } from '../support/strangersWords.ts'
import { IAMPORT, order, paidOrder, PATIENCE, startApi } from './api.ts'

const api = await startApi()

/** Books what i'mport's wire says, as a look does. */
async function wireSays(id: string, wire: object): Promise<void> {
  const evidence = toEvidence(
    readingOn().reading,
    { ...PAYMENT, imp_uid: `imp_${id}`, merchant_uid: id, ...wire },
    'response',
  )
  await transact(api.db, 'look', async (trx) => {
    const { at, number } = await beginLook(trx)
    const loaded = await loadBooks(trx, { merchantUid: merchantUid(id), also: [evidence] })
    const policies = { late: 'hold', second: 'refund' } as const
    const decision = judge(loaded.books, evidence, { now: at, asOf: at, number, patience: PATIENCE, policies })
    if (decision) await carryOut(trx, loaded, decision, { who: 'look', at, saga: null, links: () => null })
  })
}

/** All that the gateway may write freely. */
const saying = (word: string) => ({
  fail_reason: word,
  pay_method: word,
  pg_tid: word,
  extension: { country_code: word },
  cancel_amount: 5,
  cancel_history: [{ ...CANCEL, reason: word }],
})

const outgoing = () => api.db.selectFrom('outbox').select(['kind', 'target', 'payload']).execute()

/** Texts of answers and notices may say what was written, for programs; nothing in them steers whoever prints them. */
function expectCalm(value: unknown, { ofLines = false } = {}): void {
  for (const text of textsIn(value)) {
    const steers = STEERING.test(ofLines ? text.replaceAll('\n', '') : text)
    expect([text, steers]).toEqual([text, false])
  }
}

describe(`the doors, to ${ALL_OR_HALF} of the words,`, () => {
  test.each(halfOf(CONTROLS.map((word, n) => [JSON.stringify(word), word, n] as const)))(
    'refuse %s, in each field',
    async (_, word, n) => {
      const id = `refused-${n}`
      for (const change of [
        { name: word },
        { country: word },
        { returnUrl: word },
        { buyer: { name: word, email: 'a@b.example' } },
      ]) {
        const answer = await api.call('POST /payments', { json: order(id, change) })
        expect([answer.status, answer.at('code')]).toEqual([422, 'invalidRequest'])
        expectCalm(answer.json())
      }
      await paidOrder(api, id)
      for (const [path, json] of [
        ['refunds', { refundId: `r-${n}`, reason: word }],
        ['close', { reason: word }],
      ] as const)
        expect((await api.call(`POST /payments/${id}/${path}`, { json })).status).toBe(422)
      expect((await api.call(`GET /payments/${id}`)).at('refunds')).toEqual([])
    },
  )

  test('refuse people’s words alike, but for lines and tabs, which a letter of the desk may have', () => {
    for (const word of CONTROLS.filter((each) => !/[\r\n\u2028\u2029]/.test(each)))
      expect(() => parseRefundCommand('withdraw', { reason: word })).toThrow(/reason: a text without/)
    expect(parseRefundCommand('withdraw', { reason: 'one\n\ttwo' })).toMatchObject({
      command: { reason: 'one\n\ttwo' },
    })
  })

  test.each(halfOf(MARKUP.map((word, n) => [word, n] as const)))(
    'take %s, which is only markup, as it is',
    async (word, n) => {
      const id = `taken-${n}`
      await paidOrder(api, id, { name: word })
      const answer = await api.call(`POST /payments/${id}/refunds`, { json: { refundId: `t-${n}`, reason: word } })
      expect(answer.status).toBe(202)
      expect(answer.at('refund', 'reason')).toBe(word.trim())
      await api.call('POST /payments', { json: order(`closed-${n}`) })
      await api.call(`POST /payments/closed-${n}/close`, { json: { reason: word } })
      const again = await api.call('POST /payments', { json: order(`closed-${n}`) })
      expect([again.status, again.at('code')]).toEqual([409, 'conflict'])
      expect(faultsOf(String(again.at('detail')))).toEqual([])
      expect(again.at('detail')).toContain(TOKEN)
    },
  )
})

describe(`the gateway’s words, ${ALL_OR_HALF}`, () => {
  test.each(
    halfOf(
      WORDS.map((word, n) => [JSON.stringify(word).slice(0, 50), word, n] as const),
      1,
    ),
  )('%s', async (_, word, n) => {
    await api.db.deleteFrom('outbox').execute()
    const [id, stray] = [`said-${n}`, `stray-${n}`]
    await paidOrder(api, id, {}, { ref: `imp_${id}` })
    await api.call(`POST /payments/${id}/refunds`, { json: { refundId: `s-${n}`, amount: 100, reason: 'sent back' } })
    await wireSays(id, saying(word))
    await wireSays(id, { ...saying(word), status: word, pg_provider: word })
    await wireSays(stray, saying(word))
    const answers = await Promise.all(
      [
        `/payments/${id}`,
        `/payments/${id}/journal`,
        `/payments/${id}/history`,
        `/refunds/s-${n}`,
        `/refunds/s-${n}/letter`,
        '/strays',
        '/stuck',
        '/outbox?state=pending',
      ].map(async (path) => [path, await api.call(`GET ${path}`)] as const),
    )
    for (const [path, { status, json }] of answers) {
      if (!path.endsWith('/letter')) expect([path, status]).toEqual([path, 200])
      expectCalm(json(), { ofLines: path.endsWith('/letter') })
    }
    expect(answers[0]?.[1].text).toContain(TOKEN)
    const rows = await outgoing()
    expect(new Set(rows.map(({ kind }) => kind))).toEqual(new Set(['wake', 'notice', 'alert']))
    for (const { kind, payload } of rows) {
      expectCalm(payload)
      if (kind === 'alert') expect(faultsOf(readAlert(payload).sentence)).toEqual([])
    }
    for (const saga of [`payment:${id}`, `refund:s-${n}`, strayWorkflowId(IAMPORT, gatewayRef(`imp_${stray}`))]) {
      const start = await startOf(api.db, saga)
      expect(faultsOf(`${start?.summary}\n${start?.details}`)).toEqual([])
      expectCalm(start, { ofLines: true })
    }
    const books = await transact(
      api.db,
      'read',
      async (trx) => (await viewBooks(trx, { merchantUid: merchantUid(id) })).books,
    )
    const page = books.payment && paymentDetails(books, books.payment)
    expect(page).toContain(TOKEN)
    expect(faultsOf(page ?? '')).toEqual([])
  })
})

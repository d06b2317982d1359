// The ops command line about inbox and outbox: what is parked, one row, and letting it try again.
// Must not know: looks, deliverers.
import { sql } from 'kysely'
import { beforeEach, describe, expect, test } from 'vitest'
import { transact } from '../../src/db/connect.ts'
import { keepHint } from '../../src/db/hints/hints.ts'
import { claimLevel, logAlerts, stayed } from '../../src/db/outgoing/alerts.ts'
import { putAlert, putWake } from '../../src/db/outgoing/outgoing.ts'
import * as shapes from '../../src/http/resources/ops/opsAnswers.ts'
import { startApi } from '../http/api.ts'
import { makeCli } from './cli.ts'

const api = await startApi()
const ops = makeCli(api.url)
const { db } = api

beforeEach(async () => {
  await sql`delete from inbox`.execute(db)
  await sql`delete from outbox`.execute(db)
})

const BODY = '{"imp_uid":"imp_7","note":"\\u001b[31mred"}'
const hint = { gateway: 'iamport/main', source: 'webhook', gatewayRef: 'imp_7', merchantUid: 'order-7' } as const
async function parkedHint(changes: Partial<Parameters<typeof keepHint>[1]> = {}): Promise<string> {
  await keepHint(db, { ...hint, body: Buffer.from(BODY), parkedBecause: 'noAnswer', ...changes })
  const { id } = await db.selectFrom('inbox').select('id').orderBy('id', 'desc').limit(1).executeTakeFirstOrThrow()
  return String(id)
}
/** An alert that was tried for a day. */
async function parkedAlert(): Promise<string> {
  await transact(db, 'put', (trx) =>
    putAlert(trx, { level: 'page', kind: 'reversed', saga: 'refund:r', sentence: { en: 's', ko: 's' } }),
  )
  await logAlerts(db, () => {}, false)
  await sql`update outbox set created_at = created_at - interval '25 hours'`.execute(db)
  const token = await claimLevel(db, 'page', 60_000)
  expect(await stayed(db, token ?? '', 'the alert webhook answered HTTP 500')).toBe(1)
  const { id } = await db.selectFrom('outbox').select('id').executeTakeFirstOrThrow()
  return String(id)
}

describe('inbox', () => {
  test('lists what is parked, and pages', async () => {
    const [one, two] = [
      await parkedHint(),
      await parkedHint({
        parkedBecause: 'unreadable',
        gatewayRef: null,
        merchantUid: null,
        fromKnownAddress: true,
      }),
    ]
    await keepHint(db, hint)
    const ran = await ops('inbox')
    expect(ran.code).toBe(0)
    expect(ran.rows.map((row) => [row[0], ...row.slice(7)])).toEqual([
      [one, 'noAnswer', '1', 'no'],
      [two, 'unreadable', '1', 'yes'],
    ])
    const page = shapes.hintPage.parse((await ops('inbox', '--limit', '1', '--json')).json())
    const next = await ops('inbox', 'list', '--limit', '1', '--cursor', page.cursor ?? '')
    expect(next.rows.map(([id]) => id)).toEqual([two])
  })

  test('shows a body to a person and never to the log, and lets it steer no terminal', async () => {
    const id = await parkedHint({ body: Buffer.from('plain \u001b[31m text') })
    const ran = await ops('inbox', 'show', id)
    expect(ran.out).toContain('plain  [31m text')
    expect(shapes.oneHint.parse((await ops('inbox', 'show', id, '--json')).json()).hint.body).toBe(
      'plain \u001b[31m text',
    )
    expect(JSON.stringify(api.logged)).not.toContain('plain')
  })

  test('replay has a look follow that a person vouches for, and the journal names who', async () => {
    const id = await parkedHint({ parkedBecause: 'unknownOrder' })
    const before = api.kicks()
    const ran = await ops('inbox', 'replay', id)
    expect([ran.code, ran.error]).toEqual([0, ''])
    const rows = await db.selectFrom('inbox').select(['state', 'source', 'subject']).orderBy('id').execute()
    expect(rows).toEqual([
      { state: 'received', source: 'webhook', subject: 'ref:imp_7' },
      { state: 'received', source: 'person', subject: 'ref:imp_7' },
    ])
    expect(api.kicks()).toBe(before + 1)
    const line = await db
      .selectFrom('journal')
      .select(['who', 'what', 'merchantUid'])
      .orderBy('id', 'desc')
      .limit(1)
      .execute()
    expect(line).toEqual([{ who: 'local', what: 'hint.replayed', merchantUid: 'order-7' }])
    const again = await ops('inbox', 'replay', id)
    expect([again.code, again.error.includes('is not parked')]).toEqual([1, true])
  })

  test('replay of what names nothing is refused with what to do', async () => {
    const id = await parkedHint({ parkedBecause: 'unreadable', gatewayRef: null, merchantUid: null })
    const ran = await ops('inbox', 'replay', id)
    expect([ran.code, ran.error.includes('no look can answer it')]).toEqual([1, true])
  })
})

describe('outbox', () => {
  test('lists and shows an alert that was tried for a day, and the metric counts it', async () => {
    const id = await parkedAlert()
    await transact(db, 'put', (trx) => putWake(trx, 'refund:other'))
    const ran = await ops('outbox')
    expect(ran.rows.map((row) => [row[0], row[2], row[3], row[6]])).toEqual([
      [id, 'alert', 'refund:r', 'the alert webhook answered HTTP 500'],
    ])
    expect((await ops('outbox', 'show', id)).out).toContain('"kind": "reversed"')
    expect((await ops('outbox', '--state', 'pending', '--kind', 'wake')).rows.map((row) => row[3])).toEqual([
      'refund:other',
    ])
    const { text } = await api.call('GET /metrics')
    expect(text).toContain('saga_outbox_parked{kind="alert"} 1\n')
    expect(text).toContain('saga_outbox_parked{kind="notice"} 0\n')
  })

  test('replay lets it try for a whole day again', async () => {
    const id = await parkedAlert()
    expect((await ops('outbox', 'replay', id, '--json')).json()).toEqual({ id: Number(id), replayed: true })
    const token = await claimLevel(db, 'page', 60_000)
    expect(await stayed(db, token ?? '', 'HTTP 500')).toBe(0)
    expect(await db.selectFrom('outbox').select(['state', 'tries']).execute()).toEqual([{ state: 'pending', tries: 1 }])
    const other = await ops('outbox', 'replay', '999999')
    expect([other.code, other.error.includes('There is no row 999999')]).toEqual([1, true])
  })
})

// The door of signed messages: each project's are kept as its own; what cannot be read is told; a wrong signature is 401.
// Must not know: what a pingback moves.
import { createHash } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { createGateways } from '../../src/gateways/index.ts'
import { settingsOf } from '../support/gatewaySettings.ts'
import { startApi } from './api.ts'

const SECRETS = { eu: 'eu-secret-key-0002', us: 'us-secret-key-0003' }
const LIST = Object.entries(SECRETS).map(([name, secret]) => `${name}:live:${name}-project-key:${secret}`)
const gateways = createGateways(settingsOf({ PAYMENTWALL_PROJECTS: LIST.join() }), undefined)
const api = await startApi({ gateways })
const PAID = { goodsid: 'order-1001', ref: 'b900100200', slength: '', speriod: '', type: '0', uid: 'buyer-77' }
function signedBy(secret: string, more: object = {}): string {
  const all: Record<string, string> = { ...PAID, ...more, sign_version: '3' }
  const base = Object.keys(all)
    .toSorted()
    .map((name) => `${name}=${all[name]}`)
    .join('')
  const sig = createHash('sha256')
    .update(base + secret)
    .digest('hex')
  return `GET /webhooks/paymentwall?${new URLSearchParams({ ...all, sig }).toString()}`
}
const rows = () =>
  api.db
    .selectFrom('inbox')
    .select(['gateway', 'gatewayRef', 'signedKey', 'state', 'parkedBecause', 'times'])
    .orderBy('id')
    .execute()
const alerts = async () =>
  (await api.db.selectFrom('outbox').select('payload').where('kind', '=', 'alert').execute()).map(
    ({ payload }) => payload,
  )
afterEach(async () => {
  await api.db.deleteFrom('inbox').execute()
  await api.db.deleteFrom('outbox').execute()
})

test('it is kept as the project’s that has signed it, though two have the same reference', async () => {
  for (const secret of [SECRETS.us, SECRETS.eu, SECRETS.us])
    expect(await api.call(signedBy(secret))).toMatchObject({ status: 200, text: 'OK' })
  expect(await rows()).toMatchObject([
    { gateway: 'paymentwall/us', gatewayRef: 'b900100200', signedKey: '0', times: 2 },
    { gateway: 'paymentwall/eu', gatewayRef: 'b900100200', signedKey: '0', times: 1 },
  ])
})

test('what nobody here has the key of is 401, and no row', async () => {
  expect(await api.call(signedBy('a-secret-of-nobody'))).toMatchObject({ status: 401 })
  expect(await rows()).toEqual([])
})

test('what is signed and cannot be read is kept, and a person is told at once', async () => {
  expect(await api.call(signedBy(SECRETS.eu, { goodsid: 'two words' }))).toMatchObject({ status: 200, text: 'OK' })
  expect(await rows()).toMatchObject([{ gateway: 'paymentwall/eu', state: 'parked', parkedBecause: 'unreadable' }])
  expect(await alerts()).toMatchObject([
    { level: 'page', kind: 'signedUnclear', sentence: expect.stringContaining('goodsid does not fit') },
  ])
})

test('where there is no room for it, it is not taken, so that it comes again', async () => {
  for (let sent = 0; sent < 60; sent += 1) await api.call(signedBy(SECRETS.eu, { goodsid: 'two words' }))
  await api.db.deleteFrom('inbox').execute()
  expect(await api.call(signedBy(SECRETS.eu, { goodsid: 'two words' }))).toMatchObject({ status: 503 })
  expect(await rows()).toEqual([])
  // What can be read needs no room.
  expect(await api.call(signedBy(SECRETS.eu))).toMatchObject({ status: 200 })
})

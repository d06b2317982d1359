// The hold on filing over HTTP and by the command line: who may begin and end it, that it is one, and that it is journalled.
// Must not know: sagas; what a held refund does is shown where it is filed.
import { afterAll, expect, test } from 'vitest'
import { noteHold } from '../../src/wiring/startup.ts'
import { makeCli } from '../ops/cli.ts'
import { startApi } from './api.ts'

const KEY = { ops: 'key-of-mina-0123456789', approver: 'key-of-joon-0123456789', checkout: 'key-of-shop-0123456789' }
const keys = [
  { name: 'shop', role: 'checkout', key: KEY.checkout },
  { name: 'mina', role: 'ops', key: KEY.ops },
  { name: 'joon', role: 'approver', key: KEY.approver },
] as const
const api = await startApi({ keys: [...keys], fourEyes: true })
afterAll(api.close)
const as = (role: keyof typeof KEY) => ({ headers: { authorization: `Bearer ${KEY[role]}` } })
const asked = (role: keyof typeof KEY, reason: string) => ({ ...as(role), json: { reason } })
const journalled = async () =>
  (await api.db.selectFrom('journal').select(['what', 'who', 'why']).orderBy('id').execute()).filter(({ what }) =>
    what.startsWith('filing.'),
  )

test('ops hold, an approver releases where a limit is set; a second hold leaves the first as it is', async () => {
  expect((await api.call('GET /filing', as('ops'))).json()).toEqual({ hold: null })
  const held = await api.call('POST /filing/hold', asked('ops', 'a restore'))
  expect(held.json()).toMatchObject({ hold: { who: 'ops:mina', reason: 'a restore' } })
  const again = await api.call('POST /filing/hold', asked('approver', 'another reason'))
  expect(again.json()).toEqual(held.json())

  expect((await api.call('POST /filing/release', asked('ops', 'compared'))).status).toBe(403)
  expect((await api.call('GET /filing', as('ops'))).json()).toEqual(held.json())
  const released = await api.call('POST /filing/release', asked('approver', 'compared'))
  expect(released.json()).toEqual({ hold: null, freed: 0 })
  expect((await api.call('POST /filing/release', asked('approver', 'again'))).status).toBe(409)
  expect(await journalled()).toEqual([
    { what: 'filing.held', who: 'ops:mina', why: 'a restore' },
    { what: 'filing.released', who: 'approver:joon', why: 'compared' },
  ])
})

test('a checkout neither holds nor releases nor reads it', async () => {
  for (const line of ['POST /filing/hold', 'POST /filing/release'])
    expect((await api.call(line, asked('checkout', 'why'))).status).toBe(403)
  expect((await api.call('GET /filing', as('checkout'))).status).toBe(403)
})

test('by the command line: hold, filing, release, in sentences', async () => {
  const ops = makeCli(api.url, KEY.approver)
  expect((await ops('hold', '--reason', 'a restore')).out).toMatch(
    /^filing is held since .+ by approver:joon: a restore\n$/,
  )
  expect((await ops('filing')).out).toContain('by approver:joon: a restore')
  expect((await ops('release', '--reason', 'done')).out).toBe('filing goes on; 0 refunds are tried now\n')
  expect((await ops('filing')).out).toBe('filing goes on\n')
})

test('FILING=held holds at the start, which is said; later starts say a hold that is still there', async () => {
  const said: string[] = []
  const warn = (line: string) => void said.push(line)
  await noteHold(api.db, 'on', warn)
  expect(said).toEqual([])
  await noteHold(api.db, 'held', warn)
  await noteHold(api.db, 'on', warn)
  expect(said).toEqual([
    expect.stringContaining('filing is held since'),
    expect.stringContaining('by FILING=held: the setting at a start. No new cancel call is made until ops release'),
  ])
})

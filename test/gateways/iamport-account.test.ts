// Whose payments are ours, what identifies the account, and how often a missing field is told of.
// Must not know: what is done with payments that are not ours.
import { describe, expect, test } from 'vitest'
import { readConfig, PROGRAM_ROLES } from '../../src/config.ts'
import { gatewayRef } from '../../src/domain/ids.ts'
import { IAMPORT_MAIN } from '../../src/gateways/iamport/config.ts'
import { createGateways } from '../../src/gateways/index.ts'
import { settingsOf } from '../support/gatewaySettings.ts'
import { failureOf, gatewayOn, lacking, no, PAYMENT, text, token, startWire, yes } from './wire.ts'

const CHANNELS = 'GET /users/pg'
const LOOK = 'GET /payments/imp_1'
const REF = gatewayRef('imp_1')
const CHANNEL = {
  pg_provider: 'paymentwall',
  pg_id: 'projkey123',
  sandbox: false,
  type: 'payment',
  channel_name: 'Paymentwall',
  channel_key: 'channel-key-secret',
}

async function accountOf(channels: unknown, providers?: readonly string[]) {
  const options = providers === undefined ? {} : { providers }
  const { gateway, notes } = await gatewayOn({ [CHANNELS]: yes(channels) }, options)
  return { account: gateway.account(), notes }
}

describe('the account', () => {
  test('is its channels at our providers, sorted, each once, without their keys', async () => {
    const test = { ...CHANNEL, sandbox: true }
    const other = { ...CHANNEL, pg_provider: 'html5_inicis', pg_id: 'INIpayTest' }
    const { account } = await accountOf([test, other, CHANNEL, { ...CHANNEL, pg_id: 'a-key' }, CHANNEL])
    await expect(account).resolves.toEqual([
      'paymentwall/a-key/live',
      'paymentwall/projkey123/live',
      'paymentwall/projkey123/test',
    ])
  })

  test.for([
    [{ pg_id: 7 }, ['paymentwall/7/live']],
    [{ sandbox: 'true' }, ['paymentwall/projkey123/test']],
    [{ sandbox: 1 }, ['paymentwall/projkey123/test']],
    [{ pg_provider: 'Paymentwall' }, ['paymentwall/projkey123/live']],
    [{ pg_provider: 'paymentwall.projkey123' }, ['paymentwall/projkey123/live']],
    [{ sandbox: undefined }, ['paymentwall/projkey123/live']],
    [{ pg_id: null }, []],
    [{ pg_id: '' }, []],
    [{ pg_id: {} }, []],
    [{ pg_provider: null }, []],
    [{ pg_provider: 'other' }, []],
  ] as const)('is read leniently: %j', async ([changes, channels]) => {
    const { account } = await accountOf([{ ...CHANNEL, ...changes }])
    await expect(account).resolves.toEqual(channels)
  })

  test('notes what a channel lacks, and skips what is no channel', async () => {
    const { account, notes } = await accountOf([lacking(CHANNEL, 'sandbox'), lacking(CHANNEL, 'pg_id'), null, 7])
    await expect(account).resolves.toEqual(['paymentwall/projkey123/live'])
    expect(new Set(notes)).toEqual(new Set(['users/pg[].sandbox', 'users/pg[].pg_id', 'users/pg[].pg_provider']))
  })

  test('of no channel is an empty list', async () => {
    await expect((await accountOf([])).account).resolves.toEqual([])
  })

  test.for([
    ['no list', yes(null), 'gatewayAnswerUnreadable'],
    ['an object', yes({ list: [CHANNEL] }), 'gatewayAnswerUnreadable'],
    ['not found', no(404, -1, '-'), 'gatewayAnswerUnreadable'],
    ['a 403 with JSON', no(403, 403, 'blocked'), 'gatewayUnavailable'],
    ['HTML', text(200, '<html>'), 'gatewayAnswerUnreadable'],
    ['keys refused', no(401, -1, '-'), 'gatewayKeysRefused'],
  ] as const)('is not known after %s', async ([, step, kind]) => {
    const { gateway } = await gatewayOn({ [CHANNELS]: step })
    expect(await failureOf(gateway.account())).toMatchObject({ kind })
  })
})

describe('our providers', () => {
  const ours = async (pg_provider: unknown, providers?: readonly string[]) => {
    const options = providers === undefined ? {} : { providers }
    const { gateway } = await gatewayOn({ [LOOK]: yes({ ...PAYMENT, pg_provider }) }, options)
    return (await gateway.look(REF))?.ours
  }

  test('are Paymentwall alone, unless others are named', async () => {
    await expect(ours('paymentwall')).resolves.toBe(true)
    await expect(ours('kakaopay')).resolves.toBe(false)
    await expect(ours('kakaopay', ['paymentwall', 'kakaopay'])).resolves.toBe(true)
    await expect(ours('paymentwall', ['kakaopay'])).resolves.toBe(false)
  })

  test.for([
    ['PAYMENTWALL', 'paymentwall'],
    ['paymentwall.projkey123', 'paymentwall'],
    ['paymentwall', ' PaymentWall '],
    ['paymentwall', 'paymentwall.projkey123'],
  ] as const)('%s is ours where %s is named', async ([said, named]) => {
    await expect(ours(said, [named])).resolves.toBe(true)
  })

  test('are a setting', () => {
    const read = (text?: string) =>
      readConfig(text === undefined ? {} : { IAMPORT_PG_PROVIDERS: text }, PROGRAM_ROLES).IAMPORT_PG_PROVIDERS
    expect(read()).toEqual(['paymentwall'])
    expect(read('Paymentwall, kakaopay')).toEqual(['paymentwall', 'kakaopay'])
    expect(read('paymentwall.t_0123abc')).toEqual(['paymentwall.t_0123abc'])
    for (const wrong of [',', 'paymentwall,', 'two words', 'paymentwall;kakaopay'])
      expect(() => read(wrong)).toThrow(/IAMPORT_PG_PROVIDERS: write the providers' names/)
  })
})

test('a missing field is counted each time, and said once, with what stands in', async () => {
  const payment = yes(lacking(PAYMENT, 'sandbox', 'pg_provider'))
  const wire = await startWire({ 'POST /users/getToken': token('t'), [LOOK]: payment })
  const counted: string[] = []
  const said: string[] = []
  const settings = settingsOf({
    IAMPORT_API_URL: wire.url,
    IAMPORT_KEY: 'k',
    IAMPORT_SECRET: 's',
  })
  const gateways = createGateways(settings, undefined, {
    onMissing: (gateway, field, sentence) => {
      counted.push(`${gateway} ${field}`)
      if (sentence !== undefined) said.push(sentence)
    },
  })
  for (let look = 0; look < 3; look += 1) await gateways.get(IAMPORT_MAIN)?.look(REF)
  expect(counted.toSorted()).toEqual([
    ...Array.from({ length: 3 }, () => 'iamport/main pg_provider'),
    ...Array.from({ length: 3 }, () => 'iamport/main sandbox'),
  ])
  expect(said).toEqual([
    expect.stringMatching(/^iamport\/main answers without a usable "pg_provider"; what stands in: that it is one/),
    expect.stringMatching(/"sandbox"; what stands in: the order's own channel, live where the order is unknown/),
  ])
})

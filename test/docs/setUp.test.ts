// docs/set-up.md: it has each fact without which an integration breaks, and goes through the same list as the doctor.
// Must not know: whether a console still looks as it says.
import { expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { createGateways } from '../../src/gateways/index.ts'
import { createTemporalClient } from '../../src/temporal/client.ts'
import { setUpParts } from '../../src/wiring/doctor.ts'
import { readText } from '../support/readme.ts'

const TEXT = readText('docs/set-up.md').replace(/\s+/g, ' ')

/** What the vendors' documents say must be known, each in a sentence or a row that says it. */
const FACTS: readonly (readonly [fact: string, said: RegExp])[] = [
  ['the sign-up link', /https:\/\/api\.paymentwall\.com\/pwaccount\?source=import/],
  [
    'test and live keys',
    /\*\*test\*\* \(sandbox\) project key.*\*\*live\*\* project key.*Never the keys of one project for both/,
  ],
  ['the inspection', /Paymentwall's \*\*inspection\*\*/],
  ['the widget codes', /widget codes\*\* are `pw_1`[^.]*`t3_1`/],
  ['the widget version', /`pw_1` must be set to \*\*version 1\.2\*\*/],
  ['the pingback URL', /pingback URL\*\* `https:\/\/service\.iamport\.kr\/paymentwall\/webhook`/],
  ['the signature version', /signature version 3\*\*.*reason for results that never arrive/],
  ['COUNTRY_CODE', /name `country_code`, value `COUNTRY_CODE`/],
  ['test charges are real', /Test payments charge real cards\*\*, and give nothing back by themselves/],
  ['what cannot be cancelled', /Some payments cannot be cancelled\*\*: 44 of the 106 methods/],
  ['a webhook is the only result', /webhook is the only result\.\*\* What the browser brings proves nothing/],
  ['the ticket', /cancel request opens a ticket\*\* at Paymentwall\. People there work tickets off/],
  ['취소처리 대기', /Until then the payment shows \*\*취소처리 대기\*\*/],
  ['direct is the same', /without i'mport is the same\*\*: a ticket, a long wait, and a pingback that completes it/],
  [
    'key-in and recurring are not offered',
    /Key-in and recurring payments are not offered\*\*.*`apiPaymentNotSupported`/,
  ],
]

test('there are fifteen facts', () => expect(new Set(FACTS.map(([fact]) => fact)).size).toBe(15))

test.each(FACTS)('it says %s', (_, said) => expect(TEXT).toMatch(said))

test('the doors of both gateways stand there as they are', () => {
  expect(TEXT).toContain('`/webhooks/iamport`')
  expect(TEXT).toContain('`/webhooks/paymentwall`')
})

test('each check of the doctor has its place there, by its name', async () => {
  const config = readConfig(
    { IAMPORT_KEY: 'key', IAMPORT_SECRET: 'secret', PAYMENTWALL_PROJECT_KEY: 'key', PAYMENTWALL_SECRET_KEY: 'secret' },
    [],
  )
  const asked = { address: '127.0.0.1:9', namespace: 'default' }
  const temporal = { ...createTemporalClient(asked), ...asked }
  const gateways = createGateways(config, undefined)
  const apiUrl = 'http://127.0.0.1:8080'
  const parts = setUpParts({ config, gateways, database: 'embedded', temporal, apiUrl, send: false })
  await temporal.close()
  const accounts = new Set<string>(gateways.keys())
  const named = parts.flatMap(({ name, checks }) =>
    checks.map((check) => `\`${accounts.has(name) ? '' : `${name}.`}${check.name}\``),
  )
  expect(named.length).toBeGreaterThan(30)
  expect([...new Set(named)].filter((each) => !TEXT.includes(each))).toEqual([])
})

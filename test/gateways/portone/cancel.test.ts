// The cancel call against a wire that answers as a test says: every type of a no says whether a ticket was filed, and the same
// call is the same text under the same key.
// Must not know: the simulator, rows.
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { gatewayName } from '../../../src/domain/ids.ts'
import { CANCEL_ERRORS } from '../../../src/gateways/portone/cancel.ts'
import { PORTONE_MAIN } from '../../../src/gateways/portone/config.ts'
import { endless, half, json, reset, silent, text, type Step } from '../wire.ts'
import { aCancel, CANCEL, PAID, PAYMENT, REQUESTED, storeOn } from './store.ts'

const TAKEN = json(200, { cancellation: REQUESTED })
const error = (status: number, type: string, more: object = {}): Step => json(status, { type, ...more })

test('what is sent: the amount, what is left before it, our reason, and a quoted key', async () => {
  const { gateway, posted } = await storeOn({ [CANCEL]: TAKEN })
  await expect(gateway.cancel(aCancel())).resolves.toEqual({
    kind: 'accepted',
    said: 'PortOne took the request: a ticket is filed',
    seenAs: REQUESTED.id,
  })
  const [call] = posted()
  expect(call?.body).toBe(
    '{"storeId":"store-demo","amount":500,"reason":"#rf-3 customer asked","currentCancellableAmount":1990}',
  )
  expect(call?.headers).toMatchObject({ authorization: 'PortOne the-secret', 'content-type': 'application/json' })
  expect(call?.headers['idempotency-key']).toMatch(/^"[0-9a-f]{64}"$/)
})

test('the same authorisation has the same key, and any other its own', async () => {
  const { gateway, posted } = await storeOn({ [CANCEL]: TAKEN })
  for (const authorisedBy of ['submit', 'submit', 'submit.2', 'retry-1'])
    await gateway.cancel(aCancel({ authorisedBy }))
  const keys = posted().map(({ headers }) => headers['idempotency-key'])
  expect(keys[0]).toBe(keys[1])
  expect(new Set(keys).size).toBe(3)
  const { gateway: other, posted: atOther } = await storeOn({ [CANCEL]: TAKEN }, { name: OTHER })
  await other.cancel(aCancel())
  expect(atOther()[0]?.headers['idempotency-key']).not.toBe(keys[0])
})
const OTHER = gatewayName(`${PORTONE_MAIN}-2`)

test('a repeat is the text of the first call, whatever this program would write today', async () => {
  const { gateway, posted } = await storeOn({ [CANCEL]: TAKEN })
  const asSent = '{"reason":"#rf-3 customer asked", "amount":500}'
  await gateway.cancel(aCancel({ asSent, checksum: 900 }))
  expect(posted()[0]?.body).toBe(asSent)
  expect(gateway.repeats?.textOf(aCancel())).toContain('"currentCancellableAmount":1990')
  expect(gateway.repeats?.forMs).toBe(9_000_000)
})

const ENDINGS: readonly (readonly [string, Step, object])[] = [
  ['SUCCEEDED', json(200, { cancellation: { ...REQUESTED, status: 'SUCCEEDED' } }), { kind: 'accepted' }],
  ['FAILED', json(200, { cancellation: { ...REQUESTED, status: 'FAILED' } }), { kind: 'turnedDown', code: 'FAILED' }],
  ['a status of tomorrow', json(200, { cancellation: { ...REQUESTED, status: 'LATER' } }), { kind: 'unknown' }],
  ['200 without a cancellation', json(200, {}), { kind: 'unknown', repeatable: true }],
  ['200 and a page', text(200, '<html></html>'), { kind: 'unknown', repeatable: true }],
  ['a type of tomorrow', error(409, 'SOMETHING_NEW'), { kind: 'unknown', repeatable: true }],
  ['a name of an object', error(409, 'CONSTRUCTOR'), { kind: 'unknown', repeatable: true }],
  ['a page of 502', text(502, '<html>Bad Gateway</html>'), { kind: 'unknown', repeatable: true }],
  ['a page of 401', text(401, '<html></html>'), { kind: 'unknown', repeatable: true }],
  ['HTTP 429', json(429, {}), { kind: 'unknown', repeatable: true }],
  ['a connection that breaks', reset, { kind: 'unknown', repeatable: true }],
  ['half an answer', half, { kind: 'unknown', repeatable: true }],
]
test.each(ENDINGS)('%s', async (_, step, ending) => {
  const { gateway } = await storeOn({ [CANCEL]: step })
  await expect(gateway.cancel(aCancel())).resolves.toMatchObject(ending)
})

test.each([
  ['no answer', silent],
  ['an answer without an end', endless],
])('%s in time leaves it unknown', async (_, step) => {
  const { gateway } = await storeOn({ [CANCEL]: step })
  await expect(gateway.cancel(aCancel({ timeoutMs: 50 }))).resolves.toMatchObject({ kind: 'unknown', repeatable: true })
})

const AS = {
  no: { kind: 'turnedDown' },
  unsent: { kind: 'notSent' },
  perhaps: { kind: 'unknown' },
  running: { kind: 'unknown', repeatable: true },
} as const

describe('each type of a no', () => {
  test.each(Object.entries(CANCEL_ERRORS))('%s: a ticket was filed: %s', async (type, filed) => {
    const { gateway } = await storeOn({
      [CANCEL]: error(filed === 'perhaps' ? 502 : 409, type, { message: 'so it is' }),
    })
    const answer = await gateway.cancel(aCancel())
    expect(answer).toMatchObject(AS[filed])
    // What Paymentwall itself may have taken is never asked for twice.
    expect('repeatable' in answer).toBe(filed === 'running')
  })

  test('the words of the provider are told', async () => {
    const step = error(502, 'PG_PROVIDER', { message: 'pg error', pgCode: '7', pgMessage: 'no such\u0000 ticket' })
    const { gateway } = await storeOn({ [CANCEL]: step })
    const { said } = await gateway.cancel(aCancel()).then((answer) => ('said' in answer ? answer : { said: '' }))
    expect(said).toBe('Paymentwall may have taken it all the same; PG_PROVIDER: pg error; no such  ticket; code 7')
  })
})

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

test('nobody at the other end: nothing was sent', async () => {
  const { gateway } = await storeOn({}, { apiUrl: `http://127.0.0.1:${await closedPort()}` })
  await expect(gateway.cancel(aCancel())).resolves.toMatchObject({ kind: 'notSent' })
})

test('too late before the call: nothing is sent', async () => {
  const { gateway, posted } = await storeOn({ [CANCEL]: TAKEN })
  await expect(gateway.cancel(aCancel({ mayStillSend: () => false }))).resolves.toMatchObject({ kind: 'notSent' })
  expect(posted()).toEqual([])
})

test.each([
  ['nothing', { money: { amount: 0, currency: 'USD' } }, 'above zero'],
  ['more than is left', { checksum: 499 }, 'larger than its checksum'],
  ['a reason without its marker', { reason: 'customer asked' }, 'begins with "#rf-3 "'],
] as const)('%s is never asked for', async (_, changes, sentence) => {
  const { gateway, posted } = await storeOn({ [CANCEL]: TAKEN })
  await expect(gateway.cancel(aCancel(changes))).rejects.toThrow(sentence)
  expect(posted()).toEqual([])
})

const OTHER_ATTEMPT = { ...PAID, transactionId: '0191c2d4-0000-4b10-9d51-2f6e0a8b3c41' }

test('it cancels by the order, so another attempt than the one that is shown is never asked for', async () => {
  const { gateway, posted } = await storeOn({ [CANCEL]: TAKEN, [PAYMENT]: json(200, OTHER_ATTEMPT) })
  await expect(gateway.cancel(aCancel())).resolves.toMatchObject({ kind: 'turnedDown', code: 'OTHER_ATTEMPT' })
  // What the first call did is not known by that.
  await expect(gateway.cancel(aCancel({ asSent: '{}' }))).resolves.toMatchObject({ kind: 'notSent' })
  expect(posted()).toEqual([])
})

test('a look before the call that does not answer leaves nothing sent', async () => {
  const { gateway, posted } = await storeOn({ [CANCEL]: TAKEN, [PAYMENT]: json(500, {}) })
  await expect(gateway.cancel(aCancel())).resolves.toMatchObject({ kind: 'notSent' })
  expect(posted()).toEqual([])
})

// Reads a pingback: whether Paymentwall signed it, and what it says then (paymentwall.md §5).
// Must not know: HTTP servers, databases, what its news means for an order. Pure.
import { isCurrency } from '../../domain/currencies.ts'
import type { HintRequest, ReadHint, Signed, SignedEvent, Webhooks } from '../../domain/gateway.ts'
import { gatewayRef, OWN_ID } from '../../domain/ids.ts'
import { fromMajor, type Money } from '../../domain/money.ts'
import { markOf, tame } from '../../domain/text.ts'
import { eventOf } from './events.ts'
import { isSame, partsOf, pingbackDigest, type Parameters, type SignVersion } from './signature.ts'
import { isOfTestMethod } from './wire.ts'

export const pingbacks: Webhooks = {
  method: 'get',
  path: '/webhooks/paymentwall',
  summary: 'Pingbacks of Paymentwall, where an account of it is configured: refused where the signature is wrong',
  bodies: [],
  taken: { body: 'OK', type: 'text/plain' },
  // The signature is what counts; lists of addresses once cut off whoever trusted them alone
  // (paymentwall.md §5.5, §12).
  addresses: [
    ...Array.from({ length: 256 }, (_, last) => `216.127.71.${last}`),
    '174.36.92.186',
    '174.36.92.187',
    '174.36.92.192',
    '174.36.96.66',
  ],
  signed: true,
  againAfterSeconds: 1_800,
}

export type Project = {
  readonly secret: string
  /** What the project is set to; anything below it is a forgery (paymentwall.md §4.3). */
  readonly version: SignVersion
  /** A test project: all that it signs is test money, whether it says so or not. */
  readonly test?: boolean
}

/** A pingback has some 300 characters; each that is read is kept whole. */
const LONGEST = 4_096

export function readPingback(
  { secret, version, test = false }: Project,
  { query }: Pick<HintRequest, 'query'>,
): ReadHint {
  if (query.length > LONGEST) return forged(`it is longer than ${LONGEST} characters`)
  const parameters = parametersOf(query)
  if (parameters === undefined) return forged('a parameter comes twice')
  const used = versionOf(parameters)
  if (used === undefined) return forged('its signature is of an unknown version')
  if (used < version) return forged(`its signature is of version ${used}, and the project signs with ${version}`)
  const right = pingbackDigest(parameters, secret, used)
  if (right === undefined || !isSame(parameters.sig ?? '', right)) return forged('its signature does not fit')
  // Of version 1 nothing else is signed, so nothing else is read.
  return contentOf(used === 1 ? onlySigned(parameters) : parameters, test)
}

const forged = (why: string): ReadHint => ({ kind: 'forged', why })

/**
 * undefined where a name comes twice, or both alone and as a list: which of the two was signed?
 * Names that a program reads as others are never ours to read.
 */
function parametersOf(query: string): Parameters | undefined {
  const pairs = [...new URLSearchParams(query)]
  const names = pairs.map(([name]) => name)
  const lists = new Set(names.filter((name) => name.includes('[')).map((name) => partsOf(name)[0]))
  if (new Set(names).size < names.length || names.some((name) => lists.has(name))) return undefined
  return Object.fromEntries(pairs)
}

/** None named is version 1; a cart is always of version 2 (paymentwall.md §4.1). */
function versionOf(parameters: Parameters): SignVersion | undefined {
  const isCart = Object.keys(parameters).some((name) => partsOf(name)[0] === 'goodsid' && name !== 'goodsid')
  switch (parameters.sign_version) {
    case undefined:
      return isCart ? 2 : 1
    case '1':
      return isCart ? undefined : 1
    case '2':
      return 2
    case '3':
      return 3
  }
  return undefined
}

function onlySigned({ uid = '', goodsid = '', slength = '', speriod = '', type = '', ref = '' }: Parameters) {
  return { uid, goodsid, slength, speriod, type, ref }
}

/**
 * Nothing stands between signed names and values, so text could slide from one into the next
 * (paymentwall.md §4.3): what is read is of a form in which no other name can hide.
 */
const REF = /^[A-Za-z0-9_-]{1,80}$/
const TYPE = /^\d{1,4}$/
const PART = /^\d{1,15}(\.\d{1,4})?$/
const UID = /^[^\p{C}]{1,64}$/u

function contentOf(parameters: Parameters, ofTest: boolean): ReadHint {
  const { ref = '', goodsid = '', type = '', uid = '', is_test: test = '0' } = parameters
  if (!REF.test(ref)) return unreadable('ref does not fit')
  if (!OWN_ID.test(goodsid)) return unreadable('goodsid does not fit')
  if (!TYPE.test(type)) return unreadable('type does not fit')
  if (!UID.test(uid)) return unreadable('uid does not fit')
  if (test !== '0' && test !== '1') return unreadable('is_test does not fit')
  const { refund_amount: part, merchant_refund_id: refundId } = parameters
  if (part !== undefined && !PART.test(part)) return unreadable('refund_amount does not fit')
  if (refundId !== undefined && refundId !== '' && !OWN_ID.test(refundId))
    return unreadable('merchant_refund_id does not fit')
  const event = eventOf(type, parameters)
  const signed: Signed = {
    gatewayRef: gatewayRef(ref),
    merchantUid: goodsid,
    key: keyOf(type, event, parameters),
    event,
    buyerId: uid,
    // In version 1 is_test is not signed, and the reference is.
    channel: ofTest || test === '1' || isOfTestMethod(ref) ? 'test' : 'live',
    money: moneyOf(parameters),
    paidAt: timeOf(parameters.paid_at),
    payMethod: parameters.ps === undefined || parameters.ps === '' ? null : tame(parameters.ps.slice(0, 100)),
    payerCountry: countryOf(parameters.country_code),
  }
  return { kind: 'signed', signed }
}

const unreadable = (why: string): ReadHint => ({ kind: 'unreadable', why, isSigned: true })

/**
 * One for each event (paymentwall.md §5.5): its type, with the reason of a reversal, for a
 * chargeback may follow a refund; a part by the refund that it names and its size, or, where it
 * names none, by all that was signed.
 */
function keyOf(type: string, event: SignedEvent, parameters: Parameters): string {
  if (event.kind !== 'returned' && event.kind !== 'partReturned') return type
  if (event.kind === 'partReturned' || event.part === null) return [type, parameters.reason ?? 'none'].join('.')
  if (event.refundId !== null) return `${type}.${event.refundId}.${event.part.amount}`
  const signed = Object.keys(parameters).filter((name) => name !== 'sig' && name !== 'sign_version')
  const whole = signed.toSorted(byText).map((name) => [name, parameters[name]])
  return `${type}.${markOf(JSON.stringify(whole))}`
}

const byText = (one: string, other: string): number => (one < other ? -1 : 1)

/**
 * Where the project names its custom parameters so (paymentwall.md §5.4): PRODUCT_PRICE,
 * PRODUCT_CURRENCY_CODE.
 */
function moneyOf({ price, price_ccy: currency }: Parameters): Money | null {
  if (price === undefined || currency === undefined || !isCurrency(currency)) return null
  try {
    return fromMajor(price, currency)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** PAYMENT_DATETIME_UTC, like 2026-11-27 09:30:00. */
function timeOf(text = ''): string | null {
  const [, day, time] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/.exec(text) ?? []
  const at = day === undefined || time === undefined ? Number.NaN : Date.parse(`${day}T${time}Z`)
  return Number.isNaN(at) ? null : new Date(at).toISOString()
}

const countryOf = (code = ''): string | null => (/^[A-Za-z]{2}$/.test(code) ? code.toUpperCase() : null)

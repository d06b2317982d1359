// Paymentwall's signatures, versions 1 to 3, for what we send and for what it sends (paymentwall.md
// §4).
// Must not know: what the parameters mean, HTTP, settings. Pure.
import { createHash, timingSafeEqual } from 'node:crypto'

/**
 * Decoded texts by the names that stand on the wire: an item of a list is
 * `history[registration_date]`.
 */
export type Parameters = Readonly<Record<string, string>>
export type SignVersion = 1 | 2 | 3

/**
 * Version 1 of a pingback signs these in this order, and no other parameter (paymentwall.md §4.1).
 */
const GOODS = ['uid', 'goodsid', 'slength', 'speriod', 'type', 'ref']
const COINS = ['uid', 'currency', 'type', 'ref']
const NEVER_SIGNED: readonly string[] = ['sign', 'sig']

/**
 * The same with `sign_version` and `sign`. A request in version 1 signs `uid` alone, so that any
 * price would do: version 2 is the least that is sent.
 */
export function signed(parameters: Parameters, secret: string, version: SignVersion): Parameters {
  const used = version === 1 ? 2 : version
  const versioned = { ...parameters, sign_version: String(used) }
  return { ...versioned, sign: digest(baseText(versioned), secret, used) }
}

/**
 * The digest that a pingback of this version must have; undefined where version 1 could not sign
 * it, such as a cart.
 */
export function pingbackDigest(parameters: Parameters, secret: string, version: SignVersion): string | undefined {
  if (version !== 1) return digest(baseText(parameters), secret, version)
  const names = 'goodsid' in parameters ? GOODS : 'currency' in parameters ? COINS : undefined
  return names && digest(names.map((name) => `${name}=${parameters[name] ?? ''}`).join(''), secret, version)
}

/** Takes the same time wherever the two differ, so that nobody learns a digest letter by letter. */
export function isSame(given: string, right: string): boolean {
  const [one, other] = [Buffer.from(given, 'utf8'), Buffer.from(right, 'utf8')]
  return one.length === other.length && timingSafeEqual(one, other)
}

const digest = (text: string, secret: string, version: SignVersion): string =>
  createHash(version === 3 ? 'sha256' : 'md5')
    .update(text + secret, 'utf8')
    .digest('hex')

const baseText = (parameters: Parameters): string =>
  Object.keys(parameters)
    .filter((name) => !NEVER_SIGNED.includes(name))
    .toSorted(byNameThenItem)
    .map((name) => `${name}=${parameters[name]}`)
    .join('')

/**
 * By name, then by item; items that are numbers by their value, which matters from the eleventh on.
 */
function byNameThenItem(left: string, right: string): number {
  const [leftName, leftItem] = partsOf(left)
  const [rightName, rightItem] = partsOf(right)
  if (leftName !== rightName || leftItem === undefined || rightItem === undefined) return byBytes(leftName, rightName)
  const numbers = /^\d+$/.test(leftItem) && /^\d+$/.test(rightItem)
  return numbers ? Number(leftItem) - Number(rightItem) : byBytes(leftItem, rightItem)
}

/** `goodsid[10]` is the item `10` of `goodsid`. */
export function partsOf(name: string): readonly [name: string, item: string | undefined] {
  const [, list, item] = /^([^[]+)\[([^\]]*)\]$/.exec(name) ?? []
  return list === undefined ? [name, undefined] : [list, item]
}

const byBytes = (left: string, right: string): number =>
  Buffer.compare(Buffer.from(left, 'utf8'), Buffer.from(right, 'utf8'))

// Paymentwall's signatures, versions 2 and 3 for requests and
// pingbacks alike, version 1 for pingbacks (paymentwall.md §4.1).
// Must not know what the parameters mean, nor whose secret it is.
import { createHash } from 'node:crypto'

/**
 * Names as they are sent: an array item is `history[registration_date]`. Values are decoded text.
 */
export type Parameters = Readonly<Record<string, string>>
export type SignVersion = 2 | 3
export type PingbackVersion = 1 | SignVersion

export function sign(parameters: Parameters, secret: string, version: SignVersion): string {
  const base = baseString(parameters)
  return createHash(version === 3 ? 'sha256' : 'md5')
    .update(base + secret, 'utf8')
    .digest('hex')
}

const SIGNED_BY_VERSION_1 = ['uid', 'goodsid', 'slength', 'speriod', 'type', 'ref']

/** Version 1 names no version, and signs six parameters in their order, whatever else is sent. */
export function signPingback(parameters: Parameters, secret: string, version: PingbackVersion): Parameters {
  if (version !== 1) {
    const versioned = { ...parameters, sign_version: String(version) }
    return { ...versioned, sig: sign(versioned, secret, version) }
  }
  const base = SIGNED_BY_VERSION_1.map((name) => `${name}=${parameters[name] ?? ''}`).join('')
  return {
    ...parameters,
    sig: createHash('md5')
      .update(base + secret, 'utf8')
      .digest('hex'),
  }
}

/**
 * Whether `sign` fits. Without a sign_version it is MD5, as on
 * the legacy ticket page (paymentwall.md §4.2, T0).
 */
export function isSigned(parameters: Parameters, secret: string): boolean {
  const version = parameters.sign_version ?? '2'
  if (version !== '2' && version !== '3') return false
  return parameters.sign === sign(parameters, secret, version === '3' ? 3 : 2)
}

/** Whether `sig` fits, in the version that it names; a pingback that names none is of version 1. */
export function isSignedPingback(parameters: Parameters, secret: string): boolean {
  const { sig, sign_version: version, ...rest } = parameters
  if (version === undefined) return sig === signPingback(rest, secret, 1).sig
  if (version !== '2' && version !== '3') return false
  return sig === signPingback(rest, secret, version === '3' ? 3 : 2).sig
}

function baseString(parameters: Parameters): string {
  return Object.keys(parameters)
    .filter((name) => name !== 'sign' && name !== 'sig')
    .sort(byNameThenItem)
    .map((name) => `${name}=${parameters[name]}`)
    .join('')
}

// PHP sorts names first, then the items of one name, numbers as
// numbers: it matters from the eleventh item on.
function byNameThenItem(left: string, right: string): number {
  const [leftName, leftItem] = splitItem(left)
  const [rightName, rightItem] = splitItem(right)
  if (leftName !== rightName) return compare(leftName, rightName)
  const numbers = /^\d+$/.test(leftItem) && /^\d+$/.test(rightItem)
  return numbers ? Number(leftItem) - Number(rightItem) : compare(leftItem, rightItem)
}

function splitItem(name: string): [string, string] {
  const parts = /^([^[]+)\[(.*)\]$/.exec(name)
  return parts ? [parts[1] ?? '', parts[2] ?? ''] : [name, '']
}

function compare(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left, 'utf8'), Buffer.from(right, 'utf8'))
}

/**
 * Parameters of a query or form, or undefined where a name
 * comes twice: which of the two was signed?
 */
export function parametersOf(text: string): Parameters | undefined {
  const pairs = [...new URLSearchParams(text)]
  return new Set(pairs.map(([name]) => name)).size === pairs.length ? Object.fromEntries(pairs) : undefined
}

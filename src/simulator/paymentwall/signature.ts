// Paymentwall's signatures, versions 2 and 3
// (paymentwall.md §4.1), for requests and pingbacks alike.
// Must not know what the parameters mean, nor whose secret it is.
import { createHash } from 'node:crypto'

/**
 * Names as they are sent: an array item is `history[registration_date]`. Values are decoded text.
 */
export type Parameters = Readonly<Record<string, string>>
export type SignVersion = 2 | 3

export function sign(parameters: Parameters, secret: string, version: SignVersion): string {
  const base = baseString(parameters)
  return createHash(version === 3 ? 'sha256' : 'md5')
    .update(base + secret, 'utf8')
    .digest('hex')
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

// Who sent a webhook: whether the gateway publishes the address, and what counts as one sender.
// Must not know: whether a hint is true. An address is a score: never a proof, and never a reason
// to refuse.
import { isIP } from 'node:net'
import type { Webhooks } from '../../../domain/gateway.ts'

const NO_ADDRESS = 'no address'

/** Behind proxies true only where TRUSTED_PROXIES is: else the address is a proxy's. */
export const isPublished = ({ addresses }: Pick<Webhooks, 'addresses'>, address: string): boolean =>
  addresses.includes(plainOf(address))

/**
 * One sender: an IPv4 address, or the /64 of an IPv6 one, for whoever has one address of it has
 * them all.
 */
export function senderOf(address: string): string {
  const plain = plainOf(address)
  // What is no address was written by a stranger, and an alert would repeat it.
  if (isIP(plain) === 0) return NO_ADDRESS
  if (isIP(plain) === 4) return plain
  const [head = '', tail] = plain.split('::')
  const before = head.split(':').filter((group) => group !== '')
  const after = (tail ?? '').split(':').filter((group) => group !== '')
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length)
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...after]
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}

/** As it is compared: some proxies name a port as well. */
const plainOf = (address: string): string =>
  address
    .replace(/^\[(.*)\](:\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
    .replace(/^::ffff:(?=\d+\.)/i, '')

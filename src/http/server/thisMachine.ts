// What is this machine itself: an address, a name, and a request that came from it and was not
// passed on for somebody else.
// Must not know: keys, roles, routes. The simulator shares no code with us and has a rule of its
// own (world/loopback.ts).
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')
const LOCAL_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i

/**
 * An address or a host name, as a socket, a setting or a URL writes it. A name that only resolves
 * to this machine is none.
 */
export function isLoopback(host: string): boolean {
  const plain = host.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  if (plain === 'localhost') return true
  const family = isIP(plain)
  return family !== 0 && LOOPBACK.check(plain, family === 4 ? 'ipv4' : 'ipv6')
}

/** Whose request it is: `own`, or why it is not this machine's. */
export type Origin = 'own' | 'forwarded' | 'foreign' | 'foreignPage'

/**
 * A proxy on this machine would make strangers look local, and so would a name that a web page
 * points at this machine. A browser on this machine sends what pages of others tell it to, and says
 * whose page it was: only our own may ask. What passes on bytes and leaves no trace (a tunnel, a
 * proxy told to hide) cannot be told apart: there only keys help.
 */
export function originOf(request: IncomingMessage): Origin {
  if (wasForwarded(request)) return 'forwarded'
  const { socket, headers } = request
  const { host = '', origin } = headers
  if (!isLoopback(socket.remoteAddress ?? '') || !LOCAL_HOST.test(host)) return 'foreign'
  return origin === undefined || origin.toLowerCase() === `http://${host}`.toLowerCase() ? 'own' : 'foreignPage'
}

/**
 * By their words, for every vendor has names of its own: what is refused too often is helped by a
 * key.
 */
const PROXIES_ADD = [
  /(^|-)(forward\w*|via|proxy|proxied)(-|$)/,
  /(^|-)(client|real|remote|socket)?ip(v[46])?$|(^|-)addr(ess)?$/,
  /^(cf|cdn|x-cdn|x-akamai|x-amz-cf|x-arr|x-azure|x-envoy|x-original)-/,
]

/**
 * Node drops what comes after the first thousand, so that a proxy's own would not be seen behind
 * them.
 */
const MOST_HEADERS = 100

/**
 * Programs and browsers of today speak HTTP/1.1; a bare nginx asks by 1.0, with a Host of its own
 * and no trace of its caller.
 */
function wasForwarded({ rawHeaders, httpVersion }: IncomingMessage): boolean {
  const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase().replaceAll('_', '-'))
  if (httpVersion !== '1.1' || names.length > MOST_HEADERS) return true
  return names.some((name) => PROXIES_ADD.some((pattern) => pattern.test(name)))
}

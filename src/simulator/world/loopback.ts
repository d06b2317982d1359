// Which addresses are this machine's own, and which requests were passed on for somebody else.
// Must not know who asks, nor what is sent there.
import type { IncomingMessage } from 'node:http'

const NAME = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i
const HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i

/**
 * A target of a message: what somebody wrote into a control call must not be posted to others'
 * machines.
 */
export function isLoopback(url: string): boolean {
  return URL.canParse(url) && NAME.test(new URL(url).hostname)
}

/** A Host header. */
export function isLocalHost(host: string): boolean {
  return HOST.test(host)
}

/** What a socket says of its other end. */
export function isLocalAddress(address: string | undefined): boolean {
  return /^(::ffff:)?127(\.\d{1,3}){3}$|^::1$/i.test(address ?? '')
}

const PASSED_ON =
  /^(.*-)?(forward\w*|via|proxy|proxied)(-.*)?$|(^|-)(client|real|remote|socket)?ip(v[46])?$|(^|-)addr(ess)?$|^(cf|cdn|x-cdn|x-akamai|x-amz-cf|x-arr|x-azure|x-envoy|x-original)-/

/**
 * Node drops what comes after the first thousand, so that a proxy's own would not be seen behind
 * them.
 */
const MOST_HEADERS = 100

/**
 * A proxy on this machine adds a header, or asks by HTTP/1.0 as nginx does where nothing else is
 * set.
 */
export function wasPassedOn({ rawHeaders, httpVersion }: IncomingMessage): boolean {
  const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase().replaceAll('_', '-'))
  return httpVersion !== '1.1' || names.length > MOST_HEADERS || names.some((name) => PASSED_ON.test(name))
}

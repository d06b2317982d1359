// Which addresses are this machine's own.
// Must not know who asks, nor what is sent there.

const NAME = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i
const HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i

/** A target of a message: what somebody wrote into a control call must not be posted to others' machines. */
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

// Whether the world reaches us: the public address, its name, and the doors of the gateways behind
// it.
// Must not know: which gateways there are, what comes through a door.
import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { right, unasked, weak, wrong, type Finding, type SetUpPart } from '../domain/shown/setUp.ts'
import { request } from '../gateways/http.ts'
import { isLoopback } from '../http/server/thisMachine.ts'

export type WayIn = {
  /** PUBLIC_URL, or where the API listens while it is not set. */
  readonly url: string
  readonly isSet: boolean
  /** All gateways in use are on this machine, as the simulator is: then so may we be. */
  readonly gatewaysAreHere: boolean
  readonly doors: readonly { readonly method: 'get' | 'post'; readonly path: string }[]
  readonly addressesOf?: (host: string) => Promise<readonly string[]>
}

export const outsidePart = (outside: WayIn): SetUpPart => ({
  name: 'outside',
  title: 'The way in',
  checks: [
    { name: 'address', title: 'the public address is fit for webhooks', after: [], judge: () => address(outside) },
    { name: 'name', title: 'its name is found', after: ['address'], judge: () => name(outside) },
    { name: 'reached', title: 'webhooks get through to us', after: ['name'], judge: () => reached(outside) },
  ],
  questions: outside.gatewaysAreHere
    ? []
    : [
        {
          where: 'A machine outside of your network',
          question: `Does curl -i ${outside.url}/healthz answer {"status":"live"} there, too?`,
          else: 'webhooks do not come, for whoever sends them is outside',
        },
      ],
})

function address({ url, isSet, gatewaysAreHere }: WayIn): Finding {
  const { protocol, hostname } = new URL(url)
  if (gatewaysAreHere && isLoopback(hostname)) return right(`${url}, and the gateway is on this machine, too`)
  if (!isSet)
    return wrong(
      'PUBLIC_URL is not set, so windows would carry an address that nobody outside reaches',
      'Set PUBLIC_URL to what the outside reaches the API by, for example https://pay.example.com',
    )
  if (isLoopback(hostname))
    return wrong(
      `${url} is this machine itself, which no gateway reaches`,
      'Set PUBLIC_URL to what the outside reaches the API by',
    )
  if (protocol !== 'https:')
    return wrong(
      `${url} is http, by which whoever is between reads and changes webhooks`,
      'Put a proxy with a certificate before the API, and write PUBLIC_URL with https://',
    )
  return isIP(hostname.replace(/^\[|\]$/g, '')) === 0
    ? right(url)
    : weak(`${url} is no name, so its certificate is hardly one that gateways trust`, 'Give the API a name')
}

/** Of no use to whoever is outside of the network. */
const PRIVATE = new BlockList()
for (const [net, bits] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['127.0.0.0', 8],
] as const)
  PRIVATE.addSubnet(net, bits, 'ipv4')
for (const [net, bits] of [
  ['fc00::', 7],
  ['fe80::', 10],
  ['::1', 128],
] as const)
  PRIVATE.addSubnet(net, bits, 'ipv6')

const askDns = async (host: string): Promise<readonly string[]> =>
  (await lookup(host, { all: true })).map((found) => found.address)

async function name({ url, gatewaysAreHere, addressesOf = askDns }: WayIn): Promise<Finding> {
  const { hostname } = new URL(url)
  if (gatewaysAreHere && isLoopback(hostname)) return right('this machine')
  const found = await addressesOf(hostname.replace(/^\[|\]$/g, '')).catch((error: unknown) => String(error))
  if (typeof found === 'string')
    return wrong(`${hostname} has no address here (${found})`, 'Enter the name in the DNS, or mend PUBLIC_URL')
  const hidden = found.filter((each) => PRIVATE.check(each, isIP(each) === 6 ? 'ipv6' : 'ipv4'))
  return hidden.length === 0
    ? right(found.join(', '))
    : weak(
        `${hostname} is ${hidden.join(', ')} from here, a place inside of a network`,
        'See that its name has a public address for those outside (dig, from there)',
      )
}

const DOOR_MS = 10_000

/**
 * Asked by the method that the door does not take, so that nothing comes in: our own refusal says
 * that the way is free.
 */
async function reached({ url, doors }: WayIn): Promise<Finding> {
  if (doors.length === 0) return unasked('no gateway has a door here')
  for (const { method, path } of doors) {
    const asked = { url: url + path, method: method === 'get' ? 'POST' : 'GET', timeoutMs: DOOR_MS } as const
    const answer = await request(asked)
    if (answer.kind !== 'answer')
      return wrong(
        `${url} does not answer from here: ${answer.said}`,
        'See whether the role api runs, and the proxy, the certificate and the firewall before it',
      )
    if (!isOurs(answer.body))
      return wrong(
        `something else answers at ${url}${path}, with HTTP ${answer.status}`,
        `Let the proxy pass ${path} on to the API as it is, for anybody and without a login`,
      )
  }
  return right(doors.map(({ path }) => path).join(', '))
}

function isOurs(body: string): boolean {
  try {
    const { code, type } = Object(JSON.parse(body))
    return code === 'notFound' && type === 'about:blank'
  } catch {
    return false
  }
}

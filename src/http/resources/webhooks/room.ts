// Who sent a webhook, and room for what nobody knows: how many about unknown orders, and unreadable
// ones, get a row; the others are counted.
// Must not know: whether a hint is true, and hints about known orders and payments, which need no
// room. An address is a score: never a proof, and never a reason to refuse. What is counted here
// got no 200.
import { isIP } from 'node:net'
import { transact, type Db } from '../../../db/connect.ts'
import { noteForged, type Forged } from '../../../db/hints/forged.ts'
import type { Places } from '../../../db/hints/received.ts'
import { noteRefused, OTHERS, SENDERS, type Refused } from '../../../db/hints/refused.ts'
import type { Webhooks } from '../../../domain/gateway.ts'

/**
 * An order is recorded here before anybody can pay it, so an honest gateway names unknown ones
 * after a mishap only.
 */
const A_SENDER_A_MINUTE = 60
/**
 * Strangers together, however many addresses they have: a day of it is 24,000 small rows, which the
 * purge bears.
 */
const STRANGERS_AN_HOUR = 1_000
/**
 * The gateway's own addresses have room of their own: after a backup was restored, a day's orders
 * may be unknown.
 */
const GATEWAY_AN_HOUR = 10_000

type From = { readonly sender: string; readonly fromKnownAddress: boolean }
/** As its row has them. */
type Addressed = { readonly remoteAddress: string; readonly fromKnownAddress: boolean }

export type HintRoom = {
  /** Takes a place for one row; false where there is none now. */
  take(from: From): boolean
  /** It was not needed. */
  giveBack(from: From): void
  /** Remembers one that got no row, until the next note. */
  refuse(hint: Omit<Refused, 'times'>): void
  /** The same of one whose signature is wrong. */
  forge(message: Omit<Forged, 'times'>): void
  /**
   * Notes what was refused since the last note; true never, for there is nothing more to do at
   * once.
   */
  note(): Promise<false>
}

type Options = {
  readonly db: Db
  /** Called after a commit that put an alert into the outbox. */
  readonly kick: () => void
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number
}

/**
 * Counts in this process: several have the room several times, and a restart begins anew, which
 * bounds it all the same.
 */
export function makeHintRoom({ db, kick, now = () => performance.now() }: Options): HintRoom {
  const senders = windowOf(60_000, now)
  const classes = windowOf(3_600_000, now)
  let refused = new Map<string, Refused>()
  let forged = new Map<string, Forged>()
  const remember = (hint: Refused): void => {
    const apart = hint.fromKnownAddress || refused.has(hint.sender) || refused.size < SENDERS
    const sender = apart ? hint.sender : OTHERS
    const before = refused.get(sender)
    refused.set(sender, { ...(before ?? { ...hint, sender }), times: (before?.times ?? 0) + hint.times })
  }
  const rememberForged = (message: Forged): void => {
    const of = `${message.kind} ${message.fromKnownAddress}`
    const before = forged.get(of)
    forged.set(of, { ...(before ?? message), times: (before?.times ?? 0) + message.times })
  }
  return {
    take: ({ sender, fromKnownAddress }) =>
      fromKnownAddress
        ? classes.take('gateway', GATEWAY_AN_HOUR)
        : senders.left(sender, A_SENDER_A_MINUTE) &&
          classes.take('strangers', STRANGERS_AN_HOUR) &&
          senders.take(sender, A_SENDER_A_MINUTE),
    giveBack: ({ sender, fromKnownAddress }) => {
      classes.giveBack(fromKnownAddress ? 'gateway' : 'strangers')
      if (!fromKnownAddress) senders.giveBack(sender)
    },
    refuse: (hint) => remember({ ...hint, times: 1 }),
    forge: (message) => rememberForged({ ...message, times: 1 }),
    note: async () => {
      const noting = [...refused.values()]
      const forgeries = [...forged.values()]
      if (noting.length === 0 && forgeries.length === 0) return false
      refused = new Map()
      forged = new Map()
      try {
        const told = await transact(db, 'note refused hints', async (trx) => [
          noting.length > 0 && (await noteRefused(trx, noting)),
          await noteForged(trx, forgeries),
        ])
        if (told.includes(true)) kick()
      } catch (error) {
        for (const each of noting) remember(each)
        for (const each of forgeries) rememberForged(each)
        throw error
      }
      return false
    },
  }
}

/** Counts by name within windows of this length. */
function windowOf(lengthMs: number, now: () => number) {
  let began = now()
  let counts = new Map<string, number>()
  const left = (name: string, most: number): boolean => {
    if (now() - began >= lengthMs) {
      began = now()
      counts = new Map()
    }
    return (counts.get(name) ?? 0) < most
  }
  const take = (name: string, most: number): boolean => {
    if (!left(name, most)) return false
    counts.set(name, (counts.get(name) ?? 0) + 1)
    return true
  }
  /** Of a window that is over nothing is left to give back. */
  const giveBack = (name: string): void => void counts.set(name, Math.max(0, (counts.get(name) ?? 0) - 1))
  return { left, take, giveBack }
}

export const fromOf = ({ remoteAddress, fromKnownAddress }: Addressed): From => ({
  sender: senderOf(remoteAddress),
  fromKnownAddress,
})

export function placesFor(room: HintRoom, received: Addressed): Places {
  const from = fromOf(received)
  return { take: () => room.take(from), giveBack: () => room.giveBack(from) }
}

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

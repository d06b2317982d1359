// What can be told of a PortOne store's set-up by asking it and by what came in, in the order of
// the consoles (portone.md §2, §8, §11).
// Must not know: rows, sagas, how a finding is printed. It changes nothing, and says no secret.
import { Failure } from '../../../domain/failures.ts'
import {
  right,
  unasked,
  wrong,
  type Finding,
  type SeenOfGateway,
  type SetUpCheck,
  type SetUpFacts,
} from '../../../domain/shown/setUp.ts'
import { bySeen, ordersPaid, ticketsAnswered } from '../../setUp.ts'
import type { ChannelKeys } from '../window.ts'

export type AskedStore = {
  readonly channelKeys: ChannelKeys
  /** How many secrets of webhooks are known. */
  readonly secrets: number
  readonly askStore: () => Promise<unknown>
}

export function storeChecks(asked: AskedStore, facts: SetUpFacts): readonly SetUpCheck[] {
  return [
    { name: 'answers', title: 'PortOne answers', after: [], judge: () => answers(asked) },
    { name: 'keys', title: 'PortOne takes our secret', after: ['answers'], judge: () => keys(asked) },
    { name: 'channels', title: 'channels are known', after: [], judge: () => channels(asked, facts) },
    {
      name: 'signatures',
      title: 'signatures of webhooks fit',
      after: ['keys', 'account', 'database.migrations', 'outside.reached'],
      judge: bySeen(facts, signatures),
    },
    {
      name: 'webhooks',
      title: 'webhooks come in',
      after: ['signatures'],
      judge: bySeen(facts, (seen) => webhooks(seen, facts.door)),
    },
    {
      name: 'window',
      title: 'buyers can pay',
      after: ['channels', 'database.migrations'],
      judge: bySeen(facts, window),
    },
    {
      name: 'results',
      title: 'tickets are answered',
      after: ['keys', 'account', 'database.migrations'],
      judge: bySeen(facts, results),
    },
  ]
}

async function answers({ askStore }: AskedStore): Promise<Finding> {
  const failure = await failureOf(askStore)
  return failure === undefined || failure.kind === 'gatewayKeysRefused'
    ? right('it answers')
    : wrong(failure.message, 'Check PORTONE_API_URL, and whether this machine may reach it (firewall, proxy, DNS)')
}

async function keys({ askStore }: AskedStore): Promise<Finding> {
  const failure = await failureOf(askStore)
  return failure
    ? wrong(
        failure.message,
        "Make a new V2 API secret in PortOne's console (결제연동, 식별코드・API Keys), for it is shown once and ends by itself; set PORTONE_API_SECRET and PORTONE_STORE_ID to what stands there, and start anew",
      )
    : right('the store may be read')
}

async function failureOf(ask: () => Promise<unknown>): Promise<Failure | undefined> {
  try {
    await ask()
    return undefined
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

function channels({ channelKeys }: AskedStore, { channel }: SetUpFacts): Finding {
  const setting = `PORTONE_CHANNEL_KEY_${channel.toUpperCase()}`
  return channelKeys[channel] === undefined
    ? wrong(
        `${setting} is not set, so ${channel} orders are refused`,
        `Copy the channel key (channel-key-…) of the Paymentwall channel from PortOne's console, 결제연동, 채널 관리, to ${setting}`,
      )
    : right(`${setting} is set`)
}

/** Those that fit came later: then it is mended. */
function signatures({ refused, lastMessageAt }: SeenOfGateway): Finding {
  if (refused === null || (lastMessageAt !== null && lastMessageAt > refused.at))
    return lastMessageAt === null ? unasked('none came yet') : right(`those of ${lastMessageAt} did`)
  return wrong(
    `none that fits came since ${refused.at}: ${refused.said}`,
    "Copy the webhook secret (whsec_…) from PortOne's console, 결제연동, 결제알림(Webhook) 관리, to PORTONE_WEBHOOK_SECRET, that of test too behind a comma; where the time is said to be wrong, set this machine's clock",
  )
}

function webhooks({ paid, lastMessageAt }: SeenOfGateway, door: string): Finding {
  if (paid.told > 0) return right(`${paid.told} of the ${paid.count} newest payments were told by one`)
  if (paid.count > 0)
    return wrong(
      `none of the ${paid.count} newest payments was told by one; looks and the sweep found them`,
      `Enter ${door} in PortOne's console, 결제연동, 결제알림(Webhook) 관리, for live and for test; a firewall before the API must let 52.78.5.241 through`,
    )
  return lastMessageAt === null
    ? unasked("nothing was paid yet and none came; press the console's button for a trial call, and ask again")
    : right(`the last came at ${lastMessageAt}`)
}

const window = (seen: SeenOfGateway): Finding =>
  ordersPaid(
    seen,
    "Open a window yourself. If it does not come up: the widget pw_1 must be set to version 1.2 at Paymentwall (My Projects, Widgets), the project be approved and the channel's keys be right",
  )

const results = (seen: SeenOfGateway): Finding =>
  ticketsAnswered(
    seen,
    "If Paymentwall's console shows the ticket as done: set pingback type URL, pingback URL https://tx-gateway-service.prod.iamport.co/paymentwall and signature version 3 there (project settings), for results come by it alone; if it shows it as open, Paymentwall's desk must be asked",
  )

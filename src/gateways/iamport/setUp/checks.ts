// What can be told of an i'mport account's set-up by asking it and by what came in, in the order of
// the consoles (iamport.md §3, §6, §7, §13).
// Must not know: rows, sagas, how a finding is printed. It changes nothing, and says no secret.
import { Failure } from '../../../domain/failures.ts'
import type { Channel } from '../../../domain/gateway.ts'
import {
  right,
  unasked,
  weak,
  wrong,
  type Finding,
  type SeenOfGateway,
  type SetUpCheck,
  type SetUpFacts,
} from '../../../domain/shown/setUp.ts'
import { bySeen, countryShown, ordersPaid, ticketsAnswered } from '../../setUp.ts'

/** A channel of the console, as i'mport lists it. */
export type ConsoleChannel = { readonly key: string | null; readonly ours: boolean; readonly test: boolean }

export type AskedAccount = {
  /** Settings of the payment window. */
  readonly code?: string | undefined
  readonly channelKeys: { readonly live?: string | undefined; readonly test?: string | undefined }
  readonly askToken: () => Promise<unknown>
  readonly askChannels: () => Promise<readonly ConsoleChannel[]>
}

const KEYS_REMEDY =
  "Copy key and secret of the V1 API from i'mport's console (결제연동, 식별코드・API Keys) to IAMPORT_KEY and IAMPORT_SECRET, and start anew"
export function accountChecks(asked: AskedAccount, facts: SetUpFacts): readonly SetUpCheck[] {
  return [
    { name: 'answers', title: "i'mport answers", after: [], judge: () => answers(asked) },
    { name: 'keys', title: "i'mport takes our keys", after: ['answers'], judge: () => keys(asked) },
    { name: 'channels', title: 'channels are known', after: ['keys', 'account'], judge: () => channels(asked, facts) },
    { name: 'code', title: 'windows name the merchant', after: [], judge: () => code(asked) },
    {
      name: 'webhooks',
      title: 'webhooks come in',
      after: ['keys', 'account', 'outside.reached', 'database.migrations'],
      judge: bySeen(facts, (seen) => webhooks(seen, facts.door)),
    },
    {
      name: 'cancelWebhooks',
      title: 'webhooks of cancels come in',
      after: ['webhooks'],
      judge: bySeen(facts, (seen) => cancelWebhooks(seen, facts.door)),
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
    {
      name: 'country',
      title: "the payer's country comes",
      after: ['database.migrations'],
      judge: bySeen(facts, country),
    },
  ]
}

async function answers({ askToken }: AskedAccount): Promise<Finding> {
  const failure = await failureOf(askToken)
  return failure === undefined || failure.kind === 'gatewayKeysRefused'
    ? right('it answers')
    : wrong(
        failure.message,
        'Check IAMPORT_API_URL, and whether this machine may reach it (firewall, proxy, DNS); the console can limit the API to addresses, and those of api and workers must be among them',
      )
}

async function keys({ askToken }: AskedAccount): Promise<Finding> {
  const failure = await failureOf(askToken)
  return failure ? wrong(failure.message, KEYS_REMEDY) : right('a token was given for them')
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

const CHANNELS_WHERE = "i'mport's console, 결제연동, 채널 관리"

async function channels({ channelKeys, askChannels }: AskedAccount, { channel }: SetUpFacts): Promise<Finding> {
  const all = await askChannels()
  const kinds: readonly Channel[] = ['live', 'test']
  const faults = kinds.flatMap((kind) => {
    const those = all.filter(({ ours, test }) => ours && test === (kind === 'test'))
    return channelFaults(kind, channelKeys[kind], those, kind === channel)
  })
  if (faults.length > 0)
    return wrong(
      faults.join('; '),
      `Add the channel at ${CHANNELS_WHERE}, with the project key and the secret key of Paymentwall's console, or copy its channel key to ${settingOf(channel)}`,
    )
  const count = (test: boolean) => all.filter((each) => each.ours && each.test === test).length
  const loose = channelKeys[channel] === undefined && count(channel === 'test') > 1
  return loose
    ? weak(
        `${count(channel === 'test')} ${channel} channels could be meant, and ${settingOf(channel)} names none`,
        `Copy the channel key of the right one from ${CHANNELS_WHERE}, to ${settingOf(channel)}`,
      )
    : right(`${count(false)} live, ${count(true)} test at Paymentwall`)
}

const settingOf = (kind: Channel): string => (kind === 'live' ? 'IAMPORT_CHANNEL_KEY_LIVE' : 'IAMPORT_CHANNEL_KEY_TEST')

/** `needed`: orders that name no channel are of this kind. */
function channelFaults(
  kind: Channel,
  key: string | undefined,
  those: readonly ConsoleChannel[],
  needed: boolean,
): readonly string[] {
  if (those.length === 0 && (needed || key !== undefined)) return [`i'mport knows no ${kind} channel of Paymentwall`]
  if (key === undefined || those.some((each) => each.key === key)) return []
  // Where no key is shown nothing can be compared.
  return those.every((each) => each.key === null) ? [] : [`${settingOf(kind)} is no ${kind} channel of Paymentwall`]
}

function code({ code: known }: AskedAccount): Finding {
  return known === undefined
    ? weak(
        'IAMPORT_CODE is not set, so windows come without what IMP.init needs',
        "Copy the merchant's code (고객사 식별코드, imp…) from i'mport's console to IAMPORT_CODE, or have the checkout fill it in",
      )
    : right('IAMPORT_CODE is set')
}

const CONSOLE = "i'mport's console (결제연동, 실연동 관리 and 테스트 연동 관리, 결제알림 Webhook)"

function webhooks({ paid, lastMessageAt }: SeenOfGateway, door: string): Finding {
  if (paid.told > 0) return right(`${paid.told} of the ${paid.count} newest payments were told by one`)
  if (paid.count > 0)
    return wrong(
      `none of the ${paid.count} newest payments was told by one; looks and the sweep found them`,
      `Enter ${door} at ${CONSOLE}, for live and for test, and press its button for a trial call; a firewall before the API must let 52.78.100.19, 52.78.48.223 and 52.78.5.241 through`,
    )
  return lastMessageAt === null
    ? unasked(`nothing was paid yet and none came; press the console's button for a trial call, and ask again`)
    : right(`the last came at ${lastMessageAt}`)
}

function cancelWebhooks({ returned }: SeenOfGateway, door: string): Finding {
  if (returned.count === 0) return unasked('no money went back yet')
  return returned.told > 0
    ? right(`${returned.told} of the ${returned.count} newest cancels were told by one`)
    : weak(
        `none of the ${returned.count} newest cancels was told by one, though payments are: those go to the window's notice_url, cancels to the console's address`,
        `Enter ${door} at ${CONSOLE}; until then the sweep finds cancels`,
      )
}

const window = (seen: SeenOfGateway): Finding =>
  ordersPaid(
    seen,
    "Open a window yourself. If it does not come up: the widget pw_1 must be set to version 1.2 at Paymentwall (My Projects, Widgets), the project be approved and the channel's keys be right",
  )

const results = (seen: SeenOfGateway): Finding =>
  ticketsAnswered(
    seen,
    "If Paymentwall's console shows the ticket as done: set pingback type URL, pingback URL https://service.iamport.kr/paymentwall/webhook and signature version 3 there (project settings), for results come by it alone; if it shows it as open, Paymentwall's desk must be asked",
  )

const country = (seen: SeenOfGateway): Finding =>
  countryShown(
    seen,
    "Add the custom pingback parameter with the name country_code and the value COUNTRY_CODE in Paymentwall's console (project settings); payments made after that show it",
  )

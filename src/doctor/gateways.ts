// The gateways' accounts: what each brings of its own to be checked, whether it is the account that
// is remembered, and all clocks.
// Must not know: what is checked of one kind of gateway.
import { databaseNow } from '../db/clock.ts'
import type { Db } from '../db/connect.ts'
import { seenOfGateway } from '../db/lists/setUp.ts'
import { accountOf } from '../db/watch/accounts.ts'
import type { Channel, Gateway } from '../domain/gateway.ts'
import { right, unasked, weak, wrong, type Finding, type SetUpFacts, type SetUpPart } from '../domain/shown/setUp.ts'

export type AskedGateways = {
  readonly gateways: readonly { readonly gateway: ExaminedGateway; readonly door: string }[]
  /** undefined where there is none to ask. */
  readonly db: Db | undefined
  readonly channel: Channel
  /** Unix milliseconds. */
  readonly now: () => number
}
type ExaminedGateway = Pick<Gateway, 'name' | 'account' | 'setUp' | 'now'>

export function gatewayParts({ gateways, db, channel }: AskedGateways): readonly SetUpPart[] {
  return gateways.map(({ gateway, door }) => {
    const seen: SetUpFacts['seen'] = async () => db && seenOfGateway(db, gateway.name)
    const { checks, questions } = gateway.setUp({ door, channel, seen })
    const account = {
      name: 'account',
      title: 'the account is the one that is remembered',
      after: ['keys', 'database.migrations'],
      judge: () => sameAccount(gateway, db),
    }
    // Whose keys they are stands before all that they show.
    const first = checks.findIndex(({ name }) => name === 'keys') + 1
    return {
      name: gateway.name,
      title: `Gateway ${gateway.name}`,
      checks: checks.toSpliced(first, 0, account),
      questions,
    }
  })
}

async function sameAccount(gateway: ExaminedGateway, db: Db | undefined): Promise<Finding> {
  if (!db) return unasked('no database was asked')
  const known = await accountOf(db, gateway.name)
  if (!known) return right('none is remembered yet; the first paid order does that')
  const mend = `Mend its keys; if it was changed on purpose: npm run ops -- account accept ${gateway.name} --reason …`
  if (known.differsSince !== null)
    return wrong(
      `it answers for another one since ${known.differsSince}: ${known.said ?? 'it shows nothing of ours'}`,
      mend,
    )
  const shown = await gateway.account()
  if (shown.length === 0) return unasked('it shows no channel at all')
  const same = known.channels.length === 0 || known.channels.some((channel) => shown.includes(channel))
  return same
    ? right(`remembered since ${known.rememberedAt}`)
    : wrong(`none of its channels (${known.channels.join(', ')}) is shown any more`, mend)
}

const FAR_MS = 120_000
const NEAR_MS = 10_000

export function clocksPart(asked: AskedGateways): SetUpPart {
  return {
    name: 'clocks',
    title: 'Clocks',
    checks: [{ name: 'agree', title: 'all clocks agree', after: [], judge: () => clocksAgree(asked) }],
    questions: [],
  }
}

type Clock = { readonly of: string; readonly aheadMs: number }

async function clocksAgree({ gateways, db, now }: AskedGateways): Promise<Finding> {
  const clocks: Clock[] = []
  if (db) clocks.push(...(await read("the database's", async () => Date.parse(await databaseNow(db)), now)))
  for (const { gateway } of gateways) clocks.push(...(await read(`that of ${gateway.name}`, () => gateway.now(), now)))
  if (clocks.length === 0) return unasked('nobody told a time')
  const off = clocks.filter(({ aheadMs }) => Math.abs(aheadMs) > NEAR_MS)
  if (off.length === 0) return right(`ours, ${clocks.map((each) => each.of).join(', ')}`)
  const far = off.some(({ aheadMs }) => Math.abs(aheadMs) > FAR_MS)
  // What all others agree on is right.
  const isOurs = off.length === clocks.length
  const said = isOurs ? ourOffset(off) : off.map(({ of, aheadMs }) => `${of} is ${offset(aheadMs)} ours`).join('; ')
  const remedy = isOurs
    ? "Set this machine's clock by NTP (timedatectl set-ntp true): checkpoints and sweeps come at the wrong time"
    : 'Set that one by NTP, if it is yours: checkpoints and sweeps come at the wrong time'
  return far ? wrong(said, remedy) : weak(said, remedy)
}

const ourOffset = (off: readonly Clock[]): string =>
  `this machine's is ${off.map(({ of, aheadMs }) => `${offset(-aheadMs)} ${of}`).join(', ')}`
const offset = (aheadMs: number): string =>
  `${Math.round(Math.abs(aheadMs) / 1_000)} s ${aheadMs > 0 ? 'ahead of' : 'behind'}`

/** Whoever does not answer tells no time: the part that it belongs to says why. */
async function read(of: string, ask: () => Promise<number | undefined>, now: () => number): Promise<readonly Clock[]> {
  const began = now()
  const at = await ask().catch(() => undefined)
  return at === undefined ? [] : [{ of, aheadMs: at - (began + now()) / 2 }]
}

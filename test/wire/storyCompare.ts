// How a story that was told on a distorted wire ended, held against its one ending: the same, or a
// person was told; and what must never be.
// Must not know: plans, what was distorted. Each finding is some lines of text.
import { z } from 'zod'
import { gatewayRef } from '../../src/domain/ids.ts'
import type { OwnShop } from '../support/shop.ts'
import { truthOf, type Truth } from './simulatorTruth.ts'
import { endingOf, valueOf, type Checkout, type Ending, type Tale } from '../support/stories.ts'
import type { Telling } from './storyDistorted.ts'

type Setting = { readonly checkout: Checkout; readonly instant: boolean }

export type Findings = {
  /** What must never be, and what ended otherwise while no person knows. */
  readonly wrong: readonly string[]
  /** What ended otherwise, and a person was told. */
  readonly told: readonly string[]
}

export async function findingsOf(shop: OwnShop, tellings: readonly Telling[], setting: Setting): Promise<Findings> {
  const truth = await truthOf(shop)
  const found = await Promise.all(tellings.map((telling) => findingOf(telling, truth, setting)))
  const of = (wrong: boolean) => found.flatMap((finding) => (finding?.wrong === wrong ? [finding.text] : []))
  return { wrong: of(true), told: of(false) }
}

type Finding = { readonly wrong: boolean; readonly text: string }

async function findingOf(telling: Telling, truth: Truth, setting: Setting): Promise<Finding | undefined> {
  const { tale, notes } = telling
  const about = `${tale.story.name} (${tale.merchantUid}, ${tale.refs.join(' ')})`
  const typed = valueOf(tale.story.ends, tale)
  let came: Ending
  try {
    came = await endingOf(tale, setting.checkout)
  } catch (error) {
    return { wrong: true, text: `${about}: ${error instanceof Error ? error.message : String(error)}` }
  }
  const never = [
    ...(await secondCalls(tale, truth)),
    ...unpaid(tale, came, truth),
    ...paidTwice(tale, setting.checkout),
    ...(came.notices.includes('refund.reversed') ? ['a refund is reversed, and the gateway took none back'] : []),
  ]
  const differs = differences(telling, typed, came, truth, setting)
  const silent = differs.length > 0 && !isTold(typed.alerts, came.alerts)
  if (never.length === 0 && differs.length === 0) return undefined
  const lines = [
    ...never.map((line) => `never: ${line}`),
    ...(silent ? ['silent:', ...differs] : differs.map((line) => `told: ${line}`)),
    `alerts: ${came.alerts || 'none'}`,
    `notices: ${came.notices}`,
    ...came.why.map((line) => `journal: ${line}`),
    ...notes,
  ]
  const text = [about, ...lines.map((line) => `    ${line}`)].join('\n')
  return { wrong: never.length > 0 || silent, text }
}

const unlike = (what: string, typed: string, came: string): readonly string[] =>
  typed === came ? [] : [`${what}: - ${typed}`, `${' '.repeat(what.length)}  + ${came}`]

function differences(
  { tale }: Telling,
  typed: Ending,
  came: Ending,
  truth: Truth,
  { instant }: Setting,
): readonly string[] {
  const executed = truth.callsOf(tale.merchantUid)
  // What was carried out at once never was a ticket.
  const tickets = instant && came.tickets === '' ? typed.tickets : came.tickets
  return [
    ...unlike('shown', inAnyOrder(typed.shown), inAnyOrder(came.shown)),
    ...unlike('tickets', typed.tickets, tickets),
    ...unlike('cancels', String(tale.story.cancels), String(executed.length)),
    ...unlike('sagas', typed.sagas, came.sagas),
    ...(came.deliveries > typed.deliveries
      ? unlike('deliveries', String(typed.deliveries), String(came.deliveries))
      : []),
  ]
}

/** What is booked by one look stands in the order in which the gateway wrote it. */
const inAnyOrder = (shown: string): string =>
  shown
    .split(' | ')
    .map((part) => part.split(', ').toSorted().join(', '))
    .join(' | ')

/** A person was told more than in the story itself: to warn, or louder. */
function isTold(typed: string, came: string): boolean {
  const expected = typed.split(', ')
  const more = came.split(', ').filter((alert) => {
    const at = expected.indexOf(alert)
    if (at >= 0) expected.splice(at, 1)
    return at < 0
  })
  return more.some((alert) => alert.startsWith('warn ') || alert.startsWith('page '))
}

/** Of one authorisation at most one call was carried out or is a ticket at the desk. */
async function secondCalls({ shop, merchantUid, refs }: Tale, truth: Truth): Promise<readonly string[]> {
  const rows = await shop.db
    .selectFrom('refunds')
    .leftJoin('tickets', 'tickets.refundId', 'refunds.refundId')
    .select(['refunds.refundId', 'tickets.authorisedBy', 'tickets.outcome'])
    .where('refunds.gatewayRef', 'in', ['none', ...refs].map(gatewayRef))
    .execute()
  return [...new Set(rows.map(({ refundId }) => refundId))].flatMap((refundId) => {
    const own = rows.filter((row) => row.refundId === refundId && row.outcome !== 'notSent')
    const keys = new Set(own.flatMap(({ authorisedBy }) => (authorisedBy === null ? [] : [authorisedBy.split('.')[0]])))
    const calls = truth.callsOf(merchantUid).filter((id) => id === refundId).length
    return calls > keys.size ? [`${refundId} was called for ${calls} times under ${keys.size} authorisations`] : []
  })
}

/**
 * What the checkout would deliver for is there at the gateway; what is shown as given back has
 * gone.
 */
function unpaid({ merchantUid, refs }: Tale, { shown }: Ending, truth: Truth): readonly string[] {
  const payments = truth.payments.filter(({ impUid }) => refs.includes(impUid))
  const left = payments.reduce(
    (sum, { status, amount, cancelAmount }) => sum + (hasMoney(status) ? amount - cancelAmount : 0),
    0,
  )
  const [state = ''] = shown.split(' ')
  if (state === 'paid' && left === 0) return [`${merchantUid} shows paid, and nothing is left of it at the gateway`]
  const returned = payments.reduce((sum, { cancelAmount }) => sum + cancelAmount, 0)
  const said = [...shown.matchAll(/ refunded (\d+)/g)].reduce((sum, [, amount]) => sum + Number(amount), 0)
  return said > returned ? [`${merchantUid} shows ${said} as refunded, and the gateway has given back ${returned}`] : []
}

const hasMoney = (status: string): boolean => status === 'paid' || status === 'cancelled'

/** `payment.paid` comes once, and then only as `again`. */
function paidTwice({ merchantUid }: Tale, checkout: Checkout): readonly string[] {
  const notices = z
    .array(z.looseObject({ type: z.string(), number: z.number(), again: z.boolean().optional() }))
    .parse(checkout.notices(merchantUid))
  const [, ...later] = notices.filter(({ type }) => type === 'payment.paid')
  return later
    .filter(({ again }) => again !== true)
    .map(({ number }) => `notice ${number} says payment.paid once more, and not that it is again`)
}

// Everything that somebody may send who reaches Temporal and holds no key: commands under claimed names and with proofs that
// are none, signals, cancellations, terminations, resets. Drawn by a seed, so that it can be sent again.
// Must not know: what may come of it.
import { randomUUID } from 'node:crypto'
import { isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client'
import { byTemporal, workflowIdOf, type Fields, type Saga, type Told } from '../support/doors.ts'
import type { Chance } from '../support/seeded.ts'
import type { Shop } from '../support/shop.ts'

/** What he was told; of what is told to a run, whether there was one to tell. */
export type Sent = { readonly name: string; readonly send: () => Promise<Told | 'sent' | 'nobody there'> }

const FAR = '2030-01-01T00:00:00.000Z'
const because = { reason: 'clicked' }
const wrote = { ...because, evidence: 'a mail', ticketDead: true }
type Command = readonly [name: string, fields: Fields]
const OF_A_REFUND: readonly Command[] = [
  ['recheck', {}],
  ['acknowledge', { owner: 'mallory' }],
  ['snooze', { until: FAR, ...because }],
  ['retryTicket', because],
  ['resolve', { ...wrote, outcome: 'refunded' }],
  ['resolve', { ...wrote, outcome: 'refused' }],
  ['resolve', { ...because, outcome: 'settledElsewhere' }],
  ['resolve', { ...because, outcome: 'ticketOpen' }],
  ['withdraw', because],
  ['approve', { request: 'start' }],
]
const OF_MONEY: readonly Command[] = [
  ['recheck', {}],
  ['acknowledge', { owner: 'mallory' }],
  ['accept', because],
  ['refund', because],
  ['release', because],
  ['approve', { request: 'start' }],
]

export type Stranger = {
  readonly shop: Shop
  /** Whoever tries has also read what people with a key see; and has a proof that was spent. */
  readonly readingKey: string
  readonly spentProof: string
}

/** All of it, each at least once, in an order that is drawn; resets and terminations come in between more than once. */
export function everythingAgainst(saga: Saga, stranger: Stranger, chance: Chance): readonly Sent[] {
  const { shop, readingKey, spentProof } = stranger
  const askers: readonly Fields[] = [
    { person: 'joon' },
    { person: 'mallory' },
    { proof: randomUUID() },
    { proof: spentProof },
    {},
  ]
  const commands = (saga.kind === 'refund' ? OF_A_REFUND : OF_MONEY).map(([name, fields]): Sent => {
    const asked = { ...fields, ...chance.pick(askers) }
    return { name, send: () => byTemporal(shop, saga, name, asked, readingKey) }
  })
  const draw = chance.below(1_000)
  const others = [signal('news'), signal('approve'), cancel, reset(draw), terminate, reset(draw + 1)]
  return shuffled([...commands, ...others.map((other) => other(shop, workflowIdOf(saga)))], chance)
}

type Other = (shop: Shop, workflowId: string) => Sent
const handle = ({ client }: Shop, workflowId: string) => client.workflow.getHandle(workflowId)

/** A run that is over, or not there, cannot be told. */
async function toARun(send: () => Promise<unknown>): Promise<'sent' | 'nobody there'> {
  try {
    await send()
    return 'sent'
  } catch (error) {
    // A reset is refused in words of the server's own where the run has moved on meanwhile.
    if (!(error instanceof WorkflowNotFoundError) && !isGrpcServiceError(error)) throw error
    return 'nobody there'
  }
}

const signal =
  (name: string): Other =>
  (shop, id) => ({
    name: `signal ${name}`,
    send: () => toARun(() => handle(shop, id).signal(name, { state: 'refunded', request: 'start' })),
  })
const cancel: Other = (shop, id) => ({ name: 'cancel', send: () => toARun(() => handle(shop, id).cancel()) })
const terminate: Other = (shop, id) => ({
  name: 'terminate',
  send: () => toARun(() => handle(shop, id).terminate('by a stranger')),
})

/** Back to one of the points at which its last run had thought, as the UI offers it; what came since is sent again. */
const reset =
  (draw: number): Other =>
  (shop, workflowId) => ({ name: 'reset', send: () => toARun(() => resetTo(shop, workflowId, draw)) })

async function resetTo(shop: Shop, workflowId: string, draw: number): Promise<void> {
  const { client } = shop
  const { runId } = await handle(shop, workflowId).describe()
  const { events = [] } = await client.workflow.getHandle(workflowId, runId).fetchHistory()
  const points = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes)
  const point = points[draw % Math.max(1, points.length)]
  if (!point?.eventId) throw new WorkflowNotFoundError('it has not begun', workflowId, runId)
  await client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId, runId },
    reason: 'by a stranger',
    requestId: randomUUID(),
    workflowTaskFinishEventId: point.eventId,
  })
}

function shuffled<T>(all: readonly T[], chance: Chance): readonly T[] {
  const left = [...all]
  const drawn: T[] = []
  while (left.length > 0) drawn.push(...left.splice(chance.below(left.length), 1))
  return drawn
}

type Order = { readonly merchantUid: string }

/** Starts as any client may send them, each under the id that its saga would have; `paid`: an order of the shop that is. */
export const startsOfAStranger = (shop: Shop, paid: Order, fresh: (kind: string) => string): readonly Sent[] => {
  const { workflow } = shop.client
  const order = () => ({ merchantUid: fresh('order'), amount: 9_000, currency: 'KRW', name: 'a hat' })
  const refund = () => ({ refundId: fresh('refund'), merchantUid: paid.merchantUid, reason: 'by a client' })
  const ofOrder = (more: object = {}) => {
    const input = { ...order(), ...more }
    const workflowId = `payment:${input.merchantUid}`
    return ['payment', { workflowId, taskQueue: 'payments', args: [input] }] as const
  }
  const ofRefund = (more: object = {}) => {
    const input = { ...refund(), ...more }
    return ['refund', { workflowId: `refund:${input.refundId}`, taskQueue: 'refunds', args: [input] }] as const
  }
  const memory = { birth: null, version: 1, keys: [] }
  const starts: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['an order', () => workflow.start(...ofOrder())],
    ['an order with a proof that is none', () => workflow.start(...ofOrder({ proof: randomUUID() }))],
    ['a refund', () => workflow.start(...ofRefund())],
    ['a part', () => workflow.start(...ofRefund({ amount: 1_000 }))],
    ['a refund with a proof that is none', () => workflow.start(...ofRefund({ proof: randomUUID() }))],
    ['a refund with a memory', () => workflow.start(...ofRefund({ memory }))],
    ['an order by a signal', () => signalled(...ofOrder())],
    ['a refund by a signal', () => signalled(...ofRefund())],
  ]
  type Options = { readonly workflowId: string; readonly taskQueue: string; readonly args: readonly [object] }
  const signalled = (type: string, { args, ...options }: Options) =>
    workflow.signalWithStart(type, { ...options, args: [...args], signal: 'news', signalArgs: [] })
  return starts.map(([name, start]) => ({ name, send: () => toARun(start) }))
}

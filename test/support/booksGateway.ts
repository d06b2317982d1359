// A gateway that answers from a script and remembers what it was asked; it refuses to be asked inside a transaction.
// Must not know: databases. What it is not told it does not know, as a real one.
import type { Db } from '../../src/db/connect.ts'
import { transactionName } from '../../src/db/guard.ts'
import type { Evidence, Gateway } from '../../src/domain/gateway.ts'
import type { LookerOptions } from '../../src/inbox/looker.ts'
import { GATEWAY, PATIENCE } from './books.ts'

export type Scripted = Gateway & {
  /** `ref:imp_1` or `order:order-1`, in the order of the questions. */
  readonly asked: string[]
  /** Transactions that were open while it was asked: must stay empty. */
  readonly insideOf: string[]
  /** What is true now. */
  truth: readonly Evidence[]
  /** What identifies its account. */
  channels: readonly string[]
  /** Runs while a question is on its way; may throw in place of an answer. */
  meanwhile: () => Promise<void> | void
}

export function scriptedGateway(): Scripted {
  const notHere = (): never => {
    throw new Error('this test asks for looks only')
  }
  const scripted: Scripted = {
    name: GATEWAY,
    accepts: () => undefined,
    limits: { together: 100, listRangeMs: 89 * 86_400_000 },
    readHint: notHere,
    window: notHere,
    asked: [],
    insideOf: [],
    truth: [],
    channels: [],
    meanwhile: () => {},
    async look(ref) {
      await question(`ref:${ref}`)
      return scripted.truth.find(({ gatewayRef }) => gatewayRef === ref)
    },
    async lookByOrder(order) {
      await question(`order:${order}`)
      return scripted.truth.filter(({ merchantUid }) => merchantUid === order)
    },
    lookMany: async (refs) => {
      await question(`many:${refs.join(' ')}`)
      return scripted.truth.filter(({ gatewayRef }) => refs.includes(gatewayRef))
    },
    account: () => Promise.resolve(scripted.channels),
    register: notHere,
    cancel: notHere,
    confirmDelivery: notHere,
    list: notHere,
    setUp: notHere,
    now: notHere,
  }
  async function question(about: string): Promise<void> {
    scripted.asked.push(about)
    const name = transactionName()
    if (name !== undefined) scripted.insideOf.push(name)
    await scripted.meanwhile()
  }
  return scripted
}

export function lookerOptions(db: Db, gateway: Gateway): LookerOptions {
  return {
    db,
    gateways: new Map([[gateway.name, gateway]]),
    links: () => null,
    patience: PATIENCE,
    policies: { late: 'hold', second: 'refund' },
    log: () => {},
    kick: () => {},
    spacingMs: 5_000,
    pollMs: 1_000,
  }
}

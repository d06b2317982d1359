// PortOne's V2 REST API behind the gateway port: one store (portone.md).
// Must not know: rows, sagas, retries, the environment.
import type { Evidence, ListingGateway, Order, RegisterAnswer } from '../../domain/gateway.ts'
import type { GatewayName } from '../../domain/ids.ts'
import { bodyOf, cancelUnderKey, REPEATED_FOR_MS } from './cancel.ts'
import { tellDelivery } from './delivery.ts'
import { createExchange, saidNo, pathStep, type Exchange, type ExchangeOptions } from './exchange.ts'
import { readWebhook } from './hint.ts'
import { LIST_RANGE_MS, listPage, lookAtOrder, lookAtRef, payment, proveStore } from './reads.ts'
import { storeChecks } from './setUp/checks.ts'
import { STORE_QUESTIONS } from './setUp/questions.ts'
import type { StoreReading } from './translate.ts'
import { acceptsWith, portoneWindow, type ChannelKeys } from './window.ts'

export type PortoneOptions = ExchangeOptions & {
  readonly name: GatewayName
  /** One, or two while one follows the other, for each of live and test. */
  readonly webhookSecrets: readonly string[]
  readonly channelKeys: ChannelKeys
  readonly cancelMs: number
  readonly onMissing?: StoreReading['onMissing']
}

/** `lookMany` asks one by one. */
const AT_ONCE = 10

/** Throws RangeError for an address that is none; asks nothing yet. */
export function createPortoneGateway(options: PortoneOptions): ListingGateway {
  const { name, storeId, webhookSecrets: secrets, channelKeys, onMissing = () => undefined } = options
  const exchange = createExchange(options)
  const reading: StoreReading = { name, storeId, onMissing }
  return {
    name,
    limits: { together: AT_ONCE, listRangeMs: LIST_RANGE_MS, cancelMs: options.cancelMs },
    repeats: { forMs: REPEATED_FOR_MS, textOf: (request) => bodyOf(storeId, request) },
    readHint: (hint) => readWebhook({ storeId, secrets }, hint),
    window: (order, buyer) => portoneWindow({ storeId, channelKeys, order, buyer }),
    accepts: acceptsWith(channelKeys),
    register: (order) => register(exchange, order),
    look: (ref) => lookAtRef(reading, exchange, ref),
    lookMany: async (refs) => {
      const found: Evidence[] = []
      for (const ref of new Set(refs)) {
        const one = await lookAtRef(reading, exchange, ref)
        if (one) found.push(one)
      }
      return found
    },
    lookByOrder: (merchantUid) => lookAtOrder(reading, exchange, merchantUid),
    cancel: (request) =>
      cancelUnderKey(exchange, name, request, async (id) => (await payment(reading, exchange, id))?.gatewayRef),
    list: (asked) => listPage(reading, exchange, asked),
    confirmDelivery: (delivery) => tellDelivery(exchange, delivery, new Date().toISOString()),
    account: async () => {
      await proveStore(exchange)
      return [`portone/${storeId}`]
    },
    setUp: (facts) => ({
      checks: storeChecks({ channelKeys, secrets: secrets.length, askStore: () => proveStore(exchange) }, facts),
      questions: STORE_QUESTIONS,
    }),
    // No answer of its body tells the time.
    now: () => Promise.resolve(undefined),
  }
}

/**
 * What is registered cannot be read back, so that it is sent again (portone.md §4). Only PortOne's
 * own no is a refusal.
 */
async function register(exchange: Exchange, { merchantUid, amount, currency }: Order): Promise<RegisterAnswer> {
  const call = {
    route: '/payments/{paymentId}/pre-register',
    path: `/payments/${pathStep(merchantUid)}/pre-register`,
    body: JSON.stringify({ storeId: exchange.storeId, totalAmount: amount, currency }),
  }
  const reply = await exchange.ask(call)
  if (reply.kind === 'yes') return { kind: 'registered' }
  if (reply.type !== 'ALREADY_PAID' && reply.type !== 'INVALID_REQUEST') throw saidNo(reply, call)
  return { kind: 'refused', said: `${reply.type}: ${reply.said}` }
}

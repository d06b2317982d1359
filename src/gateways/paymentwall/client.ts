// Paymentwall's own API behind the gateway port: the widget, pingbacks, tickets and, where it is
// enabled, the status call.
// Must not know: rows, sagas, retries, the environment.
import { Failure } from '../../domain/failures.ts'
import type { Evidence, Gateway } from '../../domain/gateway.ts'
import type { GatewayName, GatewayRef, MerchantUid } from '../../domain/ids.ts'
import { baseOf, request, type HttpAnswer } from '../http.ts'
import { postTicket, TICKET_ROUTE } from './cancel.ts'
import { confirmDelivery, DELIVERY_ROUTE } from './delivery.ts'
import { pingbacks, readPingback } from './pingback.ts'
import { signed, type Parameters, type SignVersion } from './signature.ts'
import { projectChecks } from './setUp/checks.ts'
import { PROJECT_QUESTIONS } from './setUp/questions.ts'
import { evidenceOfStatus, type StatusProject } from './translate.ts'
import { acceptsOrder, paymentwallWindow, trialWidget } from './window.ts'
import { readStatus, unreadableStatus, type StatusPayment } from './wire.ts'

export type PaymentwallOptions = {
  readonly name: GatewayName
  readonly apiUrl: string
  readonly key: string
  readonly secret: string
  /** A test project: it takes test orders only, and all money in it is test money. */
  readonly test?: boolean
  /** Of the project's pingbacks, at least; requests are signed with it too. */
  readonly version: SignVersion
  /** Whether Paymentwall has enabled the status call for this project. */
  readonly statusApi: boolean
  /** Told of every exchange: the route, and an HTTP status, `notSent` or `lost`. */
  readonly onCall?: (route: string, ms: number, outcome: string) => void
}

/** A reference that no payment has. */
const NO_PAYMENT = 'b0'
const WIDGET_ROUTE = '/api/subscription/'
const STATUS_ROUTE = '/api/rest/payment/'
const READ_TIMEOUT_MS = 10_000
const AT_ONCE = 10
/** Lists have no range here, for there are none. */
const NO_RANGE_MS = 86_400_000

/** One Paymentwall project. Throws RangeError for an address that is none; asks nothing yet. */
export function createPaymentwallGateway(options: PaymentwallOptions): Gateway {
  const { name, key, secret, version, test = false } = options
  const base = baseOf(options.apiUrl, "Paymentwall's")
  const exchange = exchangeWith(options, base)
  const sign = (parameters: Parameters) => signed({ key, ...parameters }, secret, version)
  const project = { name, test }
  const ask = (asked: Parameters) => askStatus(options, exchange, sign(asked))
  return {
    name,
    limits: { together: AT_ONCE, listRangeMs: NO_RANGE_MS },
    ...(!options.statusApi && { blind: true }),
    keepsBuyer: true,
    readHint: (hint) => readPingback({ secret, version, test }, hint),
    window: (order, buyer, publicUrl) =>
      paymentwallWindow({
        apiUrl: base,
        key,
        secret,
        version,
        order,
        buyer,
        pingbackUrl: publicUrl.replace(/\/+$/, '') + pingbacks.path,
      }),
    accepts: (order) => {
      acceptsOrder(order)
      if (test && order.channel !== 'test') throw notForLive(name)
    },
    // Price and currency stand in the signed address, so there is nothing to tell before.
    register: () => Promise.resolve({ kind: 'registered' }),
    look: (ref) => look(project, ask, ref),
    lookMany: async (refs) => {
      const found: Evidence[] = []
      for (const ref of new Set(refs)) {
        const one = await look(project, ask, ref)
        if (one) found.push(one)
      }
      return found
    },
    lookByOrder: (merchantUid, buyerId) => lookByOrder(project, ask, merchantUid, buyerId),
    cancel: (asked) =>
      postTicket((parameters, timeoutMs) => exchange.post(TICKET_ROUTE, sign(parameters), timeoutMs), asked),
    confirmDelivery: (delivery) =>
      confirmDelivery((parameters) => exchange.postWithKey(DELIVERY_ROUTE, parameters), delivery),
    // Public: it stands in the address of every widget.
    account: () => Promise.resolve([`paymentwall/${key}`]),
    setUp: (facts) => ({
      checks: projectChecks(
        {
          version,
          statusApi: options.statusApi,
          askPage: () => exchange.page(trialWidget({ apiUrl: base, key, secret, version }, facts.door)),
          askStatus: () => ask({ ref: NO_PAYMENT }),
        },
        facts,
      ),
      questions: PROJECT_QUESTIONS,
    }),
    // No answer of its tells the time.
    now: () => Promise.resolve(undefined),
  }
}

type Exchange = {
  /** As a buyer's browser opens it. */
  page(url: string): Promise<HttpAnswer>
  get(route: string, parameters: Parameters): Promise<HttpAnswer>
  post(route: string, parameters: Parameters, timeoutMs: number): Promise<HttpAnswer>
  /** Unsigned: the secret itself is the key (paymentwall.md §8). */
  postWithKey(route: string, parameters: Parameters): Promise<HttpAnswer>
}

function exchangeWith({ onCall = () => undefined, secret }: PaymentwallOptions, base: string): Exchange {
  const told = async (route: string, asking: () => Promise<HttpAnswer>): Promise<HttpAnswer> => {
    const began = performance.now()
    const answer = await asking()
    onCall(route, performance.now() - began, answer.kind === 'answer' ? String(answer.status) : answer.kind)
    return answer
  }
  const text = (parameters: Parameters) => new URLSearchParams(parameters).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return {
    page: (url) => told(WIDGET_ROUTE, () => request({ url, method: 'GET', timeoutMs: READ_TIMEOUT_MS })),
    get: (route, parameters) =>
      told(route, () =>
        request({ url: `${base}${route}?${text(parameters)}`, method: 'GET', timeoutMs: READ_TIMEOUT_MS }),
      ),
    post: (route, parameters, timeoutMs) =>
      told(route, () => request({ url: base + route, method: 'POST', headers, body: text(parameters), timeoutMs })),
    postWithKey: (route, parameters) =>
      told(route, () =>
        request({
          url: base + route,
          method: 'POST',
          headers: { ...headers, 'X-ApiKey': secret },
          body: text(parameters),
          timeoutMs: READ_TIMEOUT_MS,
        }),
      ),
  }
}

type Ask = (asked: Parameters) => Promise<readonly StatusPayment[] | undefined>

async function look(project: StatusProject, ask: Ask, ref: GatewayRef): Promise<Evidence | undefined> {
  const [payment] = (await ask({ ref })) ?? []
  if (payment === undefined) return undefined
  const evidence = evidenceOfStatus(project, payment)
  if (evidence.gatewayRef !== ref) throw unreadableStatus('id', 'it is another payment than the one asked for')
  return evidence
}

async function lookByOrder(
  project: StatusProject,
  ask: Ask,
  order: MerchantUid,
  buyerId: string | null | undefined,
): Promise<readonly Evidence[]> {
  if (buyerId == null) throw cannotLook(project.name, 'it finds orders by their buyer, who was not kept')
  const payments = (await ask({ uid: buyerId, ag_external_id: order })) ?? []
  return payments
    .map((payment) => evidenceOfStatus(project, payment))
    .filter(({ merchantUid }) => merchantUid === order)
}

/**
 * The code of a signature that does not fit; of a payment that is unknown no answer is documented
 * (paymentwall.md §7).
 */
const WRONG_SIGNATURE = '4009'
/** Said to whoever may not ask: nothing about a payment, so none is taken as missing. */
const NOT_FOR_US = /signature|access|key|enabled|permission|denied/i

/** undefined where it says an error about this payment alone. Throws a Failure. */
async function askStatus(
  { name, statusApi }: PaymentwallOptions,
  { get }: Exchange,
  asked: Parameters,
): Promise<readonly StatusPayment[] | undefined> {
  if (!statusApi) throw cannotLook(name, 'its status call is not enabled (PAYMENTWALL_STATUS_API)')
  const answer = await get(STATUS_ROUTE, asked)
  if (answer.kind !== 'answer')
    throw new Failure('gatewayUnavailable', `Paymentwall's status call gave no answer: ${answer.said}; ask again.`)
  const { status, body } = answer
  if (status === 401 || status === 403) throw keysRefused(`HTTP ${status}`)
  if (status === 404) return undefined
  if (status !== 200)
    throw new Failure('gatewayUnavailable', `Paymentwall's status call answered HTTP ${status}; ask again.`)
  const reply = readStatus(body)
  if (reply.kind === 'payments') return reply.payments
  if (reply.code === WRONG_SIGNATURE || NOT_FOR_US.test(reply.said)) throw keysRefused(reply.said)
  return undefined
}

const notForLive = (name: GatewayName): Failure =>
  new Failure('invalidRequest', `${name} is a test project: send channel "test", or name a live project.`, {
    field: 'channel',
  })

const keysRefused = (said: string): Failure =>
  new Failure(
    'gatewayKeysRefused',
    `Paymentwall does not take our keys: ${said}; check PAYMENTWALL_PROJECT_KEY and PAYMENTWALL_SECRET_KEY.`,
  )

const cannotLook = (name: GatewayName, why: string): Failure =>
  new Failure('cannotLook', `${name} cannot be asked: ${why}; compare Paymentwall's console`)

// The typed client of the HTTP API: every call of the document by its path, and the checkout's by
// name. Refusals are thrown as SagaProblem; what is safe is sent again by itself.
// Must not know: how the API does anything.
import createFetchClient, { type Client, type Middleware } from 'openapi-fetch'
import { AGAIN, type components, type paths } from './api.ts'
import { refusalOf, SagaMisread } from './errors.ts'
import { sendingBy, type SendingOptions } from './sending.ts'

type Schemas = components['schemas']
export type Payment = Schemas['Payment']
export type Refund = Schemas['Refund']
export type Order = Schemas['Order']
export type PaymentRequest = Schemas['PaymentRequest']
export type RefundRequest = Schemas['RefundRequest']
export type Delivery = Schemas['Delivery']
export type Opened = {
  payment: Payment
  window: Schemas['Window'] | Schemas['WidgetWindow'] | Schemas['RequestPaymentWindow'] | null
}

export type ClientOptions = SendingOptions & {
  /** Of the API, for example http://127.0.0.1:8080. */
  readonly url: string
  /** An API key; where none are set, none is needed on the API's own machine. */
  readonly key?: string | undefined
}
export type CallOptions = { readonly signal?: AbortSignal }

export type SagaClient = ReturnType<typeof createClient>

export function createClient({ url, key, ...sending }: ClientOptions) {
  const calls = typedCalls(url.replace(/\/+$/, ''), key, sending)
  const order = (merchantUid: string) => ({ path: { merchantUid } })
  return {
    /** Every call of the document: `answerOf(client.calls.GET('/stuck', {}))`. */
    calls,
    /** Records the order, once, and gives what its payment window is opened with. */
    openPayment: (body: PaymentRequest, options?: CallOptions): Promise<Opened> =>
      answerOf(calls.POST('/payments', { body, ...options })),
    /** `waitSeconds`: the answer is held until what it shows changes, for so long at most. */
    order: (merchantUid: string, { waitSeconds, ...options }: CallOptions & { waitSeconds?: number } = {}) => {
      const params = { ...order(merchantUid), ...(waitSeconds !== undefined && { query: { wait: waitSeconds } }) }
      return answerOf(calls.GET('/payments/{merchantUid}', { params, ...options }))
    },
    /** The buyer is back from the payment window, whatever happened there. */
    returned: (merchantUid: string, body: { gatewayRef?: string } = {}, options?: CallOptions) =>
      answerOf(calls.POST('/payments/{merchantUid}/returned', { params: order(merchantUid), body, ...options })),
    closePayment: (merchantUid: string, reason: string, options?: CallOptions) =>
      answerOf(
        calls.POST('/payments/{merchantUid}/close', { params: order(merchantUid), body: { reason }, ...options }),
      ),
    tellDelivery: (merchantUid: string, body: Delivery, options?: CallOptions) =>
      answerOf(calls.POST('/payments/{merchantUid}/delivery', { params: order(merchantUid), body, ...options })),
    /** Without an amount all that is left. It may take days: `waitForState`, or a notice. */
    askRefund: async (merchantUid: string, body: RefundRequest, options?: CallOptions): Promise<Refund> =>
      (await answerOf(calls.POST('/payments/{merchantUid}/refunds', { params: order(merchantUid), body, ...options })))
        .refund,
    refund: async (refundId: string, options?: CallOptions): Promise<Refund> =>
      (await answerOf(calls.GET('/refunds/{refundId}', { params: { path: { refundId } }, ...options }))).refund,
  }
}

type Asked<T> = Promise<{ readonly data?: T | undefined; readonly response: Response }>

/** The answer of a call, for refusals are thrown. */
export async function answerOf<T>(asked: Asked<T>): Promise<T> {
  const { data, response } = await asked.catch((error: unknown) => {
    throw error instanceof SyntaxError ? new SagaMisread(NO_JSON, { cause: error }) : error
  })
  if (data === undefined) throw new SagaMisread(`HTTP ${response.status} with nothing in it: is its address right?`)
  return data
}

const NO_JSON = 'something answered that is no JSON: is the address the one of this API?'

function typedCalls(url: string, key: string | undefined, sending: SendingOptions): Client<paths> {
  const send = sendingBy(sending)
  const once = new WeakSet<Request>()
  const calls = createFetchClient<paths>({
    baseUrl: url,
    ...(key !== undefined && { headers: { authorization: `Bearer ${key}` } }),
    fetch: (request) => send(request, !once.has(request)),
  })
  const middleware: Middleware = {
    onRequest: ({ request, schemaPath }) => {
      const again = AGAIN[`${request.method} ${schemaPath}`]
      if (again === 'once') once.add(request)
      // One key over all tries, so that a command is carried out at most once.
      if (again === 'byKey' && !request.headers.has('idempotency-key'))
        request.headers.set('idempotency-key', crypto.randomUUID())
    },
    onResponse: async ({ response }) => {
      const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') === true
      if (!response.ok && isProblem) throw await refusalOf(response)
    },
  }
  calls.use(middleware)
  return calls
}

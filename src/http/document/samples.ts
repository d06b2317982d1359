// Examples for every call, put together from a sample of each field: so that a new field has
// one, and none can be forgotten. A test holds them against the schemas.
// Must not know: routes, what a call does.

import { KINDS } from '../../gateways/index.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }
/** By a field's name, or by its shape's name and its own: `Payment.state`. */
export type Samples = Readonly<Record<string, Json>>

const AT = '2026-11-27T09:30:00.000Z'
const LATER = '2026-11-28T09:30:00.000Z'
const ID = '6f1c4f0e-6d57-4d7a-9f0b-2f3f6f0c5a11'

const FIRST = KINDS[0]?.kind ?? 'none'

const SAMPLES: Samples = {
  merchantUid: 'ord-7',
  refundId: 'ref-7',
  gatewayRef: 'imp_448280090638',
  acceptedRef: 'imp_448280090638',
  paymentwallRef: 'b1234567890',
  gateway: `${FIRST}/main`,
  kind: FIRST,
  account: 'main',
  provider: 'paymentwall',
  amount: 1990,
  currency: 'USD',
  name: 'Gold pack',
  'PaymentRequest.buyer': { name: 'Ann Roe', email: 'ann@example.com' },
  channel: 'live',
  money: 'USD 19.90',
  payMethod: 'card',
  payerCountry: 'DE',
  paidAt: AT,
  reason: 'not wanted any more',
  owner: 'ann',
  seen: 'a1b2c3d4e5f6',
  said: 'paid, 0 of 1990 USD returned',
  request: 'req-1',
  until: LATER,
  sentence: 'acknowledged by ann',
  temporalUi: 'http://127.0.0.1:8233/namespaces/default/workflows/payment%3Aord-7',
  cursor: null,
  wait: 20,
  olderThan: '24h',
  id: ID,
  from: AT,
  to: LATER,
  'SweepRequest.from': '2026-11-01T00:00:00Z',
  'SweepRequest.to': '2026-11-02T00:00:00Z',
  workflowId: 'payment:ord-7',
  input: { merchantUid: 'ord-7' },
  args: {},
  email: 'ann@example.com',
  facts: {},
  payload: {},
  'idempotency-key': ID,
  'webhook-id': ID,
  'webhook-timestamp': '1795771800',
  'webhook-signature': 'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',

  'Payment.state': 'paid',
  'Payment.label': { en: 'paid', ko: '결제완료' },
  'Payment.accepted': true,
  'Payment.paid': 1990,
  'Payment.returned': 0,
  'Payment.reserved': 0,
  'Payment.owner': null,
  'Payment.closedReason': null,
  'Payment.expiresAt': '2026-11-27T10:00:00.000Z',
  'Attempt.state': 'paid',
  'Attempt.accepted': true,
  'Attempt.paid': 1990,
  'Attempt.returned': 0,
  'Attempt.reserved': 0,
  'Stray.state': 'quarantined',
  'Stray.merchantUid': 'ord-7',
  'Stray.saidMerchantUid': 'ord-7',
  'Stray.because': 'second',
  'Stray.paid': 1990,
  'Stray.returned': 0,
  'Stray.reserved': 0,
  'Stray.refunds': [],
  'Refund.state': 'ticketOpen',
  'Refund.label': { en: 'waiting for cancellation', ko: '취소처리 대기' },
  'Refund.waitingForCancellation': true,
  'Refund.remaining': 1990,
  'Refund.origin': 'checkout',
  'Refund.owner': null,
  'Refund.said': null,
  'Refund.tickets': [{ authorisedBy: 'submit', intentAt: AT, outcome: 'filed', said: null }],
  'Refund.nextCheckpoint': { at: LATER, level: 'remind' },
  'Refund.temporalUi': 'http://127.0.0.1:8233/namespaces/default/workflows/refund%3Aref-7',
  'Order.refunds': [],
  'NoticeMessage.type': 'payment.paid',
  'Notice.type': 'payment.paid',
  'Notice.state': 'delivered',
  'Notice.said': null,
  'OverdueRow.saga': 'refund:ref-7',
  'OverdueRow.state': 'ticketOpen',
  'Hint.id': 7,
  'Outgoing.id': 7,
  'Outgoing.target': 'refund:ref-7',
  'Account.channels': ['paymentwall live'],
  'Account.shown': null,
  'Account.said': null,
}

type Node = { readonly [name: string]: unknown }
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)
const nodes = (value: unknown): readonly Node[] => (Array.isArray(value) ? value.filter(isNode) : [])

/** What is known while one sample is made. */
type Around = { readonly root: unknown; readonly samples: Samples; readonly owner: string; readonly name: string }

/**
 * The document with an example in every parameter, body and answer that has none. `particular`:
 * what one answer's samples differ in, by `operationId status`.
 */
export function sampled<D extends object>(document: D, particular: ReadonlyMap<string, Samples>): D {
  for (const [place, samples] of operationsOf(document)) {
    const around = { root: document, samples, owner: '', name: '' }
    for (const parameter of nodes(place['parameters'])) putParameter(parameter, around)
    put(place['requestBody'], around)
    for (const [status, answer] of Object.entries(isNode(place['responses']) ? place['responses'] : {})) {
      const own = particular.get(`${String(place['operationId'])} ${status}`) ?? {}
      put(answer, { ...around, samples: { ...samples, ...own } })
    }
  }
  return document
}

function operationsOf(document: object): readonly (readonly [Node, Samples])[] {
  const at = (name: string) => Object.values(new Map<string, unknown>(Object.entries(document)).get(name) ?? {})
  return [...at('paths'), ...at('webhooks')].filter(isNode).flatMap((path) =>
    Object.values(path)
      .filter(isNode)
      .map((operation) => [operation, SAMPLES] as const),
  )
}

function putParameter(parameter: Node, around: Around): void {
  const name = String(parameter['name'])
  const schema = parameter['schema']
  const known = name in SAMPLES || parameter['required'] === true
  if (known && isNode(schema)) Object.assign(parameter, { example: sampleOf(schema, { ...around, name }) })
}

function put(body: unknown, around: Around): void {
  if (!isNode(body) || !isNode(body['content'])) return
  for (const media of Object.values(body['content']).filter(isNode)) {
    const schema = media['schema']
    if ('examples' in media || !isNode(schema)) continue
    Object.assign(media, { example: sampleOf(schema, around) })
  }
}

function sampleOf(schema: Node, around: Around): Json {
  const { samples, owner, name } = around
  const own = samples[`${owner}.${name}`]
  if (own !== undefined) return own
  if (schema['const'] !== undefined) return json(schema['const'])
  const written = schema['examples']
  if (Array.isArray(written)) return json(written[0])
  const ref = schema['$ref']
  if (typeof ref === 'string')
    return sampleOf(found(around.root, ref), { ...around, owner: ref.split('/').at(-1) ?? '', name: '' })
  const general = samples[name]
  if (general !== undefined && takes(schema, general)) return general
  return made(schema, around)
}

function made(schema: Node, around: Around): Json {
  const choices = schema['enum']
  if (Array.isArray(choices)) return json(choices[0])
  const [first] = [...nodes(schema['anyOf']), ...nodes(schema['oneOf'])]
  // Where nothing may be there, nothing is.
  if (nodes(schema['anyOf']).some(({ type }) => type === 'null') && !isNode(refIn(schema))) return null
  if (first) return sampleOf(first, around)
  switch (schema['type']) {
    case 'object':
      return objectOf(schema, around)
    case 'array':
      return isNode(schema['items']) ? [sampleOf(schema['items'], around)] : []
    case 'boolean':
      return false
    case 'integer':
    case 'number':
      return typeof schema['minimum'] === 'number' ? Math.max(schema['minimum'], 0) : 1
    case 'string':
      return textOf(schema)
  }
  return null
}

const refIn = (schema: Node): Node | undefined => nodes(schema['anyOf']).find((each) => '$ref' in each)

function objectOf(schema: Node, around: Around): Json {
  const required = schema['required']
  const needed = new Set(Array.isArray(required) ? required.map(String) : [])
  const fields = Object.entries(isNode(schema['properties']) ? schema['properties'] : {})
  return Object.fromEntries(
    fields.flatMap(([name, field]) =>
      needed.has(name) && isNode(field) ? [[name, sampleOf(field, { ...around, name })] as const] : [],
    ),
  )
}

function textOf({ format }: Node): string {
  if (format === 'date-time') return AT
  if (format === 'uuid') return ID
  return 'text'
}

/** Whether a general sample is of this field's kind; what it says is held by a test. */
function takes(schema: Node, sample: Json): boolean {
  const kinds = [schema, ...nodes(schema['anyOf'])].map(({ type }) => type)
  const kind = Array.isArray(sample) ? 'array' : sample === null ? 'null' : typeof sample
  if (kind === 'number') return kinds.includes('integer') || kinds.includes('number')
  return kinds.includes(kind) && !('enum' in schema && !isIn(schema['enum'], sample))
}

const isIn = (choices: unknown, sample: Json): boolean => Array.isArray(choices) && choices.includes(sample)

const json = (value: unknown): Json =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null

/** What `#/components/schemas/Name` names. */
function found(root: unknown, ref: string): Node {
  let at: unknown = root
  for (const step of ref.split('/').slice(1)) at = isNode(at) ? at[step] : undefined
  return isNode(at) ? at : {}
}

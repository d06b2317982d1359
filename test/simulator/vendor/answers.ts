// Every answer of the simulator's V2 wire, collected by calling each route in each state as a merchant would. Pages that are no
// JSON, and calls that nobody answers, are none.
// Must not know: what an answer must look like.
import { startSimulator } from '../../../src/simulator/app.ts'
import { PORTONE_SECRET } from '../../../src/simulator/credentials.ts'
import { controlOf } from '../portoneDesk.ts'

export const CALLS = [
  'GET /payments',
  'GET /payments/{paymentId}',
  'GET /payments/{paymentId}/transactions',
  'POST /payments/{paymentId}/pre-register',
  'POST /payments/{paymentId}/cancel',
  'POST /paymentwall/delivery/confirm',
] as const
export type Call = (typeof CALLS)[number]
export type Answer = {
  readonly call: Call
  readonly status: number
  readonly body: unknown
  /** How it came to that. */
  readonly when: string
}
type Portone = Readonly<Record<string, unknown>>
type Sent = { readonly body?: object; readonly query?: string; readonly key?: string }

const ID = 'ord-1'
const ORDER = { merchantUid: ID, gateway: 'portone', amount: 1_990, currency: 'USD' }
const CANCEL = { reason: '#r-1 asked', amount: 500 }
const REGISTRATION = { totalAmount: 1_990, currency: 'USD' }
const DELIVERY = {
  deliveryType: 'DIGITAL',
  deliveryStatus: 'DELIVERED',
  estimatedDeliveryDatetime: '2026-08-05T02:06:10Z',
  estimatedUpdateDatetime: '2026-08-05T02:06:10Z',
  refundable: true,
  details: 'Gold pack',
  shippingAddressEmail: 'ann@example.com',
}

type World = Awaited<ReturnType<typeof startWorld>>

async function startWorld() {
  const simulator = await startSimulator({ host: '127.0.0.1', port: 0, webhookUrl: 'http://127.0.0.1:9/none' })
  const control = controlOf(simulator.url)
  const answers: Answer[] = []
  const ask = async (call: Call, when: string, { body, query = '', key }: Sent = {}) => {
    const [method = '', path = ''] = call.split(' ')
    const answer = await fetch(simulator.url + path.replace('{paymentId}', ID) + query, {
      method,
      headers: {
        authorization: `PortOne ${PORTONE_SECRET}`,
        'content-type': 'application/json',
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    const said: unknown = await answer.json()
    answers.push({ call, status: answer.status, body: said, when })
  }
  const faults = (portone: Portone, others: object = {}) => control('PUT', '/faults', { portone, ...others })
  const pay = async (more: object = {}) => String((await control('POST', '/pay', { ...ORDER, ...more })).impUid)
  return { answers, ask, faults, pay, control, close: () => simulator.close() }
}

export async function everyAnswer(): Promise<readonly Answer[]> {
  const world = await startWorld()
  try {
    for (const part of [shown, listed, registered, cancelled, delivered, refusedAtTheDoor]) {
      await world.control('POST', '/reset')
      await part(world)
    }
    return world.answers
  } finally {
    await world.close()
  }
}

const READS: readonly Call[] = ['GET /payments', 'GET /payments/{paymentId}', 'GET /payments/{paymentId}/transactions']
const CANCELLED: Call = 'POST /payments/{paymentId}/cancel'
const REGISTERED: Call = 'POST /payments/{paymentId}/pre-register'
const DELIVERED: Call = 'POST /paymentwall/delivery/confirm'

/** What happens to a payment before it is read. */
const STATES: Readonly<Record<string, (world: World) => Promise<unknown>>> = {
  'not there': () => Promise.resolve(),
  ready: ({ pay }) => pay({ outcome: 'ready' }),
  failed: ({ pay }) => pay({ outcome: 'declined' }),
  paid: ({ pay }) => pay(),
  'paid by the test channel': ({ pay }) => pay({ sandbox: true }),
  'a cancel is requested': requested,
  'a cancel has failed': async (world) => {
    await requested(world)
    await world.faults({ declined: 'failed' })
    await desk(world, 'refuse')
  },
  'a cancel is done, in part': async (world) => {
    await requested(world)
    await desk(world, 'complete')
  },
  'cancelled in the console': async ({ pay, control }) => {
    await control('POST', `/payments/${await pay()}/consoleCancel`)
  },
  'charged back beside a request': async (world) => {
    const ref = await requested(world)
    await world.control('POST', `/payments/${ref}/chargeback`)
  },
}

async function requested({ pay, ask }: World): Promise<string> {
  const ref = await pay()
  await ask(CANCELLED, 'a cancel of a part', { body: CANCEL })
  return ref
}

async function desk({ control }: World, act: 'complete' | 'refuse'): Promise<void> {
  const { tickets } = await control('GET', '/tickets')
  for (const ticket of Object.values(Object(tickets))) await control('POST', `/tickets/${Object(ticket).id}/${act}`)
}

/** Each state on each read, with all that need not be there, and without it. */
async function shown(world: World): Promise<void> {
  for (const [name, happens] of Object.entries(STATES))
    for (const [how, switches] of [
      ['with all fields', { customData: 20 }],
      ['with those alone that must be there', { optional: 'missing', trigger: 'missing' }],
    ] as const) {
      await world.control('POST', '/reset')
      await world.faults(switches)
      await happens(world)
      for (const call of READS) await world.ask(call, `${name}, ${how}`)
    }
}

async function listed({ ask, pay, faults }: World): Promise<void> {
  await pay()
  await faults({ transactions: 'gone' })
  await ask('GET /payments/{paymentId}/transactions', 'the call has ended')
  const list = (when: string, requestBody: object) =>
    ask('GET /payments', when, {
      query: `?${new URLSearchParams({ requestBody: JSON.stringify(requestBody) }).toString()}`,
    })
  await list('a filter that is none', { page: { size: -1 } })
  await list('a page beyond what is listed', { page: { number: 600, size: 100 } })
  await list('another store', { filter: { storeId: 'store-other' } })
}

async function registered({ ask, pay }: World): Promise<void> {
  await ask(REGISTERED, 'a new order', { body: REGISTRATION })
  await ask(REGISTERED, 'no amount', { body: {} })
  await pay()
  await ask(REGISTERED, 'a paid order', { body: REGISTRATION })
}

async function cancelled({ ask, faults, pay, control }: World): Promise<void> {
  await ask(CANCELLED, 'no such payment', { body: CANCEL })
  await pay({ outcome: 'declined' })
  await ask(CANCELLED, 'not paid', { body: CANCEL })
  await pay()
  await ask(CANCELLED, 'no reason', { body: {} })
  await ask(CANCELLED, 'a key that is none', { body: CANCEL, key: 'short' })
  await ask(CANCELLED, 'another store', { body: { ...CANCEL, storeId: 'store-other' } })
  await ask(CANCELLED, 'too much', { body: { ...CANCEL, amount: 9_999 } })
  await ask(CANCELLED, 'another balance', { body: { ...CANCEL, currentCancellableAmount: 1 } })
  for (const kind of ['alreadyCancelled', 'consistencyBroken', 'exceeds', 'maxCancels', 'pgError', 'outstanding']) {
    await faults({ cancel: kind })
    await ask(CANCELLED, `the switch ${kind}`, { body: CANCEL })
  }
  await faults({ cancel: 'requested', partCancel: 'failed' })
  await ask(CANCELLED, 'a part, which fails', { body: CANCEL })
  await faults({ partCancel: 'pgError' })
  await ask(CANCELLED, 'a part, which Paymentwall refuses', { body: CANCEL })
  await faults({ partCancel: 'taken', cancel: 'pgErrorFiled' })
  await ask(CANCELLED, 'filed behind an error', { body: CANCEL })
  await faults({ cancel: 'requested' }, { cancel: 'refuse' })
  await ask(CANCELLED, 'refused at once', { body: CANCEL })
  await control('PUT', '/faults', { cancel: 'instant' })
  await ask(CANCELLED, 'done at once', { body: CANCEL })
  await ask(CANCELLED, 'all that is left, at once', { body: { reason: 'the rest' } })
  await ask(CANCELLED, 'nothing is left', { body: CANCEL })
}

async function delivered({ ask, pay, faults }: World): Promise<void> {
  await ask(DELIVERED, 'no such payment', { body: { ...DELIVERY, transactionId: 'nobody' } })
  const transactionId = await pay()
  await ask(DELIVERED, 'a digital one', { body: { ...DELIVERY, transactionId } })
  await ask(DELIVERED, 'half of it', { body: { transactionId } })
  await faults({ delivery: 'refused' })
  await ask(DELIVERED, 'refused', { body: { ...DELIVERY, transactionId } })
}

async function refusedAtTheDoor({ ask, faults, control }: World): Promise<void> {
  const bodies: Partial<Record<Call, object>> = {
    [CANCELLED]: CANCEL,
    [REGISTERED]: REGISTRATION,
    [DELIVERED]: { ...DELIVERY, transactionId: 'nobody' },
  }
  const all = async (when: string) => {
    for (const call of CALLS) {
      const body = bodies[call]
      await ask(call, when, body ? { body } : {})
    }
  }
  await faults({ secret: 'expired' })
  await all('a secret that has ended')
  await faults({ secret: 'good' })
  await control('PUT', '/faults', { account: 'other' })
  await all('the secret of another store')
}

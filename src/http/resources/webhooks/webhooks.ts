// The receiver: raw bytes → parse → kept in the inbox, committed → 200. It believes nothing and
// calls nobody (design: the hint's way).
// Must not know: payments, looks, Temporal. What can never be understood is answered with 4xx, and
// kept too while there is room.
import { z } from 'zod'
import { transact } from '../../../db/connect.ts'
import { keepHint, type Hint } from '../../../db/hints/hints.ts'
import { keepReceived } from '../../../db/hints/received.ts'
import { keepSigned } from '../../../db/hints/signed.ts'
import { putAlert } from '../../../db/outgoing/outgoing.ts'
import { Failure, FAILURES } from '../../../domain/failures.ts'
import type { Gateway, HintRequest, ReadHint, Signed, Webhooks } from '../../../domain/gateway.ts'
import { kindOf, type GatewayName } from '../../../domain/ids.ts'
import { KINDS } from '../../../gateways/index.ts'
import { metrics } from '../../../metrics.ts'
import { readBody, tooLarge } from '../../server/body.ts'
import type { HttpDeps } from '../../server/deps.ts'
import { titleOf } from '../../server/errors.ts'
import { route, at, type Answer, type Call, type Route } from '../../server/route.ts'
import * as answers from '../answers.ts'
import { fromOf, isPublished, placesFor } from './room.ts'

/** A usual webhook has some 150 bytes; a row's size is not a stranger's to choose. */
const BODY_KEPT_BYTES = 4 * 1024
const CONTENT_TYPE_LENGTH = 200
const ADDRESS_LENGTH = 100

/** What every row of this webhook has. */
type Received = {
  readonly gateway: string
  readonly contentType: string | null
  readonly remoteAddress: string
  readonly fromKnownAddress: boolean
  readonly body: Uint8Array
}

/** One kind of gateway's door; its accounts are named `kind/…`. */
type Door = { readonly kind: string; readonly webhooks: Webhooks }

async function receive(deps: HttpDeps, { kind, webhooks }: Door, call: Call): Promise<Answer> {
  const accounts = accountsOf(deps, kind)
  const sent = await readBody(call.request)
  const contentType = call.request.headers['content-type']
  const bytes = sent.kind === 'tooLarge' ? sent.start : sent.bytes
  const query = call.request.url?.split('?')[1] ?? ''
  const { gateway, hint } = readBy(accounts, { query, headers: call.request.headers, body: bytes })
  const received: Received = {
    gateway,
    contentType: contentType?.slice(0, CONTENT_TYPE_LENGTH) ?? null,
    remoteAddress: call.remoteAddress.slice(0, ADDRESS_LENGTH),
    fromKnownAddress: isPublished(webhooks, call.remoteAddress),
    body: bytes.subarray(0, BODY_KEPT_BYTES),
  }
  if (sent.kind === 'tooLarge') {
    const kept = await keepUnreadable(deps, received, 'oversized')
    throw tooLarge(kept ? `its first ${BODY_KEPT_BYTES} bytes were kept for a person` : COUNTED)
  }
  if (hint.kind === 'forged') return forged(deps, kind, received, hint.why)
  if (hint.kind === 'ignored') return ignored(webhooks)
  if (hint.kind === 'signed') return takeSigned(deps, webhooks, received, hint.signed, query)
  if (hint.kind === 'unreadable' && hint.isSigned) {
    // It would come again and again, and say the same; where there is no room, that is the memory.
    const asSigned = { ...received, body: Buffer.from(query.slice(0, BODY_KEPT_BYTES)) }
    if (!(await keepUnreadable(deps, asSigned, 'unreadable', hint.why))) return noRoom(webhooks)
    return { status: 200, ...webhooks.taken }
  }
  if (hint.kind === 'unreadable') {
    const kept = await keepUnreadable(deps, received, 'unreadable')
    const sentence = `This webhook cannot be understood: ${hint.why}. ${kept ? 'It was kept for a person' : COUNTED}; sending it again changes nothing.`
    throw new Failure('malformedBody', sentence)
  }
  const { gatewayRef, merchantUid, status, cancellationId, messageId } = hint
  const ids = { gatewayRef, merchantUid, ...(messageId !== undefined && { messageId }) }
  const said = { saidStatus: status || null, saidCancellationId: cancellationId }
  const kept = await keepReceived(
    deps.receiver.db,
    { ...received, ...ids, ...said },
    placesFor(deps.hintRoom, received),
  )
  if (kept === 'refused') return refused(deps, webhooks, received)
  metrics.hintsReceived.inc({ source: 'webhook' })
  // What was counted in a waiting row is looked at with it: in a flood nobody is kicked for each.
  if (kept === 'row') deps.receiver.kick()
  else metrics.hintsCounted.inc()
  return { status: 200, ...webhooks.taken }
}

/** Kept as it was signed, for it is judged from its row; a repeat is counted in it. */
async function takeSigned(
  deps: HttpDeps,
  { taken }: Webhooks,
  received: Received,
  { gatewayRef, merchantUid, key, event }: Signed,
  query: string,
): Promise<Answer> {
  const said = { gatewayRef, merchantUid, signedKey: key, saidStatus: event.kind }
  const kept = await keepSigned(deps.receiver.db, { ...received, ...said, body: Buffer.from(query) })
  metrics.hintsReceived.inc({ source: 'pingback' })
  if (kept === 'row') deps.receiver.kick()
  else metrics.hintsCounted.inc()
  return { status: 200, ...taken }
}

/** So that it does not come again. */
function ignored({ taken }: Webhooks): Answer {
  metrics.hintsRefused.inc({ because: 'ignored' })
  return { status: 200, ...taken }
}

/** Not thrown, as `refused` below: whoever sends one can send thousands. Nothing of it is kept. */
function forged({ hintRoom }: HttpDeps, kind: string, received: Received, why: string): Answer {
  hintRoom.forge({ ...fromOf(received), kind, why })
  metrics.hintsRefused.inc({ because: 'forged' })
  const { code, http: status } = FAILURES.unauthorized
  const detail = `This message is not taken: ${why}. Nothing of it was kept.`
  return {
    status,
    body: { type: 'about:blank', title: titleOf(code), status, code, detail },
    type: 'application/problem+json',
  }
}

const COUNTED = 'so many of that kind come that it was only counted'

/**
 * False where there was no room, so that it was only counted. Committed when it returns. What a
 * gateway has signed and nobody can read (`signedWhy`) is told at once.
 */
async function keepUnreadable(
  deps: HttpDeps,
  received: Received,
  parkedBecause: 'unreadable' | 'oversized',
  signedWhy?: string,
): Promise<boolean> {
  if (!deps.hintRoom.take(fromOf(received))) {
    refuse(deps, received, parkedBecause)
    return false
  }
  const hint: Hint = { ...received, source: 'webhook', gatewayRef: null, merchantUid: null, parkedBecause }
  if (signedWhy === undefined) await keepHint(deps.receiver.db, hint)
  else {
    const sentence = `a signed message is kept for a person, for it cannot be read: ${signedWhy}`
    await transact(deps.receiver.db, 'keep signed', async (trx) => {
      await keepHint(trx, hint)
      await putAlert(trx, { level: 'page', kind: 'signedUnclear', saga: 'inbox', sentence })
    })
    deps.receiver.kick()
  }
  metrics.hintsReceived.inc({ source: 'webhook' })
  metrics.hintsParked.inc({ because: parkedBecause })
  return true
}

function refuse({ hintRoom }: HttpDeps, received: Received, because: string): void {
  hintRoom.refuse({ ...received, ...fromOf(received) })
  metrics.hintsRefused.inc({ because })
}

/**
 * Not a 200, for nothing of it was kept; not a 4xx, after which some senders never send again. If
 * it was about money, a repeat brings it, and in any case the sweep finds it in the gateway's own
 * list. Returned, not thrown: what is thrown is logged one by one, and this comes by the thousand.
 */
function refused(deps: HttpDeps, webhooks: Webhooks, received: Received): Answer {
  refuse(deps, received, 'unknownOrder')
  return noRoom(webhooks)
}

function noRoom({ againAfterSeconds }: Webhooks): Answer {
  const { code, http: status } = FAILURES.temporarilyUnavailable
  const detail =
    'This webhook names an order and a payment that are unknown here, or cannot be understood, and more such webhooks come than are kept. It was only counted; send it again later.'
  const body = { type: 'about:blank', title: titleOf(code), status, code, detail }
  const headers = { 'retry-after': String(againAfterSeconds) }
  return { status, body, headers, type: 'application/problem+json' }
}

type Account = readonly [GatewayName, Pick<Gateway, 'readHint'>]

/**
 * Each account has keys of its own: what one of them has signed is that one's; else the first says
 * what is wrong.
 */
function readBy(accounts: readonly Account[], request: HintRequest): { gateway: string; hint: ReadHint } {
  const read = accounts.map(([gateway, { readHint }]) => ({ gateway, hint: readHint(request) }))
  const found = read.find(({ hint }) => hint.kind !== 'forged') ?? read[0]
  if (!found) throw new Failure('notFound', 'No account is there that could read this.')
  return found
}

function accountsOf({ gateways }: HttpDeps, kind: string): readonly Account[] {
  const accounts = [...gateways].filter(([name]) => kindOf(name) === kind)
  if (accounts.length > 0) return accounts
  throw new Failure('notFound', `No ${kind} account is configured here, so its messages are not taken.`)
}

/** A door for each kind of gateway; shut while no account of it is configured. */
export const webhookRoutes: readonly Route[] = KINDS.map(({ kind, webhooks: door, hintShape }) =>
  route({
    ...at(door.method, door.path, 'open'),
    causes: true,
    summary: door.summary,
    ...(door.bodies.length > 0 && { rawBody: door.bodies, ...(hintShape && { bodyShape: hintShape }) }),
    answers: {
      200:
        door.taken.type === undefined
          ? { description: 'Kept', schema: answers.empty }
          : { description: 'OK', schema: z.string(), type: door.taken.type },
    },
    errors: [
      ...(door.bodies.length > 0 ? (['malformedBody', 'payloadTooLarge'] as const) : []),
      ...(door.signed ? (['unauthorized'] as const) : []),
      'notFound',
      'temporarilyUnavailable',
    ],
    handle: (deps, _parsed, call) => receive(deps, { kind, webhooks: door }, call),
  }),
)

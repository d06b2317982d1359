// The receiver: raw bytes → parse → kept in the inbox, committed → 200. It believes nothing and
// calls nobody (design: the hint's way).
// Must not know: payments, looks, Temporal. What can never be understood is answered with 4xx, and
// kept too while there is room.
import { z } from 'zod'
import { keepHint } from '../../../db/hints/hints.ts'
import { keepReceived } from '../../../db/hints/received.ts'
import { Failure, FAILURES } from '../../../domain/failures.ts'
import type { Webhooks } from '../../../domain/gateway.ts'
import { kindOf } from '../../../domain/ids.ts'
import { KINDS } from '../../../gateways/index.ts'
import { metrics } from '../../../metrics.ts'
import { readBody, tooLarge } from '../../server/body.ts'
import type { HttpDeps } from '../../server/deps.ts'
import { titleOf } from '../../server/errors.ts'
import { route, at, type Answer, type Call, type Route } from '../../server/route.ts'
import * as answers from '../answers.ts'
import { isPublished, senderOf } from './senders.ts'

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
  const { gateway, readHint } = accountOf(deps, kind)
  const sent = await readBody(call.request)
  const contentType = call.request.headers['content-type']
  const bytes = sent.kind === 'tooLarge' ? sent.start : sent.bytes
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
  const query = call.request.url?.split('?')[1] ?? ''
  const hint = readHint({ query, headers: call.request.headers, body: bytes })
  if (hint.kind === 'unreadable') {
    const kept = await keepUnreadable(deps, received, 'unreadable')
    const sentence = `This webhook cannot be understood: ${hint.why}. ${kept ? 'It was kept for a person' : COUNTED}; sending it again changes nothing.`
    throw new Failure('malformedBody', sentence)
  }
  const { gatewayRef, merchantUid, status, cancellationId } = hint
  const said = { saidStatus: status || null, saidCancellationId: cancellationId }
  const kept = await keepReceived(deps.db, { ...received, gatewayRef, merchantUid, ...said }, () =>
    deps.hintRoom.take(fromOf(received)),
  )
  if (kept === 'refused') return refused(deps, webhooks, received)
  metrics.hintsReceived.inc({ source: 'webhook' })
  // What was counted in a waiting row is looked at with it: in a flood nobody is kicked for each.
  if (kept === 'row') deps.kick()
  else metrics.hintsCounted.inc()
  return { status: 200, ...webhooks.taken }
}

const COUNTED = 'so many of that kind come that it was only counted'

const fromOf = ({ remoteAddress, fromKnownAddress }: Received) => ({
  sender: senderOf(remoteAddress),
  fromKnownAddress,
})

/** False where there was no room, so that it was only counted. Committed when it returns. */
async function keepUnreadable(
  deps: HttpDeps,
  received: Received,
  parkedBecause: 'unreadable' | 'oversized',
): Promise<boolean> {
  if (!deps.hintRoom.take(fromOf(received))) {
    refuse(deps, received, parkedBecause)
    return false
  }
  await keepHint(deps.db, { ...received, source: 'webhook', gatewayRef: null, merchantUid: null, parkedBecause })
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
function refused(deps: HttpDeps, { againAfterSeconds }: Webhooks, received: Received): Answer {
  refuse(deps, received, 'unknownOrder')
  const { code, http: status } = FAILURES.temporarilyUnavailable
  const detail =
    'This webhook names an order and a payment that are unknown here, and more such webhooks come than are kept. It was only counted; send it again later.'
  const body = { type: 'about:blank', title: titleOf(code), status, code, detail }
  const headers = { 'retry-after': String(againAfterSeconds) }
  return { status, body, headers, type: 'application/problem+json' }
}

function accountOf({ gateways }: HttpDeps, kind: string) {
  for (const [gateway, { readHint }] of gateways) if (kindOf(gateway) === kind) return { gateway, readHint }
  throw new Failure('notFound', `No ${kind} account is configured here, so its messages are not taken.`)
}

/** A door for each kind of gateway; shut while no account of it is configured. */
export const webhookRoutes: readonly Route[] = KINDS.map(({ kind, webhooks: door }) =>
  route({
    ...at(door.method, door.path, 'open'),
    summary: door.summary,
    ...(door.bodies.length > 0 && { rawBody: door.bodies }),
    answers: {
      200:
        door.taken.type === undefined
          ? { description: 'Kept', schema: answers.empty }
          : { description: 'OK', schema: z.string(), type: door.taken.type },
    },
    errors: [
      ...(door.bodies.length > 0 ? (['malformedBody', 'payloadTooLarge'] as const) : []),
      'notFound',
      'temporarilyUnavailable',
    ],
    handle: (deps, _parsed, call) => receive(deps, { kind, webhooks: door }, call),
  }),
)

// The receiver: raw bytes → parse → ONE inbox row committed → 200. It believes nothing and calls nobody (design: the hint's way).
// Must not know: payments, looks, Temporal. What can never be understood is answered with 4xx, and kept too.
import { keepHint, type Hint } from '../db/hints.ts'
import { Failure } from '../domain/failures.ts'
import { parseIamportHint } from '../gateways/iamport/webhook.ts'
import { metrics } from '../metrics.ts'
import { readBody, tooLarge } from './body.ts'
import type { HttpDeps } from './deps.ts'
import type { Answer, Call } from './route.ts'

const OVERSIZED_KEPT_BYTES = 4 * 1024
const CONTENT_TYPE_LENGTH = 200
const ADDRESS_LENGTH = 100

export async function receiveIamport(deps: HttpDeps, _parsed: unknown, call: Call): Promise<Answer> {
  const gateway = accountOf(deps, 'iamport')
  const body = await readBody(call.request)
  const contentType = call.request.headers['content-type']
  const received = {
    gateway,
    source: 'webhook',
    gatewayRef: null,
    merchantUid: null,
    contentType: contentType?.slice(0, CONTENT_TYPE_LENGTH) ?? null,
    remoteAddress: call.remoteAddress.slice(0, ADDRESS_LENGTH),
  } as const
  if (body.kind === 'tooLarge') {
    await keep(deps, { ...received, body: body.start.subarray(0, OVERSIZED_KEPT_BYTES), parkedBecause: 'oversized' })
    throw tooLarge(`its first ${OVERSIZED_KEPT_BYTES} bytes were kept for a person`)
  }
  const hint = parseIamportHint(contentType, body.bytes)
  if (hint.kind === 'unreadable') {
    await keep(deps, { ...received, body: body.bytes, parkedBecause: 'unreadable' })
    const sentence = `This webhook cannot be understood: ${hint.why}. It was kept for a person; sending it again changes nothing.`
    throw new Failure('malformedBody', sentence)
  }
  const { impUid: gatewayRef, merchantUid, status, cancellationId } = hint
  const said = { saidStatus: status || null, saidCancellationId: cancellationId }
  await keep(deps, { ...received, gatewayRef, merchantUid, ...said, body: body.bytes })
  deps.kick()
  return { status: 200, body: {} }
}

/** Committed when it returns; counted only then. */
async function keep({ db }: HttpDeps, hint: Hint): Promise<void> {
  await keepHint(db, hint)
  metrics.hintsReceived.inc({ source: hint.source })
  if (hint.parkedBecause !== undefined) metrics.hintsParked.inc({ because: hint.parkedBecause })
}

/** Pingbacks of a project that is not configured here cannot be checked, so they are not taken. */
export function receivePaymentwall(deps: HttpDeps): Answer {
  const gateway = accountOf(deps, 'paymentwall')
  const sentence = `Pingbacks of ${gateway} cannot be taken yet; send them again later.`
  throw new Failure('temporarilyUnavailable', sentence)
}

function accountOf({ gateways }: HttpDeps, kind: 'iamport' | 'paymentwall'): string {
  const account = [...gateways].find((name) => name.startsWith(`${kind}/`))
  if (account !== undefined) return account
  throw new Failure('notFound', `No ${kind} account is configured here, so its messages are not taken.`)
}

// Reads a request's raw bytes with a limit, and JSON out of them. Signatures and hints need the
// bytes exactly as sent.
// Must not know: routes, schemas.
import type { IncomingMessage } from 'node:http'
import { Failure } from '../../domain/failures.ts'

export const BODY_LIMIT_BYTES = 64 * 1024
/**
 * So much of what is too large is still read and thrown away, so that a usual sender gets its
 * answer.
 */
const DISCARD_LIMIT_BYTES = 1024 * 1024

export type Body =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array }
  /** `start`: what was read up to the limit. */
  | { readonly kind: 'tooLarge'; readonly start: Uint8Array }

/**
 * Whoever sent the request went away, or was too slow, before its body was whole: nobody waits for
 * an answer, and nothing of ours is broken.
 */
export class CallerGone extends Error {}

/** Throws `CallerGone`. */
export async function readBody(request: IncomingMessage): Promise<Body> {
  const kept: Uint8Array[] = []
  let read = 0
  try {
    // Ending early must not destroy the request: its socket still has to carry the answer.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      if (!(chunk instanceof Uint8Array)) continue
      if (read <= BODY_LIMIT_BYTES) kept.push(chunk)
      read += chunk.byteLength
      if (read > DISCARD_LIMIT_BYTES) break
    }
  } catch (error) {
    throw new CallerGone('the caller went away before its body was whole', { cause: error })
  }
  const bytes = Buffer.concat(kept)
  if (read <= BODY_LIMIT_BYTES) return { kind: 'whole', bytes }
  return { kind: 'tooLarge', start: bytes.subarray(0, BODY_LIMIT_BYTES) }
}

export const tooLarge = (kept: string): Failure =>
  new Failure('payloadTooLarge', `The body is larger than ${BODY_LIMIT_BYTES} bytes; ${kept}.`, {
    limitBytes: BODY_LIMIT_BYTES,
  })

/** The JSON of a request. Throws `malformedBody` or `payloadTooLarge`, with nothing recorded. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') {
    throw malformed(`has the content type ${type === undefined ? 'none' : `"${type.slice(0, 80)}"`}`)
  }
  const body = await readBody(request)
  if (body.kind === 'tooLarge') throw tooLarge('nothing was recorded')
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body.bytes))
  } catch {
    throw malformed(body.bytes.byteLength === 0 ? 'is empty' : 'cannot be read as JSON in UTF-8')
  }
}

function malformed(what: string): Failure {
  return new Failure(
    'malformedBody',
    `The body ${what}; send JSON with "content-type: application/json". Nothing was recorded.`,
  )
}

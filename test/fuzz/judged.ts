// What an answer may not be, whatever was asked.
// Must not know: how it was sent.
import type { Input } from './inputs.ts'
import type { Heard } from './sending.ts'

/** Nothing is answered with more, not even a page of a hundred refunds. */
const LARGEST = 2 * 1_024 * 1_024
/** Of a refusal, whatever stood in the request. */
const LARGEST_REFUSAL = 64 * 1_024

export function judge({ how }: Pick<Input, 'how'>, { status, head, body, late }: Heard): readonly string[] {
  const faults: string[] = []
  if (late) faults.push('forgotten: neither answered nor ended')
  if (status === 0 && how === 'answer' && !late) faults.push('ended without an answer, though all was sent')
  // 503 says when to come again; whatever else is ours to know beforehand.
  if (status >= 500 && !(status === 503 && /^retry-after: \d+$/im.test(head))) faults.push(`an answer ${status}`)
  if (body.length > (status >= 400 ? LARGEST_REFUSAL : LARGEST)) faults.push(`an answer ${status} that is too large`)
  if (/\bat .*\.(ts|js):\d+/.test(body)) faults.push(`a stack in an answer ${status}`)
  if (/^x-injected:/im.test(head)) faults.push('a header that the caller wrote')
  if (/HTTP\/1\.[01] \d{3}/.test(body)) faults.push('two answers to one request')
  return faults
}

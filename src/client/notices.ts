// Verifies a notice: that this program has signed it, just now, and what it says.
// Must not know: servers. Standard Webhooks: https://www.standardwebhooks.com
import { Webhook } from 'standardwebhooks'
import type { components } from './api.ts'
import { SagaError } from './errors.ts'

export type Notice = components['schemas']['NoticeMessage']

/**
 * Not signed with a secret of ours, older than five minutes, or no notice. Answer 401, or
 * nothing.
 */
export class NoticeForged extends SagaError {
  override readonly name = 'NoticeForged'
}

export type NoticeHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * `body`: as it came, not parsed and written again. `secrets`: NOTICE_SECRET, or both of them while
 * one follows the other. Throws NoticeForged. Take each `id` once: it comes again where your answer
 * was lost.
 */
export function verifyNotice(
  body: string | Uint8Array,
  headers: NoticeHeaders,
  secrets: string | readonly string[],
): Notice {
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body)
  const signed = {
    'webhook-id': headerOf(headers, 'webhook-id'),
    'webhook-timestamp': headerOf(headers, 'webhook-timestamp'),
    'webhook-signature': headerOf(headers, 'webhook-signature'),
  }
  const all = typeof secrets === 'string' ? secrets.split(',') : secrets
  let why: unknown
  for (const secret of all) {
    try {
      const said: unknown = new Webhook(secret.trim()).verify(text, signed)
      if (isNotice(said) && said.id === signed['webhook-id']) return said
      why = new Error('it is signed, and no notice')
    } catch (error) {
      why = error
    }
  }
  throw new NoticeForged(`this is no notice: ${why instanceof Error ? why.message : 'no secret is given'}`)
}

function headerOf(headers: NoticeHeaders, name: string): string {
  if (headers instanceof Headers) return headers.get(name) ?? ''
  const value = Object.entries(headers).find(([each]) => each.toLowerCase() === name)?.[1]
  return typeof value === 'string' ? value : (value?.[0] ?? '')
}

const isNotice = (said: unknown): said is Notice =>
  typeof said === 'object' && said !== null && 'id' in said && 'type' in said && 'payment' in said

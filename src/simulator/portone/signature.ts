// Standard Webhooks, as PortOne signs them (portone.md §8).
// Must not know what a message says.
import { createHmac } from 'node:crypto'

type Message = { readonly id: string; readonly atMs: number; readonly body: string }

/** `signatures`: of the text that is signed, parted by blanks. */
export function signedHeaders(
  { id, atMs, body }: Message,
  signatures: (content: string) => string,
): Record<string, string> {
  const at = Math.floor(atMs / 1_000)
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(at),
    'webhook-signature': signatures(`${id}.${at}.${body}`),
  }
}

export function sign(secret: string, content: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  return `v1,${createHmac('sha256', key).update(content, 'utf8').digest('base64')}`
}

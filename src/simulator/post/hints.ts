// The ways in which the few words of a webhook can be written (iamport.md §6; switch `hints`).
// Must not know what the words mean.
import type { Wire } from '../iamport/wire.ts'

export type Words = { imp_uid: string; merchant_uid: string; status: string; cancellation_id?: string }
type Written = { headers: Record<string, string>; body: string | Uint8Array }

const BOUNDARY = 'simulator-7f21c0d4'
// 결제 in EUC-KR: no UTF-8, though every reader of bytes finds the quotes around it.
const EUC_KR = Buffer.from([0xb0, 0xe1, 0xc1, 0xa6])

/** `more`: fields beside its own, which the odd way has already. */
export function write(words: Words, more: Readonly<Record<string, string>>, hints: Wire['hints']): Written {
  const all = { ...words, ...more }
  switch (hints) {
    case 'json':
      return typed('application/json', JSON.stringify(all))
    case 'form':
      return typed('application/x-www-form-urlencoded', new URLSearchParams(all).toString())
    case 'multipart':
      return typed(`multipart/form-data; boundary=${BOUNDARY}`, multipart(all))
    case 'odd':
      return typed('application/json', odd(words))
  }
}

function typed(type: string, body: string | Uint8Array): Written {
  return { headers: { 'content-type': type }, body }
}

function multipart(words: Readonly<Record<string, string>>): string {
  const parts = Object.entries(words).map(
    ([name, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  return `${parts.join('')}--${BOUNDARY}--\r\n`
}

// The ids can be read. A number for a status, or fifty letters with a cancel, and a number for its
// id; one field more.
function odd({ imp_uid, merchant_uid, status, cancellation_id }: Words): Uint8Array {
  const cancelled = { status: status.repeat(50).slice(0, 50), cancellation_id: 77 }
  const remarks = cancellation_id === undefined ? { status: 1 } : cancelled
  const open = JSON.stringify({ imp_uid, merchant_uid, ...remarks }).slice(0, -1)
  return Buffer.concat([Buffer.from(`${open},"memo":"`), EUC_KR, Buffer.from('"}')])
}

// Reads an i'mport webhook as what it is: an unsigned hint that something happened to a payment
// (iamport.md §6).
// Must not know: HTTP servers, databases, whether any of it is true. Pure.
import type { ReadHint, Webhooks } from '../../domain/gateway.ts'
import { fieldsIn, type BodyFields } from './hintBody.ts'

export const webhooks: Webhooks = {
  method: 'post',
  path: '/webhooks/iamport',
  summary: "i'mport says that something happened: kept, then looked at; never believed",
  bodies: ['application/json', 'application/x-www-form-urlencoded'],
  taken: { body: {} },
  // Offered for firewalls "where needed"; a change of them once cut off the shops that allowed no others (iamport.md §6), so
  // that nothing here is refused for its address.
  addresses: ['52.78.100.19', '52.78.48.223', '52.78.5.241'],
  // i'mport repeats after a minute, where it was asked to repeat at all (iamport.md §6).
  againAfterSeconds: 60,
}

/** `.` and `..` would change the path that the payment is then asked at. */
const IMP_UID = /^(?!\.{1,2}$)[\x21-\x7e]{1,40}$/
/** The replacement character stands for bytes that are no text: such an id would be another one. */
const MERCHANT_UID = /^[^\p{C}\uFFFD]{1,40}$/u
const STATUS = /^[^\p{C}\uFFFD]{0,32}$/u
const CANCELLATION_ID = /^[^\p{C}\uFFFD]{1,80}$/u

/**
 * i'mport never repeats what got a 4xx (iamport.md §6), so whatever names a payment and an order is
 * a hint, however odd the rest is: remarks that cannot be read are dropped, for the look finds the
 * truth anyway.
 */
export function parseIamportHint(contentType: string | undefined, raw: Uint8Array): ReadHint {
  // Not fatal: bytes of another encoding, in a field that nobody here reads, must not hide the ids.
  const text = new TextDecoder('utf-8').decode(raw)
  if (text.trim() === '') return { kind: 'unreadable', why: 'the body is empty' }
  const hints = fieldsIn(contentType, text).map(toHint)
  const first = hints.find(({ kind }) => kind === 'hint') ?? hints[0]
  return first ?? { kind: 'unreadable', why: 'the body is of no known form' }
}

/** Names the field that does not fit, never its value: it is a stranger's. */
function toHint(body: BodyFields): ReadHint {
  if (body.kind === 'unreadable') return body
  const impUid = idIn(body.all('imp_uid'), IMP_UID)
  if (impUid.kind !== 'id') return { kind: 'unreadable', why: `imp_uid ${impUid.kind}` }
  const merchantUid = idIn(body.all('merchant_uid'), MERCHANT_UID)
  if (merchantUid.kind !== 'id') return { kind: 'unreadable', why: `merchant_uid ${merchantUid.kind}` }
  const status = idIn(body.all('status').filter(isText), STATUS)
  const cancellationId = idIn(body.all('cancellation_id'), CANCELLATION_ID)
  return {
    kind: 'hint',
    gatewayRef: impUid.text,
    merchantUid: merchantUid.text,
    status: status.kind === 'id' ? status.text : '',
    cancellationId: cancellationId.kind === 'id' ? cancellationId.text : null,
  }
}

const isText = (value: unknown): boolean => typeof value === 'string'

type Id = { readonly kind: 'id'; readonly text: string } | { readonly kind: 'does not fit' | 'comes twice' }

/**
 * A whole number is an id that lost its quotes. A field that is repeated must say the same each
 * time.
 */
function idIn(values: readonly unknown[], form: RegExp): Id {
  const texts = new Set(values.map((value) => (Number.isSafeInteger(value) ? String(value) : value)))
  if (texts.size > 1) texts.delete('')
  if (texts.size > 1) return { kind: 'comes twice' }
  const [text] = texts
  return typeof text === 'string' && form.test(text) ? { kind: 'id', text } : { kind: 'does not fit' }
}

// Reads an i'mport webhook as what it is: an unsigned hint that something happened to a payment
// (iamport.md §6).
// Must not know: HTTP servers, databases, whether any of it is true. Pure.
import { z } from 'zod'
import type { HintRequest, ReadHint, Webhooks } from '../../domain/gateway.ts'

export const webhooks: Webhooks = {
  method: 'post',
  path: '/webhooks/iamport',
  summary: "i'mport says that something happened: kept, then looked at; never believed",
  bodies: ['application/json', 'application/x-www-form-urlencoded'],
  taken: { body: {} },
  // Offered for firewalls "where needed"; a change of them once cut off the shops that allowed no
  // others (iamport.md §6), so that nothing here is refused for its address.
  addresses: ['52.78.100.19', '52.78.48.223', '52.78.5.241'],
  // i'mport repeats after a minute, where it was asked to repeat at all (iamport.md §6).
  signed: false,
  againAfterSeconds: 60,
}

/** `.` and `..` would change the path that the payment is then asked at. */
const IMP_UID = /^(?!\.{1,2}$)[\x21-\x7e]{1,40}$/
/** The replacement character stands for bytes that are no text: such an id would be another one. */
const MERCHANT_UID = /^[^\p{C}\uFFFD]{1,40}$/u
const STATUS = /^[^\p{C}\uFFFD]{0,32}$/u
const CANCELLATION_ID = /^[^\p{C}\uFFFD]{1,80}$/u

/** As documents say it; what is taken is more: ids with anything else beside them. */
export const hintShape = z
  .looseObject({
    imp_uid: z
      .string()
      .regex(IMP_UID)
      .meta({ examples: ['imp_448280090638'] }),
    merchant_uid: z
      .string()
      .regex(/^[\x21-\x7e]{1,40}$/)
      .meta({ examples: ['ord-7'] }),
    status: z.string().meta({ description: 'paid, cancelled, failed, ready; an open set' }).optional(),
    cancellation_id: z.string().optional(),
  })
  .meta({ id: 'Hint_iamport' })

/** Ids that stand in the address instead of the body are ids all the same. */
export function readIamportHint({ query, headers, body }: HintRequest): ReadHint {
  const type = headers['content-type']
  const said = parseIamportHint(typeof type === 'object' ? type[0] : type, body)
  if (said.kind === 'hint' || query === '') return said
  const asked = parseIamportHint('application/x-www-form-urlencoded', new TextEncoder().encode(query))
  return asked.kind === 'hint' ? asked : said
}

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

/**
 * A webhook's fields may be written as JSON, form or multipart; the console chooses one of the
 * first two (iamport.md §6).
 */
type BodyFields =
  /** `all` gives every value of that name, in order. */
  | { readonly kind: 'fields'; readonly all: (name: string) => readonly unknown[] }
  | { readonly kind: 'unreadable'; readonly why: string }

/**
 * As it is declared, then as it looks: a body whose content type does not fit is read as what it
 * is.
 */
function fieldsIn(contentType: string | undefined, text: string): readonly BodyFields[] {
  const looksLike = formatOf(text)
  const formats = new Set([declaredBy(contentType) ?? looksLike, looksLike])
  return [...formats].map((format) => read(format, contentType, text))
}

type Format = 'json' | 'form' | 'multipart'

function declaredBy(contentType: string | undefined): Format | undefined {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type === 'application/x-www-form-urlencoded') return 'form'
  if (type === 'multipart/form-data') return 'multipart'
  return /^application\/(.+\+)?json$|^text\/json$/.test(type) ? 'json' : undefined
}

function formatOf(text: string): Format {
  if (/^\s*[{["]/.test(text)) return 'json'
  return /^\s*--/.test(text) ? 'multipart' : 'form'
}

function read(format: Format, contentType: string | undefined, text: string): BodyFields {
  switch (format) {
    case 'json':
      return readJson(text)
    case 'form':
      // A `%` that is no escape stays what it is.
      return named([...new URLSearchParams(text.trim())])
    case 'multipart':
      return readMultipart(contentType, text)
  }
}

function readJson(text: string): BodyFields {
  const json = parsed(text) ?? parsed(mended(text))
  if (json === undefined) return { kind: 'unreadable', why: 'the body is not JSON' }
  const { value } = json
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { kind: 'unreadable', why: 'the body is not an object' }
  return named(Object.entries(value))
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

/**
 * Line breaks and backslashes that a remark brought in unescaped spoil the JSON of the ids beside
 * it. What is no text stays what no id may hold.
 */
const mended = (text: string): string =>
  text
    .replace(/[\t\n\r]/g, ' ')
    .replace(/\p{Cc}/gu, '\uFFFD')
    .replace(/\\(u[\da-fA-F]{4}|["\\/bfnrt])|\\/g, (all, escape) => (escape === undefined ? '\\\\' : all))

/**
 * Parts of files are not read. Simple on purpose: nobody is known to send this, and it is only a
 * hint.
 */
function readMultipart(contentType: string | undefined, text: string): BodyFields {
  const declared = /boundary="?([^";\s]+)/i.exec(contentType ?? '')?.[1]
  const first = /^\s*--([^\r\n]+)/.exec(text)?.[1]?.trimEnd()
  const boundary = declared !== undefined && text.includes(`--${declared}`) ? declared : first
  if (boundary === undefined) return { kind: 'unreadable', why: 'the parts have no boundary' }
  const parts = text.split(`--${boundary}`).flatMap((part): [string, string][] => {
    const [, head = '', value = ''] = /^([^]*?)\r?\n\r?\n([^]*)$/.exec(part) ?? []
    const name = /\bname="?([^";\r\n]+)/i.exec(head)?.[1]
    return name === undefined || /\bfilename\*?=/i.test(head) ? [] : [[name.trim(), value.replace(/\r?\n$/, '')]]
  })
  return named(parts)
}

function named(entries: readonly (readonly [string, unknown])[]): BodyFields {
  return {
    kind: 'fields',
    all: (name) => entries.filter(([each]) => each === name).map(([, value]) => value),
  }
}

// Reads an i'mport webhook as what it is: an unsigned hint that something happened to a payment (iamport.md §6).
// Must not know: HTTP servers, databases, whether any of it is true. Pure.
import { z } from 'zod'

export type IamportHint =
  | {
      readonly kind: 'hint'
      readonly impUid: string
      readonly merchantUid: string
      /** An open set, as posted; empty when it was left out. */
      readonly status: string
      readonly cancellationId: string | null
    }
  | { readonly kind: 'unreadable'; readonly why: string }

const NO_CONTROL = /^[^\p{C}]*$/u
const optional = (schema: z.ZodType<string>) => z.union([schema, z.null()]).optional()

/** `.` and `..` would change the path that the payment is then asked at. Unknown fields are tolerated. */
const hintSchema = z.object({
  imp_uid: z.string().regex(/^(?!\.{1,2}$)[\x21-\x7e]{1,40}$/),
  merchant_uid: z.string().min(1).max(40).regex(NO_CONTROL),
  status: optional(z.string().max(32).regex(NO_CONTROL)),
  cancellation_id: optional(z.string().max(80).regex(NO_CONTROL)),
})
const FIELDS = Object.keys(hintSchema.shape)

/** The console chooses JSON or form; a body whose content type does not fit is read as what it looks like. */
export function parseIamportHint(contentType: string | undefined, raw: Uint8Array): IamportHint {
  const text = textOf(raw)
  if (text === undefined) return { kind: 'unreadable', why: 'the body is not UTF-8' }
  if (text.trim() === '') return { kind: 'unreadable', why: 'the body is empty' }
  const looksLike = /^\s*[{["]/.test(text) ? 'json' : 'form'
  const declared = declaredBy(contentType) ?? looksLike
  const first = read(declared, text)
  if (first.kind === 'hint' || declared === looksLike) return first
  const second = read(looksLike, text)
  return second.kind === 'hint' ? second : first
}

type Format = 'json' | 'form'

function declaredBy(contentType: string | undefined): Format | undefined {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type === 'application/x-www-form-urlencoded') return 'form'
  return /^application\/(.+\+)?json$|^text\/json$/.test(type) ? 'json' : undefined
}

function textOf(raw: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(raw)
  } catch {
    return undefined
  }
}

function read(format: Format, text: string): IamportHint {
  return format === 'json' ? readJson(text) : readForm(text)
}

function readJson(text: string): IamportHint {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { kind: 'unreadable', why: 'the body is not JSON' }
  }
  return toHint(json)
}

function readForm(text: string): IamportHint {
  try {
    // URLSearchParams would turn a broken escape into a replacement character; this refuses it.
    decodeURIComponent(text)
  } catch {
    return { kind: 'unreadable', why: 'the form has a broken escape' }
  }
  const form = new URLSearchParams(text)
  const twice = FIELDS.find((field) => form.getAll(field).length > 1)
  if (twice !== undefined) return { kind: 'unreadable', why: `${twice} comes twice` }
  return toHint(Object.fromEntries(FIELDS.flatMap((field) => form.getAll(field).map((value) => [field, value]))))
}

/** Names the field that does not fit, never its value: it is a stranger's. */
function toHint(fields: unknown): IamportHint {
  const result = hintSchema.safeParse(fields)
  if (!result.success) {
    const field = result.error.issues[0]?.path[0]
    return {
      kind: 'unreadable',
      why: field === undefined ? 'the body is not an object' : `${String(field)} does not fit`,
    }
  }
  const { imp_uid, merchant_uid, status, cancellation_id } = result.data
  return {
    kind: 'hint',
    impUid: imp_uid,
    merchantUid: merchant_uid,
    status: status ?? '',
    cancellationId: cancellation_id || null,
  }
}

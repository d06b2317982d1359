// What of a call may be shown in the log: no secret, no signature, no e-mail, no name of a person.
// Must not know which call it is: fields are judged by their names, all else by its looks.

const SHOWN_LETTERS = 400
/** Lists of a thousand payments are not read to show four hundred letters of them. */
const READ_LETTERS = 20_000
const MASK = '***'
const PRIVATE =
  /secret|token|^sign?$|^imp_key$|api_?key|email|name|tel$|phone|addr|street|city|zip|postcode|holder|account|custom_data|card_number/i
const EMAIL = /[^\s"'<>@=&]+@[^\s"'<>@=&]+/g

/** A body as one short text. Where its fields cannot be told apart, only its size is said. */
export function shownBody(type: string, body: string): string | null {
  if (body.trim() === '') return null
  if (body.length > READ_LETTERS) return sizeOf(type, body)
  if (/json/.test(type)) return cut(maskedJson(body) ?? sizeOf(type, body))
  if (/x-www-form-urlencoded/.test(type)) return cut(maskedQuery(body))
  if (/text\/plain/.test(type)) return cut(body.replace(EMAIL, MASK))
  return sizeOf(type, body)
}

/** A path with its query. */
export function shownPath(path: string): string {
  const at = path.indexOf('?')
  return at < 0 ? path : `${path.slice(0, at)}?${maskedQuery(path.slice(at + 1))}`
}

function maskedQuery(query: string): string {
  const pairs = [...new URLSearchParams(query)]
  return pairs.map(([name, value]) => `${name}=${isPrivate(name) ? MASK : value.replace(EMAIL, MASK)}`).join('&')
}

function maskedJson(body: string): string | undefined {
  try {
    return JSON.stringify(masked(JSON.parse(body)))
  } catch {
    return undefined
  }
}

function masked(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(EMAIL, MASK)
  if (Array.isArray(value)) return value.map(masked)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]): [string, unknown][] => {
      // What says nothing takes no room from what does.
      if (inner === null || inner === '') return []
      return [[name, isPrivate(name) ? MASK : masked(inner)]]
    }),
  )
}

function isPrivate(name: string): boolean {
  return PRIVATE.test(name) || name.startsWith('customer[') || name.startsWith('shipping_address')
}

function cut(text: string): string {
  return text.length > SHOWN_LETTERS ? `${text.slice(0, SHOWN_LETTERS)}…` : text
}

function sizeOf(type: string, body: string): string {
  return `(${type.split(';')[0] || 'no type'}, ${Buffer.byteLength(body)} bytes)`
}

// The ways in which a webhook's fields may be written: JSON, form, multipart; the console chooses
// one of the first two (iamport.md §6).
// Must not know: what the fields mean. Pure.

export type BodyFields =
  /** `all` gives every value of that name, in order. */
  | { readonly kind: 'fields'; readonly all: (name: string) => readonly unknown[] }
  | { readonly kind: 'unreadable'; readonly why: string }

/**
 * As it is declared, then as it looks: a body whose content type does not fit is read as what it
 * is.
 */
export function fieldsIn(contentType: string | undefined, text: string): readonly BodyFields[] {
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
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { kind: 'unreadable', why: 'the body is not JSON' }
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return { kind: 'unreadable', why: 'the body is not an object' }
  return named(Object.entries(json))
}

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

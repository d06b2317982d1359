// Reads a JSON object field by field, gathers every fault, and refuses fields that nobody asked for. No schema library: workflows use it.
// Must not know: which commands there are.
import { Failure } from './failures.ts'

export type Form = {
  readonly fields: Readonly<Record<string, unknown>>
  /** The form that would have been right, for the refusal. */
  readonly help: string
  readonly faults: string[]
  readonly known: Set<string>
}

export function readForm(input: unknown, help: string): Form {
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input)
  const faults = isObject || input === undefined || input === null ? [] : ['the input is one JSON object']
  return { fields: isObject ? { ...input } : {}, help, faults, known: new Set() }
}

/** No database takes them: a null character, and half of a character that was cut in two. */
const UNSTORABLE = /[\0\p{Surrogate}]/u

export function optional({ fields, faults, known }: Form, name: string, most: number): string | null {
  known.add(name)
  const value = fields[name]
  if (value === undefined || value === null) return null
  const isText = typeof value === 'string' && value.trim().length > 0 && value.length <= most
  if (isText && !UNSTORABLE.test(value)) return value.trim()
  if (isText) faults.push(`${name}: a text without null characters and halves of characters`)
  else faults.push(`${name}: a text of 1 to ${most} characters`)
  return null
}

export function required(form: Form, name: string, most: number): string {
  const value = optional(form, name, most)
  if (form.fields[name] === undefined || form.fields[name] === null) form.faults.push(`${name}: is needed`)
  return value ?? ''
}

export function oneOf<T extends string>(
  { fields, faults, known }: Form,
  name: string,
  allowed: readonly [T, ...T[]],
): T {
  known.add(name)
  const found = allowed.find((each) => each === fields[name])
  if (found === undefined) faults.push(`${name}: one of ${allowed.join(', ')}`)
  return found ?? allowed[0]
}

export function flag({ fields, faults, known }: Form, name: string): boolean {
  known.add(name)
  const value = fields[name] ?? false
  if (typeof value !== 'boolean') faults.push(`${name}: true or false`)
  return value === true
}

export function time(form: Form, name: string): string {
  const text = required(form, name, 40)
  // Without its zone a time would mean another moment on each machine.
  const isTime = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text) && Number.isFinite(Date.parse(text))
  if (text !== '' && !isTime) form.faults.push(`${name}: a time with its zone, like 2026-12-24T09:00:00Z`)
  return text
}

export function parsed<T>({ faults }: Form, name: string, text: string, parse: (text: string) => T): T | null {
  try {
    return parse(text)
  } catch (error) {
    faults.push(`${name}: ${error instanceof Error ? error.message : 'cannot be read'}`)
    return null
  }
}

/** Throws `invalidRequest` with every fault, and with the form that would have been right. */
export function done<T>({ fields, faults, known, help }: Form, value: T): T {
  const unknown = Object.keys(fields).filter((name) => !known.has(name))
  const all = [...faults, ...unknown.map((name) => `${name}: is not a field of this command`)]
  if (all.length === 0) return value
  throw new Failure('invalidRequest', `${all.join('; ')}. What this command does, and its form: ${help}`, {
    faults: all,
  })
}

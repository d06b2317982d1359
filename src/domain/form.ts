// Reads a JSON object field by field, gathers every fault, and refuses fields that nobody asked
// for. No schema library: workflows use it.
// Must not know: which commands and requests there are.
import { Failure } from './failures.ts'
import { isLines, LINE, lineFault, turns } from './text.ts'

/**
 * A field, dotted where it is inside another, empty for the whole; and the rule that it breaks,
 * never its value.
 */
export type FieldFault = { readonly path: string; readonly message: string }

export type Form = {
  readonly fields: Readonly<Record<string, unknown>>
  /** The form that would have been right, for the refusal of a command. */
  readonly help: string
  readonly faults: FieldFault[]
  readonly known: Set<string>
}

const isObject = (input: unknown): input is object =>
  typeof input === 'object' && input !== null && !Array.isArray(input)

/** A person's command; left out or null it is one without fields. */
export function readForm(input: unknown, help: string): Form {
  const faults =
    isObject(input) || input === undefined || input === null
      ? []
      : [{ path: '', message: 'the input is one JSON object' }]
  return { fields: isObject(input) ? { ...input } : {}, help, faults, known: new Set() }
}

/** Characters as people and JSON Schema count them, not units of UTF-16. */
const lengthOf = (text: string): number => Array.from(text).length

export function optional({ fields, faults, known }: Form, name: string, most: number): string | null {
  known.add(name)
  const value = fields[name]
  if (value === undefined || value === null) return null
  const isText = typeof value === 'string' && value.trim().length > 0 && lengthOf(value) <= most
  if (isText && isLines(value)) return value.trim()
  const message = isText
    ? `a text without ${turns(value) ? 'characters that turn the direction of writing' : 'control characters and halves of characters'}`
    : `a text of 1 to ${most} characters`
  faults.push({ path: name, message })
  return null
}

export function required(form: Form, name: string, most: number): string {
  const value = optional(form, name, most)
  if (form.fields[name] === undefined || form.fields[name] === null)
    form.faults.push({ path: name, message: 'is needed' })
  return value ?? ''
}

export function oneOf<T extends string>(
  { fields, faults, known }: Form,
  name: string,
  allowed: readonly [T, ...T[]],
): T {
  known.add(name)
  const found = allowed.find((each) => each === fields[name])
  if (found === undefined) faults.push({ path: name, message: `one of ${allowed.join(', ')}` })
  return found ?? allowed[0]
}

export function flag({ fields, faults, known }: Form, name: string): boolean {
  known.add(name)
  const value = fields[name] ?? false
  if (typeof value !== 'boolean') faults.push({ path: name, message: 'true or false' })
  return value === true
}

export function time(form: Form, name: string): string {
  const text = required(form, name, 40)
  // Without its zone a time would mean another moment on each machine.
  const isTime = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text) && Number.isFinite(Date.parse(text))
  if (text !== '' && !isTime)
    form.faults.push({ path: name, message: 'a time with its zone, like 2026-12-24T09:00:00Z' })
  return text
}

export function parsed<T>({ faults }: Form, name: string, text: string, parse: (text: string) => T): T | null {
  try {
    return parse(text)
  } catch (error) {
    faults.push({ path: name, message: error instanceof Error ? error.message : 'cannot be read' })
    return null
  }
}

/** Throws `invalidRequest` with every fault, and with the form that would have been right. */
export function done<T>(form: Form, value: T): T {
  const all = [...form.faults, ...strangers(form, 'is not a field of this command')].map(printed)
  if (all.length === 0) return value
  throw new Failure('invalidRequest', `${all.join('; ')}. What this command does, and its form: ${form.help}`, {
    faults: all,
  })
}

const printed = ({ path, message }: FieldFault): string => (path === '' ? message : `${path}: ${message}`)

const LONGEST_NAME = 80

/** A field's name is a stranger's word: cut, and nothing in it that moves a terminal. */
function strangers({ fields, known }: Form, message: string): readonly FieldFault[] {
  const unknown = Object.entries(fields).filter(([name, value]) => value !== undefined && !known.has(name))
  return unknown.map(([name]) => ({ path: Array.from(name, plainly).slice(0, LONGEST_NAME).join(''), message }))
}
const plainly = (character: string): string => (LINE.test(character) ? character : '?')

// Requests of a checkout: each field by a rule, and the whole as it fits or with all that does not.

/** What a field may be: the value to go on with, or the sentence that names the rule. */
export type Rule<T> = (value: unknown) => { readonly value: T } | { readonly fault: string }

/** undefined where it does not fit: the form has the fault. */
export function needed<T>({ fields, faults, known }: Form, name: string, rule: Rule<T>): T | undefined {
  known.add(name)
  const said = rule(fields[name])
  if ('value' in said) return said.value
  faults.push({ path: name, message: said.fault })
  return undefined
}

/**
 * null where it is left out. A null that was sent is none: JSON writes a number that is none so,
 * and in an amount it would mean all.
 */
export function given<T>(form: Form, name: string, rule: Rule<T>): T | null | undefined {
  form.known.add(name)
  return form.fields[name] === undefined ? null : needed(form, name, rule)
}

/** An object inside another: its faults are named by their whole way. */
export function inside<T extends object>(form: Form, name: string, read: (form: Form) => T): Whole<T> | undefined {
  form.known.add(name)
  const inner = readObject(form.fields[name], read)
  if (inner.fits) return inner.value
  for (const { path, message } of inner.faults) form.faults.push({ path: path ? `${name}.${path}` : name, message })
  return undefined
}

/** Trimmed. */
export const line =
  (most: number): Rule<string> =>
  (value) => {
    const text = typeof value === 'string' ? value.trim() : ''
    if (text === '' || lengthOf(text) > most) return { fault: `must be text of 1 to ${most} characters` }
    const fault = lineFault(text)
    return fault === undefined ? { value: text } : { fault }
  }

/** Text of a form, as it is or as `turn` writes it. */
export const matching =
  <T = string>(pattern: RegExp, fault: string, turn: (text: string) => T): Rule<T> =>
  (value) =>
    typeof value === 'string' && pattern.test(value) ? { value: turn(value) } : { fault }

export const choice =
  <T extends string>(allowed: readonly T[]): Rule<T> =>
  (value) => {
    const found = allowed.find((each) => each === value)
    return found === undefined ? { fault: `must be one of ${allowed.join(', ')}` } : { value: found }
  }

/** What was read: all fields, or all faults. */
export type Read<T> =
  { readonly fits: true; readonly value: T } | { readonly fits: false; readonly faults: readonly FieldFault[] }
type Whole<T> = { readonly [Name in keyof T]: Exclude<T[Name], undefined> }

export function readObject<T extends object>(input: unknown, read: (form: Form) => T): Read<Whole<T>> {
  if (!isObject(input)) return { fits: false, faults: [{ path: '', message: 'must be one JSON object' }] }
  const form: Form = { fields: { ...input }, help: '', faults: [], known: new Set() }
  const parts = read(form)
  const faults = [...form.faults, ...strangers(form, 'is not a field of this request')]
  return faults.length === 0 && isWhole(parts) ? { fits: true, value: parts } : { fits: false, faults }
}

const isWhole = <T extends object>(parts: T): parts is T & Whole<T> =>
  Object.values(parts).every((part) => part !== undefined)

const MOST_FAULTS = 20

/**
 * The sentence and the facts of a request that does not fit: the same by whichever door it came.
 */
export function doesNotFit(faults: readonly FieldFault[]): Failure {
  const named = faults.slice(0, MOST_FAULTS)
  const list = named.map(({ path, message }) => printed({ path: path || 'the request', message })).join('; ')
  const more = faults.length > named.length ? ` and ${faults.length - named.length} more` : ''
  return new Failure('invalidRequest', `The request does not fit: ${list}${more}. Nothing was recorded.`, {
    faults: named,
  })
}

/** Throws `invalidRequest` with every fault. */
export function fitting<T>(read: Read<T>): T {
  if (read.fits) return read.value
  throw doesNotFit(read.faults)
}

// Answers held against a document of OpenAPI 3: the schema that it has for the call and its status. What it does not describe, a
// field too, is a fault.
// Must not know: how answers are made, where the document comes from.
import { z } from 'zod'
import type { Answer } from './answers.ts'

type Schema = {
  readonly $ref?: string | undefined
  readonly oneOf?: readonly Schema[] | undefined
  readonly allOf?: readonly Schema[] | undefined
  readonly discriminator?:
    { readonly propertyName: string; readonly mapping?: Record<string, string> | undefined } | undefined
  readonly type?: string | undefined
  readonly format?: string | undefined
  readonly enum?: readonly unknown[] | undefined
  readonly required?: readonly string[] | undefined
  readonly properties?: Readonly<Record<string, Schema>> | undefined
  readonly items?: Schema | undefined
}
const SCHEMA: z.ZodType<Schema> = z.lazy(() =>
  z.object({
    $ref: z.string().optional(),
    oneOf: z.array(SCHEMA).optional(),
    allOf: z.array(SCHEMA).optional(),
    discriminator: z
      .object({ propertyName: z.string(), mapping: z.record(z.string(), z.string()).optional() })
      .optional(),
    type: z.string().optional(),
    format: z.string().optional(),
    enum: z.array(z.unknown()).optional(),
    required: z.array(z.string()).optional(),
    properties: z.record(z.string(), SCHEMA).optional(),
    items: SCHEMA.optional(),
  }),
)
const CONTENT = z.object({ 'application/json': z.object({ schema: SCHEMA }) })
const OPERATION = z.object({ responses: z.record(z.string(), z.object({ content: CONTENT.optional() })) })
const DOCUMENT = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.object({ schemas: z.record(z.string(), SCHEMA) }),
})
export type Described = z.infer<typeof DOCUMENT>

export const readDocument = (text: string): Described => DOCUMENT.parse(JSON.parse(text))

/** Every departure, with where it is; none for an answer as described. */
export function faultsByDocument(document: Described, { call, status, body }: Answer): readonly string[] {
  const [method = '', path = ''] = call.split(' ')
  const { data: operation } = OPERATION.safeParse(document.paths[path]?.[method.toLowerCase()])
  if (!operation) return [`${call} is not described`]
  const content = operation.responses[String(status)]?.content
  if (!content) return [`${call} does not answer ${status}`]
  return faultsIn(document, content['application/json'].schema, body, '')
}

function faultsIn(document: Described, schema: Schema, value: unknown, at: string): readonly string[] {
  const { $ref, oneOf, allOf, enum: words } = schema
  if ($ref !== undefined) return faultsIn(document, referred(document, $ref), value, at)
  if (allOf?.length === 1 && allOf[0]) return faultsIn(document, allOf[0], value, at)
  if (allOf) throw new Error(`${at}: allOf of several is not known to this reader`)
  if (oneOf) return faultsOfOne(document, schema, value, at)
  if (words && !words.includes(value)) return [`${at}: ${JSON.stringify(value)} is none of its words`]
  const reads = schema.type === undefined ? undefined : READERS[schema.type]
  if (!reads) throw new Error(`${at}: a schema of type ${schema.type} is not known to this reader`)
  return reads(document, schema, value, at)
}

type Reader = (document: Described, schema: Schema, value: unknown, at: string) => readonly string[]
const READERS: Readonly<Record<string, Reader>> = {
  object: faultsOfObject,
  array: (document, { items = {} }, value, at) =>
    Array.isArray(value)
      ? value.flatMap((each, index) => faultsIn(document, items, each, `${at}[${index}]`))
      : [`${at}: it is no list`],
  string: (_, schema, value, at) =>
    typeof value === 'string' && isFormatted(schema, value) ? [] : [`${at}: it is no text as described`],
  integer: (_, __, value, at) => (Number.isSafeInteger(value) ? [] : [`${at}: it is no whole number`]),
  number: (_, __, value, at) => (typeof value === 'number' ? [] : [`${at}: it is no number`]),
  boolean: (_, __, value, at) => (typeof value === 'boolean' ? [] : [`${at}: it is neither true nor false`]),
}

const isFormatted = ({ format }: Schema, value: string): boolean =>
  format !== 'date-time' || z.iso.datetime({ offset: true }).safeParse(value).success

function referred({ components }: Described, ref: string): Schema {
  const schema = components.schemas[ref.slice('#/components/schemas/'.length)]
  if (!schema) throw new Error(`${ref} is not in the document`)
  return schema
}

function faultsOfOne(
  document: Described,
  { oneOf = [], discriminator }: Schema,
  value: unknown,
  at: string,
): readonly string[] {
  if (!discriminator) {
    const faults = oneOf.map((each) => faultsIn(document, each, value, at))
    return faults.some((each) => each.length === 0) ? [] : [`${at}: it is none of its kinds`]
  }
  const word: unknown = Object(value)[discriminator.propertyName]
  const ref = typeof word === 'string' ? discriminator.mapping?.[word] : undefined
  return ref === undefined
    ? [`${at}.${discriminator.propertyName}: ${JSON.stringify(word)} is none of its kinds`]
    : faultsIn(document, { $ref: ref }, value, at)
}

const FIELDS = z.record(z.string(), z.unknown())

function faultsOfObject(document: Described, schema: Schema, value: unknown, at: string): readonly string[] {
  const { data: fields } = FIELDS.safeParse(value)
  if (!fields) return [`${at}: it is no object`]
  const { properties = {}, required = [] } = schema
  const missing = required.filter((name) => fields[name] === undefined).map((name) => `${at}.${name}: it is missing`)
  const wrong = Object.entries(fields).flatMap(([name, field]) => {
    const described = properties[name]
    return described ? faultsIn(document, described, field, `${at}.${name}`) : [`${at}.${name}: it is not described`]
  })
  return [...missing, ...wrong]
}

// The client's types, printed from the OpenAPI document in the form that openapi-typescript has made usual, so that
// openapi-fetch and whatever else reads that form takes them; and what of the document the client needs while it runs.
// Must not know: routes. Only what our document has of JSON Schema is read; anything else is an error here.
import { format, resolveConfig } from 'prettier'
import { openApiOf } from '../../src/http/document/openapi.ts'
import { routes } from '../../src/http/resources/api.ts'
import { ROOT } from '../support/readme.ts'

export const TYPES_FILE = 'src/client/api.ts'

type Node = { readonly [name: string]: unknown }
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)
const nodeOf = (value: unknown): Node => (isNode(value) ? value : {})
const nodes = (value: unknown): readonly Node[] => (Array.isArray(value) ? value.filter(isNode) : [])
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']
const PLACES = ['query', 'header', 'path', 'cookie']

export async function printedTypes(): Promise<string> {
  // What gateways call is no call of a client.
  const ours = routes.filter(({ path }) => !path.startsWith('/webhooks/'))
  const document = nodeOf(JSON.parse(JSON.stringify(openApiOf(ours))))
  const operations = Object.entries(nodeOf(document['paths'])).flatMap(([path, methods]) =>
    Object.entries(nodeOf(methods)).map(([method, operation]) => ({ path, method, operation: nodeOf(operation) })),
  )
  const text = [
    '// Printed from the OpenAPI document by `npm run client`; not to be changed by hand.',
    '// Must not know: how anything is asked.',
    `export interface paths {${Object.entries(nodeOf(document['paths'])).map(pathOf).join('')}}`,
    `export interface operations {${operations.map(({ operation }) => operationOf(operation)).join('')}}`,
    `export interface components { schemas: {${Object.entries(nodeOf(nodeOf(document['components'])['schemas']))
      .map(schemaOf)
      .join('')}} }`,
    '/** How a call is answered that is made again as it was; whatever is not here, alike. */',
    `export const AGAIN: Readonly<Record<string, 'byKey' | 'once'>> = ${JSON.stringify(againOf(operations))}`,
  ].join('\n\n')
  return format(text, { ...(await resolveConfig(ROOT + TYPES_FILE)), filepath: ROOT + TYPES_FILE })
}

type Operation = { readonly path: string; readonly method: string; readonly operation: Node }

const againOf = (operations: readonly Operation[]) =>
  Object.fromEntries(
    operations.flatMap(({ path, method, operation }) =>
      operation['x-again'] === 'alike' ? [] : [[`${method.toUpperCase()} ${path}`, operation['x-again']] as const],
    ),
  )

function pathOf([path, methods]: [string, unknown]): string {
  const lines = METHODS.map((method) => {
    const id = nodeOf(nodeOf(methods)[method])['operationId']
    return id === undefined ? `${method}?: never;` : `${method}: operations[${JSON.stringify(id)}];`
  })
  return `${JSON.stringify(path)}: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; ${lines.join('')} };`
}

function operationOf(operation: Node): string {
  const responses = Object.entries(nodeOf(operation['responses'])).map(([status, answer]) => {
    const { content, description } = nodeOf(answer)
    return `${comment(description)}${status}: { headers: { [name: string]: unknown }; content${contentOf(content)} };`
  })
  const body = nodeOf(operation['requestBody'])['content']
  const parameters = nodes(operation['parameters'])
  return `${comment(operation['summary'])}${JSON.stringify(operation['operationId'])}: {
    parameters: {${PLACES.map((place) => placeOf(place, parameters)).join('')}};
    requestBody${body === undefined ? '?: never' : `: { content${contentOf(body)} }`};
    responses: {${responses.join('')}};
  };`
}

function placeOf(place: string, parameters: readonly Node[]): string {
  const those = parameters.filter((each) => each['in'] === place)
  if (those.length === 0) return `${place}?: never;`
  const fields = those.map(
    ({ name, required, schema }) =>
      `${JSON.stringify(name)}${required === true ? '' : '?'}: ${typeOf(nodeOf(schema))};`,
  )
  return `${place}${those.some(({ required }) => required === true) ? '' : '?'}: {${fields.join('')}};`
}

function contentOf(content: unknown): string {
  const types = Object.entries(nodeOf(content)).map(
    ([type, media]) => `${JSON.stringify(type)}: ${typeOf(nodeOf(nodeOf(media)['schema']))};`,
  )
  return types.length === 0 ? '?: never' : `: {${types.join('')}}`
}

const schemaOf = ([name, schema]: [string, unknown]): string =>
  `${comment(nodeOf(schema)['description'])}${name}: ${typeOf(nodeOf(schema))};`

const MOST_NAMED = 50

function typeOf(schema: Node): string {
  const { $ref: ref, const: one, type } = schema
  if (typeof ref === 'string') return `components['schemas'][${JSON.stringify(ref.split('/').at(-1))}]`
  if (one !== undefined) return JSON.stringify(one)
  // A list as long as that of currencies comes from somebody's rows, as text.
  if (type === 'string' && list(schema['enum']).length > MOST_NAMED) return 'string'
  if ('enum' in schema)
    return list(schema['enum'])
      .map((value) => JSON.stringify(value))
      .join(' | ')
  if ('anyOf' in schema) return unionOf(schema['anyOf'])
  if ('oneOf' in schema) return unionOf(schema['oneOf'])
  if ('allOf' in schema)
    return nodes(schema['allOf'])
      .map((each) => `(${typeOf(each)})`)
      .join(' & ')
  if (Array.isArray(type)) return type.map((each) => typeOf({ ...schema, type: each })).join(' | ')
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type
    case 'integer':
    case 'number':
      return 'number'
    case 'array':
      return `(${typeOf(nodeOf(schema['items']))})[]`
    case 'object':
      return objectOf(schema)
    case undefined:
      return 'unknown'
  }
  throw new Error(`the client's types know no schema like ${JSON.stringify(schema)}`)
}

const unionOf = (choices: unknown): string =>
  nodes(choices)
    .map((each) => `(${typeOf(each)})`)
    .join(' | ')

function objectOf(schema: Node): string {
  const needed = new Set(list(schema['required']))
  const fields = Object.entries(nodeOf(schema['properties'])).map(
    ([name, field]) =>
      `${comment(nodeOf(field)['description'])}${JSON.stringify(name)}${needed.has(name) ? '' : '?'}: ${typeOf(nodeOf(field))};`,
  )
  const more = schema['additionalProperties']
  const others =
    more === false || more === undefined
      ? ''
      : `[name: string]: ${isNode(more) && fields.length === 0 ? typeOf(more) : 'unknown'};`
  if (fields.length === 0 && others === '') return 'Record<string, never>'
  return `{${fields.join('')}${others}}`
}

const WIDEST = 80

/** Broken into lines that are read at once. */
function comment(said: unknown): string {
  if (typeof said !== 'string') return ''
  const lines: string[] = []
  for (const word of said.replaceAll('*/', '* /').split(/\s+/)) {
    const last = lines.at(-1)
    if (last === undefined || last.length + word.length >= WIDEST) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines.length === 1
    ? `\n/** ${lines[0] ?? ''} */\n`
    : `\n/**\n${lines.map((line) => ` * ${line}\n`).join('')} */\n`
}

// OpenAPI 3.1, printed from the route table: nothing is described twice. Every call has an
// example of what it takes and answers, and the codes that it may be refused with.
// Must not know: handlers.
import { z } from 'zod'
import {
  createDocument,
  type ZodOpenApiObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
} from 'zod-openapi'
import { FAILURES, type ErrorCode } from '../../domain/failures.ts'
import { noticeMessage, problem } from '../resources/answers.ts'
import type { Documented, Route } from '../server/route.ts'
import { plainPattern } from './patterns.ts'
import { sampled, type Samples } from './samples.ts'
import { problemSample } from './problems.ts'
import { AGAIN, ABOUT, GROUPS, groupOf, operationId } from './words.ts'

export function openApiOf(routes: readonly Route[]) {
  const paths: ZodOpenApiPathsObject = {}
  for (const route of routes) paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route) }
  const used = new Set(routes.map(({ path }) => groupOf(path)))
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'paymentwall-saga',
      version: '1.0.0',
      description: ABOUT,
      contact: { name: 'Whoever runs this installation' },
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'Where this document was read' }],
    tags: Object.entries(GROUPS).flatMap(([name, description]) => (used.has(name) ? [{ name, description }] : [])),
    components: {
      schemas: { Problem: problem },
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'An API key' } },
    },
    paths,
    webhooks: { notice: { post: noticeOperation() } },
  } satisfies ZodOpenApiObject
  const printed = createDocument(document, {
    override: ({ jsonSchema }) => {
      // The pattern that zod adds to times is right, and longer than everything else together.
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern
      // An address of e-mail is what its pattern says: readers judge the format each by their
      // own rules.
      if (jsonSchema.format === 'email') delete jsonSchema.format
      if (typeof jsonSchema.pattern === 'string') jsonSchema.pattern = plainPattern(jsonSchema.pattern)
    },
  })
  return sampled(printed, samplesOf(routes))
}

function operationOf(route: Route): ZodOpenApiOperationObject {
  const open = route.roles === 'open'
  const who = route.roles === 'open' ? 'Open: needs no key.' : `Roles: ${route.roles.join(', ')}.`
  return {
    operationId: operationId(route),
    tags: [groupOf(route.path)],
    summary: route.summary,
    description: [who, ...(route.method === 'post' ? [AGAIN[route.again]] : [])].join(' '),
    security: open ? [] : [{ apiKey: [] }],
    'x-again': route.again,
    ...parametersOf(route),
    ...bodyOf(route),
    responses: { ...answersOf(route), ...errorsOf(route) },
  }
}

function parametersOf(route: Route): Pick<ZodOpenApiOperationObject, 'requestParams'> {
  const { headers } = route
  const [params, query] = [fieldsOf(route.params), fieldsOf(route.query)]
  const requestParams = {
    ...(params && { path: params }),
    ...(query && { query }),
    ...(headers && { header: headers }),
  }
  return Object.keys(requestParams).length > 0 ? { requestParams } : {}
}

/** As it is sent, whatever is made of it. */
function fieldsOf(schema: z.ZodType): z.ZodObject | undefined {
  const sent = schema instanceof z.ZodPipe ? schema.in : schema
  return sent instanceof z.ZodObject ? sent : undefined
}

function bodyOf({
  takesJson,
  body,
  bodyShape: schema = body,
  rawBody,
}: Route): Pick<ZodOpenApiOperationObject, 'requestBody'> {
  if (takesJson) return { requestBody: { required: true, content: { 'application/json': { schema } } } }
  if (rawBody === undefined) return {}
  const content = Object.fromEntries(rawBody.map((type) => [type, { schema }]))
  return { requestBody: { required: true, content } }
}

function answersOf({ answers }: Route) {
  const contentOf = ({ schema, type }: Documented) =>
    schema === undefined ? {} : { content: { [type ?? 'application/json']: { schema } } }
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [
      status,
      { description: answer.description, ...contentOf(answer) },
    ]),
  )
}

/** What the samples of one answer differ in. */
function samplesOf(routes: readonly Route[]): ReadonlyMap<string, Samples> {
  return new Map(
    routes.flatMap((route) =>
      Object.entries(route.answers).flatMap(([status, { sample }]) =>
        sample === undefined ? [] : [[`${operationId(route)} ${status}`, sample] as const],
      ),
    ),
  )
}

/** Failures of one status share its entry, which names their codes, with an example of each. */
function errorsOf({ errors }: Route) {
  const byStatus = new Map<number, Set<ErrorCode>>()
  for (const kind of errors) {
    const { http, code } = FAILURES[kind]
    byStatus.set(http, (byStatus.get(http) ?? new Set()).add(code))
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      {
        description: [...codes].map((code) => `\`${code}\``).join(', '),
        content: {
          'application/problem+json': {
            schema: {
              allOf: [
                { $ref: '#/components/schemas/Problem' },
                { type: 'object' as const, properties: { code: { enum: [...codes] } }, required: ['code'] },
              ],
            },
            examples: Object.fromEntries([...codes].map((code) => [code, { value: problemSample(code, status) }])),
          },
        },
      },
    ]),
  )
}

const noticeHeaders = z.object({
  'webhook-id': z.string().meta({ description: 'The id of the notice; the same on each try' }),
  'webhook-timestamp': z.string().meta({ description: 'Unix seconds of this try' }),
  'webhook-signature': z.string().meta({ description: 'v1,… by Standard Webhooks; one for each secret' }),
})

function noticeOperation(): ZodOpenApiOperationObject {
  return {
    operationId: 'notice',
    tags: ['notices'],
    summary: 'A state has changed: a signed message to NOTICE_URL, in order for each payment',
    description: 'Sent by this program, signed by Standard Webhooks; tried for a day until it is answered with 2xx.',
    security: [],
    requestParams: { header: noticeHeaders },
    requestBody: { required: true, content: { 'application/json': { schema: noticeMessage } } },
    responses: { '200': { description: 'Any 2xx within ten seconds: taken' } },
  }
}

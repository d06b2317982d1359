// OpenAPI 3.1, printed from the route table: nothing is described twice.
// Must not know: handlers.
import { z } from 'zod'
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi'
import { FAILURES } from '../../domain/failures.ts'
import { problem } from '../resources/answers.ts'
import type { Documented, Route } from './route.ts'

const DESCRIPTION =
  'Payments and refunds at Paymentwall. Amounts are whole numbers of minor units; times are ISO 8601 in UTC. Every refusal is problem+json with a `code` of a closed list and a sentence: what happened, what was kept, what to do next. Every POST may be sent again as it was.'

export function openApiOf(routes: readonly Route[]) {
  const paths: ZodOpenApiPathsObject = {}
  for (const route of routes) paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route) }
  const document = {
    openapi: '3.1.0',
    info: { title: 'paymentwall-saga', version: '1.0.0', description: DESCRIPTION },
    components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'An API key' } } },
    paths,
  } as const
  return createDocument(document, {
    // The pattern that zod adds to times is right, and longer than everything else together.
    override: ({ jsonSchema }) => {
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern
    },
  })
}

function operationOf(route: Route): ZodOpenApiOperationObject {
  const open = route.roles === 'open'
  const description = route.roles === 'open' ? 'Open: needs no key.' : `Roles: ${route.roles.join(', ')}.`
  return {
    summary: route.summary,
    description,
    security: open ? [] : [{ apiKey: [] }],
    ...parametersOf(route),
    ...bodyOf(route),
    responses: { ...answersOf(route), ...errorsOf(route) },
  }
}

function parametersOf({ params, query, headers }: Route): Pick<ZodOpenApiOperationObject, 'requestParams'> {
  const requestParams = {
    ...(params instanceof z.ZodObject ? { path: params } : {}),
    ...(query instanceof z.ZodObject ? { query } : {}),
    ...(headers ? { header: headers } : {}),
  }
  return Object.keys(requestParams).length > 0 ? { requestParams } : {}
}

function bodyOf({
  takesJson,
  body,
  bodyShape: schema = body,
  rawBody,
}: Route): Pick<ZodOpenApiOperationObject, 'requestBody'> {
  if (takesJson) return { requestBody: { required: true, content: { 'application/json': { schema } } } }
  if (rawBody === undefined) return {}
  const content = Object.fromEntries(rawBody.map((type) => [type, { schema: z.looseObject({}) }]))
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

/** Failures of one status share its entry, which names their codes. */
function errorsOf({ errors }: Route) {
  const byStatus = new Map<number, Set<string>>()
  for (const kind of errors) {
    const { http, code } = FAILURES[kind]
    byStatus.set(http, (byStatus.get(http) ?? new Set()).add(code))
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      {
        description: [...codes].map((code) => `\`${code}\``).join(', '),
        content: { 'application/problem+json': { schema: problem } },
      },
    ]),
  )
}

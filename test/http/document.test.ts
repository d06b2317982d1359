// The document as callers read it: an example of everything, each as its schema says; refusals by their codes; and where
// it spells a rule of the doors in its own words, both say the same.
// Must not know: handlers.
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { readOrderAndBuyer } from '../../src/domain/books/order.ts'
import { ERROR_CODES, FAILURES, Failure } from '../../src/domain/failures.ts'
import {
  parsePaymentCommand,
  parseRefundCommand,
  PAYMENT_COMMANDS,
  REFUND_COMMANDS,
} from '../../src/domain/moves/people/commands.ts'
import { parseDurationMs } from '../../src/domain/patience.ts'
import { MINUTE_TO_MONTH, UP_TO_TEN_YEARS } from '../../src/http/document/durations.ts'
import { openApiOf } from '../../src/http/document/openapi.ts'
import { GROUPS, groupOf } from '../../src/http/document/words.ts'
import { routes } from '../../src/http/resources/api.ts'
import { commandShape } from '../../src/http/resources/people/shapes.ts'
import { closeBody } from '../../src/http/resources/schemas.ts'
import { FILLED_LINE } from '../../src/http/document/blank.ts'

const media = z.looseObject({
  schema: z.unknown(),
  example: z.unknown().optional(),
  examples: z.record(z.string(), z.object({ value: z.unknown() })).optional(),
})
const content = z.record(z.string(), media)
const operation = z.looseObject({
  operationId: z.string(),
  tags: z.array(z.string()).length(1),
  summary: z.string().min(1),
  description: z.string().min(1),
  parameters: z
    .array(
      z.looseObject({
        name: z.string(),
        required: z.boolean().optional(),
        schema: z.unknown(),
        example: z.unknown().optional(),
      }),
    )
    .default([]),
  requestBody: z.looseObject({ content }).optional(),
  responses: z.record(z.string(), z.looseObject({ description: z.string().min(1), content: content.optional() })),
})
const document = z
  .looseObject({
    paths: z.record(z.string(), z.record(z.string(), operation)),
    webhooks: z.record(z.string(), z.record(z.string(), operation)),
    components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
  })
  .parse(JSON.parse(JSON.stringify(openApiOf(routes))))
const operations = [...Object.values(document.paths), ...Object.values(document.webhooks)].flatMap((each) =>
  Object.values(each),
)

/** By JSON Schema alone, as a stranger's tool judges; formats are told by name only. */
const ajv = new Ajv2020({ strict: false, validateFormats: false })
const judges = new Map<string, ReturnType<typeof ajv.compile>>()
function faultOf(schema: unknown, value: unknown): string | undefined {
  const key = JSON.stringify(schema)
  const judge = judges.get(key) ?? ajv.compile({ allOf: [schema], components: document.components })
  judges.set(key, judge)
  return judge(value) ? undefined : ajv.errorsText(judge.errors)
}

test('every call has a name of its own, a group that is described, and words', () => {
  expect(operations.length).toBe(routes.length + 1)
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
  expect(routes.map(({ path }) => groupOf(path)).filter((name) => !(name in GROUPS))).toEqual([])
  const used = new Set(routes.map(({ path }) => groupOf(path)))
  expect(Object.keys(GROUPS).filter((name) => !used.has(name))).toEqual([])
})

test.each(operations.map((each) => [each.operationId, each] as const))('%s has examples that fit', (_, each) => {
  for (const parameter of each.parameters) {
    const { name, required = false, schema, example } = parameter
    if (required) expect(parameter, name).toHaveProperty('example')
    if (example !== undefined) expect(faultOf(schema, example), name).toBeUndefined()
  }
  const bodies = [each.requestBody, ...Object.values(each.responses)].flatMap((body) =>
    Object.values(body?.content ?? {}),
  )
  for (const body of bodies) {
    const examples = body.examples ? Object.values(body.examples).map(({ value }) => value) : [body.example]
    expect(examples.length).toBeGreaterThan(0)
    for (const example of examples) expect(faultOf(body.schema, example), JSON.stringify(example)).toBeUndefined()
  }
})

test('every refusal of a call is shown with each of its codes, and with no other', () => {
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, { responses }] of Object.entries(methods)) {
      const route = routes.find((each) => each.path === path && each.method === method)
      for (const [status, { content: shown = {} }] of Object.entries(responses)) {
        const codes = (route?.errors ?? [])
          .filter((kind) => String(FAILURES[kind].http) === status)
          .map((kind) => FAILURES[kind].code)
        const problem = shown['application/problem+json']
        expect(Object.keys(problem?.examples ?? {}), `${method} ${path} ${status}`).toEqual([...new Set(codes)])
        for (const code of ERROR_CODES) {
          const value = { type: 'about:blank', title: code, status: Number(status), code, detail: 'x' }
          if (problem) expect(faultOf(problem.schema, value) === undefined, code).toBe(codes.includes(code))
        }
      }
    }
})

describe('where the document spells a rule of the doors', () => {
  const durations = ['0s', '59s', '60s', '99999s', '999999s', '0m', '1m', '43199m', '43200m', '43201m', '999999m', '1h']
  durations.push(
    '719h',
    '720h',
    '721h',
    '87599h',
    '87600h',
    '87601h',
    '1d',
    '30d',
    '31d',
    '3649d',
    '3650d',
    '3651d',
    '9999d',
  )
  const order = (expiresIn: string) => ({
    merchantUid: 'o-1',
    amount: 1,
    currency: 'USD',
    name: 'x',
    buyer: { name: 'Ann Roe', email: 'a@b.test' },
    expiresIn,
  })
  test.each(durations)('the duration %s is taken where it says so', (text) => {
    expect(new RegExp(MINUTE_TO_MONTH).test(text)).toBe(readOrderAndBuyer(order(text)).fits)
    const read = () => parseDurationMs(text)
    if (new RegExp(UP_TO_TEN_YEARS).test(text)) expect(read).not.toThrow()
    else expect(read).toThrow(RangeError)
  })

  const texts = [
    'x',
    ' x ',
    '',
    ' ',
    '\u00a0',
    '\ufeff\u3000',
    'a\nb',
    'a\u0007',
    '\u202ea',
    'a\u200eb',
    '😀'.repeat(200),
    '가'.repeat(201),
  ]
  test.each(texts)('the line %j is taken where it says so', (reason) => {
    const fits = new RegExp(FILLED_LINE, 'u').test(reason) && Array.from(reason).length <= 200
    expect(closeBody.safeParse({ reason }).success).toBe(fits)
  })

  const good = {
    owner: 'ann',
    until: '2026-12-24T09:00:00+09:00',
    reason: 'a\tb\nc',
    seen: 'abc',
    request: 'r-1',
    outcome: 'refused',
  }
  const fields = [...Object.keys(good), 'evidence', 'ticketDead', 'gatewayRef']
  const values = [
    'ann',
    null,
    true,
    7,
    ' ',
    '\u202e',
    '.',
    'x'.repeat(41),
    '😀'.repeat(500),
    '😀'.repeat(501),
    '2026-12-24T09:00:00Z',
    'refunded',
  ]
  const commands = [
    ...REFUND_COMMANDS.map(
      (name) => [`refund ${name}`, commandShape(name), (body: unknown) => parseRefundCommand(name, body)] as const,
    ),
    ...PAYMENT_COMMANDS.map(
      (name) => [`payment ${name}`, commandShape(name), (body: unknown) => parsePaymentCommand(name, body)] as const,
    ),
  ]
  test.each(commands)('the command %s takes what it says, field by field', (_, shape, judge) => {
    const schema = z.toJSONSchema(shape)
    const own =
      z.looseObject({ properties: z.record(z.string(), z.unknown()).optional() }).parse(schema).properties ?? {}
    const right = Object.fromEntries(Object.entries(good).filter(([name]) => name in own))
    expect(taken(judge, right)).toBe(true)
    for (const name of fields)
      for (const value of [undefined, ...values]) {
        const body = { ...right, [name]: value }
        if (value === undefined) delete body[name]
        const fits = faultOf(schema, JSON.parse(JSON.stringify(body))) === undefined
        // A time is a format, which is judged by name alone here.
        if (name === 'until' && typeof value === 'string' && !value.startsWith('2026')) continue
        expect(taken(judge, body), `${name}: ${JSON.stringify(value)}`).toBe(fits)
      }
  })
})

function taken(judge: (body: unknown) => unknown, body: unknown): boolean {
  try {
    judge(body)
    return true
  } catch (error) {
    if (error instanceof Failure && error.kind === 'invalidRequest') return false
    throw error
  }
}

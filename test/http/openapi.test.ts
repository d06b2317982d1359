// The document: a snapshot, so that a change of the API shows as a diff; and that it names every code and every route.
// Must not know: handlers.
import { format } from 'prettier'
import { expect, test } from 'vitest'
import { FAILURES } from '../../src/domain/failures.ts'
import { routes } from '../../src/http/resources/api.ts'
import { openApiOf } from '../../src/http/document/openapi.ts'
import { startApi } from './api.ts'

const api = await startApi({ keys: [{ name: 'shop', role: 'checkout', key: 'k' }] })

test('the document is the one that callers know', async () => {
  const answer = await api.call('GET /openapi.json')
  expect(answer.status).toBe(200)
  expect(answer.at('openapi')).toBe('3.1.0')
  // Formatted as the formatter would, so that both agree on the file.
  const printed = await format(JSON.stringify(answer.json(), null, 2), { parser: 'json', printWidth: 120 })
  await expect(printed).toMatchFileSnapshot('./openapi.json')
})

test('every route of the table is in it once, with its answers and refusals', () => {
  const { paths } = openApiOf(routes)
  for (const { method, path, answers, errors } of routes) {
    const responses = paths?.[path]?.[method]?.responses ?? {}
    const statuses = [...Object.keys(answers), ...errors.map((kind) => String(FAILURES[kind].http))]
    expect(Object.keys(responses).toSorted()).toEqual([...new Set(statuses)].toSorted())
  }
  expect(new Set(routes.map(({ method, path }) => `${method} ${path}`)).size).toBe(routes.length)
})

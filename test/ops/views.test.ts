// ops views: a link for each saved view, that opens the query beside it, over attributes that our workflows carry.
// Must not know: what the views list. npm run ui:shots opens each in the real UI.
import { expect, test } from 'vitest'
import { SEARCH_ATTRIBUTES } from '../../src/domain/names.ts'
import { VIEWS } from '../../src/ops/commands/views.ts'
import { cliProcess, makeCli } from './cli.ts'

/** Nobody answers there, and nobody is asked. */
const ops = makeCli('http://127.0.0.1:1')
const NAMES = VIEWS.map(({ name }) => name)

test('each view is printed with a link that opens its query and keeps it under its name', async () => {
  const ran = await ops('views', '--ui', 'https://temporal.example/ui/', '--namespace', 'payments')
  expect([ran.code, ran.error]).toEqual([0, ''])
  expect(ran.rows.map(([name]) => name)).toEqual(NAMES)
  for (const [index, [name, link = '']] of ran.rows.entries()) {
    const url = new URL(link)
    expect(url.origin + url.pathname).toBe('https://temporal.example/ui/namespaces/payments/workflows')
    expect([...url.searchParams]).toEqual([
      ['query', VIEWS[index]?.query],
      ['savedQuery', name],
    ])
    expect(link).not.toMatch(/[ "()]/)
  }
})

test('without options the links are those of the embedded server', async () => {
  const ran = await cliProcess('http://127.0.0.1:1')('views')
  expect(ran.rows[0]?.[1]).toMatch(/^http:\/\/127\.0\.0\.1:8233\/namespaces\/default\/workflows\?query=/)
})

test('as JSON they are names, queries and links', async () => {
  const ran = await ops('views', '--json')
  expect(ran.json()).toEqual({ views: VIEWS.map((view) => ({ ...view, link: expect.stringContaining('?query=') })) })
})

test('every query is over attributes that exist, and every name stands once', () => {
  expect(new Set(NAMES).size).toBe(NAMES.length)
  const known = [...Object.keys(SEARCH_ATTRIBUTES), 'WorkflowType', 'ExecutionStatus', 'TemporalReportedProblems']
  for (const { query } of VIEWS) {
    const used = [...query.matchAll(/\b([A-Z][A-Za-z]+)(?=\s*(?:=|IN|IS)\b|=)/g)].map(([, name = '']) => name)
    expect(used.length).toBeGreaterThan(1)
    expect(used.filter((name) => !known.includes(name))).toEqual([])
  }
})

// What schemathesis is told beside the document: whose key each call is made with, and what JSON Schema cannot say.
// Must not know: what a call does.
import { FAILURES } from '../../src/domain/failures.ts'
import { cursorOf } from '../../src/http/server/page.ts'
import { ROLES, type Role } from '../../src/http/server/access.ts'
import type { Route } from '../../src/http/server/route.ts'

type Given = { readonly keys: Readonly<Record<Role, string>>; readonly examples: number; readonly hooks: string }

/** A cursor is this program's own word: drawn ones are none. One of each list. */
const CURSORS: Readonly<Record<string, readonly string[]>> = {
  'GET /payments': ['a'],
  'GET /refunds': ['2026-01-01T00:00:00.000Z', 'a'],
  'GET /strays': ['2026-01-01T00:00:00.000Z', 'stray:iamport/main:imp_1'],
  'GET /notices': ['1'],
  'GET /inbox': ['1'],
  'GET /outbox': ['1'],
}
/** Its own rules of two fields together, which JSON Schema does not know: the range lies in the past, and ends after it begins. */
const BEYOND = ['POST /sweeps']
const USUAL = ['2xx', '401', '403', '404', '409', '5xx']

export function settingsFor(routes: readonly Route[], { keys, examples, hooks }: Given): string {
  const named = routes.map((route) => ({ ...route, name: `${route.method.toUpperCase()} ${route.path}` }))
  const of = (names: readonly string[], lines: string) =>
    names.length === 0 ? '' : `\n[[operations]]\ninclude-name = ${JSON.stringify(names)}\n${lines}\n`
  const head = `
continue-on-failure = true
request-timeout = 60
hooks = ${JSON.stringify(hooks)}

[generation]
max-examples = ${examples}
`
  const byRole = ROLES.map((role) =>
    of(
      named.flatMap(({ name, roles }) => (roles !== 'open' && roles[0] === role ? [name] : [])),
      `headers = { Authorization = "Bearer ${keys[role]}" }`,
    ),
  )
  const cursors = Object.entries(CURSORS).map(([name, parts]) =>
    of([name], `parameters = { "query.cursor" = ${JSON.stringify(cursorOf(parts))} }`),
  )
  // Held so long is what was asked for, and proves nothing.
  const waits = of(['GET /payments/{merchantUid}'], 'parameters = { "query.wait" = 0 }')
  const typed = named.filter(({ errors }) =>
    errors.some((kind) => FAILURES[kind].http === 422 && FAILURES[kind].code !== 'invalidRequest'),
  )
  // A typed refusal is an answer; that none of them is `invalidRequest` is checked by hooks.py.
  const refusing = of(
    [...typed.map(({ name }) => name), ...BEYOND],
    `checks.positive_data_acceptance.expected-statuses = ${JSON.stringify([...USUAL, '422'])}`,
  )
  // A receiver takes whatever names a payment, however odd the rest is, so that nothing of it is wrong.
  const receiving = of(
    named.flatMap(({ name, path }) => (path.startsWith('/webhooks/') ? [name] : [])),
    'generation = { mode = "positive" }',
  )
  return [head, ...byRole, ...cursors, waits, refusing, receiving].join('')
}

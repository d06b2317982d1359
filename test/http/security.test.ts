// What docs/security.md says of calls and of production, held against the route table and the configuration.
// Must not know: how either is carried out.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { routes } from '../../src/http/resources/api.ts'
import { ROOT } from '../support/readme.ts'

const page = readFileSync(join(ROOT, 'docs/security.md'), 'utf8')
const section = (heading: string): string => page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
const named = (text: string): readonly string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)

test('every call stands in the page under the roles that may make it', () => {
  const written = section('Who may call what')
    .split('\n')
    .filter((line) => line.startsWith('| ') && line.includes('`'))
    .flatMap((line) => {
      const [, roles = '', calls = ''] = line.split('|')
      return named(calls).map((call) => `${call} ${roles.trim()}`)
    })
  const coded = routes.map(({ method, path, roles }) => {
    const who = roles === 'open' ? 'anybody, without a key' : [...roles].toSorted().join(', ')
    return `${method.toUpperCase()} ${path} ${who}`
  })
  expect([...written].toSorted()).toEqual([...coded].toSorted())
})

test('what production refuses is what the page names', () => {
  const production = { NODE_ENV: 'production', PORT: '0' }
  const saidOf = (environment: Record<string, string>) => {
    try {
      readConfig({ ...production, ...environment }, ['api', 'worker'])
      return ''
    } catch (error) {
      return error instanceof Error ? error.message : ''
    }
  }
  const clear = {
    IAMPORT_API_URL: 'http://a.test',
    NOTICE_URL: 'http://b.test',
    ALERT_WEBHOOK_URL: 'http://c.test',
    PAYMENTWALL_API_URL: 'http://d.test',
  }
  const said = saidOf({}) + saidOf({ ...clear, NOTICE_SECRET: `whsec_${'A'.repeat(43)}=` })
  const names = named(section('What production refuses')).filter((name) => /^[A-Z_]+$/.test(name))
  expect(names.length).toBeGreaterThan(9)
  // The names that a fault begins with, up to its colon.
  const refused = [...said.matchAll(/^ {2}- ([A-Z_, -]+(?: or [A-Z_, -]+)*):/gm)].flatMap(([, list = '']) =>
    list.split(/, | or /),
  )
  for (const name of names) expect(refused, name).toContain(name)
})

// The documents that ship: what comments cite is there, links lead somewhere, and what is printed from the code is what the code says.
// Must not know: whether a sentence is true.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { SEARCH_ATTRIBUTES } from '../../src/domain/names.ts'
import { PAYMENT_STATES } from '../../src/domain/payment.ts'
import { REFUND_STATES } from '../../src/domain/refund.ts'
import { BODY_LIMIT_BYTES } from '../../src/http/server/body.ts'
import { anchorsOf, readText, ROOT } from '../support/readme.ts'
import { citedIn, DOCUMENTS, flat, hasSection, SOURCES } from './cited.ts'
import { placesIn, printed, PRINTED_IN, TABLE_NAMES } from './printed.ts'

const LONGEST_README = 150
const WIDEST_TABLE = 110
/** This file and its neighbours spell what they look for. */
const everything = [...SOURCES.filter((file) => !file.startsWith('test/docs/')), ...DOCUMENTS]
const lines = readText('README.md').trimEnd().split('\n')

test('every section that is cited is a heading, or a numbered point, of its document', () => {
  const cited = everything.flatMap((file) => citedIn(file).cited)
  expect(cited.length).toBeGreaterThan(100)
  const missing = cited.filter(({ document, section }) => {
    return !existsSync(`${ROOT}docs/${document}`) || !hasSection(document, section)
  })
  expect(missing.map(({ file, document, section }) => `${file}: ${document} §${section}`)).toEqual([])
})

test('a section is cited with its document', () => {
  const bare = everything.filter((file) => citedIn(file).rest.includes('§'))
  expect(bare).toEqual([])
})

test.each([
  ['design.md', '6.3c', true],
  ['design.md', '6.3z', false],
  ['design.md', '3.11', true],
  ['design.md', '3.12', false],
  ['iamport.md', '3.1', true],
  ['iamport.md', '3.9', false],
  ['iamport.md', '99', false],
])('%s §%s is there: %s', (document, section, there) => {
  expect(hasSection(document, section)).toBe(there)
})

test('every document that is named in the code exists', () => {
  const named = SOURCES.filter((file) => !file.startsWith('test/docs/')).flatMap((file) =>
    [...flat(file).matchAll(/(?<![\w/.-])(?:docs\/)?([\w-]+\.md)\b/g)].map(([, name = '']) => ({ file, name })),
  )
  const missing = named.filter(({ name }) => name !== 'README.md' && !existsSync(`${ROOT}docs/${name}`))
  expect(missing.map(({ file, name }) => `${file}: ${name}`)).toEqual([])
})

test('every file of ours that a document names exists', () => {
  const named = DOCUMENTS.filter((file) => !VENDORS.has(file)).flatMap((file) =>
    [...readText(file).matchAll(/`((?:src|workflows|activities|test|deploy)\/[^`\s…*]*)`/g)]
      .flatMap(([, path = '']) => spelledOut(path))
      .map((path) => ({ file, path })),
  )
  expect(named.length).toBeGreaterThan(30)
  expect(named.filter(({ path }) => !existsSync(ROOT + path)).map(({ file, path }) => `${file}: ${path}`)).toEqual([])
})
/** src/{config,settings}.ts → both; a name in braces alone stands for any. */
function spelledOut(path: string): readonly string[] {
  const [, before = '', names = '', after = ''] = /^(.*)\{([^}]*,[^}]*)\}(.*)$/.exec(path) ?? []
  if (names !== '') return names.split(',').map((name) => before + name + after)
  return path.includes('{') ? [] : [path]
}
/** They name files in the repositories of others. */
const VENDORS = new Set(['docs/iamport.md', 'docs/paymentwall.md', 'docs/portone.md'])

test('every link leads to a file that is there, and to a heading in it', () => {
  const links = DOCUMENTS.flatMap((file) =>
    [...readText(file).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].map(([, path = '', anchor]) => ({
      file,
      to: path === '' ? file : join(dirname(file), path),
      anchor,
    })),
  )
  expect(links.length).toBeGreaterThan(40)
  const broken = links.filter(({ to, anchor }) => {
    if (!existsSync(ROOT + to)) return true
    return anchor !== undefined && !anchorsOf(readText(to)).includes(anchor)
  })
  expect(broken.map(({ file, to, anchor }) => `${file} → ${to}#${anchor ?? ''}`)).toEqual([])
})

test('every document is reached from the README', () => {
  const reached = [...readText('README.md').matchAll(/\(((?:docs\/)?[\w.-]+\.md)/g)].map(([, file]) => file)
  expect(DOCUMENTS.filter((file) => file !== 'README.md' && !reached.includes(file))).toEqual([])
})

test('the README is a few screens long, and its tables fit on one', () => {
  expect(lines.length).toBeLessThanOrEqual(LONGEST_README)
  expect(lines.filter((line) => line.startsWith('|') && Array.from(line).length > WIDEST_TABLE)).toEqual([])
})

test('every npm command that a document names exists', () => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readText('package.json')))
  const builtIn = new Set(['ci', 'install', 'pack', 'run'])
  const missing = DOCUMENTS.flatMap((file) =>
    [...readText(file).matchAll(/npm (?:run (?:-s )?)?([a-z][a-z:-]*)/g)]
      .map(([, name = '']) => name)
      .filter((name) => !builtIn.has(name) && !(name in scripts))
      .map((name) => `${file}: npm ${name}`),
  )
  expect(missing).toEqual([])
})
test.each(PRINTED_IN)('%s prints what the code says; npm run docs writes it anew', async (file) => {
  const text = readText(file)
  expect(placesIn(text)).not.toEqual([])
  expect(await printed(file, text)).toBe(text)
})

test('every table that can be printed stands in one document, and no other document has a place for one', () => {
  expect(PRINTED_IN.flatMap((file) => placesIn(readText(file))).toSorted()).toEqual(TABLE_NAMES.toSorted())
  const others = DOCUMENTS.filter((file) => !PRINTED_IN.some((each) => each === file))
  expect(others.filter((file) => readText(file).includes('<!-- printed'))).toEqual([])
})

test('the glossary has every state, with its Korean label', () => {
  const words = readText('docs/words.md')
  const states = Object.entries({ ...PAYMENT_STATES, ...REFUND_STATES })
  expect(
    states.filter(([state, { ko }]) => !words.includes(`- \`${state}\` · ${ko}:`)).map(([state]) => state),
  ).toEqual([])
})

test('the design names every search attribute', () => {
  const text = readText('docs/design.md')
  expect(Object.keys(SEARCH_ATTRIBUTES).filter((name) => !text.includes(`\`${name}\``))).toEqual([])
})

test('the design says how much a webhook may bring', () => {
  const size = /\*\*The receiver\*\* takes raw bytes \((\d+) KiB at most\)/.exec(readText('docs/design.md'))?.[1]
  expect(Number(size) * 1024).toBe(BODY_LIMIT_BYTES)
})

test('nothing that ships names a place on the machine of those who wrote it', () => {
  const found = everything.filter((file) => /\/work\/|\.\.\/shared|\bfacts\/|\btrials\//.test(readText(file)))
  expect(found).toEqual([])
})

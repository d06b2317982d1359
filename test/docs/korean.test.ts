// Documents in Korean beside those in English: the same headings, commands, code, links and rows, section by section, so that
// neither goes on without the other.
// Must not know: whether a sentence is well translated.
import { describe, expect, test } from 'vitest'
import { anchorsOf, readText } from '../support/readme.ts'
import { DOCUMENTS } from './cited.ts'

const KOREAN = DOCUMENTS.filter((file) => file.endsWith('.ko.md'))
const englishOf = (file: string): string => file.replace(/\.ko\.md$/, '.md')

type Section = { readonly depth: number; readonly text: string }
/** What stands before the first heading is none; a heading in a block of code is none either. */
function sectionsOf(text: string): readonly Section[] {
  const blocks = text.split(/^(```[^]*?^```)$/m)
  const marked = blocks.map((block, n) => (n % 2 === 1 ? block : block.replace(/^(#+) /gm, '\u0000$1 '))).join('')
  return marked
    .split('\u0000')
    .slice(1)
    .map((each) => ({ depth: /^#+/.exec(each)?.[0].length ?? 0, text: each }))
}

/** Commands as they are typed; of a diagram what stands before its words. */
const blocksOf = (text: string): readonly string[] =>
  [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(([, kind = '', block = '']) =>
    kind === 'mermaid' ? block.replace(/ : .*$/gm, ' :') : block,
  )
const prose = (text: string): string => text.replace(/^```[^]*?^```$/gm, '')
const codesOf = (text: string): readonly string[] =>
  [...prose(text).matchAll(/`[^`]+`/g)].map(([code]) => code.replace(/\s+/g, ' ')).toSorted()
/** Settings and console's parameters, in code or not. */
const settingsOf = (text: string): readonly string[] =>
  [...prose(text).matchAll(/\b[A-Z]+(?:_[A-Z]+)+\b/g)].map(String).toSorted()
const rowsOf = (text: string): number =>
  prose(text)
    .split('\n')
    .filter((line) => line.startsWith('|')).length
const pointsOf = (text: string): number => [...prose(text).matchAll(/^(?:- |\d\. )/gm)].length

/** A heading of its own by its place; a Korean document by its English one. */
function linksOf(text: string, whole: string): readonly string[] {
  const anchors = anchorsOf(whole)
  return [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, to = '']) => (to.startsWith('#') ? `#${anchors.indexOf(to.slice(1))}` : to.replace('.ko.md', '.md')))
    .toSorted()
}

/** Each leads to the other, which the other has no counterpart for. */
const withoutTheOther = (text: string, other: string): string =>
  text.replace(new RegExp(` *\\(?\\[[^\\]]*\\]\\(${other}\\)\\)?`, 'g'), '')

test('there are a README and a set-up in Korean, and each English one leads to its own', () => {
  expect(KOREAN.toSorted()).toEqual(['README.ko.md', 'docs/set-up.ko.md'])
  for (const file of KOREAN) expect(readText('README.md')).toContain(`(${file})`)
})

describe.each(KOREAN)('%s', (file) => {
  const [english, korean] = [readText(englishOf(file)), readText(file)]
  const [en, ko] = [sectionsOf(english), sectionsOf(korean)]
  const plain = (text: string) => KOREAN.reduce((left, other) => withoutTheOther(left, other), text)

  test('has the same headings, of the same depth, each in Korean or a name', () => {
    expect(ko.map(({ depth }) => depth)).toEqual(en.map(({ depth }) => depth))
    expect(ko.length).toBeGreaterThan(5)
  })

  test.each([
    ['commands', blocksOf],
    ['code', codesOf],
    ['settings', settingsOf],
    ['rows of tables', rowsOf],
    ['points of lists', pointsOf],
  ] as const)('has the same %s in each section', (_, of) => {
    expect(ko.map(({ text }) => of(text))).toEqual(en.map(({ text }) => of(plain(text))))
  })

  test('has the same links in each section', () => {
    const told = ko.map(({ text }) => linksOf(text, korean))
    expect(told).toEqual(en.map(({ text }) => linksOf(plain(text), english)))
  })

  test('is Korean: no paragraph of more than a few words is left in English', () => {
    const left = prose(korean)
      .split(/\n\s*\n/)
      .filter((paragraph) => /[a-z]+ [a-z]+ [a-z]+ [a-z]+/i.test(paragraph.replaceAll(/`[^`]*`|\]\([^)]*\)/g, '')))
      .filter((paragraph) => !/[가-힣]/.test(paragraph))
    expect(left).toEqual([])
  })

  test('has no emphasis that markdown leaves open: a mark behind punctuation and before a letter ends nothing', () => {
    const bold = [...prose(korean).matchAll(/\*\*(?=\S)([^*]*?)\*\*(.?)/gs)]
    const open = bold.filter(
      ([, inside = '', next = '']) => /[\p{P}\p{S}]$/u.test(inside) && /[\p{L}\p{N}]/u.test(next),
    )
    expect(open.map(([all]) => all)).toEqual([])
    expect(prose(korean).split('**').length % 2).toBe(1)
  })
})

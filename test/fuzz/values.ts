// Values that nobody sends who means well, as JSON text and as forms: wrong types, halves of characters, depths, doubles, other encodings.
// Must not know: routes, how it is sent.
import type { Chance } from '../support/seeded.ts'

const LONG = 3_000
const repeated = (text: string, times: number) => text.repeat(times)
const deep = (depth: number) => `${repeated('[', depth)}${repeated(']', depth)}`
const deepObject = (depth: number) => `${repeated('{"a":', depth)}1${repeated('}', depth)}`

/** JSON values as text, some of which are none. */
const ODD = [
  'null',
  'true',
  '-0',
  '0',
  '-1',
  '1e309',
  '1.0000000000000001',
  '99999999999999999999',
  '9007199254740993',
  '""',
  '" "',
  '"\\u0000"',
  '"\\ud800"',
  '"\\u202e\\u2066"',
  '"\\u001b[2J"',
  '"é\\u0301 ﷽ 👩‍👩‍👧"',
  '"\'; drop table payments; --"',
  '"${jndi:ldap://127.0.0.1/a}"',
  '"../../../etc/passwd"',
  '"<script>alert(1)</script>"',
  '"2026-13-45T99:99:99Z"',
  '"constructor"',
  '{"__proto__":{"admin":true}}',
  '{"toString":1,"length":-1}',
  '{"$ne":null}',
  '[]',
  '{}',
  '[null,null]',
  'NaN',
  'undefined',
  "'single'",
  '/* comment */1',
  '01',
  '+1',
  '.5',
  '1,',
] as const

/** A value in place of a good one. */
export function oddValue(chance: Chance): string {
  const kind = chance.below(12)
  if (kind === 0) return deep(1 + chance.below(5_000))
  if (kind === 1) return deepObject(1 + chance.below(2_000))
  if (kind === 2)
    return JSON.stringify(repeated(chance.pick(['a', '한', '\u{1f4b8}', '\\', '"']), 1 + chance.below(LONG)))
  if (kind === 3) return String(chance.below(2 ** 31) * chance.pick([1, -1, 0.1, 2 ** 40]))
  if (kind === 4) return `[${Array.from({ length: chance.below(300) }, () => '{"a":1}').join(',')}]`
  return chance.pick(ODD)
}

/** An object whose fields are good but for some: changed, doubled, left out, renamed, or joined by others. */
export function oddObject(chance: Chance, good: Readonly<Record<string, unknown>>): string {
  const fields = Object.entries(good).flatMap(([name, value]): string[] => {
    const written = `${JSON.stringify(name)}:${JSON.stringify(value)}`
    const what = chance.below(8)
    if (what === 0) return []
    if (what === 1) return [`${JSON.stringify(name)}:${oddValue(chance)}`]
    if (what === 2) return [written, `${JSON.stringify(name)}:${oddValue(chance)}`]
    if (what === 3) return [`${JSON.stringify(name.toUpperCase())}:${JSON.stringify(value)}`]
    return [written]
  })
  if (chance.below(4) === 0)
    fields.push(`${JSON.stringify(chance.pick(['__proto__', 'extra', '', '\u0000']))}:${oddValue(chance)}`)
  return `{${fields.join(',')}}`
}

const ODD_PARTS = [
  '%00',
  '%ff',
  '%',
  '%u0000',
  '%2',
  '[]',
  '[a][b]',
  '=',
  '&&',
  '#',
  ';',
  '+',
  '%0d%0aX-Injected:%201',
  '%ed%a0%80',
  '한글',
]

/** The same as a form or a query: doubled names, arrays, broken percents, bytes that are no text. */
export function oddForm(chance: Chance, good: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(good).flatMap(([name, value]): string[] => {
    const written = `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`
    const what = chance.below(8)
    if (what === 0) return []
    if (what === 1) return [`${name}=${chance.pick(ODD_PARTS)}`]
    if (what === 2) return [written, `${name}=${chance.pick(ODD_PARTS)}`]
    if (what === 3) return [`${name}${chance.pick(ODD_PARTS)}=1`]
    if (what === 4) return [`${name}=${'x'.repeat(chance.below(LONG))}`]
    return [written]
  })
  return parts.join('&')
}

/** Bytes instead of the text: another encoding, cut in a character, or noise. */
export function bytesOf(chance: Chance, text: string): Buffer {
  const kind = chance.below(20)
  const bytes = Buffer.from(text, 'utf8')
  if (kind === 0) return Buffer.from(text, 'utf16le')
  if (kind === 1) return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes])
  if (kind === 2)
    return Buffer.concat([bytes.subarray(0, chance.below(bytes.length + 1)), Buffer.from([0xff, 0xc0, 0x80])])
  if (kind === 3) return bytes.subarray(0, chance.below(bytes.length + 1))
  if (kind === 4) return Buffer.from(Array.from({ length: chance.below(500) }, () => chance.below(256)))
  if (kind === 5) return Buffer.concat([bytes, bytes])
  if (kind === 6) return Buffer.concat([bytes, Buffer.alloc(chance.below(200_000), ' ')])
  return bytes
}

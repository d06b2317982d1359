// What the ops commands print: columns on a terminal, lines of values elsewhere.
// Must not know: commands.
import { expect, test } from 'vitest'
import { ageText, grid } from '../../src/ops/render.ts'

function printed(isTTY: boolean, rows: readonly (readonly string[])[]): string {
  let text = ''
  grid({ isTTY, write: (part) => (text += part) }, ['refund', 'label', 'age'], rows)
  return text
}

test('a terminal gets columns under their headings, Hangul counted as two', () => {
  const rows = [
    ['r-1', '취소처리 대기', '9d'],
    ['r-long-one', 'x', '1h'],
  ]
  expect(printed(true, rows)).toBe(
    ['refund      label          age', 'r-1         취소처리 대기  9d', 'r-long-one  x              1h', ''].join('\n'),
  )
})

test('a pipe gets values parted by tabs, and nothing else', () => {
  expect(printed(false, [['r-1', '취소처리 대기', '9d']])).toBe('r-1\t취소처리 대기\t9d\n')
})

test('what others wrote adds no column, no line and no colour', () => {
  expect(printed(false, [['r\t1', 'a\nb', '\u001b[31m']])).toBe('r 1\ta b\t [31m\n')
})

test('an age is told in its two largest units', () => {
  expect([0, 90_000, 3_720_000, 777_600_000 + 14_400_000].map(ageText)).toEqual(['0m', '1m', '1h 2m', '9d 4h'])
})

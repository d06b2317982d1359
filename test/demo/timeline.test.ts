// The timeline stays aligned and within its width, with Korean letters and without colours.
import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { createTimeline, displayWidth, WIDTH, wrap } from '../../src/demo/printed/timeline.ts'

function printed(colours = false) {
  let text = ''
  const write = (piece: string) => void (text += piece)
  const timeline = createTimeline({ write, colours, sinceStart: () => 12_345 })
  return { timeline, lines: () => text.split('\n').slice(0, -1) }
}

test('Korean letters take two columns', () => {
  expect(displayWidth('취소처리 대기')).toBe(13)
  expect(displayWidth('ticketOpen')).toBe(10)
})

test('when, who, what and the database stand in columns', () => {
  const { timeline, lines } = printed()
  timeline.event('saga', 'asks', ['refund ticketOpen 취소처리 대기', 'payment cancelPending 취소처리 대기'])
  timeline.event('desk', 'completes the ticket', ['refund refunded 취소완료'])
  const [first = '', second = '', third = ''] = lines()
  expect(first).toMatch(/^ 12\.3 s  saga      asks +refund ticketOpen 취소처리 대기$/)
  expect(second.indexOf('payment')).toBe(first.indexOf('refund'))
  expect(third.indexOf('refund')).toBe(first.indexOf('refund'))
})

test('no line is wider than the timeline, however long its words', () => {
  const { timeline, lines } = printed()
  const long = 'a sentence of many words '.repeat(12) + 'x'.repeat(150)
  timeline.event('gateway', long, ['취소요청 확인중 '.repeat(9), 'y'.repeat(90)])
  timeline.event('program', long)
  timeline.why(long)
  timeline.title(long)
  expect(Math.max(...lines().map(displayWidth))).toBeLessThanOrEqual(WIDTH)
})

test('nothing but plain text is printed without colours', () => {
  const { timeline, lines } = printed(false)
  timeline.title('A title')
  timeline.event('buyer', 'pays', ['payment paid 결제완료'])
  timeline.why('because')
  timeline.table(['saga'], [['payment:1']])
  expect(lines().join('\n')).not.toContain('\u001b')
})

test('colours do not move a column', () => {
  const plain = printed(false)
  const coloured = printed(true)
  for (const { timeline } of [plain, coloured]) {
    timeline.event('buyer', 'pays', ['payment paid 결제완료'])
    timeline.table(['saga', 'actions'], [['refund:1 취소완료', 7]])
  }
  const bare = coloured.lines().map((line) => stripVTControlCharacters(line).trimEnd())
  expect(coloured.lines().join('\n')).toContain('\u001b[32m')
  expect(bare).toEqual(plain.lines())
})

test('numbers of a table stand to the right, under their heads', () => {
  const { timeline, lines } = printed()
  timeline.table(
    ['saga', 'actions'],
    [
      ['refund:1 취소완료', 7],
      ['payment:1', 12],
    ],
  )
  expect(lines().map(displayWidth)).toEqual([28, 28, 28])
  expect(lines()[1]).toMatch(/ 7$/)
})

test('a closed timeline prints nothing more', () => {
  const { timeline, lines } = printed()
  timeline.plain('first')
  timeline.close()
  timeline.plain('second')
  timeline.event('saga', 'third')
  expect(lines()).toEqual(['first'])
})

test('text is broken between words, and inside a word only where it alone is too long', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
  expect(wrap('abcdefghij k', 4)).toEqual(['abcd', 'efgh', 'ij k'])
  expect(wrap('', 4)).toEqual([''])
})

// The command line in Korean: headings and sentences on a terminal; what programs read stays as it is.
// Must not know: commands. Whether a sentence is well said is for a reader.
import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { promisify } from 'node:util'
import { afterEach, expect, onTestFinished, test } from 'vitest'
import { holesOf, LANGUAGES, type Said } from '../../src/language.ts'
import { printReport, reportAnswer } from '../../src/ops/report.ts'
import { grid, table, widthOf } from '../../src/ops/render.ts'
import { HEADINGS, headed, OPS, say, speakIn } from '../../src/ops/words.ts'
import { ROOT } from '../support/readme.ts'
import { makeCli } from './cli.ts'

const HANGUL = /[가-힣]/
afterEach(() => speakIn('en'))

function written(print: (out: { isTTY: boolean; write(text: string): void }) => void, isTTY = true): string {
  let text = ''
  print({ isTTY, write: (part) => void (text += part) })
  return text
}

test('each sentence and each heading is there in both languages, with the same holes', () => {
  const words: readonly (readonly [string, Said])[] = Object.entries(OPS)
  const wrong = words.filter(
    ([, word]) =>
      LANGUAGES.some((language) => HANGUL.test(word[language]) !== (language === 'ko')) ||
      String(holesOf(word.en).toSorted()) !== String(holesOf(word.ko).toSorted()),
  )
  expect(wrong.map(([name]) => name)).toEqual([])
  const bare = Object.entries(HEADINGS).filter(([, ko]) => !HANGUL.test(ko))
  expect(bare.map(([heading]) => heading)).toEqual(['', 'id', 'Temporal'])
})

test('columns stand under Korean headings, and a table is as wide as its Korean names', () => {
  speakIn('ko')
  const columns = written((out) => grid(out, ['refund', 'next checkpoint'], [['r-1', '2026-11-22 00:18Z']])).split('\n')
  expect(columns[0]).toBe('환불  다음 점검')
  expect(columns[1]).toBe('r-1   2026-11-22 00:18Z')
  const lines = written((out) =>
    table(out, say(OPS.refundTitle, { id: 'r-1' }), [
      ['state', 'ticketOpen'],
      ['gateway said', '-'],
    ]),
  ).split('\n')
  expect(lines[1]).toBe('  환불 r-1')
  expect(new Set([lines[3], lines[4]].map((line) => widthOf(line ?? '')))).toEqual(new Set([29]))
})

test('a field of the API that has no heading here keeps its name', () => {
  speakIn('ko')
  expect([headed('parkedBecause'), headed('state')]).toEqual(['parkedBecause', '상태'])
})

test('a report of the doctor has its frame in Korean', () => {
  const finding = { part: 'p', check: 'c', title: 'keys fit', said: 'they do not' }
  const report = reportAnswer.parse({
    at: '2026-11-27T04:10:11.123Z',
    parts: [{ name: 'p', title: 'Gateway' }],
    findings: [
      { ...finding, verdict: 'wrong', remedy: 'mend them' },
      { ...finding, check: 'd', verdict: 'right', remedy: null },
    ],
    questions: [{ part: 'p', where: 'console', question: 'is it on?', else: 'nothing comes' }],
  })
  speakIn('ko')
  const page = written((out) => printReport(out, report, false))
  for (const word of [OPS.doctorTitle, OPS.isNotSo, OPS.onlyYou, OPS.sameList]) expect(page).toContain(word.ko)
  expect(page).toContain('잘못됨 1 · 맞음 1'.replace(/(\S+) (\d)/g, '$2 $1'))
  expect(page).toContain(say(OPS.ifNot, { else: 'nothing comes' }))
})

test('--language is heard on a terminal, and changes nothing in a pipe', async () => {
  const body = { asOf: '2026-11-27T04:10:11.123Z', count: 0, sums: [], rows: [], wake: null, sweeps: [], schedules: [] }
  const api = createServer((_, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void api.close())
  const address = api.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  const onTerminal = async (options: string, env: Readonly<Record<string, string>>) => {
    const command = `"${process.execPath}" src/run.js src/ops/main.ts --url ${url} ${options} overdue`
    const script = ['-qec', command, '/dev/null']
    const { stdout } = await promisify(execFile)('script', script, { cwd: ROOT, env: { ...process.env, ...env } })
    return stdout
  }
  expect(await onTerminal('--language ko', { LANGUAGE: 'en_US:en' })).toContain(OPS.nothingOverdue.ko)
  expect(await onTerminal('', { LANGUAGE: 'ko_KR:en' })).toContain(OPS.nothingOverdue.ko)
  expect(await onTerminal('', { LANGUAGE: '' })).toContain(OPS.nothingOverdue.en)
  const cli = makeCli(url)
  expect((await cli('--language', 'ko', 'overdue')).out).toBe((await cli('overdue')).out)
})

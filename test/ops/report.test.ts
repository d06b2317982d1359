// A report of the set-up doctor as it is printed: a page on a terminal, lines elsewhere, JSON.
import { expect, test } from 'vitest'
import { printReport, reportAnswer, type Terminal } from '../../src/ops/report.ts'

const REPORT = reportAnswer.parse({
  at: '2026-11-27T04:10:11.123Z',
  parts: [
    { name: 'outside', title: 'The way in' },
    { name: 'iamport/main', title: 'Gateway iamport/main' },
  ],
  findings: [
    {
      part: 'outside',
      check: 'address',
      title: 'the public address is fit for webhooks',
      verdict: 'right',
      said: 'https://pay.example.com',
      remedy: null,
    },
    {
      part: 'iamport/main',
      check: 'channels',
      title: 'channels are known',
      verdict: 'wrong',
      said: "i'mport knows no live channel of Paymentwall",
      remedy:
        "Add the channel at i'mport's console, 결제연동, 채널 관리, with the project key and the secret key of Paymentwall",
    },
    {
      part: 'iamport/main',
      check: 'window',
      title: 'buyers can pay',
      verdict: 'unasked',
      said: 'nobody tried',
      remedy: null,
    },
    {
      part: 'iamport/main',
      check: 'code',
      title: 'windows name the merchant',
      verdict: 'weak',
      said: 'IAMPORT_CODE is not set',
      remedy: 'Copy it\u001b[31m\tfrom the console',
    },
  ],
  questions: [
    {
      part: 'iamport/main',
      where: "Paymentwall's console",
      question: 'Is the signature version 3?',
      else: 'results never arrive',
    },
    { part: 'iamport/main', where: "Paymentwall's console", question: 'Is the widget 1.2?', else: 'it does not open' },
  ],
})

function printed(terminal: Partial<Terminal>, asJson = false): string {
  const written: string[] = []
  printReport({ ...terminal, write: (text) => void written.push(text) }, REPORT, asJson)
  return written.join('')
}

test('on a terminal what is right is a line, what is not comes with its remedy, and questions stand under their place', () => {
  expect(printed({ isTTY: true, columns: 80 })).toMatchInlineSnapshot(`
    "
      Is everything set up as it must be?                          2026-11-27 04:10Z
      ──────────────────────────────────────────────────────────────────────────────

      The way in
      ✓  the public address is fit for webhooks  https://pay.example.com

      Gateway iamport/main
      ✗  channels are known  is not so
          i'mport knows no live channel of Paymentwall
          → Add the channel at i'mport's console, 결제연동, 채널 관리, with the
            project key and the secret key of Paymentwall
      ·  buyers can pay                          nobody tried
      !  windows name the merchant  could be better
          IAMPORT_CODE is not set
          → Copy it [31m from the console

      Only you can see
      Gateway iamport/main
        Paymentwall's console
         1. Is the signature version 3?
            If not: results never arrive.
         2. Is the widget 1.2?
            If not: it does not open.

      ──────────────────────────────────────────────────────────────────────────────
      1 wrong · 1 weak · 1 could not be told · 1 right
      ✗ iamport/main.channels
      ! iamport/main.code
      The same list, console by console: docs/set-up.md

    "
  `)
})

test('nothing is wider than the terminal, in any of its widths', () => {
  const width = (line: string) =>
    Array.from(line).reduce((sum, letter) => sum + (/[\uac00-\ud7a3]/.test(letter) ? 2 : 1), 0)
  for (const columns of [60, 80, 110, 200]) {
    const widest = Math.max(...printed({ isTTY: true, columns }).split('\n').map(width))
    expect(widest, `at ${columns}`).toBeLessThanOrEqual(Math.min(columns, 110))
  }
})

test('colours only where the terminal has them, and what others wrote steers it never', () => {
  expect(printed({ isTTY: true, columns: 80 })).not.toContain('\u001b')
  const coloured = printed({ isTTY: true, columns: 80, hasColors: () => true })
  expect(coloured).toContain('\u001b[31m✗\u001b[0m')
  expect(coloured).not.toContain('Copy it\u001b')
})

test('elsewhere each finding and each question is a line of values', () => {
  const rows = printed({})
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'))
  expect(rows.map(([verdict, name]) => `${verdict} ${name}`)).toEqual([
    'right outside.address',
    'wrong iamport/main.channels',
    'unasked iamport/main.window',
    'weak iamport/main.code',
    'question iamport/main',
    'question iamport/main',
  ])
  expect(rows.map(({ length }) => length)).toEqual([5, 5, 5, 5, 5, 5])
})

test('as JSON it is the report itself', () => {
  expect(reportAnswer.parse(JSON.parse(printed({ isTTY: true }, true)))).toEqual(REPORT)
})

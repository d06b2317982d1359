// What payers, buyers and gateways wrote, in every place where people read: pages of sagas, alerts, mails, tables, the log.
// Must not know: how the words came in. Rows of earlier versions may hold all of them, so here they are in the rows.
import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import type { Alert, Books, Refund } from '../../../src/domain/books/books.ts'
import { gatewayRef } from '../../../src/domain/ids.ts'
import { judge } from '../../../src/domain/moves/evidence/judge.ts'
import { ticketEnded } from '../../../src/domain/moves/tickets.ts'
import { raisePayment, raiseRefund, raiseStray } from '../../../src/domain/moves/time.ts'
import { paymentDetails, refundDetails, strayDetails } from '../../../src/domain/shown/details.ts'
import { letterOf } from '../../../src/domain/shown/letter.ts'
import { inJson, LINE, quoted, shownId, tame } from '../../../src/domain/text.ts'
import { createLog } from '../../../src/log.ts'
import { grid, json, manyLines, oneLine, table } from '../../../src/ops/render.ts'
import { alertRow } from '../../../src/db/outgoing/outgoing.ts'
import { LANGUAGES } from '../../../src/language.ts'
import { messageOf } from '../../../src/outbox/message.ts'
import {
  anAttempt,
  anEntry,
  anEvidence,
  aPayment,
  aRefund,
  aTicket,
  attemptIn,
  DAY,
  later,
  refundOf,
  REF,
  setting,
  theBooks,
} from '../../support/books.ts'
import { CONTROLS, faultsOf, MARKUP, STEERING, textsIn, TOKEN, WORDS } from '../../support/strangersWords.ts'

const NOW = later(8 * DAY)

/** Every field that somebody else may have written. */
function booksSaying(word: string, state: Refund['state']): Books {
  const wait = { attention: 'page', owner: word } as const
  return theBooks({
    payment: aPayment({ ...wait, name: word, country: word, closedReason: word, returnUrl: word }),
    attempts: [
      anAttempt({
        ...wait,
        saidMerchantUid: word,
        provider: word,
        failReason: word,
        paymentwallRef: word,
        payMethod: word,
        payerCountry: word,
        lookFailedAt: NOW,
        lookFailedSaid: word,
        contradiction: word,
        because: 'late',
      }),
    ],
    refunds: [
      aRefund({
        ...wait,
        state,
        said: word,
        reason: word,
        merchantUid: null,
        tickets: [aTicket({ outcome: null, said: word })],
      }),
    ],
  })
}

const STATES = ['requested', 'ticketOpen', 'unknown', 'blocked', 'refused', 'reversed'] as const

function alertsSaying(word: string): readonly Alert[] {
  const books = booksSaying(word, 'requested')
  const calm: Books = {
    ...books,
    payment: books.payment && { ...books.payment, attention: 'none', orderState: 'prepared' },
    attempts: books.attempts.map((attempt) => ({ ...attempt, attention: 'none', because: 'unknownOrder' })),
  }
  const strays: Books = {
    ...calm,
    payment: undefined,
    attempts: calm.attempts.map((each) => ({ ...each, merchantUid: null })),
  }
  const at = setting({ now: NOW })
  const key = refundOf(books).tickets[0]?.authorisedBy ?? ''
  const evidence = anEvidence({
    statusSaid: word,
    status: 'unrecognized',
    provider: word,
    ours: false,
    payMethod: word,
  })
  const known = theBooks({ attempts: [anAttempt()] })
  const decisions = [
    raiseRefund(books, refundOf(books).refundId, word, at),
    raiseRefund(books, refundOf(books).refundId, undefined, at),
    raisePayment(calm, word, at),
    raisePayment(calm, undefined, at),
    raiseStray(strays, REF, word, at),
    raiseStray(strays, REF, undefined, at),
    ticketEnded(books, refundOf(books).refundId, key, 'refused', word, at),
    judge(known, evidence, at),
    judge(
      known,
      anEvidence({ merchantUid: word, returned: 100, entries: [anEntry({ reason: word, amount: 100 })] }),
      at,
    ),
  ]
  return decisions.flatMap((decision) => decision?.alerts ?? [])
}

describe.each(WORDS.map((word) => [JSON.stringify(word).slice(0, 60), word]))('%s', (_, word) => {
  test.each(LANGUAGES)('is dead in the pages of refunds, payments and money without an order, in %s', (language) => {
    for (const state of STATES) {
      const books = booksSaying(word, state)
      expect(faultsOf(refundDetails(books, refundOf(books), setting({ now: NOW }), language))).toEqual([])
    }
    const books = booksSaying(word, 'blocked')
    const payment = books.payment ?? aPayment()
    const pages = [
      paymentDetails(books, payment, language),
      paymentDetails(
        { ...books, attempts: books.attempts.map((each) => ({ ...each, contradiction: null })) },
        payment,
        language,
      ),
      strayDetails(books, attemptIn(books), language),
    ]
    for (const page of pages) expect(faultsOf(page)).toEqual([])
    expect(pages.join('')).toContain(TOKEN)
  })

  test('is dead in every alert, as one reads it and as a chat shows it', () => {
    const alerts = alertsSaying(word)
    expect(new Set(alerts.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(5)
    expect(alerts.filter(({ sentence }) => sentence.en.includes(TOKEN)).length).toBeGreaterThanOrEqual(5)
    for (const { sentence } of alerts)
      for (const language of LANGUAGES) expect(faultsOf(sentence[language])).toEqual([])
    const rows = alerts.map((alert) => ({
      saga: alert.saga,
      payload: alertRow(alert, NOW).payload,
      merchantUid: 'order-1',
      since: NOW,
      state: null,
    }))
    for (const language of LANGUAGES) {
      const { text } = messageOf('page', rows, {
        id: 'm-1',
        links: (saga) => `https://ui/${saga}`,
        runbook: 'docs/runbook.md',
        language,
      })
      expect(faultsOf(text, { chat: true })).toEqual([])
    }
  })

  test('is dead in the letter to the desk', () => {
    for (const state of ['ticketOpen', 'unknown', 'refused', 'blocked', 'reversed'] as const) {
      const books = booksSaying(word, state)
      const { subject, body } = letterOf(books, refundOf(books), undefined)
      expect(faultsOf(subject)).toEqual([])
      expect(faultsOf(body)).toEqual([])
      expect(body).toContain(TOKEN)
    }
  })

  test('steers no terminal, whichever way the command line prints it', () => {
    for (const isTTY of [true, false]) {
      let text = ''
      const out = { isTTY, write: (part: string) => (text += part) }
      grid(out, ['id', 'said'], [[word, word]])
      table(out, word, [[word, word, word]])
      json(out, { [word]: word })
      expect(text.replaceAll(/[\n\t]/g, '')).not.toMatch(STEERING)
      expect(text).toContain(TOKEN)
    }
    let printed = ''
    json({ write: (part) => (printed += part) }, { said: word })
    expect(JSON.parse(printed)).toEqual({ said: word })
    expect(`${oneLine(word)}${manyLines(word).replaceAll('\n', '')}`).not.toMatch(STEERING)
  })

  test('breaks out of no code span, and stays the same inside a command that is pasted', () => {
    expect(faultsOf(`said: ${quoted(word)}.`)).toEqual([])
    expect(quoted(word)).toContain(TOKEN)
    expect(shownId(word)).toBe(quoted(word))
    expect(inJson(word)).not.toContain('`')
    expect(JSON.parse(`"${inJson(word)}"`)).toBe(word)
    expect(tame(word)).not.toMatch(STEERING)
  })
})

test('a reference with marks in it is named in a command as it is, and cannot end the command', () => {
  for (const ref of ['imp_`x`', 'imp_"x"', 'imp_$&', 'imp_[EVIL](//evil.example)'].map(gatewayRef)) {
    const books = theBooks({
      attempts: [anAttempt({ gatewayRef: ref, because: 'late', attention: 'page' })],
      payment: aPayment({ attention: 'page', orderState: 'expired' }),
    })
    const page = strayDetails(books, attemptIn(books, ref))
    expect(faultsOf(page)).toEqual([])
    const [, pasted = '{}'] = /^- `accept` .*`(\{.*\})`$/m.exec(page) ?? []
    expect(JSON.parse(pasted)).toMatchObject({ gatewayRef: ref })
  }
})

test('what is plain stays as it is: words in a code span, ids without one', () => {
  expect(quoted('카드사  거절 (한도 초과)')).toBe('`카드사 거절 (한도 초과)`')
  expect(quoted('👨‍👩‍👧 family')).toBe('`👨‍👩‍👧 family`')
  expect(quoted(' \u200b ')).toBe('(nothing)')
  expect(shownId('imp_448280090638')).toBe('imp_448280090638')
})

test('the doors’ rule takes all that is only markup, and refuses what no text may hold', () => {
  expect(MARKUP.filter((word) => !LINE.test(word))).toEqual([])
  expect(CONTROLS.filter((word) => LINE.test(word))).toEqual([])
  expect(LINE.test('שלום \u200eA')).toBe(true)
})

/** The log's own, and the ends of its lines. */
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[\\d+m|\n`, 'g')

test.each(CONTROLS.map((word) => [JSON.stringify(word), word]))(
  'the log at a terminal is not steered by %s',
  async (_, word) => {
    const written = await loggedAtTerminal((log) => log.warn({ said: word, kind: 'refused' }, word))
    expect(written).toContain(TOKEN)
    expect(written.replaceAll(COLOURS, '')).not.toMatch(STEERING)
  },
)

async function loggedAtTerminal(say: (log: ReturnType<typeof createLog>) => void): Promise<string> {
  const out = new PassThrough()
  const log = createLog('info', true, out)
  say(log)
  await new Promise((resolve) => setImmediate(resolve))
  const first: unknown = out.read()
  return String(first)
}

test('what programs read of an alert is text too, and holds no character that steers', () => {
  for (const word of WORDS)
    for (const text of textsIn(
      alertsSaying(word).flatMap(({ sentence }) => LANGUAGES.map((language) => sentence[language])),
    ))
      expect(text).not.toMatch(STEERING)
})

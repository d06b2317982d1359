// The words that people are told in their language: each in both, with the same holes, and pages that say the same in both.
// Must not know: how the Temporal UI draws a page, whether a sentence is well said.
import { describe, expect, test } from 'vitest'
import type { AlertKind } from '../../../src/domain/books/alerts.ts'
import type { Attempt, Books, Refund } from '../../../src/domain/books/books.ts'
import { paymentStep, refundStep, strayStep } from '../../../src/domain/next.ts'
import { REFUND_STATE_NAMES } from '../../../src/domain/refund.ts'
import { headlineOf } from '../../../src/domain/shown/headline.ts'
import { standing, withLast } from '../../../src/domain/shown/sheet.ts'
import {
  holesOf,
  inEach,
  joined,
  LANGUAGES,
  parseLanguage,
  speakerOf,
  type Language,
  type Said,
} from '../../../src/language.ts'
import { PAGE, POINTS } from '../../../src/domain/shown/words/pages.ts'
import { WORDS } from '../../../src/domain/shown/words/words.ts'
import { RUNBOOK } from '../../../src/outbox/runbook.ts'
import {
  anAttempt,
  aPayment,
  aRefund,
  attemptIn,
  DAY,
  later,
  PATIENCE,
  refundOf,
  SECOND_REF,
  theBooks,
  unpaidBooks,
} from '../../support/books.ts'

const ALL = Object.entries(WORDS).flatMap(([group, words]) =>
  Object.entries(words).map(([name, word]: [string, Said]) => ({ key: `${group}.${name}`, word })),
)
const HANGUL = /[가-힣]/

describe('the table', () => {
  test('has each word in every language, and none is the other one’s', () => {
    expect(ALL.length).toBeGreaterThan(150)
    const bare = ALL.filter(({ word }) => LANGUAGES.some((language) => word[language].trim() === ''))
    expect(bare.map(({ key }) => key)).toEqual([])
    const bareKorean = ALL.filter(({ word }) => !HANGUL.test(word.ko.replaceAll(/\{\w+\}/g, '')))
    expect(bareKorean.map(({ key }) => key)).toEqual(['origin.temporal'])
    expect(ALL.filter(({ word }) => HANGUL.test(word.en)).map(({ key }) => key)).toEqual([])
  })

  test('has the same holes and the same commands in each language', () => {
    const differing = ALL.filter(
      ({ word }) =>
        String(holesOf(word.en).toSorted()) !== String(holesOf(word.ko).toSorted()) ||
        String(codesIn(word.en)) !== String(codesIn(word.ko)),
    )
    expect(differing.map(({ key }) => key)).toEqual([])
  })

  test('says every value that is given, in every language', () => {
    for (const { key, word } of ALL) {
      const holes = [...new Set(LANGUAGES.flatMap((language) => holesOf(word[language])))]
      const values = Object.fromEntries(holes.map((hole) => [hole, `<${hole}>`]))
      for (const language of LANGUAGES) {
        const said = filled(word, values)[language]
        expect([key, language, holes.filter((hole) => !said.includes(`<${hole}>`))]).toEqual([key, language, []])
        expect(holesOf(said)).toEqual([])
      }
    }
  })

  test('is whole words: what a line begins and ends with is the same in each', () => {
    const edges = (text: string) => [/^\s*/.exec(text)?.[0], /\s*$/.exec(text)?.[0]]
    const differing = ALL.filter(({ word }) => String(edges(word.en)) !== String(edges(word.ko)))
    expect(differing.map(({ key }) => key)).toEqual([])
  })
})

/** Of a word that is known only here, so that the compiler cannot see its holes. */
const filled: (word: Said, values: Readonly<Record<string, string>>) => Said = inEach

/** Code spans; where a person writes his own name, in his language. */
const codesIn = (text: string): readonly string[] =>
  [...text.matchAll(/`[^`]*`/g)].map(([code]) => code.replace(/"(your name|이름)"/, '"…"')).toSorted()

test('a value is put in as it stands, whatever it looks like', () => {
  const speak = speakerOf('ko')
  expect(speak(PAGE.taken, { owner: '{owner} $& {at}' })).toBe('맡은 사람 {owner} $& {at}')
})

test.each([
  ['ko', 'ko'],
  ['en', 'en'],
  ['ko_KR.UTF-8', 'ko'],
  ['ko_KR:en_US:en', 'ko'],
  ['en_US:ko', 'en'],
  ['de_DE:ko', 'ko'],
  ['KO', 'ko'],
  ['de', 'en'],
  ['', 'en'],
])('%j is %s', (asked, language) => expect(parseLanguage(asked)).toBe(language))

const NOW = later(8 * DAY)
const SETTING = { now: NOW, patience: PATIENCE }
const WAITS: Partial<Omit<Refund, 'refundId'>> = {
  attention: 'page',
  owner: 'ann',
  nextCheckpointAt: later(14 * DAY),
  nextCheckpointLevel: 'page',
  snoozedUntil: later(14 * DAY),
  said: 'closed card',
}
const AGAINST: Partial<Attempt> = { contradiction: 'status failed', because: 'late', attention: 'warn' }

const refundPages: readonly Books[] = REFUND_STATE_NAMES.flatMap((state) => [
  theBooks({ refunds: [aRefund({ ...WAITS, state, stateSince: later(DAY) })] }),
  theBooks({
    refunds: [aRefund({ ...WAITS, state, blockedBecause: 'notRefundable', tries: 2, nextTryAt: later(9 * DAY) })],
  }),
  theBooks({
    attempts: [anAttempt({ lookFailedAt: NOW, lookFailedSaid: 'away', paymentwallRef: 'b1', payerCountry: 'KR' })],
    refunds: [aRefund({ state, matchedByAmount: true, tickets: [] })],
  }),
])
const paymentPages: readonly Books[] = [
  unpaidBooks(),
  theBooks({ payment: aPayment({ orderState: 'opening', nextTryAt: later(9 * DAY), tries: 3 }), attempts: [] }),
  theBooks({ payment: aPayment({ attention: 'page' }), attempts: [anAttempt({ because: 'late', accepted: false })] }),
  theBooks({ payment: aPayment({ attention: 'warn' }), attempts: [anAttempt(AGAINST)] }),
]
const strays: readonly Books[] = [
  theBooks({ attempts: [anAttempt(), anAttempt({ gatewayRef: SECOND_REF, because: 'second', attention: 'warn' })] }),
  theBooks({ attempts: [anAttempt(), anAttempt({ gatewayRef: SECOND_REF, ...AGAINST })] }),
]

type Page = { readonly details: string; readonly summary: string }
const pagesIn = (language: Language): readonly Page[] => [
  ...refundPages.map((books) => pageOf(refundStep(books, refundOf(books), SETTING, undefined, language))),
  ...paymentPages.map((books) => pageOf(paymentStep(books, books.payment ?? aPayment(), NOW, language))),
  ...strays.map((books) => pageOf(strayStep(books, attemptIn(books, SECOND_REF), NOW, language))),
  ...['r-1', null].map((id) => pageOf({ details: standing(speakerOf(language), '환불', id), next: {} })),
  pageOf({ details: withLast('한', speakerOf(language)(PAGE.quiet)), next: {} }),
]
const pageOf = ({ details, next }: { details: string; next: object }): Page => ({
  details,
  summary: 'summary' in next && typeof next.summary === 'string' ? next.summary : '',
})

/** What stays as it is in Korean too: names of ours and of Temporal's, units, labels of states. */
const KEPT =
  /^(UTC|KRW|iamport|main|order|Temporal|More|Actions|Send|an|Update|Request|Cancellation|Current|Details|Terminate|API|GET|seen|accept|refund|release|resolve|retryTicket|withdraw|ticketDead|settledElsewhere|ticketOpen|refunded|refused|T|Z)$/

describe('a page in Korean', () => {
  const both = pagesIn('en').map((en, n) => ({ en, ko: pagesIn('ko')[n] ?? { details: '', summary: '' } }))

  test('offers the same commands, names the same things and is as long as the English one', () => {
    expect(both.length).toBeGreaterThan(35)
    for (const { en, ko } of both) {
      expect(codesIn(ko.details)).toEqual(codesIn(en.details))
      expect(ko.details.split('\n')).toHaveLength(en.details.split('\n').length)
      const points = (text: string) => text.split('\n').filter((line) => line.startsWith('- **')).length
      expect(points(ko.details)).toBe(points(en.details))
    }
  })

  test('says nothing in English but names', () => {
    const english = both.flatMap(({ ko }) =>
      `${ko.details} ${ko.summary}`
        .replaceAll(/`[^`]*`/g, ' ')
        // The labels of the states, and a word of ours behind a Korean one.
        .replaceAll(/\([a-zA-Z ]+\)/g, ' ')
        .split(/[^a-zA-Z]+/)
        .filter((word) => word !== '' && !KEPT.test(word)),
    )
    expect([...new Set(english)]).toEqual([])
    for (const { ko } of both.slice(0, -1)) expect(ko.details).toMatch(HANGUL)
  })

  test('has the Korean points', () => {
    const [page] = pagesIn('ko')
    expect(page?.details).toContain(`- **${POINTS.waitsFor.ko}** `)
    expect(page?.details).toContain(`**${PAGE.mayDo.ko}** `)
  })
})

const SENTENCES =
  /^(account|cameIn|frames|late|lateFor|lateMany|lateOne|looked|lost|notFiled|notTaken|ofOrders|paidBecause|signed|stillWaits|wentBack)\./
/** What a person types or finds as it is written. */
const NAMES =
  /^(accept|account|accepted|approve|close|failover|GET|PG|Temporal|id|ops|payments|recheck|refund|refunded|refused|release|request|resolve|retryTicket|seen|settledElsewhere|show|terminate|ticketDead|withdraw)$/

describe('an alert', () => {
  const kinds = Object.keys(RUNBOOK)
  const sentences = ALL.filter(({ key }) => SENTENCES.test(key))

  test('in Korean says nothing in English but names of commands, fields and settings', () => {
    expect(sentences.length).toBeGreaterThan(80)
    const english = sentences.flatMap(({ word }) =>
      word.ko
        .replaceAll(/\{\w+\}/g, ' ')
        .split(/[^a-zA-Z]+/)
        .filter((each) => each !== '' && !NAMES.test(each)),
    )
    expect([...new Set(english)]).toEqual([])
  })

  test('in Korean ends without a full stop, so that its mark may follow', () => {
    expect(sentences.filter(({ word }) => /[.。]$/.test(word.ko)).map(({ key }) => key)).toEqual([])
  })

  test('is put together in one language: what stands in a hole is said in it too', () => {
    const look = inEach(WORDS.looked.still, { status: WORDS.status.paid, returned: 'KRW 0', paid: 'KRW 9,000' })
    const both = joined([look, WORDS.notFiled.noAttempt], { en: '; ', ko: '. ' })
    expect(both).toEqual({
      en: 'looked: still paid, KRW 0 of KRW 9,000 returned; the attempt that this refund belongs to is not in the books',
      ko: '조회 결과 그대로입니다: 결제됨(paid), KRW 9,000 중 KRW 0 반환. 이 환불이 속한 결제 시도가 장부에 없습니다',
    })
  })

  test.each(LANGUAGES)('of every kind has a headline without a hole, in %s', (language) => {
    const bare = kinds.filter((kind) => {
      const headline = headlineOf(kind, language)
      return headline === null || holesOf(headline).length > 0 || HANGUL.test(headline) !== (language === 'ko')
    })
    expect(bare).toEqual([])
  })

  test('of a family says which of it, in the same language', () => {
    const ko = kinds.map((kind) => headlineOf(kind, 'ko') ?? '')
    expect(ko.filter((headline) => /: [a-z]/.test(headline))).toEqual([])
    const ticketOpen: AlertKind = 'refund.ticketOpen'
    expect(headlineOf(ticketOpen, 'ko')).toBe('환불이 아직 끝나지 않았습니다: 취소처리 대기')
    expect(headlineOf(ticketOpen, 'en')).toBe('a refund still waits: waiting for cancellation')
  })

  test('of another version has none', () => {
    expect(headlineOf('tomorrow', 'ko')).toBeNull()
    expect(headlineOf('refund.tomorrow', 'ko')).toBe('환불이 아직 끝나지 않았습니다: tomorrow')
  })
})

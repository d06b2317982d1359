// One message to people about all alerts of a level that left together: text lines as chat tools
// show them, and fields for programs.
// Must not know: SQL, HTTP, how often messages leave.
import { z } from 'zod'
import type { Gathered, Level } from '../db/outgoing/alerts.ts'
import { isCurrency } from '../domain/currencies.ts'
import { money, printMoney } from '../domain/money.ts'
import { headlineOf } from '../domain/shown/headline.ts'
import type { Links } from '../domain/shown/views.ts'
import { tame } from '../domain/text.ts'
import { MESSAGE } from '../domain/shown/words/alerts.ts'
import { speakerOf, type Language, type Speak } from '../language.ts'
import { runbookLine } from './runbook.ts'

const OLDEST = 5
const LONGEST_LINE = 400

/** Our own rows; what another version wrote otherwise is shown as it can be, and never lost. */
const alertSchema = z.object({
  level: z.enum(['remind', 'warn', 'page']).catch('page'),
  kind: z.string().catch('unreadable'),
  saga: z.string().catch(''),
  sentence: z.string().catch('an alert that this version cannot read; see ops outbox'),
  /** In each language; earlier versions said nothing but the English one. */
  said: z.object({ en: z.string(), ko: z.string() }).optional().catch(undefined),
  at: z.string().catch(''),
  amount: z.number().optional().catch(undefined),
  currency: z.string().optional().catch(undefined),
})
export type AlertPayload = z.output<typeof alertSchema>
export const readAlert = (payload: unknown): AlertPayload =>
  alertSchema.parse(typeof payload === 'object' && payload !== null ? payload : {})

export const sentenceOf = ({ said, sentence }: AlertPayload, language: Language): string =>
  said?.[language] ?? speakerOf(language)(MESSAGE.words, { sentence })

/** Alerts about hints name what was looked at; those about sagas have a page in the Temporal UI. */
const SAGA = /^(payment|refund|stray):/
export const linkOf = (links: Links, saga: string): string | null => (SAGA.test(saga) ? links(saga) : null)

export type MessageSetting = {
  readonly id: string
  readonly links: Links
  /** Where docs/runbook.md is found. */
  readonly runbook: string
  /** Of what people read; what programs read is the same in each. English where nothing is said. */
  readonly language?: Language
}

export function messageOf(
  level: Level,
  alerts: readonly Gathered[],
  { id, links, runbook, language = 'en' }: MessageSetting,
) {
  const speak = speakerOf(language)
  const all = alerts.map((row) => ({ ...row, alert: readAlert(row.payload) }))
  const sums = sumsOf(all)
  const oldest = all.slice(0, OLDEST).map(({ saga, merchantUid, since, state, alert }) => {
    const { anchor, mayDo } = runbookLine(alert.kind)
    return {
      saga,
      kind: alert.kind,
      order: merchantUid,
      state,
      amount: alert.amount ?? null,
      currency: alert.currency ?? null,
      since,
      headline: headlineOf(alert.kind, language),
      sentence: sentenceOf(alert, language),
      mayDo: speak(mayDo),
      link: linkOf(links, saga),
      runbook: `${runbook}#${anchor}`,
    }
  })
  const text = [
    heading(speak, level, all.length, sums),
    ...oldest.flatMap((each) => linesOf(speak, each)),
    ...more(speak, level, all.length - oldest.length),
  ]
  return {
    text: text.map(plain).join('\n'),
    id,
    level,
    count: all.length,
    sums: Object.fromEntries(sums),
    oldest,
  }
}

type Oldest = {
  readonly amount: number | null
  readonly currency: string | null
  readonly sentence: string
  readonly mayDo: string
  readonly link: string | null
  readonly runbook: string
}

function linesOf(speak: Speak, { amount, currency, sentence, mayDo, link, runbook }: Oldest): readonly string[] {
  const sum = amount === null || currency === null ? '' : ` (${printed(currency, amount)})`
  return [
    `• ${sentence}${sum}`,
    `  ${speak(MESSAGE.youMay, { what: mayDo })}`,
    `  ${link === null ? '' : `${link} · `}${runbook}`,
  ]
}

type Sums = ReadonlyMap<string, number>

function heading(speak: Speak, level: Level, count: number, sums: Sums): string {
  const amounts = [...sums].map(([currency, amount]) => printed(currency, amount))
  const alerts = count === 1 ? speak(MESSAGE.one) : speak(MESSAGE.many, { count })
  return `${speak(MESSAGE[level])}: ${[alerts, ...amounts].join(', ')}`
}

const more = (speak: Speak, level: Level, rest: number): readonly string[] =>
  rest > 0 ? [speak(MESSAGE.more, { count: rest, level })] : []

/** Each saga once, however many alerts it has; minor units by currency. */
function sumsOf(all: readonly { readonly saga: string; readonly alert: AlertPayload }[]): Sums {
  const bySaga = new Map(
    all.flatMap(({ saga, alert: { amount, currency } }) =>
      amount === undefined || currency === undefined ? [] : [[`${saga} ${currency}`, { amount, currency }] as const],
    ),
  )
  const sums = new Map<string, number>()
  for (const { amount, currency } of bySaga.values()) sums.set(currency, (sums.get(currency) ?? 0) + amount)
  return sums
}

const printed = (currency: string, amount: number): string =>
  isCurrency(currency) && Number.isSafeInteger(amount) ? printMoney(money(amount, currency)) : `${amount} ${currency}`

/**
 * A sentence may quote the gateway, in a code span: no mention of a whole channel, which chat tools
 * find there too, no markup, no second line; and a span that was cut ends all the same.
 */
function plain(line: string): string {
  const letters = Array.from(tame(line).replaceAll('@', '＠').replaceAll('<', '‹').replaceAll('>', '›'))
  if (letters.length <= LONGEST_LINE) return letters.join('')
  const cut = letters.slice(0, LONGEST_LINE)
  return `${cut.join('')}…${cut.filter((letter) => letter === '`').length % 2 === 1 ? '`' : ''}`
}

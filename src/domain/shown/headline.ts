// In one sentence what a kind of alert is about, in a person's language.
// Must not know: what the alert says in detail, how it is delivered.
import { REFUND_STATES } from '../refund.ts'
import { HEADLINES, MONEY_WAITS } from './words/alerts.ts'
import { speakerOf, wordOf, type Language, type Said } from '../../language.ts'
import { BLOCKED, MONEY_BECAUSE } from './words/pages.ts'

/** What stands behind the dot of a kind, by what stands before it. */
const WHAT: Readonly<Record<string, Readonly<Record<string, Said>>>> = {
  refund: REFUND_STATES,
  payment: MONEY_WAITS,
  held: MONEY_BECAUSE,
  stray: MONEY_BECAUSE,
  blocked: BLOCKED,
}
/** Null: a kind of another version. */
export function headlineOf(kind: string, language: Language): string | null {
  const speak = speakerOf(language)
  const [family = '', detail = ''] = kind.split('.')
  const headline = wordOf<Said>(HEADLINES, family)
  if (!headline) return null
  const what = wordOf(wordOf(WHAT, family) ?? {}, detail)
  return headline[language].replace('{what}', () => (what ? speak(what) : detail))
}

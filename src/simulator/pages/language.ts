// Which language a page is shown in: the one that was chosen by the switch, else the browser's own.
// Must not know any page.
import type { Context } from 'koa'
import type { Language } from './browser/words.js'

const COOKIE = 'language'
const LANGUAGES: readonly Language[] = ['en', 'ko']
const isLanguage = (said: unknown): said is Language => LANGUAGES.some((language) => language === said)

/** `?language=ko` chooses, and is remembered; a browser that asks for neither gets English. */
export function languageOf(context: Context): Language {
  const chosen = context.query.language
  if (isLanguage(chosen)) {
    context.cookies.set(COOKIE, chosen, { sameSite: 'strict', maxAge: YEAR_MS })
    return chosen
  }
  const kept = context.cookies.get(COOKIE)
  if (isLanguage(kept)) return kept
  const preferred = context.acceptsLanguages(...LANGUAGES)
  return isLanguage(preferred) ? preferred : 'en'
}

const YEAR_MS = 365 * 24 * 3_600_000

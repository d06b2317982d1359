// The languages in which people are told things, and how a word of both is said in one of them.
// Must not know: which words there are. Programs are told codes and English, whatever is set here.

export const LANGUAGES = ['en', 'ko'] as const
export type Language = (typeof LANGUAGES)[number]

/** The same in each language; `{name}` is a hole for a value, the same holes in each. */
export type Said = Readonly<Record<Language, string>>

type Holes<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Holes<Rest> : never
type Values<Word extends Said> = [Holes<Word['en']>] extends [never]
  ? []
  : [values: Readonly<Record<Holes<Word['en']>, string | number>>]
export type Speak = <const Word extends Said>(word: Word, ...values: Values<Word>) => string

/** What stands in a value is never read as a hole. */
export const speakerOf =
  (language: Language): Speak =>
  (word, ...[values = {}]) => {
    const given = new Map<string, string | number>(Object.entries(values))
    return word[language].replace(HOLE, (hole, name: string) => String(given.get(name) ?? hole))
  }
const HOLE = /\{(\w+)\}/g

/** By a name that may be of another version, or have no word. */
export const wordOf = <Word>(words: Readonly<Record<string, Word>>, name: string): Word | undefined =>
  Object.entries(words).find(([each]) => each === name)?.[1]

/** The names of the holes of a text, each as often as it is there. */
export const holesOf = (text: string): readonly string[] => [...text.matchAll(HOLE)].map(([, name = '']) => name)

/**
 * As people and their shells write it: `ko`, or a list such as `ko_KR:en` (gettext's, under the
 * same name), of which the first that is spoken here counts. Else English.
 */
export function parseLanguage(text: string): Language {
  const asked = text.split(':').map((each) => each.split(/[_.@-]/)[0]?.toLowerCase())
  const named = asked.find((each) => LANGUAGES.some((language) => language === each))
  return LANGUAGES.find((language) => language === named) ?? 'en'
}

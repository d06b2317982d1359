// The languages in which people are told things, and how a word of both is said in one of them.
// Must not know: which words there are. Programs are told codes and English, whatever is set here.

export const LANGUAGES = ['en', 'ko'] as const
export type Language = (typeof LANGUAGES)[number]

/** The same in each language; `{name}` is a hole for a value, the same holes in each. */
export type Said = Readonly<Record<Language, string>>

type Holes<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Holes<Rest> : never
/** Of a word whose holes differ nothing can be said: that does not compile. */
type Filled<Word extends Said, Value> = [Holes<Word['en']>, Holes<Word['ko']>] extends [
  Holes<Word['ko']>,
  Holes<Word['en']>,
]
  ? [Holes<Word['en']>] extends [never]
    ? []
    : [values: Readonly<Record<Holes<Word['en']>, Value>>]
  : [never]
export type Speak = <const Word extends Said>(word: Word, ...values: Filled<Word, string | number>) => string

/** What stands in a value is never read as a hole. */
export const speakerOf =
  (language: Language): Speak =>
  (word, ...[values]) =>
    filled(word, values ?? {}, language)

type Value = string | number | Said
/** Said in each language at once; what stands in a hole may be, too. */
export const inEach = <const Word extends Said>(word: Word, ...[values]: Filled<Word, Value>): Said =>
  inAll((language) => filled(word, values ?? {}, language))

/** One after the other; a separator may be another one in each language. */
export const joined = (all: readonly Said[], by: Said | string): Said =>
  inAll((language) => all.map((said) => said[language]).join(typeof by === 'string' ? by : by[language]))

const inAll = (say: (language: Language) => string): Said => ({ en: say('en'), ko: say('ko') })

function filled(word: Said, values: Readonly<Record<string, Value>>, language: Language): string {
  const given = new Map(Object.entries(values))
  return word[language].replace(HOLE, (hole, name: string) => {
    const value = given.get(name) ?? hole
    return typeof value === 'object' ? value[language] : String(value)
  })
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

// Which of our search attributes a namespace takes: asked of the server, remembered for a while,
// told once to a person.
// Must not know: what they hold. Sagas run without those that are missing, and workflow code never
// decides which.
import type { Connection } from '@temporalio/client'
import { SEARCH_ATTRIBUTES } from '../domain/names.ts'
import { ask, STATUS } from './ask.ts'

/** The numbers of the API's IndexedValueType. */
export const SEARCH_ATTRIBUTE_TYPE_NUMBERS = { KEYWORD: 2, INT: 3, BOOL: 5, DATETIME: 6 } as const
export type Wanted = readonly [name: string, type: keyof typeof SEARCH_ATTRIBUTE_TYPE_NUMBERS]
export type Registered =
  | { readonly kind: 'seen'; readonly missing: readonly Wanted[]; readonly clashing: readonly Wanted[] }
  | { readonly kind: 'noNamespace' }
  | { readonly kind: 'notAllowed'; readonly said: string }

export type AttributeWatch = {
  /**
   * The names that may be set; asked again where what is known is old. Throws where Temporal does
   * not answer.
   */
  usable(): Promise<ReadonlySet<string>>
  /**
   * What was known last, all of them before the first answer; asks again behind the caller's back
   * where that is old.
   */
  usableNow(): ReadonlySet<string>
  /** What is known is wrong: Temporal refused a start because of it. */
  forget(): void
}

const WANTED: readonly Wanted[] = Object.entries(SEARCH_ATTRIBUTES)
const ALL: ReadonlySet<string> = new Set(WANTED.map(([name]) => name))
const KEPT_MS = 600_000
/** Somebody may be adding them just now, or a server does not show yet what was added. */
const KEPT_WITHOUT_SOME_MS = 15_000

/** What is missing, and what is there with another type; or why nobody can say. */
export async function readAttributes(connection: Connection, namespace: string): Promise<Registered> {
  const refusals = [STATUS.NOT_FOUND, STATUS.PERMISSION_DENIED, STATUS.UNIMPLEMENTED]
  const listed = await ask(connection, refusals, () => connection.operatorService.listSearchAttributes({ namespace }))
  if (!listed.ok && listed.code === STATUS.NOT_FOUND) return { kind: 'noNamespace' }
  if (!listed.ok) return { kind: 'notAllowed', said: listed.said }
  const there: Record<string, number> = listed.value.customAttributes
  return {
    kind: 'seen',
    missing: WANTED.filter(([name]) => !(name in there)),
    clashing: WANTED.filter(([name, type]) => name in there && there[name] !== SEARCH_ATTRIBUTE_TYPE_NUMBERS[type]),
  }
}

export function watchAttributes(
  connection: Connection,
  namespace: string,
  warn: (line: string) => void,
  now: () => number = () => performance.now(),
): AttributeWatch {
  let known = ALL
  let oldAt = -Infinity
  let asking: Promise<void> | undefined
  const refresh = (): Promise<void> => (asking ??= look().finally(() => (asking = undefined)))
  async function look(): Promise<void> {
    const usable = await usableIn(connection, namespace)
    if (usable.size < known.size)
      warn(
        without(
          namespace,
          [...ALL].filter((name) => !usable.has(name)),
        ),
      )
    known = usable
    oldAt = now() + (usable.size === ALL.size ? KEPT_MS : KEPT_WITHOUT_SOME_MS)
  }
  return {
    usable: async () => {
      if (now() >= oldAt) await refresh()
      return known
    },
    usableNow: () => {
      if (now() >= oldAt) refresh().catch(() => undefined)
      return known
    },
    forget: () => void (oldAt = -Infinity),
  }
}

async function usableIn(connection: Connection, namespace: string): Promise<ReadonlySet<string>> {
  const seen = await readAttributes(connection, namespace)
  if (seen.kind === 'noNamespace') return ALL // every call says so, and better
  if (seen.kind === 'notAllowed') return findable(connection, namespace)
  const unusable = new Set([...seen.missing, ...seen.clashing].map(([name]) => name))
  return new Set([...ALL].filter((name) => !unusable.has(name)))
}

/**
 * A value of each type as a query writes it: an attribute that is missing, or of another type,
 * cannot be asked for by it.
 */
const LITERALS = { KEYWORD: "'-'", INT: '0', BOOL: 'true', DATETIME: "'2000-01-01T00:00:00Z'" } as const

/**
 * Where nobody may list them, those that can be searched by are there. A server that knows no
 * search at all, as Temporal's test server, has nothing to say against any.
 */
async function findable(connection: Connection, namespace: string): Promise<ReadonlySet<string>> {
  const refusals = [STATUS.INVALID_ARGUMENT, STATUS.PERMISSION_DENIED, STATUS.UNIMPLEMENTED]
  const found = await Promise.all(
    WANTED.map(async ([name, type]) => {
      const query = `${name} = ${LITERALS[type]}`
      const count = () => connection.workflowService.countWorkflowExecutions({ namespace, query })
      const counted = await ask(connection, refusals, count)
      return counted.ok || counted.code === STATUS.UNIMPLEMENTED ? [name] : []
    }),
  )
  return new Set(found.flat())
}

const without = (namespace: string, names: readonly string[]): string =>
  `namespace ${namespace} has no usable search attribute ${names.join(', ')}: sagas run all the same, but cannot be ` +
  `filtered by what is missing. ${linesToPaste(namespace, names)}`

/** For somebody who may add them, on a server of one's own and on Temporal Cloud. */
export function linesToPaste(namespace: string, names: readonly string[]): string {
  const wanted = WANTED.filter(([name]) => names.includes(name))
  const own = wanted.map(([name, type]) => `--name ${name} --type ${spelled(type)}`).join(' ')
  const cloud = wanted.map(([name, type]) => `--sa "${name}=${spelled(type)}"`).join(' ')
  return (
    `Where they are missing: temporal operator search-attribute create --namespace ${namespace} ${own} · on Temporal ` +
    `Cloud: tcld namespace search-attributes add --namespace ${namespace} ${cloud} · one that is there with another ` +
    `type can only be removed first, or another namespace be used. It is seen within a minute, without a restart.`
  )
}

/** The API spells a type `KEYWORD`, the command lines `Keyword`. */
const spelled = (type: string): string => type.charAt(0) + type.slice(1).toLowerCase()

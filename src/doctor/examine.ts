// Goes through the parts of an installation, one check after the other, and gathers what is found.
// Must not know: which parts there are, what a check asks, how a report is printed.
import { Failure } from '../domain/failures.ts'
import {
  unasked,
  wrong,
  type Examined,
  type Finding,
  type SetUpCheck,
  type SetUpPart,
  type SetUpReport,
} from '../domain/shown/setUp.ts'
import { saidBy } from '../temporal/said.ts'

export type Examining = {
  /** Told of a check that takes longer than a moment. */
  readonly say?: (line: string) => void
  /** Unix milliseconds. */
  readonly now?: () => number
  /** What is not asked by then is left out. */
  readonly withinMs?: number
}

const A_MOMENT_MS = 2_000
const LONGEST_MS = 25_000

/** One at a time, so that a slow one is named; whatever hangs on a wrong one is left out. */
export async function examine(parts: readonly SetUpPart[], examining: Examining = {}): Promise<SetUpReport> {
  const { say = () => undefined, now = Date.now, withinMs = Infinity } = examining
  const until = performance.now() + withinMs
  const findings: Examined[] = []
  /** Wrong, or left out because of what is wrong: by `part.name`, the first cause. */
  const barred = new Map<string, string>()
  for (const part of parts) {
    for (const check of part.checks) {
      const full = `${part.name}.${check.name}`
      const cause = check.after.map((name) => barred.get(nameIn(part, name))).find((each) => each !== undefined)
      const leftMs = until - performance.now()
      const finding = cause === undefined ? await judged(part, check, say, leftMs) : leftOut(cause)
      if (cause !== undefined || finding.verdict === 'wrong') barred.set(full, cause ?? full)
      findings.push({ ...finding, part: part.name, check: check.name, title: check.title })
    }
  }
  return {
    at: new Date(now()).toISOString(),
    parts: parts.map(({ name, title }) => ({ name, title })),
    findings,
    questions: parts.flatMap(({ name, questions }) => questions.map((each) => ({ ...each, part: name }))),
  }
}

/** The name of another part's check holds a point. */
const nameIn = (part: SetUpPart, name: string): string => (name.includes('.') ? name : `${part.name}.${name}`)

const leftOut = (cause: string): Finding => unasked(`says nothing before ${cause} is mended`)

async function judged(
  part: SetUpPart,
  check: SetUpCheck,
  say: (line: string) => void,
  leftMs: number,
): Promise<Finding> {
  if (leftMs <= 0) return unasked('no time was left for it')
  const limitMs = Math.min(LONGEST_MS, leftMs)
  const moment = setTimeout(() => say(`${part.title}: whether ${check.title} …`), A_MOMENT_MS)
  let limit: NodeJS.Timeout | undefined
  const late = new Promise<Finding>((resolve) => {
    const said = `there was no answer within ${Math.round(limitMs / 1_000)} s`
    limit = setTimeout(() => resolve(wrong(said, 'See whether what is asked is up, and ask again')), limitMs)
  })
  try {
    return await Promise.race([check.judge(), late])
  } catch (error) {
    const said = error instanceof Failure ? error.message : saidBy(error)
    return wrong(`this could not be checked: ${said}`, 'Mend that first, and ask again')
  } finally {
    clearTimeout(moment)
    clearTimeout(limit)
  }
}

// Webhooks that come together are kept together: while statements are under way, whoever comes next
// goes with the next one. In a burst few commits keep many; alone, each goes at once.
// Must not know: what is kept, nor what becomes of it. The function keep_hints (migration 0019)
// decides.
import { sql } from 'kysely'
import { z } from 'zod'
import { sqlState, type Db } from '../connect.ts'
import { HOT } from '../postgres.ts'

/**
 * What became of a hint. `placed`: nobody knows what it names, and it got the place that was
 * offered; `unknown`: none was.
 */
const answersSchema = z.array(z.enum(['counted', 'row', 'placed', 'unknown', 'crowdedReference', 'crowdedOrder']))
export type Became = z.infer<typeof answersSchema>[number]
/** As the function reads it. */
export type ToKeep = Readonly<
  Record<'gateway' | 'ref' | 'uid' | 'body' | 'address', string> &
    Record<'subject' | 'status' | 'cancellation' | 'type' | 'message' | 'trace', string | null> &
    Record<'known' | 'place', boolean>
>

/** One connection less than the receiver has. */
const UNDER_WAY = 3
/** So that one statement stays short. */
const TOGETHER = 100

type Waiting = {
  readonly hint: ToKeep
  readonly resolve: (became: Became) => void
  readonly reject: (error: unknown) => void
}
type Line = { readonly waiting: Waiting[]; underWay: number; soon: boolean }
const lines = new WeakMap<Db, Line>()

/** Committed when it resolves. */
export function keepTogether(db: Db, hint: ToKeep): Promise<Became> {
  const line = lines.get(db) ?? { waiting: [], underWay: 0, soon: false }
  lines.set(db, line)
  return new Promise((resolve, reject) => {
    line.waiting.push({ hint, resolve, reject })
    if (line.soon) return
    line.soon = true
    // Once all that has arrived by now is read.
    setImmediate(() => {
      line.soon = false
      advance(db, line)
    })
  })
}

function advance(db: Db, line: Line): void {
  while (line.waiting.length > 0 && line.underWay < UNDER_WAY) {
    line.underWay += 1
    const sending = send(db, line.waiting.splice(0, TOGETHER))
    void sending.finally(() => {
      line.underWay -= 1
      advance(db, line)
    })
  }
}

async function send(db: Db, some: readonly Waiting[]): Promise<void> {
  try {
    const answers = await ask(db, some)
    for (const [index, { resolve, reject }] of some.entries()) {
      const became = answers[index]
      if (became === undefined) reject(new Error('the hint was not kept'))
      else resolve(became)
    }
  } catch (error) {
    // One that the database refuses takes nobody else with it.
    if (some.length > 1 && sqlState(error) !== undefined) for (const each of some) await send(db, [each])
    else for (const { reject } of some) reject(error)
  }
}

async function ask(db: Db, some: readonly Waiting[]): Promise<readonly Became[]> {
  const hints = JSON.stringify(some.map(({ hint }) => hint))
  const { rows } = await sql<{ answers: unknown }>`${HOT} select keep_hints(${hints}::jsonb) as answers`.execute(db)
  return answersSchema.parse(rows[0]?.answers)
}

// A question with yes or no, at a terminal only: where nobody can answer, the answer is no.
// Must not know: what is asked.
import { createInterface } from 'node:readline/promises'

export async function agreed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false
  const asking = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await asking.question(`${question}. Go on? [y/N] `)).trim())
  } finally {
    asking.close()
  }
}

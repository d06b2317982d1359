// A word about what takes long at a start, so that nobody waits before a silent screen.
// Must not know: what it is that takes long.

/** Longer than people wait without asking themselves whether anything goes on. */
const SILENT_MS = 2_000
const AGAIN_MS = 10_000

type Patience = { readonly silentMs: number; readonly againMs: number }

/** Says `what` where the work takes longer than two seconds, and again every ten. */
export async function saidWhenSlow<T>(
  say: (line: string) => void,
  what: string,
  work: Promise<T>,
  { silentMs, againMs }: Patience = { silentMs: SILENT_MS, againMs: AGAIN_MS },
): Promise<T> {
  const began = performance.now()
  const tell = () => {
    say(`${what} (${Math.round((performance.now() - began) / 1_000)} s)`)
    timer = setTimeout(tell, againMs)
  }
  let timer = setTimeout(tell, silentMs)
  try {
    return await work
  } finally {
    clearTimeout(timer)
  }
}

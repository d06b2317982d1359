// A place where concurrent steps of a test wait for each other, so that a race happens every time and not by luck.
// Must not know: who meets.

/** Once: resolves for each of `many` when all have come; for those who come later at once. */
export function meeting(many: number): () => Promise<void> {
  let here = 0
  let open = () => {}
  const all = new Promise<void>((resolve) => (open = resolve))
  return () => {
    here += 1
    if (here >= many) open()
    return all
  }
}

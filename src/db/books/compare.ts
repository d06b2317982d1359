// Compare-and-set on plain rows: whether a row changed, and that an update met exactly the row that
// was loaded.
// Must not know: which tables there are.

/** The same plain data, whatever the order of the keys. */
export function sameRow(a: object, b: object): boolean {
  const [left, right] = [new Map<string, unknown>(Object.entries(a)), new Map<string, unknown>(Object.entries(b))]
  return [...new Set([...left.keys(), ...right.keys()])].every((key) => left.get(key) === right.get(key))
}

/** Anything but one row means that the lock was not held: the transaction must not commit. */
export function oneRow(count: bigint, what: string): void {
  if (count !== 1n) throw new Error(`${what} was changed by somebody else while it was locked; nothing was saved`)
}

/** The same for many rows in one statement. */
export function oneOfEach(count: bigint, expected: number, what: string): void {
  if (count !== BigInt(expected))
    throw new Error(`one of ${expected} ${what} was changed by somebody else while it was locked; nothing was saved`)
}

export function versionOf(versions: ReadonlyMap<string, number>, key: string): number {
  const version = versions.get(key)
  if (version === undefined) throw new Error(`${key} was not loaded, so it cannot be saved`)
  return version
}

export type Rows<T> = { readonly rows: readonly T[]; readonly versions: readonly (readonly [string, number])[] }

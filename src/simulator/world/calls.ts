// Counts the gateway calls by route.
// Must not know what a route does, nor whether it was answered.

export type Calls = { count(label: string): void; all(): Record<string, number>; reset(): void }

export function makeCalls(): Calls {
  const counts = new Map<string, number>()
  return {
    count: (label) => void counts.set(label, (counts.get(label) ?? 0) + 1),
    all: () => Object.fromEntries(counts),
    reset: () => counts.clear(),
  }
}

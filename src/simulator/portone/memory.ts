// What PortOne V2 itself remembers beside the payments: answers by their keys, registered amounts.
// In memory: after a restart it has forgotten both.
// Must not know endpoints, nor what was answered.

export type Answered = { status: number; body: object }
/** Undefined while the first call still runs. */
type Kept = { text: string; answered: Answered | undefined; atMs: number }
export type Registered = { amount: number; currency: string }

export type PortoneMemory = {
  key(key: string): Kept | undefined
  keep(key: string, kept: Kept): void
  drop(key: string): void
  registered(paymentId: string): Registered | undefined
  /** The latest last. */
  allRegistered(): readonly string[]
  register(paymentId: string, order: Registered): void
  reset(): void
}

export function makePortoneMemory(): PortoneMemory {
  const keys = new Map<string, Kept>()
  const amounts = new Map<string, Registered>()
  return {
    key: (key) => keys.get(key),
    keep: (key, kept) => void keys.set(key, kept),
    drop: (key) => void keys.delete(key),
    registered: (paymentId) => amounts.get(paymentId),
    allRegistered: () => [...amounts.keys()],
    register: (paymentId, order) => void amounts.set(paymentId, order),
    reset: () => {
      keys.clear()
      amounts.clear()
    },
  }
}

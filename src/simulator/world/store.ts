// The simulator's memory: payments, tickets and registered
// amounts, in maps, and on disk when it has a folder.
// Must not know endpoints, webhooks or faults.
import { join } from 'node:path'
import { z } from 'zod'
import { readLines, startJournal } from './journal.ts'
import {
  PAYMENT,
  PREPARED,
  shownMerchantUid,
  TICKET,
  type Account,
  type Payment,
  type Prepared,
  type Ticket,
} from './model.ts'

// What changes together stands in one line, so a kill leaves both or neither.
const CHANGE = z.object({
  payments: z.array(PAYMENT).optional(),
  tickets: z.array(TICKET).optional(),
  prepared: z.array(PREPARED).optional(),
  /** By how much the clock is ahead of the real one. */
  aheadMs: z.number().optional(),
})
type Change = z.infer<typeof CHANGE>

export type Store = {
  /** By imp_uid or by Paymentwall's ref. */
  payment(id: string): Payment | undefined
  payments(): Payment[]
  /** Those that stand under this merchant_uid, and those that a contradiction shows under it. */
  paymentsOf(merchantUid: string): Payment[]
  nextNumber(): number
  ticket(id: string): Ticket | undefined
  tickets(): Ticket[]
  prepared(merchantUid: string, account: Account): Prepared | undefined
  /** The last one last. */
  allPrepared(): Prepared[]
  aheadMs(): number
  /**
   * Written before it returns: what was answered is on disk
   * (survives a killed process, not a power cut).
   */
  save(change: Change): void
  clear(): void
  close(): void
}

export function openStore(dataDir: string | undefined): Store {
  const memory = makeMemory()
  if (dataDir === undefined) return { ...memory, save: memory.apply, close: () => undefined }
  const path = join(dataDir, 'simulator.jsonl')
  for (const line of readLines(path)) memory.apply(CHANGE.parse(line))
  const journal = startJournal(path, memory.everything())
  return {
    ...memory,
    save: (change) => {
      journal.append(change)
      memory.apply(change)
    },
    clear: () => {
      journal.clear()
      memory.clear()
    },
    close: () => journal.close(),
  }
}

function makeMemory() {
  const payments = new Map<string, Payment>()
  const byRef = new Map<string, string>()
  const byOrder = new Map<string, Set<string>>()
  const tickets = new Map<string, Ticket>()
  const prepared = new Map<string, Prepared>()
  let number = 0
  let aheadMs = 0
  const payment = (id: string) => payments.get(id) ?? payments.get(byRef.get(id) ?? '')

  function keep(made: Payment): void {
    payments.set(made.impUid, made)
    number = Math.max(number, made.number)
    byRef.set(made.ref, made.impUid)
    for (const merchantUid of [made.merchantUid, shownMerchantUid(made)]) add(byOrder, merchantUid, made.impUid)
  }
  return {
    payment,
    payments: () => [...payments.values()],
    paymentsOf: (merchantUid: string) =>
      [...(byOrder.get(merchantUid) ?? [])].map((id) => payments.get(id)).filter((found) => found !== undefined),
    nextNumber: () => number + 1,
    ticket: (id: string) => tickets.get(id),
    tickets: () => [...tickets.values()],
    prepared: (merchantUid: string, account: Account) => prepared.get(`${account} ${merchantUid}`),
    allPrepared: () => [...prepared.values()],
    aheadMs: () => aheadMs,
    apply: (change: Change) => {
      aheadMs = change.aheadMs ?? aheadMs
      for (const made of change.payments ?? []) keep(made)
      for (const made of change.tickets ?? []) tickets.set(made.id, made)
      for (const made of change.prepared ?? []) prepared.set(`${made.account} ${made.merchantUid}`, made)
    },
    everything: (): Change[] => [
      ...[...payments.values()].map((made) => ({ payments: [made] })),
      ...[...tickets.values()].map((made) => ({ tickets: [made] })),
      ...[...prepared.values()].map((made) => ({ prepared: [made] })),
      ...(aheadMs === 0 ? [] : [{ aheadMs }]),
    ],
    clear: () => {
      aheadMs = 0
      for (const map of [payments, byRef, byOrder, tickets, prepared]) map.clear()
    },
  }
}

function add(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key) ?? new Set<string>()
  index.set(key, ids.add(id))
}

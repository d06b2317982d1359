// The tables as Kysely types, camelCase as in the domain. Rows of payments, attempts, refunds and
// tickets ARE the domain's plain data.
// Must not know: what decides. Columns beyond the domain's are named here.
import type { Generated, GeneratedAlways } from 'kysely'
import type { Attempt, BookedEntry, Payment, Refund, Ticket } from '../domain/books/books.ts'
import type { FailureKind } from '../domain/failures.ts'
import type { ListedStatus } from '../domain/gateway.ts'

type Row<T> = { -readonly [K in keyof T]: T[K] }

export type PaymentsTable = Row<Payment> & {
  version: Generated<number>
  notices: Generated<number>
  /** By whom the gateway finds the order; kept where it can be found by nothing else. */
  buyerId: string | null
}
export type AttemptsTable = Row<Omit<Attempt, 'entries'>> & { version: Generated<number> }
export type CancelEntriesTable = Row<BookedEntry> & { gateway: string; gatewayRef: string; bookedAt: Generated<string> }
export type RefundsTable = Row<Omit<Refund, 'tickets'>> & {
  version: Generated<number>
  birth: Generated<string | null>
}
export type TicketsTable = Row<Ticket> & { refundId: string }

export type HintSource = 'webhook' | 'pingback' | 'browser' | 'sweep' | 'person' | 'saga' | 'again'
export type HintState = 'received' | 'looked' | 'parked'
export type InboxTable = {
  id: GeneratedAlways<number>
  gateway: string
  /**
   * What one look answers: `ref:{gatewayRef}` or `order:{merchantUid}`; null where the hint could
   * not be read.
   */
  subject: string | null
  gatewayRef: string | null
  merchantUid: string | null
  source: HintSource
  saidStatus: string | null
  saidCancellationId: string | null
  contentType: string | null
  body: Buffer | Uint8Array | null
  remoteAddress: string | null
  receivedAt: Generated<string>
  /**
   * In the sequence that also numbers looks: a look answers what has a smaller number. A row
   * counted again takes a new one.
   */
  arrival: Generated<number>
  dueAt: Generated<string>
  state: Generated<HintState>
  settledAt: string | null
  parkedBecause: string | null
  mismatched: Generated<boolean>
  /** The look that answered it moved something. */
  moved: Generated<boolean>
  /** The catch-up that kept it. */
  sweepId: string | null
  /** How many hints the row stands for; `receivedAt` is when the latest of them came. */
  times: Generated<number>
  /** They said different things, which are not kept. */
  several: Generated<boolean>
  /** An address that the gateway publishes for its webhooks: a score, no proof. */
  fromKnownAddress: Generated<boolean>
  /**
   * Of the event that the gateway has signed: its repeats are counted in this row. It is judged
   * from `body`.
   */
  signedKey: Generated<string | null>
  /** Of a signed webhook: its repeats are counted in this row. */
  messageId: Generated<string | null>
  /** How often what was signed could not be booked. */
  failures: Generated<number>
  /** Of what kept it, where traces are wanted. */
  traceparent: Generated<string | null>
}

export type LooksTable = {
  gateway: string
  subject: string
  /** The merchant_uid that an unlinked reference was said to belong to, while it is unlinked. */
  saidMerchantUid: string | null
  linked: Generated<boolean>
  leaseToken: string | null
  leasedUntil: string | null
  began: string | null
  /** Webhook hints wait until then; sweep, sagas and people do not. */
  notBefore: string | null
  spacingMs: Generated<number>
  failures: Generated<number>
  /** After a gateway error nobody's hint looks before then. */
  retryAt: string | null
}

export const OUTBOX_KINDS = ['wake', 'notice', 'alert'] as const
export type OutboxKind = (typeof OUTBOX_KINDS)[number]
export type OutboxTable = {
  id: GeneratedAlways<number>
  kind: OutboxKind
  /** wake: the workflow id; notice: the merchantUid; alert: the saga it is about. */
  target: string
  payload: unknown
  createdAt: Generated<string>
  dueAt: Generated<string>
  state: Generated<'pending' | 'delivered' | 'parked'>
  tries: Generated<number>
  leaseToken: string | null
  leasedUntil: string | null
  settledAt: string | null
  said: string | null
  /** Alerts: written to the log then. */
  loggedAt: string | null
  /** Alerts: the message in which it left with others; null where it left by the log alone. */
  message: string | null
  /** A person let it try again, from then on for a whole day. */
  replayedAt: string | null
}

/** How far the lists of one gateway have been kept as hints. */
export type SweepCursorsTable = {
  gateway: string
  status: ListedStatus
  cursor: string
  /** False: the last run ended at its bound, and the next goes on at the cursor itself. */
  complete: boolean
  /** Elements of the last run that could not be read and have no id. */
  unreadable: number
  version: number
}

/** Where the daily looks of what waits go on; empty: from the beginning. */
export type DailyLooksTable = { gateway: string; kind: 'references' | 'orders'; after: string }

/** A catch-up over a range of time, asked for by a person. */
export type SweepsTable = {
  id: string
  askedBy: string
  rangeFrom: string
  rangeTo: string
  state: Generated<'listing' | 'listed' | 'failed'>
  listed: Generated<number>
  differing: Generated<number>
  kept: Generated<number>
  unreadable: Generated<number>
  strangers: Generated<number>
  calls: Generated<number>
  said: string | null
  began: Generated<string>
  touchedAt: Generated<string>
}

export type JournalTable = {
  id: GeneratedAlways<number>
  at: string
  bookedAt: Generated<string>
  who: string
  what: string
  merchantUid: string | null
  refundId: string | null
  gatewayRef: string | null
  fromState: string | null
  toState: string | null
  why: string
  facts: unknown
}

export type ProofsTable = {
  id: string
  saga: string
  command: string
  person: string
  role: string | null
  /** Of the arguments that it was minted for. */
  digest: string | null
  mintedAt: Generated<string>
  usedAt: string | null
}

export type ApprovalsTable = {
  saga: string
  /** The id by which an approver names what he has read. */
  request: string
  command: string
  args: unknown
  person: string
  askedAt: string
}

/**
 * What a person was told: a state where it was carried out or waits for another person, a kind
 * where it was refused.
 */
export type AnswersTable = {
  saga: string
  updateId: string
  command: string
  answer: 'done' | 'approvalNeeded' | 'refused'
  state: string | null
  kind: FailureKind | null
  sentence: string
  /** Of the arguments that were answered; null where it was answered before there were digests. */
  digest: string | null
  /** The request that waits for an approval. */
  request: string | null
  answeredAt: Generated<string>
}

/**
 * What identifies a gateway's account, as it was when a paid order of ours was first shown, or as a
 * person accepted it.
 */
export type AccountsTable = {
  gateway: string
  channels: unknown
  rememberedAt: string
  /** When a person took it for right: what was paid before may be another account's. */
  acceptedAt: string | null
  checkedAt: string
  /** Since when it differs; null while it agrees. */
  differsSince: string | null
  /** What it shows instead. */
  shown: unknown
  said: string | null
  /** When people were last told that it differs. */
  toldAt: string | null
  version: Generated<number>
}

/** What people were last told of what is watched. */
export type WatchesTable = {
  name: string
  /** Since when it is told as wrong; null while it is not, or while the end of it was told. */
  since: string | null
  /** The last page about it. */
  toldAt: string | null
}

/** Overdue rows that the supervisor woke, and when it does so again while they do not move. */
export type OverdueWakesTable = { saga: string; version: number; times: number; nextAt: string }

/** One row while no cancel call may be made. */
export type FilingHoldTable = { one: Generated<boolean>; since: Generated<string>; who: string; reason: string }

/** Each Schedule that is expected to run. */
export type PassesTable = {
  /** The Schedule's id. */
  name: string
  /** When its work last came to an end; before the first time, since when it is expected. */
  endedAt: string
  /** The supervisor: closed runs were read that closed before then; null before its first pass. */
  readUntil: string | null
}

/** Of refunds without a row; once one is there again, they are among its tickets. */
export type LostKeysTable = { refundId: string; key: string; notedAt: Generated<string> }

export type Schema = {
  accounts: AccountsTable
  answers: AnswersTable
  proofs: ProofsTable
  approvals: ApprovalsTable
  payments: PaymentsTable
  attempts: AttemptsTable
  cancelEntries: CancelEntriesTable
  refunds: RefundsTable
  tickets: TicketsTable
  inbox: InboxTable
  looks: LooksTable
  outbox: OutboxTable
  sweepCursors: SweepCursorsTable
  dailyLooks: DailyLooksTable
  sweeps: SweepsTable
  journal: JournalTable
  watches: WatchesTable
  overdueWakes: OverdueWakesTable
  filingHold: FilingHoldTable
  lostKeys: LostKeysTable
  passes: PassesTable
}

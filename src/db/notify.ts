// Who is told of new rows in inbox and outbox: this process of what its own commits put there, and
// each listener of what another process did, by Postgres, when their transaction commits.
// Must not know: loops. Whatever is missed while it is not connected, the loops find by polling.
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { Books } from '../domain/books/books.ts'
import type { RefundId } from '../domain/ids.ts'
import { OUTBOX_KINDS, type OutboxKind } from './schema.ts'

/**
 * What somebody waits for: hints, what gateways signed, or rows of the outbox by their kind.
 */
export type Put = 'hint' | 'signed' | OutboxKind
export const PUTS = ['hint', 'signed', ...OUTBOX_KINDS] as const satisfies readonly Put[]

const puts = new WeakMap<object, Set<Put>>()
const opened = new WeakMap<object, Set<Opened>>()

/** Noted by whoever puts a row, or makes it due: in a transaction it counts once that commits. */
export const notePut = (where: object, ...what: readonly Put[]): void => note(puts, where, what)
type Opened = { readonly order: string; readonly books: Books }
/** The order has left `opening`, once this transaction commits, and these are its books then. */
export const noteOpened = (trx: object, order: string, books: Books): void => note(opened, trx, [{ order, books }])

function note<T>(notes: WeakMap<object, Set<T>>, where: object, what: Iterable<T>): void {
  const noted = notes.get(where) ?? new Set()
  for (const each of what) noted.add(each)
  notes.set(where, noted)
}

/**
 * A wake that leaves right after its commit, with the books that it is about and the births of
 * their refunds. Its row is held by this token, so that no relay claims it meanwhile; whatever
 * becomes of this process, it is free again soon.
 */
export type WakeAtOnce = {
  readonly saga: string
  readonly token: string
  readonly about: Woken
  /** As its row has it. */
  readonly trace: object
}
export type Woken = { readonly books: Books; readonly births: ReadonlyMap<RefundId, string | null> }

const handles = new WeakMap<object, object>()
const takers = new WeakMap<object, (wakes: readonly WakeAtOnce[]) => void>()
const wakesAtOnce = new WeakMap<object, Set<WakeAtOnce>>()

/** Wakes of this handle's commits are handed over from now on, until the answer is called. */
export function takeWakes(db: object, take: (wakes: readonly WakeAtOnce[]) => void): () => void {
  takers.set(db, take)
  return () => void takers.delete(db)
}

export const beginsOn = (trx: object, db: object): void => void handles.set(trx, db)
/** Handed over once this transaction commits; false where nobody takes them then. */
export function noteWakes(trx: object, wakes: readonly WakeAtOnce[]): boolean {
  const taken = takers.has(handles.get(trx) ?? trx)
  if (taken) note(wakesAtOnce, trx, wakes)
  return taken
}

/** What this transaction noted is so now. */
export function tellCommitted(db: object, trx: object): void {
  notePut(db, ...(puts.get(trx) ?? []))
  const wakes = [...(wakesAtOnce.get(trx) ?? [])]
  if (wakes.length > 0) takers.get(db)?.(wakes)
  for (const { order, books } of opened.get(trx) ?? []) tellOpened(db, order, books)
}

/** With the books, where this process has just saved them. */
type Told = (books?: Books) => void
const waitingFor = new WeakMap<object, Map<string, Set<Told>>>()

/**
 * Calls `told` when a commit says that this order has left `opening`, until the answer is called.
 */
export function whenOpened(db: object, order: string, told: Told): () => void {
  const orders = waitingFor.get(db) ?? new Map<string, Set<Told>>()
  waitingFor.set(db, orders)
  const waiting = orders.get(order) ?? new Set()
  orders.set(order, waiting.add(told))
  return () => {
    waiting.delete(told)
    if (waiting.size === 0 && orders.get(order) === waiting) orders.delete(order)
  }
}

function tellOpened(db: object, order: string, books?: Books): void {
  for (const told of waitingFor.get(db)?.get(order) ?? []) told(books)
}

/** All that was committed over this handle since the last question. */
export function takePuts(db: object): ReadonlySet<Put> {
  const taken = puts.get(db) ?? new Set()
  puts.delete(db)
  return taken
}

/** The triggers of migration 0002 notify it, under this name for ever. */
const NEW_ROWS = 'saga_new_rows'
/** And those of 0014 this, with the order's id: it has left `opening`. */
const OPENED = 'saga_opened'
/**
 * Whoever put the rows was told at once and is mostly done with them by then; many notifications
 * are one kick.
 */
const TOGETHER_MS = 100
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000

export type Listener = { stop(): Promise<void> }

type Heard = {
  /** Whether this backend of the server works for this process, which was told at once. */
  readonly own: (backend: number) => boolean
  readonly db: object
}

/** Connects by itself, for ever; `kick` is called after each (re)connection too. */
export function listenForRows(url: string, kick: () => void, log: (line: string) => void, heard?: Heard): Listener {
  const stopping = new AbortController()
  const kickSoon = soon(kick, stopping.signal)
  const said = ({ channel, processId, payload = '' }: pg.Notification) => {
    if (heard?.own(processId)) return
    if (channel === NEW_ROWS) kickSoon()
    else if (heard) tellOpened(heard.db, payload)
  }
  const running = listen(url, { kick: kickSoon, said }, log, stopping.signal)
  return {
    stop: () => {
      stopping.abort()
      return running
    },
  }
}

type Hear = { readonly kick: () => void; readonly said: (notification: pg.Notification) => void }

async function listen(url: string, hear: Hear, log: (line: string) => void, stop: AbortSignal): Promise<void> {
  for (let pauseMs = FIRST_PAUSE_MS; !stop.aborted; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
    const said = await untilLost(
      url,
      stop,
      () => {
        pauseMs = FIRST_PAUSE_MS
        hear.kick()
      },
      hear.said,
    )
    if (stop.aborted) return
    log(`new rows of other processes are found by polling alone for a moment: ${said}`)
    await pause(pauseMs, undefined, { signal: stop }).catch(() => {})
  }
}

/** Resolves with what ended the connection. */
async function untilLost(url: string, stop: AbortSignal, listening: () => void, said: Hear['said']): Promise<string> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'paymentwall-saga listener',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  })
  const lost = new Promise<string>((resolve) => {
    client.on('error', (error) => resolve(error.message))
    client.on('end', () => resolve('the connection was closed'))
    stop.addEventListener('abort', () => resolve('stopped'), { once: true })
  })
  try {
    await client.connect()
    client.on('notification', said)
    await client.query(`listen ${NEW_ROWS}; listen ${OPENED}`)
    listening()
    return await lost
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    await client.end().catch(() => {})
  }
}

function soon(kick: () => void, stop: AbortSignal): () => void {
  let timer: NodeJS.Timeout | undefined
  stop.addEventListener('abort', () => clearTimeout(timer), { once: true })
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined
      kick()
    }, TOGETHER_MS)
  }
}

// Hears of new rows in inbox and outbox that another process put there: Postgres tells every
// listener when their transaction commits.
// Must not know: loops, rows. Whatever is missed while it is not connected, the loops find by
// polling.
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'

/** The triggers of migration 0002 notify it, under this name for ever. */
const NEW_ROWS = 'saga_new_rows'
/**
 * Whoever put the rows was told at once and is mostly done with them by then; many notifications
 * are one kick.
 */
const TOGETHER_MS = 100
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000

export type Listener = { stop(): Promise<void> }

/** Connects by itself, for ever; `kick` is called after each (re)connection too. */
export function listenForRows(url: string, kick: () => void, log: (line: string) => void): Listener {
  const stopping = new AbortController()
  const running = listen(url, soon(kick, stopping.signal), log, stopping.signal)
  return {
    stop: () => {
      stopping.abort()
      return running
    },
  }
}

async function listen(url: string, kick: () => void, log: (line: string) => void, stop: AbortSignal): Promise<void> {
  for (let pauseMs = FIRST_PAUSE_MS; !stop.aborted; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
    const said = await untilLost(
      url,
      stop,
      () => {
        pauseMs = FIRST_PAUSE_MS
        kick()
      },
      kick,
    )
    if (stop.aborted) return
    log(`new rows of other processes are found by polling alone for a moment: ${said}`)
    await pause(pauseMs, undefined, { signal: stop }).catch(() => {})
  }
}

/** Resolves with what ended the connection. */
async function untilLost(url: string, stop: AbortSignal, listening: () => void, heard: () => void): Promise<string> {
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
    client.on('notification', heard)
    await client.query(`listen ${NEW_ROWS}`)
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

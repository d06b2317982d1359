// Carries messages as well or as badly as each of them says, and again where they are not taken.
// Must not know why something is told; a target that fails is logged and nothing else.
import type { Party, Traffic } from '../log/traffic.ts'
import type { Clock } from '../world/clock.ts'
import { DELAYED_WEBHOOK_MS, HELD_WEBHOOK_MS } from '../world/faults.ts'
import { send, type Answer, type Outgoing } from './request.ts'

/** Duplicate: one after the other; pair and concurrent: two, and four, at the same moment. */
export type Way = 'deliver' | 'drop' | 'lost' | 'answerLost' | 'delay' | 'duplicate' | 'pair' | 'concurrent' | 'reorder'
const AT_ONCE: Partial<Record<Way, number>> = { pair: 2, concurrent: 4 }
export type Message = {
  from: Party
  to: Party
  about: string
  /** What has happened that it tells of. */
  moved: string
  /** Asked at each try, so that a repeat is as good as things are by then. */
  write(): Outgoing
  way(): Way
  /** Left out: one try. */
  repeat?: Repeat
}
export type Repeat = {
  everyMs: number
  /** How many more at most. */
  times(): number
  /** Undefined: nobody answered. */
  isTaken(answer: Answer | undefined): boolean
}
export type Messenger = {
  /** Settles when the first try is over, or put aside. Never rejects. */
  tell(message: Message): Promise<void>
  /** Forgets what is held for another to overtake it. */
  forget(): void
  close(): void
}

type Options = { clock: Clock; traffic: Traffic; log: (line: string) => void }

export function makeMessenger(options: Options): Messenger {
  const { clock, log } = options
  const closing = new AbortController()
  const deliver = makeDeliver(options, closing.signal)
  const held = new Map<string, Message>()
  const lineOf = ({ from, to }: Message) => `${from} ${to}`

  async function releaseHeld(line: string): Promise<void> {
    const message = held.get(line)
    held.delete(line)
    if (message) await deliver(message)
  }

  function hold(message: Message): void {
    const line = lineOf(message)
    held.set(line, message)
    clock.after(HELD_WEBHOOK_MS, () => (held.get(line) === message ? releaseHeld(line) : undefined))
  }

  async function carry(message: Message): Promise<void> {
    const way = message.way()
    if (way === 'drop') return log(`${message.about} -> dropped`)
    if (way === 'delay') return void clock.after(DELAYED_WEBHOOK_MS, () => deliver(message))
    if (way === 'reorder' && !held.has(lineOf(message))) return hold(message)
    await Promise.all(Array.from({ length: AT_ONCE[way] ?? 1 }, () => deliver(message)))
    if (way === 'duplicate') await deliver(message)
    await releaseHeld(lineOf(message))
  }

  return {
    tell: (message) => {
      const carried = carry(message)
      clock.during(carried)
      return carried
    },
    forget: () => held.clear(),
    close: () => {
      held.clear()
      closing.abort()
    },
  }
}

/** One message, and its repeats; it settles after the first try. */
function makeDeliver({ clock, traffic, log }: Options, closing: AbortSignal) {
  async function tryOnce(message: Message): Promise<Answer | undefined> {
    const { from, to, moved, about } = message
    const way = message.way()
    const outgoing = message.write()
    const answer = way === 'lost' || way === 'drop' ? undefined : await sent(about, outgoing)
    const { pathname, search } = URL.canParse(outgoing.url) ? new URL(outgoing.url) : { pathname: '', search: '' }
    const body = outgoing.body === undefined ? '' : Buffer.from(outgoing.body).toString('utf8')
    const written = { type: outgoing.headers['content-type'] ?? '', body }
    const path = pathname + search
    traffic.note({ direction: 'out', from, to, method: outgoing.method, path, sent: written, answer, moved })
    return way === 'answerLost' ? undefined : answer
  }

  async function sent(about: string, outgoing: Outgoing): Promise<Answer | undefined> {
    try {
      const answer = await send(outgoing, closing)
      log(`${about} -> ${answer.status}`)
      return answer
    } catch (error) {
      log(`${about} -> ${error instanceof Error ? error.message : String(error)}`)
      return undefined
    }
  }

  return async function deliver(message: Message, triesBefore = 0): Promise<void> {
    const answer = await tryOnce(message)
    const { repeat } = message
    if (closing.aborted || !repeat || repeat.isTaken(answer) || triesBefore >= repeat.times()) return
    clock.after(repeat.everyMs, () => deliver(message, triesBefore + 1))
  }
}

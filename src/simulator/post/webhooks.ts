// Sends what must be told to the merchant, as well or as badly as the webhook fault says.
// Must not know why something is told; a target that fails is logged and nothing else.
import { DELAYED_WEBHOOK_MS, HELD_WEBHOOK_MS, type Faults } from '../world/faults.ts'
import { send, type Answer, type Outgoing } from './request.ts'

export type Message = Outgoing & {
  about: string
  /**
   * Asked after each try; false has it sent again, as often as
   * `retries` says. Left out: one try, like i'mport.
   */
  isTaken?: (answer: Answer) => boolean
}
export type Retries = { everyMs: number; times: number }
export type Messenger = {
  /** Settles when the message is out, or put aside by a fault. Never rejects. */
  tell(message: Message): Promise<void>
  /** Forgets what waits to be sent. */
  forget(): void
  close(): void
}

type Options = { faults: Faults; retries: Retries; log: (line: string) => void }

export function makeMessenger(options: Options): Messenger {
  const courier = makeCourier(options)
  let held: Message | undefined

  async function releaseHeld(): Promise<void> {
    const message = held
    held = undefined
    if (message) await courier.deliver(message)
  }

  function hold(message: Message): void {
    held = message
    courier.later(HELD_WEBHOOK_MS, () => {
      if (held === message) void releaseHeld()
    })
  }

  async function tell(message: Message): Promise<void> {
    const fault = options.faults.now().webhooks
    if (fault === 'drop') return options.log(`${message.about} -> dropped`)
    if (fault === 'delay') return courier.later(DELAYED_WEBHOOK_MS, () => void courier.deliver(message))
    if (fault === 'reorder' && held === undefined) return hold(message)
    const copies = fault === 'duplicate' ? [message, message] : [message]
    await Promise.all(copies.map((copy) => courier.deliver(copy)))
    await releaseHeld()
  }

  return {
    tell,
    forget: () => {
      held = undefined
      courier.forget()
    },
    close: courier.close,
  }
}

/** Carries single messages, now or later, and again where they were not taken. */
function makeCourier({ retries, log }: Options) {
  const timers = new Set<NodeJS.Timeout>()
  const closing = new AbortController()

  function later(delayMs: number, act: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer)
      act()
    }, delayMs)
    timers.add(timer)
  }

  async function deliver(message: Message, triesLeft = retries.times): Promise<void> {
    let taken = false
    try {
      const answer = await send(message, closing.signal)
      taken = message.isTaken?.(answer) ?? true
      log(`${message.about} -> ${answer.status}`)
    } catch (error) {
      log(`${message.about} -> ${error instanceof Error ? error.message : String(error)}`)
    }
    const again = !taken && message.isTaken !== undefined && triesLeft > 0 && !closing.signal.aborted
    if (again) later(retries.everyMs, () => void deliver(message, triesLeft - 1))
  }

  function forget(): void {
    for (const timer of timers) clearTimeout(timer)
    timers.clear()
  }

  function close(): void {
    forget()
    closing.abort()
  }
  return { later, deliver, forget, close }
}

// What may be broken on purpose, and what is broken now.
// Must not know payments: those who are asked to misbehave look here and do it themselves.
import { z } from 'zod'

export const FAULTS = {
  webhooks: ['deliver', 'drop', 'delay', 'duplicate', 'reorder'],
  cancel: ['accept', 'refuse', 'instant', 'lostAnswer', 'timeoutBefore', 'error500'],
  reads: ['ok', 'slow', 'error500'],
  token: ['ok', 'expireNow'],
} as const

export const FAULT_CHANGE = z.strictObject({
  webhooks: z.enum(FAULTS.webhooks).optional(),
  cancel: z.enum(FAULTS.cancel).optional(),
  reads: z.enum(FAULTS.reads).optional(),
  token: z.enum(FAULTS.token).optional(),
})
type FaultChange = z.infer<typeof FAULT_CHANGE>
type FaultsNow = { [Name in keyof typeof FAULTS]: (typeof FAULTS)[Name][number] }

export const SLOW_READ_MS = 3_000
export const DELAYED_WEBHOOK_MS = 2_000
export const HELD_WEBHOOK_MS = 3_000

const NONE: FaultsNow = { webhooks: 'deliver', cancel: 'accept', reads: 'ok', token: 'ok' }

export type Faults = { now(): FaultsNow; set(change: FaultChange): FaultsNow; reset(): void }

/** `expireToken` is called for `token: expireNow`, which happens once and is not a lasting state. */
export function makeFaults(expireToken: () => void): Faults {
  let now = { ...NONE }
  return {
    now: () => now,
    set: (change) => {
      if (change.token === 'expireNow') expireToken()
      now = {
        webhooks: change.webhooks ?? now.webhooks,
        cancel: change.cancel ?? now.cancel,
        reads: change.reads ?? now.reads,
        token: 'ok',
      }
      return now
    },
    reset: () => {
      now = { ...NONE }
    },
  }
}

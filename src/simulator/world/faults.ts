// What may be broken on purpose, and what is broken now.
// Must not know payments: those who are asked to misbehave look here and do it themselves.
import { z } from 'zod'
import { LIKELIEST, WIRE_CHANGE, type Wire } from '../iamport/wire.ts'
import { ACCOUNT } from './model.ts'

/** The faults that are one word each; the first word is none. */
export const FAULTS = {
  webhooks: ['deliver', 'drop', 'delay', 'duplicate', 'reorder'],
  cancel: ['accept', 'refuse', 'instant', 'lostAnswer', 'timeoutBefore', 'error500'],
  reads: ['ok', 'slow', 'error500', 'forbidden403'],
  token: ['ok', 'expireNow'],
  account: ACCOUNT.options,
} as const
type Words = { [Name in keyof typeof FAULTS]: (typeof FAULTS)[Name][number] }

const list = z.enum(['ok', 'error500', 'forbidden403']).optional()

export const FAULT_CHANGE = z.strictObject({
  webhooks: z.enum(FAULTS.webhooks).optional(),
  cancel: z.enum(FAULTS.cancel).optional(),
  reads: z.enum(FAULTS.reads).optional(),
  token: z.enum(FAULTS.token).optional(),
  account: ACCOUNT.optional(),
  /** Status lists that fail alone. */
  lists: z.strictObject({ paid: list, cancelled: list, failed: list }).optional(),
  wire: WIRE_CHANGE.optional(),
})
type FaultChange = z.infer<typeof FAULT_CHANGE>
type Lists = Required<NonNullable<FaultChange['lists']>>
type FaultsNow = Words & { lists: Lists; wire: Wire }

export const SLOW_READ_MS = 3_000
export const DELAYED_WEBHOOK_MS = 2_000
export const HELD_WEBHOOK_MS = 3_000

const NONE: FaultsNow = {
  webhooks: 'deliver',
  cancel: 'accept',
  reads: 'ok',
  token: 'ok',
  account: 'ours',
  lists: { paid: 'ok', cancelled: 'ok', failed: 'ok' },
  wire: LIKELIEST,
}

export type Faults = { now(): FaultsNow; set(change: FaultChange): FaultsNow; reset(): void }

/**
 * `expireToken` is called for `token: expireNow`, which happens once and is not a lasting state.
 */
export function makeFaults(expireToken: () => void): Faults {
  let now = NONE
  return {
    now: () => now,
    /** Only what is named changes, also within `lists` and `wire`. */
    set: (change) => {
      if (change.token === 'expireNow') expireToken()
      const lists = { ...now.lists, ...change.lists }
      const wire = { ...now.wire, ...change.wire }
      now = { ...now, ...change, token: 'ok', lists, wire }
      return now
    },
    reset: () => {
      now = NONE
    },
  }
}

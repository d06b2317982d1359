// What PortOne's V2 leaves open, or may do badly, and how it is now (portone.md §13).
// Must not know payments, nor how any of it is done. The first word is the likeliest.
import { z } from 'zod'
import { CUSTOM_DATA } from '../iamport/wire.ts'

const SWITCHES = z.strictObject({
  /** How a cancel is answered. */
  cancel: z.enum([
    'requested',
    // A page of a broken gateway, with a ticket filed and without one.
    'pgErrorFiled',
    'pgError',
    'alreadyCancelled',
    'consistencyBroken',
    'exceeds',
    'maxCancels',
    'outstanding',
  ]),
  /** What becomes of the entry of a ticket that people decline: nothing, or FAILED. */
  declined: z.enum(['silent', 'failed', 'failedAndPaid']),
  /** Whether a no is kept with its key, and answered again. */
  errors: z.enum(['stored', 'forgotten']),
  /** What a key with another body gets. */
  otherBody: z.enum(['refused', 'replayed']),
  /** Minutes for which an answer is kept; after that the same key is a new one. */
  keyMinutes: z.number().int().min(0).max(100_000),
  /** Whether the balance counts what is only asked for. */
  balance: z.enum(['booked', 'pendingToo']),
  /** A second cancel beside an open one. */
  secondCancel: z.enum(['accepted', 'exceeds']),
  /** A cancel of less than is left, as where it was processed in another currency than asked. */
  partCancel: z.enum(['taken', 'failed', 'pgError']),
  /** Which attempt a payment shows. */
  shows: z.enum(['paid', 'latest']),
  transactions: z.enum(['listed', 'gone']),
  /** Of cancels: `trigger` may be missing. */
  trigger: z.enum(['named', 'missing']),
  /** Fields that need not be there. */
  optional: z.enum(['there', 'missing']),
  /** Fields and statuses of tomorrow. */
  unknown: z.enum(['none', 'fields', 'status']),
  secret: z.enum(['good', 'expired']),
  webhooks: z.enum(['signed', 'badSignature', 'oldTime', 'bothSecrets', 'secondSecret', 'unknownType', 'older']),
  delivery: z.enum(['taken', 'refused']),
  customData: CUSTOM_DATA,
})
export type PortoneSwitches = z.infer<typeof SWITCHES>
/** What one payment may have of its own. */
export const PORTONE_PAYMENT = SWITCHES.pick({ customData: true }).partial()
export const PORTONE_CHANGE = SWITCHES.partial()

export const LIKELIEST_V2: PortoneSwitches = {
  cancel: 'requested',
  declined: 'silent',
  errors: 'stored',
  otherBody: 'refused',
  keyMinutes: 180,
  balance: 'booked',
  secondCancel: 'accepted',
  partCancel: 'taken',
  shows: 'paid',
  transactions: 'listed',
  trigger: 'named',
  optional: 'there',
  unknown: 'none',
  secret: 'good',
  webhooks: 'signed',
  delivery: 'taken',
  customData: 0,
}

// How i'mport may behave where its documents leave it open (iamport.md §10): what is not about the
// looks of an answer. The first word of each is the default.
// Must not know payments or endpoints.
import { z } from 'zod'

const SWITCHES = z.strictObject({
  /**
   * A cancel while a ticket is open: files another ticket, answers code 0 and files none, or is
   * refused with code 1.
   */
  secondCancel: z.enum(['secondTicket', 'sameTicket', 'refuse']),
  /** Reserved: what open tickets ask for no longer counts as balance, for checksum and amount. */
  pendingBalance: z.enum(['unchanged', 'reserved']),
  /** Whether a webhook about a cancel names it. */
  cancellationId: z.enum(['sent', 'leftOut']),
  /** What the webhook has beside its own fields. */
  extraFields: z.enum(['none', 'some']),
  /** Five more, a minute apart, after a 5xx or no answer; support turns it on. */
  retries: z.enum(['off', 'fiveTimes']),
  /** Whether the buyer's browser comes back before the webhook, after it, or as it happens. */
  redirect: z.enum(['anyOrder', 'beforeWebhook', 'afterWebhook']),
})
export type IamportSwitches = z.infer<typeof SWITCHES>
export const IAMPORT_CHANGE = SWITCHES.partial()

export const LIKELIEST_WAYS: IamportSwitches = {
  secondCancel: 'secondTicket',
  pendingBalance: 'unchanged',
  cancellationId: 'sent',
  extraFields: 'none',
  retries: 'off',
  redirect: 'anyOrder',
}

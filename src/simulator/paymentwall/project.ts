// A project at Paymentwall: what its console sets, and how badly its pingbacks go (paymentwall.md
// §2, §5.4, §14). There are two: i'mport's, and the one of a merchant without i'mport.
// Must not know payments, or who reads its pingbacks.
import { z } from 'zod'

/** How a pingback goes. The first word is the usual way. */
export const PINGBACKS = [
  'deliver',
  // Never sent, never repeated.
  'drop',
  // Does not arrive, and is repeated as long as it does not.
  'lost',
  // Arrives, but its answer does not come back: repeated.
  'answerLost',
  'delay',
  // A second one after the first was answered.
  'duplicate',
  // Four at the same moment.
  'concurrent',
  // The next one overtakes it.
  'reorder',
  'badSignature',
  // Signed by version 1, whatever is set: only six parameters are signed.
  'downgrade',
  // Something on the way adds a parameter, so that the signature no longer fits.
  'extraParameter',
] as const

const PROJECT = z.strictObject({
  /** Version 3 is what i'mport asks for: it takes no lower one (iamport.md §4.3). */
  signVersion: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  /** Name, chosen by the merchant, to a value of paymentwall.md §5.4. */
  parameters: z.record(z.string().min(1).max(40), z.string().min(1).max(60)),
  pingbacks: z.enum(PINGBACKS),
  /**
   * What a proxy on the way says of the sender (X-Forwarded-For): nothing, an address of
   * Paymentwall's, or another one.
   */
  address: z.enum(['unsaid', 'known', 'foreign']),
  /** Which answer counts as `OK`: the two letters alone, or with blanks around them too. */
  taken: z.enum(['strict', 'trimmed']),
  /** How often an untaken pingback is repeated; null: without an end. */
  repeats: z.number().int().min(0).max(1_000_000).nullable(),
  /** Whether a payment's own `pingback_url` is heeded: Paymentwall enables it on request. */
  ownPingbackUrl: z.enum(['ignored', 'heeded']),
  statusApi: z.enum(['on', 'off']),
  /** A test project files no ticket, and its pingbacks say `is_test`. */
  mode: z.enum(['live', 'test']),
  /** A ticket for a method that cannot be refunded: taken, and never worked; or refused at once. */
  notRefundable: z.enum(['silent', 'refuse']),
})
export type ProjectSwitches = z.infer<typeof PROJECT>
export const PROJECT_CHANGE = PROJECT.partial()

/** Set up rightly: with the parameter that i'mport asks for, too (iamport.md §3.1). */
export const USUAL_PROJECT: ProjectSwitches = {
  signVersion: 3,
  parameters: { country_code: 'COUNTRY_CODE' },
  pingbacks: 'deliver',
  address: 'unsaid',
  taken: 'strict',
  repeats: null,
  ownPingbackUrl: 'ignored',
  statusApi: 'on',
  mode: 'live',
  notRefundable: 'silent',
}

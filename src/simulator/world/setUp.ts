// What may be wrong in the vendors' consoles, and what is wrong now: all right, unless a person has
// switched it. What a project at Paymentwall sets of its pingbacks is the project's (project.ts).
// Must not know payments, nor who is harmed by it.
import { z } from 'zod'

const SET_UP = z.strictObject({
  /** Wrong: i'mport refuses every key, Paymentwall every key and signature. */
  keys: z.enum(['right', 'wrong']),
  /** Channels of Paymentwall in i'mport's console. */
  channels: z.enum(['both', 'liveOnly', 'testOnly', 'none']),
  /** The address for webhooks in i'mport's console; a payment's own notice_url goes before it. */
  webhookUrl: z.enum(['entered', 'missing', 'otherPath']),
  /** The pingback URL in the settings of a project that is used directly. */
  pingbackUrl: z.enum(['entered', 'missing', 'otherPath']),
  /** Of pw_1, in Paymentwall's console: below 1.2 no window opens. */
  widgetVersion: z.enum(['1.2', '1.1']),
  /** Seconds by which i'mport's clock is ahead of the simulator's own; below 0: behind it. */
  clockAhead: z.number().int().min(-86_400).max(86_400),
})
export type ConsoleSetUp = z.infer<typeof SET_UP>

export const SET_UP_CHANGE = SET_UP.partial()

export const RIGHT: ConsoleSetUp = {
  keys: 'right',
  channels: 'both',
  webhookUrl: 'entered',
  pingbackUrl: 'entered',
  widgetVersion: '1.2',
  clockAhead: 0,
}

/** A sentence where no payment window of pw_1 opens. */
export function whyNoWindow({ widgetVersion }: ConsoleSetUp): string | undefined {
  if (widgetVersion === '1.2') return undefined
  return `The window does not open: pw_1 is set to version ${widgetVersion}, not 1.2.`
}

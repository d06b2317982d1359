// How settings are read: parsers that the configuration and each kind of gateway's block of
// settings share.
// Must not know: which settings there are.
import { z } from 'zod'

/** A value read by a domain parser: its sentence becomes the fault. */
export const by = <T>(parse: (text: string) => T) =>
  z.string().transform((text, context): T => {
    try {
      return parse(text)
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) })
      return z.NEVER
    }
  })

export const address = z.url({ protocol: /^https?$/ })

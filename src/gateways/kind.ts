// What a kind of gateway brings with it beyond the port: its block of settings, its webhooks' door,
// the shape of its window, and how its accounts are made of its settings. One folder each;
// src/gateways/index.ts lists them.
// Must not know: which kinds there are.
import type { z } from 'zod'
import type { Gateway, Webhooks } from '../domain/gateway.ts'

/** What a gateway tells its program while it is asked; both for one account. */
export type Telling = {
  /**
   * Every exchange: the route without its ids, milliseconds, and an HTTP status, `notSent` or
   * `lost`.
   */
  readonly onCall?: (route: string, ms: number, outcome: string) => void
  /** Each time an answer lacks a field that describes, with what stands in for it. */
  readonly onMissing?: (field: string, stoodIn: string) => void
}

export type GatewayKind<Settings> = {
  /** The first part of its accounts' names. */
  readonly kind: string
  readonly webhooks: Webhooks
  /** What its webhooks have in their bodies, for documents. */
  readonly hintShape?: z.ZodType
  /** What `Gateway.window` answers, for documents. */
  readonly windowShape?: z.ZodType
  /** Settings that must not be http:// in production, for secrets leave by them. */
  readonly addresses: readonly (keyof Settings & string)[]
  /** Settings that stand for an account: all of them, or none. */
  readonly credentials: readonly (keyof Settings & string)[]
  /** Settings that each list further accounts, with all that stands for them. */
  readonly lists?: readonly (keyof Settings & string)[]
  /** What is wrong across its settings: sentences that begin with a setting's name. */
  faults?(settings: Settings): readonly string[]
  /** Its settings with which the simulator at this address stands in for it. */
  simulated(simulator: string | undefined): Partial<Settings>
  /**
   * One for each account that the settings name. Asks nobody anything. Throws RangeError for an
   * address that is none.
   */
  accounts(settings: Settings, telling: (account: string) => Telling): readonly Gateway[]
}

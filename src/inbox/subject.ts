// What a look is about, what it is asked with, and what it works with.
// Must not know: how a look is made.
import type { Began } from '../db/clock.ts'
import type { Db } from '../db/connect.ts'
import type { Holding } from '../db/hints/looks.ts'
import type { Gateway } from '../domain/gateway.ts'
import type { GatewayName, GatewayRef, MerchantUid } from '../domain/ids.ts'
import type { Policies } from '../domain/moves/evidence/judge.ts'
import type { Patience } from '../domain/patience.ts'
import type { Links } from '../domain/shown/views.ts'

export type LookDeps = {
  readonly db: Db
  readonly gateways: ReadonlyMap<GatewayName, Gateway>
  readonly links: Links
  readonly patience: Patience
  readonly policies: Policies
  readonly log: (line: string) => void
  /** Called after a commit that put something into the outbox or the inbox. */
  readonly kick: () => void
}

export type Subject = { readonly gateway: GatewayName } & (
  { readonly gatewayRef: GatewayRef } | { readonly merchantUid: MerchantUid }
)

export type LookOptions = {
  readonly who: string
  /** The saga whose own step this look is: it needs no wake for what it finds. */
  readonly saga?: string
  /** The saga's time for the rows that it writes; the look's own begin where none is given. */
  readonly at?: string
  /**
   * Money for an unknown order becomes an attempt without a payment; only where the gateway's own
   * list named it.
   */
  readonly strays?: boolean
  /** Its number and time, where it took them already. */
  readonly began?: Began
  /** The lease under which it is made: it ends with the booking. */
  readonly holding?: (moved: boolean) => Holding
}

// What the HTTP API is given: the whole of it, so that nothing here reads the environment or builds
// a part by itself.
// Must not know: how any of it is made.
import type { Db } from '../../db/connect.ts'
import type { OrderDefaults } from '../../domain/books/order.ts'
import type { Gateway } from '../../domain/gateway.ts'
import type { GatewayName } from '../../domain/ids.ts'
import type { RefundRules } from '../../domain/moves/requests.ts'
import type { Patience } from '../../domain/patience.ts'
import type { SetUpReport } from '../../domain/shown/setUp.ts'
import type { Links } from '../../domain/shown/views.ts'
import type { OverdueAfter } from '../../domain/shown/watchdog.ts'
import type { HintRoom } from '../resources/webhooks/room.ts'
import type { ApiKey } from './access.ts'

export type HttpLog = {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

export type CommandAnswered = {
  readonly answer: 'done' | 'approvalNeeded'
  readonly state: string
  readonly sentence: string
  /** What waits for another person. */
  readonly request?: string
}

export type HttpDeps = {
  readonly db: Db
  /**
   * The receiver's own way to the database, which nobody else can be in; and its `kick`, for what
   * was committed over it.
   */
  readonly receiver: { readonly db: Db; readonly kick: () => void }
  /** The configured accounts. */
  readonly gateways: ReadonlyMap<
    GatewayName,
    Pick<Gateway, 'accepts' | 'readHint' | 'window' | 'keepsBuyer' | 'confirmDelivery'>
  >
  readonly links: Links
  readonly patience: Patience
  readonly rules: RefundRules
  /** An approval limit is set: what moves much takes a second person. */
  readonly fourEyes?: boolean
  /** None: only this machine is answered, as the person `local`. */
  readonly keys: readonly ApiKey[]
  readonly defaults: OrderDefaults
  /** Webhooks go to this address, followed by their gateway's path. */
  readonly publicUrl: string
  /** Proxies of ours in front, each of which appends to X-Forwarded-For. */
  readonly trustedProxies: number
  /** How long POST /payments waits for `opening` to end. */
  readonly openWaitMs: number
  /** Called after a commit that put something into the inbox or the outbox. */
  readonly kick: () => void
  /** Somebody is told of changes: then a notice that waits is late. */
  readonly noticesLeave?: boolean
  /** OVERDUE_AFTER and an hour for sweeps where nothing is said. */
  readonly overdueAfter?: OverdueAfter
  /** Begins to list a range in the background; left out where this process cannot list. */
  readonly catchUp?: (asked: { readonly id: string; readonly from: Date; readonly to: Date }) => void
  /** Carries out a person's command on a saga; throws a Failure with the saga's sentence. */
  readonly command?: (saga: string, name: string, args: object, updateId: string) => Promise<CommandAnswered>
  /** Whether the installation is set up as it must be; left out where this process cannot tell. */
  readonly examine?: () => Promise<SetUpReport>
  readonly temporalReady: () => Promise<boolean>
  /** What Temporal's SDK counts in this process, as Prometheus text. */
  readonly sdkMetrics?: (() => Promise<string>) | undefined
  /** Room for webhooks about what nobody knows. */
  readonly hintRoom: HintRoom
  readonly log: HttpLog
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number
}

// What an asker without a proof may do: whoever reaches Temporal's namespace, by its UI, its CLI or
// a client.
// Must not know: how a proof is made or kept, whether keys are set; the configuration says it.
import type { Refund } from '../../books/books.ts'
import { pagesBy } from '../../books/waits.ts'
import type { Money } from '../../money.ts'
import type { Patience } from '../../patience.ts'
import type { PaymentCommand, PaymentCommandName, RefundCommandName, RefundCommand } from './commands.ts'

export type TemporalAccess = {
  /** `proved`: a start records nothing without a proof. */
  readonly starts: 'open' | 'proved'
  /** `quiet`: without a proof only what moves nothing and silences no page. */
  readonly commands: 'quiet' | 'all'
}

/** As the journal names who started a saga without a proof. */
export const UNPROVED = 'temporal:unverified'

/** `role` null: this machine, without keys; undefined: a name that nobody proved. */
export type CommandingPerson = { readonly name: string; readonly role: string | null | undefined }

/** As the journal names a person. */
export const personWord = ({ name, role }: CommandingPerson): string =>
  role === undefined ? `unverified:${name}` : role === null ? 'local' : `${role}:${name}`

/** Under this name the API mints proofs of starts, and the first step of a saga looks for them. */
export const START_PROOF = 'start'

/**
 * The pending approval of a refund that was started above the limit: it has this name, and never
 * lapses.
 */
export const START_REQUEST = 'start'
export const startWaits = ({ state, blockedBecause }: Pick<Refund, 'state' | 'blockedBecause'>): boolean =>
  state === 'blocked' && blockedBecause === 'approvalNeeded'

/**
 * Minor units by currency. Unset: no four eyes. Set: above the currency's limit, and for every
 * currency without one.
 */
export type ApprovalLimits = ReadonlyMap<string, number> | undefined
export function aboveLimit(limits: ApprovalLimits, money: Money | undefined): boolean {
  if (!limits || !money) return false
  const limit = limits.get(money.currency)
  return limit === undefined || money.amount > limit
}

type Command = RefundCommand | PaymentCommand
type Situation = { readonly refund: Refund | undefined; readonly patience: Patience }

/** A look, an owner, and a snooze that ends before the next page is due and never once paged. */
export function isQuiet(command: Command, { refund, patience }: Situation): boolean {
  if (command.kind === 'recheck' || command.kind === 'acknowledge') return true
  if (command.kind !== 'snooze' || !refund || refund.attention === 'page') return false
  return !pagesBy(refund, patience, command.until)
}

const KEBAB: Partial<Record<string, string>> = { retryTicket: 'retry-ticket' }
const OPTIONS: Partial<Record<RefundCommandName | PaymentCommandName, string>> = {
  snooze: '--until …',
  retryTicket: '--reason … --seen …',
  resolve: '--outcome … --reason … --seen …',
  withdraw: '--reason …',
  accept: '--reason … --seen …',
  refund: '--reason … --seen …',
  release: '--reason … --seen …',
}

/** With the line to paste. */
export function refusalOfUnproved(workflowId: string, name: RefundCommandName | PaymentCommandName): string {
  const [kind = '', ...rest] = workflowId.split(':')
  const id = rest.join(':').replace(/:/, '/')
  const group = kind === 'refund' ? '' : `${kind} `
  const line = `npm run ops -- ${group}${KEBAB[name] ?? name} ${id} ${OPTIONS[name] ?? ''}`.trimEnd()
  return `a name claimed in Temporal cannot ${name} while API keys are set (TEMPORAL_COMMANDS=quiet); with a key: ${line}`
}

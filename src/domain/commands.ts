// The form of people's commands: from untyped JSON to a command, or a sentence per fault. The same for the Temporal UI, the API and the CLI.
// Must not know: who asks, the books. State is judged elsewhere, under the lock.
import { Failure } from './failures.ts'
import { gatewayRef, type GatewayRef } from './ids.ts'
import { OUTCOMES, type RefundCommand } from './people.ts'

export const REFUND_COMMANDS = [
  'recheck',
  'acknowledge',
  'snooze',
  'retryTicket',
  'resolve',
  'withdraw',
  'approve',
] as const
export const PAYMENT_COMMANDS = ['recheck', 'acknowledge', 'accept', 'refund', 'approve'] as const
/** Money with a saga of its own takes what a payment takes; it is named already, so no gatewayRef is needed. */
export const STRAY_COMMANDS = PAYMENT_COMMANDS
export type RefundCommandName = (typeof REFUND_COMMANDS)[number]
export type PaymentCommandName = (typeof PAYMENT_COMMANDS)[number]

/** What each command does, for the Temporal UI's dialog and the CLI's help. */
export const COMMAND_HELP: Record<RefundCommandName | PaymentCommandName, string> = {
  recheck: 'look at the gateway now: {}',
  acknowledge: 'name an owner; reminders are quiet until the next level: {"owner":"ann"}',
  snooze:
    'nobody is told until then; past the page level a reason is needed: {"until":"2026-12-24T09:00:00Z","reason":"…"}',
  retryTicket: 'authorise one more ticket: {"reason":"…"}',
  resolve:
    'say how it ended, with what Paymentwall wrote: {"outcome":"refunded|refused|settledElsewhere|ticketOpen","reason":"…","evidence":"…","ticketDead":false}',
  withdraw: 'take it back while nothing was sent: {"reason":"…"}',
  accept: 'keep the money and deliver: {"reason":"…","gatewayRef":"imp_…"}',
  refund: 'give the money back: {"reason":"…","gatewayRef":"imp_…"}',
  approve: 'carry out what another person asked for above the limit: {}',
}

export type PaymentCommand =
  | { readonly kind: 'recheck' }
  | { readonly kind: 'acknowledge'; readonly owner: string }
  | { readonly kind: 'accept' | 'refund'; readonly reason: string; readonly gatewayRef: GatewayRef | null }

/** Who asks: a proof that the API has minted, or a name that somebody claims. */
export type Asker = { readonly proof: string | null; readonly person: string | null }
export type Asked<Command> = { readonly asker: Asker; readonly command: Command | { readonly kind: 'approve' } }

type Fields = Readonly<Record<string, unknown>>

export function parseRefundCommand(name: RefundCommandName, input: unknown): Asked<RefundCommand> {
  const form = readForm(input, COMMAND_HELP[name])
  const asker = askerOf(form)
  return { asker, command: form.done(refundCommand(name, form)) }
}

export function parsePaymentCommand(name: PaymentCommandName, input: unknown): Asked<PaymentCommand> {
  const form = readForm(input, COMMAND_HELP[name])
  const asker = askerOf(form)
  return { asker, command: form.done(paymentCommand(name, form)) }
}

const askerOf = (form: Form): Asker => ({ proof: form.optional('proof', 100), person: form.optional('person', 40) })

function refundCommand(name: RefundCommandName, form: Form): RefundCommand | { kind: 'approve' } {
  switch (name) {
    case 'recheck':
    case 'approve':
      return { kind: name }
    case 'acknowledge':
      return { kind: name, owner: form.required('owner', 40) }
    case 'snooze':
      return { kind: name, until: form.time('until'), reason: form.optional('reason', 500) }
    case 'retryTicket':
    case 'withdraw':
      return { kind: name, reason: form.required('reason', 500) }
    case 'resolve':
      return {
        kind: name,
        outcome: form.oneOf('outcome', OUTCOMES),
        reason: form.required('reason', 500),
        evidence: form.optional('evidence', 2_000),
        ticketDead: form.flag('ticketDead'),
      }
  }
}

function paymentCommand(name: PaymentCommandName, form: Form): PaymentCommand | { kind: 'approve' } {
  switch (name) {
    case 'recheck':
    case 'approve':
      return { kind: name }
    case 'acknowledge':
      return { kind: name, owner: form.required('owner', 40) }
    case 'accept':
    case 'refund': {
      const ref = form.optional('gatewayRef', 80)
      return {
        kind: name,
        reason: form.required('reason', 500),
        gatewayRef: ref === null ? null : form.parsed('gatewayRef', ref, gatewayRef),
      }
    }
  }
}

type Form = ReturnType<typeof readForm>

/** Reads fields one by one, gathers every fault, and refuses fields that nobody asked for. */
function readForm(input: unknown, help: string) {
  const faults: string[] = []
  const known = new Set<string>()
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input)
  const fields: Fields = isObject ? { ...input } : {}
  if (!isObject && input !== undefined && input !== null) faults.push('the input is one JSON object')

  function optional(name: string, most: number): string | null {
    known.add(name)
    const value = fields[name]
    if (value === undefined || value === null) return null
    if (typeof value === 'string' && value.trim().length > 0 && value.length <= most) return value.trim()
    faults.push(`${name}: a text of 1 to ${most} characters`)
    return null
  }

  function required(name: string, most: number): string {
    const value = optional(name, most)
    if (fields[name] === undefined || fields[name] === null) faults.push(`${name}: is needed`)
    return value ?? ''
  }

  function oneOf<T extends string>(name: string, allowed: readonly [T, ...T[]]): T {
    known.add(name)
    const found = allowed.find((each) => each === fields[name])
    if (found === undefined) faults.push(`${name}: one of ${allowed.join(', ')}`)
    return found ?? allowed[0]
  }

  function flag(name: string): boolean {
    known.add(name)
    const value = fields[name] ?? false
    if (typeof value !== 'boolean') faults.push(`${name}: true or false`)
    return value === true
  }

  function time(name: string): string {
    const text = required(name, 40)
    const isTime = /^\d{4}-\d\d-\d\dT/.test(text) && Number.isFinite(Date.parse(text))
    if (text !== '' && !isTime) faults.push(`${name}: a time like 2026-12-24T09:00:00Z`)
    return text
  }

  function parsed<T>(name: string, text: string, parse: (text: string) => T): T | null {
    try {
      return parse(text)
    } catch (error) {
      faults.push(`${name}: ${error instanceof Error ? error.message : 'cannot be read'}`)
      return null
    }
  }

  /** Throws `invalidRequest` with every fault, and with the form that would have been right. */
  function done<T>(value: T): T {
    const unknown = Object.keys(fields).filter((name) => !known.has(name))
    const all = [...faults, ...unknown.map((name) => `${name}: is not a field of this command`)]
    if (all.length === 0) return value
    throw new Failure('invalidRequest', `${all.join('; ')}. What this command does, and its form: ${help}`, {
      faults: all,
    })
  }

  return { optional, required, oneOf, flag, time, parsed, done }
}

// The form of people's commands: from untyped JSON to a command, or a sentence per fault. The same
// for the Temporal UI, the API and the CLI.
// Must not know: who asks, the books. State is judged elsewhere, under the lock.
import { done, flag, oneOf, optional, parsed, readForm, required, time, type Form } from '../../form.ts'
import { gatewayRef, type GatewayRef } from '../../ids.ts'
import { OUTCOMES, type Outcome } from './possible.ts'

export const REFUND_COMMANDS = [
  'recheck',
  'acknowledge',
  'snooze',
  'retryTicket',
  'resolve',
  'withdraw',
  'approve',
] as const
export const PAYMENT_COMMANDS = ['recheck', 'acknowledge', 'accept', 'refund', 'release', 'approve'] as const
export type RefundCommandName = (typeof REFUND_COMMANDS)[number]
export type PaymentCommandName = (typeof PAYMENT_COMMANDS)[number]

/** One word a command, the same from the Temporal UI, the API and the CLI. */
export type RefundCommand =
  | { readonly kind: 'recheck' }
  | { readonly kind: 'acknowledge'; readonly owner: string }
  | { readonly kind: 'snooze'; readonly until: string; readonly reason: string | null }
  | { readonly kind: 'retryTicket'; readonly reason: string }
  | {
      readonly kind: 'resolve'
      readonly outcome: Outcome
      readonly reason: string
      readonly evidence: string | null
      readonly ticketDead: boolean
    }
  | { readonly kind: 'withdraw'; readonly reason: string }

/** What each command does, for the Temporal UI's dialog and the CLI's help. */
export const COMMAND_HELP: Record<RefundCommandName | PaymentCommandName, string> = {
  recheck: 'look at the gateway now: {}',
  acknowledge: 'name an owner; reminders are quiet until the next level: {"owner":"ann"}',
  snooze:
    'nobody is told until then; past the page level a reason is needed: {"until":"2026-12-24T09:00:00Z","reason":"…"}',
  retryTicket: 'authorise one more ticket; seen is the mark of what you saw: {"reason":"…","seen":"…"}',
  resolve:
    'say how it ended, with what Paymentwall wrote: {"outcome":"refunded|refused|settledElsewhere|ticketOpen","reason":"…","seen":"…","evidence":"…","ticketDead":false}',
  withdraw: 'take it back while nothing was sent: {"reason":"…"}',
  accept: 'keep the money and deliver: {"reason":"…","seen":"…","gatewayRef":"imp_…"}',
  refund: 'give the money back: {"reason":"…","seen":"…","gatewayRef":"imp_…"}',
  release:
    'the gateway speaks against our books: what you have seen (the mark that GET shows as seen) holds nothing any more: {"seen":"…","reason":"…"}',
  approve: 'carry out what another person asked for above the limit: {"request":"…"}',
}

export type PaymentCommand =
  | { readonly kind: 'recheck' }
  | { readonly kind: 'acknowledge'; readonly owner: string }
  | { readonly kind: 'accept' | 'refund'; readonly reason: string; readonly gatewayRef: GatewayRef | null }
  | { readonly kind: 'release'; readonly reason: string }

/** Who asks: a proof that the API has minted, or a name that somebody claims. */
export type Asker = { readonly proof: string | null; readonly person: string | null }
export type Approval = { readonly kind: 'approve'; readonly request: string }
export type Asked<Command> = {
  readonly asker: Asker
  /** The mark of what the person saw; null where the command moves no money. */
  readonly seen: string | null
  readonly command: Command | Approval
}

export function parseRefundCommand(name: RefundCommandName, input: unknown): Asked<RefundCommand> {
  const form = readForm(input, COMMAND_HELP[name])
  const asker = askerOf(form)
  const seen = seenIn(form, name)
  return { asker, seen, command: done(form, refundCommand(name, form)) }
}

export function parsePaymentCommand(name: PaymentCommandName, input: unknown): Asked<PaymentCommand> {
  const form = readForm(input, COMMAND_HELP[name])
  const asker = askerOf(form)
  const seen = seenIn(form, name)
  return { asker, seen, command: done(form, paymentCommand(name, form)) }
}

/** Commands that let money go, or say that it went: they are held to what their person saw. */
export const MOVING: readonly string[] = ['retryTicket', 'resolve', 'accept', 'refund', 'release']
const WHERE = 'is needed: the mark of what you saw, as GET, ops show, the alert and the Temporal UI give it'

function seenIn(form: Form, name: string): string | null {
  if (!MOVING.includes(name)) return null
  const given = form.fields['seen']
  if (given === undefined || given === null) form.faults.push({ path: 'seen', message: WHERE })
  return optional(form, 'seen', 40)
}

const askerOf = (form: Form): Asker => ({ proof: optional(form, 'proof', 100), person: optional(form, 'person', 40) })

function refundCommand(name: RefundCommandName, form: Form): RefundCommand | Approval {
  switch (name) {
    case 'recheck':
      return { kind: name }
    case 'approve':
      return { kind: name, request: required(form, 'request', 40) }
    case 'acknowledge':
      return { kind: name, owner: required(form, 'owner', 40) }
    case 'snooze':
      return { kind: name, until: time(form, 'until'), reason: optional(form, 'reason', 500) }
    case 'retryTicket':
    case 'withdraw':
      return { kind: name, reason: required(form, 'reason', 500) }
    case 'resolve':
      return {
        kind: name,
        outcome: oneOf(form, 'outcome', OUTCOMES),
        reason: required(form, 'reason', 500),
        evidence: optional(form, 'evidence', 2_000),
        ticketDead: flag(form, 'ticketDead'),
      }
  }
}

function paymentCommand(name: PaymentCommandName, form: Form): PaymentCommand | Approval {
  switch (name) {
    case 'recheck':
      return { kind: name }
    case 'approve':
      return { kind: name, request: required(form, 'request', 40) }
    case 'acknowledge':
      return { kind: name, owner: required(form, 'owner', 40) }
    case 'release':
      return { kind: name, reason: required(form, 'reason', 500) }
    case 'accept':
    case 'refund': {
      const ref = optional(form, 'gatewayRef', 80)
      return {
        kind: name,
        reason: required(form, 'reason', 500),
        gatewayRef: ref === null ? null : parsed(form, 'gatewayRef', ref, gatewayRef),
      }
    }
  }
}

// The words on the wire: inputs and signals; workflow types and task queues are in
// src/domain/names.ts. Names in histories are for ever.
// Must not know: activities, databases. Inputs are JSON: times are ISO strings, amounts integers in
// minor units.
import { defineSignal } from '@temporalio/workflow'
import type { Memory } from '../src/domain/books/memory.ts'
import { NEWS_SIGNAL } from '../src/domain/names.ts'

/** Your row moved: read it again. Carries nothing, so a repeated or forged one changes nothing. */
export const news = defineSignal(NEWS_SIGNAL)

/**
 * Only the id is needed once the row exists; a checkout without the HTTP API sends the whole order.
 */
export type PaymentInput = {
  readonly merchantUid: string
  readonly amount?: number
  readonly currency?: string
  readonly name?: string
  readonly channel?: 'live' | 'test'
  readonly country?: string
  readonly returnUrl?: string
  readonly expiresIn?: string
  readonly latePolicy?: 'hold' | 'refund' | 'accept'
  readonly gateway?: string
  readonly widget?: 'pw_1' | 't3_1'
  /** The row has been made just now, and no run of its saga was ever there: only ours, as below. */
  readonly born?: true
}

export type RefundInput = {
  readonly refundId: string
  readonly merchantUid?: string
  readonly amount?: number
  readonly reason?: string
  /** What an earlier run has seen of the row: only ours, never a caller's. */
  readonly memory?: Memory
  /** The same of a refund: under this key its ticket is filed at once. */
  readonly born?: string
}

/** A stray's row is there before its saga: only its name is needed. */
export type StrayInput = { readonly gateway: string; readonly gatewayRef: string }

export type SweepInput = { readonly gateway: string }

/** What a finished saga answers: the state in which its row was closed. */
export type Ended = { readonly state: string }

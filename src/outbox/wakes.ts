// Delivers wakes: tells Temporal to start the saga of a row, or that its row moved. Reads the row
// for what the UI shows at the start.
// Must not know: why it moved.
import { viewBooks, type About } from '../db/books/books.ts'
import type { Db } from '../db/connect.ts'
import type { Woken } from '../db/notify.ts'
import type { Books, Payment, Refund } from '../domain/books/books.ts'
import type { Memory } from '../domain/books/memory.ts'
import { merchantUid, refundId, strayNamedBy, type GatewayName, type GatewayRef } from '../domain/ids.ts'
import { printMoney } from '../domain/money.ts'
import { nextTicketKey } from '../domain/moves/tickets.ts'
import { PAYMENT_WORKFLOW, PAYMENTS_QUEUE, REFUND_WORKFLOW, REFUNDS_QUEUE, STRAY_WORKFLOW } from '../domain/names.ts'
import { paymentAttributes, refundAttributes, strayAttributes } from '../domain/shown/attributes.ts'
import { standing } from '../domain/shown/sheet.ts'
import { speakerOf, type Language, type Speak } from '../language.ts'
import { ORIGIN, SUMMARIES } from '../domain/shown/words/pages.ts'
import { shownId } from '../domain/text.ts'
import type { Start, TemporalClient } from '../temporal/client.ts'
import { spanned, traceIn } from '../tracing.ts'

export type WakeDeps = {
  readonly db: Db
  readonly temporal: Pick<TemporalClient, 'wake'>
  /** Of what the Temporal UI says about a run from its start on. */
  readonly language: Language
}

/**
 * Throws where Temporal did not accept it. A sentence says what was done. `payload`: its row's,
 * with the trace that it belongs to.
 */
export const deliverWake = (deps: WakeDeps, saga: string, woken?: Woken, payload?: unknown): Promise<string> =>
  spanned({ name: 'wake', kind: 'producer', facts: { 'saga.id': saga }, from: traceIn(payload) }, () =>
    wake(deps, saga, woken),
  )

async function wake({ db, temporal, language }: WakeDeps, saga: string, woken?: Woken): Promise<string> {
  const start = woken ? startIn(woken, saga, language) : await startOf(db, saga, language)
  if (!start) return 'no row of this saga is known any more; nothing was started'
  await temporal.wake(start)
  return 'accepted'
}

/** What starts this saga; undefined where no row of it is known. */
export async function startOf(db: Db, saga: string, language: Language = 'en'): Promise<Start | undefined> {
  const about = aboutOf(saga)
  return about && startIn(await viewBooks(db, about), saga, language)
}

function aboutOf(saga: string): About | undefined {
  const { kind, id } = partsOf(saga)
  if (kind === 'payment') return { merchantUid: merchantUid(id) }
  if (kind === 'refund') return { refundId: refundId(id) }
  return strayNamedBy(saga)
}

function startIn(woken: Woken, saga: string, language: Language): Start | undefined {
  const speak = speakerOf(language)
  const { books } = woken
  const { kind, id } = partsOf(saga)
  if (kind === 'payment') return paymentStart(speak, books, saga)
  if (kind === 'refund') return refundStart(speak, woken, saga, id)
  const stray = strayNamedBy(saga)
  return stray && strayStart(speak, books, saga, stray)
}

function partsOf(saga: string): { readonly kind: string; readonly id: string } {
  const [kind = '', ...rest] = saga.split(':')
  return { kind, id: rest.join(':') }
}

function paymentStart(speak: Speak, books: Books, workflowId: string): Start | undefined {
  const { payment } = books
  if (!payment) return undefined
  const { merchantUid: id } = payment
  const summary = speak(SUMMARIES.order, { order: id, money: printMoney(payment) })
  return {
    workflowId,
    workflowType: PAYMENT_WORKFLOW,
    taskQueue: PAYMENTS_QUEUE,
    input: { merchantUid: id },
    ...(isNew(payment) && { birth: { merchantUid: id, born: true } }),
    attributes: paymentAttributes(books, payment),
    summary,
    details: standing(speak, summary, id),
  }
}

/** Nothing was tried for it yet. */
const isNew = ({ orderState, tries }: Payment): boolean => orderState === 'opening' && tries === 0

function refundStart(speak: Speak, { books, births }: Woken, workflowId: string, id: string): Start | undefined {
  const refund = books.refunds.find((each) => each.refundId === id)
  if (!refund) return undefined
  const summary = speak(SUMMARIES.refund, {
    refund: id,
    order: refund.merchantUid ?? shownId(refund.gatewayRef),
    money: printMoney(refund),
    origin: speak(ORIGIN[refund.origin]),
  })
  return {
    workflowId,
    workflowType: REFUND_WORKFLOW,
    taskQueue: REFUNDS_QUEUE,
    input: { refundId: id },
    ...birthOf(refund, births.get(refund.refundId) ?? null),
    remembers: true,
    attributes: refundAttributes(books, refund),
    summary,
    details: standing(speak, summary, id),
  }
}

/**
 * Nothing was ever tried for it: its ticket is filed by the first step. Of its row that step knows
 * the birth, so that another one under the same id is not taken for it.
 */
function birthOf(refund: Refund, birth: string | null): Pick<Start, 'birth'> {
  const { refundId: id, tickets, tries } = refund
  const key = tickets.length === 0 && tries === 0 ? nextTicketKey(refund) : undefined
  const memory: Memory = { birth, version: 0, keys: [] }
  return key === undefined ? {} : { birth: { refundId: id, memory, born: key } }
}

function strayStart(
  speak: Speak,
  books: Books,
  workflowId: string,
  about: { gateway: GatewayName; gatewayRef: GatewayRef },
): Start | undefined {
  const attempt = books.attempts.find(({ gatewayRef: ref }) => ref === about.gatewayRef)
  if (!attempt) return undefined
  const summary = speak(SUMMARIES.stray, {
    ref: shownId(attempt.gatewayRef),
    order: shownId(attempt.saidMerchantUid.slice(0, 40)),
    money: printMoney(attempt),
  })
  return {
    workflowId,
    workflowType: STRAY_WORKFLOW,
    taskQueue: PAYMENTS_QUEUE,
    input: about,
    attributes: strayAttributes(books, attempt),
    summary,
    details: standing(speak, summary, null),
  }
}

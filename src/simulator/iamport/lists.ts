// i'mport's ways to find payments: by order, by status and time, several at once (iamport.md §3, §3.2).
// Must not know tokens or how payments change.
import type { RouterContext } from '@koa/router'
import { z } from 'zod'
import { statusOf, statusTimeOf, type Payment } from '../world/model.ts'
import { answer, NOT_FOUND, paymentObject, refuse } from './shape.ts'
import { iamportPayment, type Simulation } from '../world/simulation.ts'

const WINDOW_S = 90 * 24 * 60 * 60
const BATCH_LIMIT = 100

const STATUS = z.enum(['all', 'ready', 'paid', 'cancelled', 'failed'])
type StatusAsked = z.infer<typeof STATUS>

const SORTINGS = ['-started', 'started', '-paid', 'paid', '-updated', 'updated'] as const
const PAGE = z.object({
  page: z.coerce.number().int().min(1).default(1),
  limit: z.coerce.number().int().min(1).max(1000).default(20),
  sorting: z.enum(SORTINGS).default('-started'),
  from: z.coerce.number().int().min(0).optional(),
  to: z.coerce.number().int().min(0).optional(),
})
type Page = z.infer<typeof PAGE>

/** Test payments are hidden unless asked for (iamport.md §3.1); payments made at Paymentwall directly always are. */
export function isVisible(context: RouterContext, payment: Payment): boolean {
  return payment.gateway === 'iamport' && (!payment.sandbox || context.query.include_sandbox === 'true')
}

export function findOne(simulation: Simulation, context: RouterContext): void {
  const asked = readAsked(context)
  if (!asked) return
  const found = attemptsOf(simulation, context, asked.status).sort(bySorting(asked.page.sorting))[0]
  return found ? answer(context, paymentObject(found)) : refuse(context, 404, -1, NOT_FOUND)
}

export function findAll(simulation: Simulation, context: RouterContext): void {
  const asked = readAsked(context)
  if (!asked) return
  const found = attemptsOf(simulation, context, asked.status)
  return found.length > 0 ? answerPage(context, found, asked.page) : refuse(context, 404, -1, NOT_FOUND)
}

/** `from` and `to` look at the time of the present status, so a cancel moves a payment (iamport.md §3.2). */
export function byStatus(simulation: Simulation, context: RouterContext): void {
  const asked = readAsked(context)
  if (!asked) return
  const to = asked.page.to ?? Math.floor(simulation.clock() / 1000)
  const from = asked.page.from ?? Math.max(0, to - WINDOW_S)
  if (from > to || to - from > WINDOW_S) return refuse(context, 400, -1, '검색기간은 최대 90일까지 가능합니다.')
  const found = simulation.store.payments().filter((payment) => {
    const at = statusTimeOf(payment)
    return isVisible(context, payment) && isAsked(payment, asked.status) && at >= from && at <= to
  })
  answerPage(context, found, asked.page)
}

/** 207 where some were not found (iamport.md §3). */
export function severalAtOnce(simulation: Simulation, context: RouterContext): void {
  const query = new URLSearchParams(context.querystring)
  const impUids = valuesOf(query, 'imp_uid')
  const merchantUids = valuesOf(query, 'merchant_uid')
  const count = impUids.length + merchantUids.length
  if (count === 0 || count > BATCH_LIMIT)
    return refuse(context, 400, -1, '조회할 고유번호를 1개 이상 100개 이하로 입력하세요.')
  const asked = [
    ...impUids.map((id) => [iamportPayment(simulation, id)]),
    ...merchantUids.map((id) => simulation.store.paymentsOf(id)),
  ]
  const found = asked.map((some) => some.filter((payment) => payment !== undefined && isVisible(context, payment)))
  const list = [...new Set(found.flat())].filter((payment) => payment !== undefined)
  if (list.length === 0) return refuse(context, 404, -1, NOT_FOUND)
  const status = found.every((some) => some.length > 0) ? 200 : 207
  answer(
    context,
    list.map((payment) => paymentObject(payment)),
    status,
  )
}

function valuesOf(query: URLSearchParams, name: string): string[] {
  const isNamed = (key: string) => key === name || (key.startsWith(`${name}[`) && key.endsWith(']'))
  return [...query].filter(([key]) => isNamed(key)).map(([, value]) => value)
}

function readAsked(context: RouterContext): { status: StatusAsked; page: Page } | undefined {
  const status = STATUS.default('all').safeParse(context.params.payment_status)
  const page = PAGE.safeParse(context.query)
  if (status.success && page.success) return { status: status.data, page: page.data }
  refuse(context, 400, -1, '요청 파라메터가 올바르지 않습니다.')
  return undefined
}

function attemptsOf(simulation: Simulation, context: RouterContext, status: StatusAsked): Payment[] {
  const attempts = simulation.store.paymentsOf(context.params.merchant_uid ?? '')
  return attempts.filter((payment) => isVisible(context, payment) && isAsked(payment, status))
}

function isAsked(payment: Payment, status: StatusAsked): boolean {
  return status === 'all' || statusOf(payment) === status
}

// `previous` and `next` are page numbers, 0 = none (iamport.md §3.2).
function answerPage(context: RouterContext, found: Payment[], { page, limit, sorting }: Page): void {
  const sorted = found.toSorted(bySorting(sorting))
  answer(context, {
    total: sorted.length,
    previous: page - 1,
    next: page * limit < sorted.length ? page + 1 : 0,
    list: sorted.slice((page - 1) * limit, page * limit).map((payment) => paymentObject(payment)),
  })
}

// Within one second the order of making decides, so that pages never overlap.
function bySorting(sorting: Page['sorting']): (left: Payment, right: Payment) => number {
  const sign = sorting.startsWith('-') ? -1 : 1
  const timeOf = (payment: Payment) => {
    if (sorting.endsWith('paid')) return payment.paidAt
    return sorting.endsWith('updated') ? payment.updatedAtMs : payment.startedAt
  }
  return (left, right) => sign * (timeOf(left) - timeOf(right) || left.number - right.number)
}

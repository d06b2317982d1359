// i'mport's ways to find payments: by order, by status and
// time, several at once (iamport.md §3, §3.2).
// Must not know tokens or how payments change.
import type { RouterContext } from '@koa/router'
import { z } from 'zod'
import { answerBroken } from '../endpoint.ts'
import { shownMerchantUid, type Payment } from '../world/model.ts'
import type { Simulation } from '../world/simulation.ts'
import { iamportPayment, iamportPayments, iamportPaymentsOf } from './account.ts'
import { answer, forbid, NOT_FOUND, refuse } from './shape.ts'
import { isListed, showPayment, shownStatus, shownTimes } from './shown.ts'

const WINDOW_S = 90 * 24 * 60 * 60
const BATCH_LIMIT = 100
const NO_SUCH_PAGE = '존재하지 않는 페이지입니다.'

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

export function findOne(simulation: Simulation, context: RouterContext): void {
  const asked = readAsked(context)
  if (!asked) return
  const [found] = attemptsOf(simulation, context, asked.status).sort(bySorting(simulation, asked.page.sorting))
  return found ? answer(context, showPayment(simulation, found)) : refuse(context, 404, -1, NOT_FOUND)
}

export function findAll(simulation: Simulation, context: RouterContext): void {
  const asked = readAsked(context)
  if (!asked) return
  const found = attemptsOf(simulation, context, asked.status)
  return found.length > 0 ? answer(context, pageOf(simulation, found, asked.page)) : refuse(context, 404, -1, NOT_FOUND)
}

/**
 * `from` and `to` look at the time of the present status, so a
 * cancel moves a payment (iamport.md §3.2).
 */
export function byStatus(simulation: Simulation, context: RouterContext): void {
  const asked = readAsked(context)
  if (!asked) return
  const { lists, wire } = simulation.faults.now()
  const fault = asked.status === 'all' || asked.status === 'ready' ? 'ok' : lists[asked.status]
  if (fault === 'error500') return answerBroken(context)
  if (fault === 'forbidden403') return forbid(context)
  const to = asked.page.to ?? Math.floor(simulation.clock.now() / 1000)
  const from = asked.page.from ?? Math.max(0, to - WINDOW_S)
  if (from > to || to - from > WINDOW_S) return refuse(context, 400, -1, '검색기간은 최대 90일까지 가능합니다.')
  const found = iamportPayments(simulation).filter((payment) => {
    const { statusAt } = shownTimes(simulation, payment)
    return statusAt >= from && statusAt <= to && isAsked(payment, asked.status) && isListed(simulation, payment)
  })
  const page = pageOf(simulation, found, asked.page)
  if (page.list.length > 0 || wire.emptyPages === 'list') return answer(context, page)
  return wire.emptyPages === '404' ? refuse(context, 404, -1, NOT_FOUND) : refuse(context, 400, -1, NO_SUCH_PAGE)
}

/** 207 where some were not found (iamport.md §3). */
export function severalAtOnce(simulation: Simulation, context: RouterContext): void {
  const query = new URLSearchParams(context.querystring)
  const impUids = valuesOf(query, 'imp_uid')
  const merchantUids = valuesOf(query, 'merchant_uid')
  const count = impUids.length + merchantUids.length
  if (count === 0 || count > BATCH_LIMIT)
    return refuse(context, 400, -1, '조회할 고유번호를 1개 이상 100개 이하로 입력하세요.')
  const byImpUid = impUids.map((id) => [iamportPayment(simulation, id)].filter((payment) => payment !== undefined))
  const asked = [
    ...byImpUid.map((some) => some.filter((payment) => isListed(simulation, payment))),
    ...merchantUids.map((id) => shownUnder(simulation, id)),
  ]
  const list = [...new Set(asked.flat())]
  if (list.length === 0) return refuse(context, 404, -1, NOT_FOUND)
  const shown = list.map((payment) => showPayment(simulation, payment))
  answer(context, shown, asked.every((some) => some.length > 0) ? 200 : 207)
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
  const attempts = shownUnder(simulation, context.params.merchant_uid ?? '')
  return attempts.filter((payment) => isAsked(payment, status))
}

function shownUnder(simulation: Simulation, merchantUid: string): Payment[] {
  const attempts = iamportPaymentsOf(simulation, merchantUid)
  return attempts.filter((payment) => shownMerchantUid(payment) === merchantUid && isListed(simulation, payment))
}

function isAsked(payment: Payment, status: StatusAsked): boolean {
  return status === 'all' || shownStatus(payment) === status
}

// `previous` and `next` are page numbers, 0 = none (iamport.md §3.2).
function pageOf(simulation: Simulation, found: Payment[], { page, limit, sorting }: Page) {
  const { next, total } = simulation.faults.now().wire
  const sorted = found.toSorted(bySorting(simulation, sorting))
  return {
    ...(total === 'number' ? { total: sorted.length } : {}),
    previous: page - 1,
    ...(next === 'number' ? { next: page * limit < sorted.length ? page + 1 : 0 } : {}),
    list: sorted.slice((page - 1) * limit, page * limit).map((payment) => showPayment(simulation, payment)),
  }
}

// Within one second the order of making decides, so that pages never overlap.
function bySorting(simulation: Simulation, sorting: Page['sorting']): (left: Payment, right: Payment) => number {
  const sign = sorting.startsWith('-') ? -1 : 1
  const timeOf = (payment: Payment) => {
    if (sorting.endsWith('paid')) return shownTimes(simulation, payment).paidAt
    return sorting.endsWith('updated') ? payment.updatedAtMs : payment.startedAt
  }
  return (left, right) => sign * (timeOf(left) - timeOf(right) || left.number - right.number)
}

// PortOne's ways to find payments: one by its order, its transactions, and lists by a filter
// (portone.md §5, §6).
// Must not know how payments change.
import type { RouterContext } from '@koa/router'
import { z } from 'zod'
import { PORTONE_STORE } from '../credentials.ts'
import { answerBroken } from '../endpoint.ts'
import { statusTimeOf, type Payment } from '../world/model.ts'
import type { Simulation } from '../world/simulation.ts'
import { attemptsOf, portonePayments, shownOf, ticketsOf } from './account.ts'
import { answerWith, error, jsonOf, NOT_FOUND, paymentObject, statusOf, transactionObject } from './shape.ts'

export function showOne(simulation: Simulation, context: RouterContext): void {
  const payment = shownOf(simulation, context.params.paymentId ?? '')
  if (!payment) return answerWith(context, NOT_FOUND)
  answerWith(context, { status: 200, body: shown(simulation, payment) })
}

const shown = (simulation: Simulation, payment: Payment): object =>
  paymentObject(payment, ticketsOf(simulation, payment), simulation.faults.now().portone)

export function showTransactions(simulation: Simulation, context: RouterContext): void {
  const { portone } = simulation.faults.now()
  const attempts = attemptsOf(simulation, context.params.paymentId ?? '')
  if (portone.transactions === 'gone') return answerWith(context, error(404, 'NOT_FOUND', '찾을 수 없습니다.'))
  if (attempts.length === 0) return answerWith(context, NOT_FOUND)
  const items = attempts.map((payment) => transactionObject(payment, ticketsOf(simulation, payment), portone))
  answerWith(context, { status: 200, body: { items } })
}

const DAYS_90_MS = 90 * 86_400_000
const LISTED_AT_MOST = 60_000
const ASKED = z.object({
  page: z.object({ number: z.int().min(0).default(0), size: z.int().min(1).max(1_000).default(10) }).prefault({}),
  filter: z
    .object({
      storeId: z.string().optional(),
      version: z.enum(['V1', 'V2']).optional(),
      pgProvider: z.array(z.string()).optional(),
      status: z.array(z.string()).optional(),
      isTest: z.boolean().optional(),
      timestampType: z.enum(['CREATED_AT', 'STATUS_CHANGED_AT']).default('STATUS_CHANGED_AT'),
      from: z.iso.datetime({ offset: true }).optional(),
      until: z.iso.datetime({ offset: true }).optional(),
      sortBy: z.enum(['REQUESTED_AT', 'STATUS_CHANGED_AT']).default('REQUESTED_AT'),
      sortOrder: z.enum(['ASC', 'DESC']).default('DESC'),
    })
    .prefault({}),
})
type Filter = z.infer<typeof ASKED>['filter']

export function showList(simulation: Simulation, context: RouterContext): void {
  const said = context.query.requestBody
  const asked = ASKED.safeParse(said === undefined ? {} : jsonOf(typeof said === 'string' ? said : ''))
  if (!asked.success) return answerWith(context, error(400, 'INVALID_REQUEST', '요청이 올바르지 않습니다.'))
  const { page, filter } = asked.data
  if ((page.number + 1) * page.size > LISTED_AT_MOST)
    return answerWith(context, error(400, 'INVALID_REQUEST', 'page limit exceeded'))
  if ((filter.storeId ?? PORTONE_STORE) !== PORTONE_STORE)
    return answerWith(context, error(403, 'FORBIDDEN', '권한이 없습니다.'))
  if (isBroken(simulation, filter)) return answerBroken(context)
  const found = portonePayments(simulation)
    .filter((payment) => fits(simulation, payment, filter))
    .sort((a, b) => timeBy(a, filter.sortBy) - timeBy(b, filter.sortBy) || a.number - b.number)
  if (filter.sortOrder === 'DESC') found.reverse()
  const items = found.slice(page.number * page.size, (page.number + 1) * page.size)
  const about = { number: page.number, size: page.size, totalCount: found.length }
  answerWith(context, { status: 200, body: { items: items.map((each) => shown(simulation, each)), page: about } })
}

const WORDS = { paid: 'PAID', cancelled: 'CANCELLED', failed: 'FAILED' } as const

function isBroken({ faults }: Simulation, { status = [] }: Filter): boolean {
  const { lists } = faults.now()
  return (['paid', 'cancelled', 'failed'] as const).some((word) => status.includes(WORDS[word]) && lists[word] !== 'ok')
}

const timeBy = (payment: Payment, by: string): number =>
  by === 'STATUS_CHANGED_AT' ? statusTimeOf(payment) : payment.startedAt

function fits({ clock }: Simulation, payment: Payment, filter: Filter): boolean {
  const until = filter.until === undefined ? clock.now() : Date.parse(filter.until)
  const from = filter.from === undefined ? until - DAYS_90_MS : Date.parse(filter.from)
  const at = timeBy(payment, filter.timestampType === 'CREATED_AT' ? 'REQUESTED_AT' : 'STATUS_CHANGED_AT') * 1_000
  return (
    at >= from &&
    at <= until &&
    filter.version !== 'V1' &&
    (filter.status?.includes(statusOf(payment)) ?? true) &&
    (filter.pgProvider?.includes(payment.pgProvider.toUpperCase()) ?? true) &&
    (filter.isTest ?? payment.sandbox) === payment.sandbox
  )
}

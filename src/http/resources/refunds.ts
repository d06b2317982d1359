// The calls about refunds: ask for one, read one, list those that wait.
// Must not know: gateways, Temporal. A refund is a row, its reservation and its wake in one
// transaction; the saga does the rest.
import { refundAbout } from '../../db/books/books.ts'
import { recordRefund } from '../../db/books/record.ts'
import { listRefunds } from '../../db/books/refunds.ts'
import { databaseNow } from '../../db/clock.ts'
import { transact, readTogether } from '../../db/connect.ts'
import type { Attention, Books } from '../../domain/books/books.ts'
import { readAskedRefund, type AskedRefund } from '../../domain/books/order.ts'
import { Failure } from '../../domain/failures.ts'
import { OWN_ID, type MerchantUid, type RefundId } from '../../domain/ids.ts'
import type { RefundState } from '../../domain/refund.ts'
import { refundView } from '../../domain/shown/views.ts'
import { ANYBODY, CHECKOUT, checkoutNamed } from '../server/caller.ts'
import type { HttpDeps } from '../server/deps.ts'
import { cursorOf, readCursor } from '../server/page.ts'
import { REFUSALS, judgedBy, route, BODY_REFUSALS, at, type Answer, type Call, type Route } from '../server/route.ts'
import * as answers from './answers.ts'
import { makeBooksReader } from './read.ts'
import * as schemas from './schemas.ts'

type Asked = { readonly params: { readonly merchantUid: MerchantUid }; readonly body: AskedRefund }

async function postRefund(deps: HttpDeps, { params, body }: Asked, call: Call): Promise<Answer> {
  const { db, links, patience, rules } = deps
  const asked = { ...body, merchantUid: params.merchantUid, origin: 'checkout' } as const
  const who = checkoutNamed(call)
  const { row, books, created } = await transact(db, 'request refund', (trx) =>
    recordRefund(trx, asked, { who, saga: null, links, patience, rules }),
  )
  if (created) deps.kick()
  return { status: created ? 202 : 200, body: { refund: refundView(books, row, links) } }
}

type One = { readonly params: { readonly refundId: RefundId } }

async function getRefund({ db, links }: HttpDeps, { params: { refundId } }: One): Promise<Answer> {
  const refund = await readTogether(db, 'read refund', async (trx) => {
    const about = await refundAbout(trx, refundId)
    return about && viewIn(await makeBooksReader(trx)(about), refundId, links)
  })
  if (!refund) throw new Failure('notFound', `No refund is recorded as ${refundId}; check the refundId.`)
  return { status: 200, body: { refund } }
}

function viewIn(books: Books, refundId: RefundId, links: HttpDeps['links']) {
  const refund = books.refunds.find((each) => each.refundId === refundId)
  return refund && refundView(books, refund, links)
}

type RefundsQuery = {
  readonly state?: RefundState | undefined
  readonly attention?: Attention | undefined
  /** Milliseconds. */
  readonly olderThan?: number | undefined
  readonly limit: number
  readonly cursor?: string | undefined
}

/** The oldest waiting first. */
async function getRefunds({ db, links }: HttpDeps, { query }: { query: RefundsQuery }): Promise<Answer> {
  const { state, attention, olderThan, limit, cursor } = query
  const after = cursor === undefined ? undefined : afterOf(cursor)
  return readTogether(db, 'list refunds', async (trx) => {
    const now = Date.parse(await databaseNow(trx))
    const waitingBefore = olderThan === undefined ? undefined : new Date(now - olderThan).toISOString()
    const found = await listRefunds(trx, { state, attention, waitingBefore, after, limit: limit + 1 })
    const page = found.slice(0, limit)
    const booksFor = makeBooksReader(trx)
    const refunds = []
    for (const { refundId } of page) {
      const about = await refundAbout(trx, refundId)
      const view = about && viewIn(await booksFor(about), refundId, links)
      if (view) refunds.push(view)
    }
    const last = found.length > limit ? page.at(-1) : undefined
    return { status: 200, body: { refunds, cursor: last ? cursorOf([last.waitingSince, last.refundId]) : null } }
  })
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

function afterOf(cursor: string): { waitingSince: string; refundId: string } {
  const fits = ([since = '', id = '']: readonly string[]) =>
    TIME.test(since) && !Number.isNaN(Date.parse(since)) && OWN_ID.test(id)
  const [waitingSince = '', refundId = ''] = readCursor(cursor, 2, fits)
  return { waitingSince, refundId }
}

export const refundRoutes: readonly Route[] = [
  route({
    ...at('post', '/payments/{merchantUid}/refunds', CHECKOUT),
    summary: 'Ask for money back; without an amount, for all that is left',
    params: schemas.merchantUidParams,
    body: judgedBy(readAskedRefund),
    bodyShape: schemas.refundBody,
    answers: {
      202: { description: 'Recorded and reserved; it may take days', schema: answers.oneRefund },
      200: { description: 'The same refund was recorded before', schema: answers.oneRefund },
    },
    errors: [
      ...BODY_REFUSALS,
      'notFound',
      'conflict',
      'paymentNotPaid',
      'refundExceedsBalance',
      'partialRefundNotSupported',
    ],
    handle: postRefund,
  }),
  route({
    ...at('get', '/refunds/{refundId}', ANYBODY),
    summary: 'A refund',
    params: schemas.refundIdParams,
    answers: { 200: { description: 'As it stands', schema: answers.oneRefund } },
    errors: [...REFUSALS, 'notFound'],
    handle: getRefund,
  }),
  route({
    ...at('get', '/refunds', ANYBODY),
    summary: 'Refunds, the longest waiting first; `olderThan` is a duration such as 24h',
    query: schemas.refundsQuery,
    answers: { 200: { description: 'A page', schema: answers.refundPage } },
    errors: REFUSALS,
    handle: getRefunds,
  }),
]

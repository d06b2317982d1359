// The calls about notices: list those of a payment, send one once more.
// Must not know: how they are signed or delivered.
import { databaseNow } from '../../db/clock.ts'
import { transact } from '../../db/connect.ts'
import { listNotices, resendNotice, type NoticeRow } from '../../db/outgoing/notices.ts'
import { Failure } from '../../domain/failures.ts'
import type { MerchantUid } from '../../domain/ids.ts'
import { PEOPLE, personNamed } from '../server/caller.ts'
import type { HttpDeps } from '../server/deps.ts'
import { cursorOf, readCursor } from '../server/page.ts'
import { REFUSALS, route, at, type Answer, type Call, type Route } from '../server/route.ts'
import * as answers from './answers.ts'
import * as schemas from './schemas.ts'

type Page = { readonly merchantUid: MerchantUid; readonly limit: number; readonly cursor?: string | undefined }

async function getNotices({ db }: HttpDeps, { query }: { query: Page }): Promise<Answer> {
  const { merchantUid, limit, cursor } = query
  const after = cursor === undefined ? 0 : Number(readCursor(cursor, 1, ([id = '']) => /^\d{1,15}$/.test(id))[0])
  const found = await listNotices(db, { merchantUid, after, limit: limit + 1 })
  const page = found.slice(0, limit)
  const last = found.length > limit ? page.at(-1) : undefined
  return {
    status: 200,
    body: { notices: page.map(shown), cursor: last ? cursorOf([String(last.rowId)]) : null },
  }
}

async function postResend(deps: HttpDeps, { params }: { params: { id: string } }, call: Call): Promise<Answer> {
  const who = personNamed(call)
  const notice = await transact(deps.db, 'resend notice', async (trx) =>
    resendNotice(trx, params.id, { who, at: await databaseNow(trx) }),
  )
  if (!notice) throw new Failure('notFound', `No notice is recorded as ${params.id}; check the id.`)
  deps.kick()
  return { status: 200, body: { notice: shown(notice) } }
}

const shown = ({ rowId: _rowId, ...notice }: NoticeRow) => notice

export const noticeRoutes: readonly Route[] = [
  route({
    ...at('get', '/notices', PEOPLE),
    summary: 'Notices of one payment in the order of their numbers, and how their delivery stands',
    query: schemas.noticesQuery,
    answers: { 200: { description: 'A page', schema: answers.noticePage } },
    errors: REFUSALS,
    handle: getNotices,
  }),
  route({
    ...at('post', '/notices/{id}/resend', PEOPLE),
    summary: 'Send a notice once more, under the same id and number; it is tried for a day from now on',
    params: schemas.noticeParams,
    answers: { 200: { description: 'It waits to be sent', schema: answers.oneNotice } },
    errors: [...REFUSALS, 'notFound'],
    handle: postResend,
  }),
]

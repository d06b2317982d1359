// The calls about notices: list those of a payment, send one once more.
// Must not know: how they are signed or delivered.
import { databaseNow } from '../../db/clock.ts'
import { transact } from '../../db/connect.ts'
import { listNotices, resendNotice, type NoticeRow } from '../../db/outgoing/notices.ts'
import { Failure } from '../../domain/failures.ts'
import type { MerchantUid } from '../../domain/ids.ts'
import { cursorOf, readCursor } from '../server/page.ts'
import type { HttpDeps } from '../server/deps.ts'
import type { Answer, Call } from '../server/route.ts'

type Page = { readonly merchantUid: MerchantUid; readonly limit: number; readonly cursor?: string | undefined }

export async function getNotices({ db }: HttpDeps, { query }: { query: Page }): Promise<Answer> {
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

export async function postResend(
  deps: HttpDeps,
  { params }: { params: { id: string } },
  { person }: Call,
): Promise<Answer> {
  const who = person?.role ? `${person.role}:${person.name}` : 'local'
  const notice = await transact(deps.db, 'resend notice', async (trx) =>
    resendNotice(trx, params.id, { who, at: await databaseNow(trx) }),
  )
  if (!notice) throw new Failure('notFound', `No notice is recorded as ${params.id}; check the id.`)
  deps.kick()
  return { status: 200, body: { notice: shown(notice) } }
}

const shown = ({ rowId: _rowId, ...notice }: NoticeRow) => notice

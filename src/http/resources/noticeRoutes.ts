// Rows of the route table about notices: what the checkout was told, and telling it once more.
// Must not know: how anything is done.
import type { FailureKind } from '../../domain/failures.ts'
import type { Role } from '../server/access.ts'
import * as answers from './answers.ts'
import { getNotices, postResend } from './notices.ts'
import { blank, route, type Route } from '../server/route.ts'
import * as schemas from './schemas.ts'

const PEOPLE: readonly Role[] = ['ops', 'approver']
const COMMON: readonly FailureKind[] = ['unauthorized', 'forbidden', 'invalidRequest', 'temporarilyUnavailable']

export const noticeRoutes: readonly Route[] = [
  route({
    ...blank,
    method: 'get',
    path: '/notices',
    roles: PEOPLE,
    summary: 'Notices of one payment in the order of their numbers, and how their delivery stands',
    query: schemas.noticesQuery,
    answers: { 200: { description: 'A page', schema: answers.noticePage } },
    errors: COMMON,
    handle: getNotices,
  }),
  route({
    ...blank,
    method: 'post',
    path: '/notices/{id}/resend',
    roles: PEOPLE,
    summary: 'Send a notice once more, under the same id and number; it is tried for a day from now on',
    params: schemas.noticeParams,
    answers: { 200: { description: 'It waits to be sent', schema: answers.oneNotice } },
    errors: [...COMMON, 'notFound'],
    handle: postResend,
  }),
]

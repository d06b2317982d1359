// Rows of the route table about strays: money with a saga of its own. Their commands are in peopleRoutes.ts.
// Must not know: how anything is done.
import type { FailureKind } from '../../domain/failures.ts'
import type { Role } from '../server/access.ts'
import * as answers from './answers.ts'
import { blank, route, type Route } from '../server/route.ts'
import * as schemas from './schemas.ts'
import { getStray, getStrays } from './strays.ts'

const PEOPLE: readonly Role[] = ['ops', 'approver']
const COMMON: readonly FailureKind[] = ['unauthorized', 'forbidden', 'invalidRequest', 'temporarilyUnavailable']

export const strayRoutes: readonly Route[] = [
  route({
    ...blank,
    method: 'get',
    path: '/strays',
    roles: PEOPLE,
    summary: 'Money that no order waits for and nobody has decided on, the longest waiting first',
    query: schemas.straysQuery,
    answers: { 200: { description: 'A page', schema: answers.strayPage } },
    errors: COMMON,
    handle: getStrays,
  }),
  route({
    ...blank,
    method: 'get',
    path: '/strays/{kind}/{account}/{gatewayRef}',
    roles: PEOPLE,
    summary: 'One of them, decided or not; its account and its reference name it',
    params: schemas.strayParams,
    answers: { 200: { description: 'As it stands', schema: answers.oneStray } },
    errors: [...COMMON, 'notFound'],
    handle: getStray,
  }),
]

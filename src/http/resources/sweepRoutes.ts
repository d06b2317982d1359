// Rows of the route table about catch-ups.
// Must not know: how anything is done.
import type { FailureKind } from '../../domain/failures.ts'
import type { Role } from '../server/access.ts'
import * as answers from './answers.ts'
import { blank, route, type Route } from '../server/route.ts'
import * as schemas from './schemas.ts'
import { getSweep, postSweep } from './sweeps.ts'

const PEOPLE: readonly Role[] = ['ops', 'approver']
const COMMON: readonly FailureKind[] = ['unauthorized', 'forbidden', 'invalidRequest', 'temporarilyUnavailable']

export const sweepRoutes: readonly Route[] = [
  route({
    ...blank,
    method: 'post',
    path: '/sweeps',
    roles: PEOPLE,
    summary:
      'Catch up: list what changed at the gateway in a range, and look at whatever differs from what is kept here',
    body: schemas.sweepBody,
    answers: { 202: { description: 'Begun', schema: answers.sweep } },
    errors: [...COMMON, 'malformedBody', 'payloadTooLarge', 'conflict'],
    handle: postSweep,
  }),
  route({
    ...blank,
    method: 'get',
    path: '/sweeps/{id}',
    roles: PEOPLE,
    summary: 'A catch-up, as far as it has come',
    params: schemas.sweepParams,
    answers: { 200: { description: 'As it stands', schema: answers.sweep } },
    errors: [...COMMON, 'notFound'],
    handle: getSweep,
  }),
]

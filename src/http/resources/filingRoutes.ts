// Rows of the route table about the hold on filing.
// Must not know: how anything is done.
import { z } from 'zod'
import type { FailureKind } from '../../domain/failures.ts'
import type { Role } from '../server/access.ts'
import { getFiling, postHold, postRelease } from './filing.ts'
import { blank, route, type Route } from '../server/route.ts'
import * as schemas from './schemas.ts'

const PEOPLE: readonly Role[] = ['ops', 'approver']
const COMMON: readonly FailureKind[] = ['unauthorized', 'forbidden', 'invalidRequest', 'temporarilyUnavailable']
const BODY: readonly FailureKind[] = [...COMMON, 'malformedBody', 'payloadTooLarge']
const hold = z
  .strictObject({ since: z.iso.datetime(), who: z.string(), reason: z.string() })
  .nullable()
  .meta({ id: 'FilingHold', description: 'While it is in force no new cancel call is made; null: filing goes on' })
const answer = z.strictObject({ hold })

export const filingRoutes: readonly Route[] = [
  route({
    ...blank,
    method: 'get',
    path: '/filing',
    roles: PEOPLE,
    summary: 'Whether new cancel calls are held, since when, by whom and why',
    answers: { 200: { description: 'As it is', schema: answer } },
    errors: COMMON,
    handle: getFiling,
  }),
  route({
    ...blank,
    method: 'post',
    path: '/filing/hold',
    roles: PEOPLE,
    summary: 'No new cancel call is made, by any process, until the hold is released; a hold in force stays as it is',
    body: schemas.reasonBody,
    answers: { 200: { description: 'The hold in force', schema: answer } },
    errors: BODY,
    handle: postHold,
  }),
  route({
    ...blank,
    method: 'post',
    path: '/filing/release',
    roles: PEOPLE,
    summary: 'Ends the hold: what waited is asked for now (an approver where a limit is set)',
    body: schemas.reasonBody,
    answers: {
      200: {
        description: 'Released',
        schema: answer.extend({ freed: z.int().meta({ description: 'Refunds that are tried now' }) }),
      },
    },
    errors: [...BODY, 'conflict'],
    handle: postRelease,
  }),
]

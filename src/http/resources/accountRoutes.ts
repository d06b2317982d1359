// Rows of the route table about gateways' accounts.
// Must not know: how anything is done.
import { z } from 'zod'
import type { FailureKind } from '../../domain/failures.ts'
import type { Role } from '../server/access.ts'
import { getAccounts, postAcceptAccount } from './accounts.ts'
import { blank, route, type Route } from '../server/route.ts'
import * as schemas from './schemas.ts'

const PEOPLE: readonly Role[] = ['ops', 'approver']
const COMMON: readonly FailureKind[] = ['unauthorized', 'forbidden', 'invalidRequest', 'temporarilyUnavailable']
const text = z.string().nullable()
const account = z
  .strictObject({
    gateway: z.string(),
    channels: z.array(z.string()),
    rememberedAt: z.iso.datetime(),
    checkedAt: z.iso.datetime(),
    differsSince: z.iso.datetime().nullable(),
    shown: z.array(z.string()).nullable().meta({ description: 'What it shows instead, while it differs' }),
    said: text,
  })
  .meta({
    id: 'Account',
    description: "What identifies a gateway's account; while it differs nothing is settled by it.",
  })

export const accountRoutes: readonly Route[] = [
  route({
    ...blank,
    method: 'get',
    path: '/accounts',
    roles: PEOPLE,
    summary: "What is remembered of each gateway's account, and whether it answers as it did",
    answers: { 200: { description: 'All of them', schema: z.strictObject({ accounts: z.array(account) }) } },
    errors: COMMON,
    handle: getAccounts,
  }),
  route({
    ...blank,
    method: 'post',
    path: '/accounts/{kind}/{account}/accept',
    roles: PEOPLE,
    summary:
      'The account was changed on purpose: what it shows now is the right one (an approver where a limit is set)',
    params: schemas.accountParams,
    body: schemas.reasonBody,
    answers: { 200: { description: 'As it is remembered now', schema: z.strictObject({ account }) } },
    errors: [...COMMON, 'malformedBody', 'payloadTooLarge', 'notFound', 'conflict'],
    handle: postAcceptAccount,
  }),
]

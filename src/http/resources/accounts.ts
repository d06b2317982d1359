// The calls about gateways' accounts: what is remembered of each, and a person's word that another
// one is right now.
// Must not know: gateways. What an account shows was noted by the check that found the difference.
import { z } from 'zod'
import { writeJournal } from '../../db/books/journal.ts'
import { databaseNow } from '../../db/clock.ts'
import { transact, readTogether } from '../../db/connect.ts'
import { retryAll } from '../../db/hints/looks.ts'
import { acceptAccount, listAccounts, lockAccount, type Account } from '../../db/watch/accounts.ts'
import { Failure } from '../../domain/failures.ts'
import type { GatewayName } from '../../domain/ids.ts'
import { PEOPLE, callerOf, personNamed } from '../server/caller.ts'
import type { HttpDeps } from '../server/deps.ts'
import { REFUSALS, route, at, type Answer, type Call, type Route } from '../server/route.ts'
import * as schemas from './schemas.ts'

type Accepting = { readonly params: { readonly gateway: GatewayName }; readonly body: { readonly reason: string } }

/** Hints that were parked because the account differed. */
const FORGOTTEN = 'gatewayForgot'

function getAccounts({ db }: HttpDeps): Promise<Answer> {
  return readTogether(db, 'list accounts', async (trx) => ({
    status: 200,
    body: { accounts: (await listAccounts(trx)).map(viewOf) },
  }))
}

/** The account as it was shown when it was found to differ is the right one from now on. */
async function postAcceptAccount(deps: HttpDeps, { params, body }: Accepting, call: Call): Promise<Answer> {
  const { db, fourEyes, kick } = deps
  const { gateway } = params
  const person = callerOf(call)
  if (fourEyes === true && person.role === 'ops')
    throw new Failure('forbidden', `Another account takes an approver where APPROVAL_LIMIT is set. Nothing was done.`)
  const account = await transact(db, 'accept account', async (trx) => {
    const known = await lockAccount(trx, gateway)
    if (!known) throw new Failure('notFound', `No account of ${gateway} is remembered yet; there is nothing to accept.`)
    if (known.differsSince === null)
      throw new Failure(
        'conflict',
        `The account of ${gateway} is the one that is remembered; there is nothing to accept.`,
      )
    await acceptAccount(trx, gateway, known.shown ?? [])
    await retryAll(trx, gateway, FORGOTTEN)
    const facts = { before: known.channels, now: known.shown, differed: known.said }
    const line = { what: 'account.accepted', from: gateway, to: gateway, why: body.reason, facts }
    await writeJournal(trx, [line], { who: personNamed(call), at: await databaseNow(trx), merchantUid: null })
    return (await lockAccount(trx, gateway)) ?? known
  })
  kick()
  return { status: 200, body: { account: viewOf(account) } }
}

function viewOf({ gateway, channels, rememberedAt, checkedAt, differsSince, shown, said }: Account) {
  return { gateway, channels, rememberedAt, checkedAt, differsSince, shown, said }
}

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
    ...at('get', '/accounts', PEOPLE),
    summary: "What is remembered of each gateway's account, and whether it answers as it did",
    answers: { 200: { description: 'All of them', schema: z.strictObject({ accounts: z.array(account) }) } },
    errors: REFUSALS,
    handle: getAccounts,
  }),
  route({
    ...at('post', '/accounts/{kind}/{account}/accept', PEOPLE),
    again: 'once',
    summary:
      'The account was changed on purpose: what it shows now is the right one (an approver where a limit is set)',
    params: schemas.accountParams,
    body: schemas.reasonBody,
    answers: { 200: { description: 'As it is remembered now', schema: z.strictObject({ account }) } },
    errors: [...REFUSALS, 'malformedBody', 'payloadTooLarge', 'notFound', 'conflict'],
    handle: postAcceptAccount,
  }),
]

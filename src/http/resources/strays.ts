// The calls about strays: list those that wait for a person, read one. What a person does is in
// people.ts.
// Must not know: gateways, Temporal.
import { readTogether } from '../../db/connect.ts'
import { listStrays, type StrayRow } from '../../db/lists/strays.ts'
import { attemptOf } from '../../domain/books/balance.ts'
import type { Books } from '../../domain/books/books.ts'
import { Failure } from '../../domain/failures.ts'
import { strayNamedBy, strayWorkflowId, type GatewayName, type GatewayRef } from '../../domain/ids.ts'
import { strayView } from '../../domain/shown/views.ts'
import { PEOPLE } from '../server/caller.ts'
import type { HttpDeps } from '../server/deps.ts'
import { cursorOf, readCursor } from '../server/page.ts'
import { REFUSALS, route, at, type Answer, type Route } from '../server/route.ts'
import * as answers from './answers.ts'
import { makeBooksReader } from './read.ts'
import * as schemas from './schemas.ts'

type Name = { readonly gateway: GatewayName; readonly gatewayRef: GatewayRef }
type Page = { readonly limit: number; readonly cursor?: string | undefined }

async function getStrays({ db, links }: HttpDeps, { query }: { query: Page }): Promise<Answer> {
  const { limit, cursor } = query
  const after = cursor === undefined ? undefined : afterOf(cursor)
  return readTogether(db, 'list strays', async (trx) => {
    const found = await listStrays(trx, { after, limit: limit + 1 })
    const page = found.slice(0, limit)
    const booksFor = makeBooksReader(trx)
    const strays = []
    for (const { gateway, gatewayRef } of page) {
      const name = { gateway, gatewayRef }
      strays.push(viewIn(await booksFor(name), name, links))
    }
    const last = found.length > limit ? page.at(-1) : undefined
    return {
      status: 200,
      body: {
        strays,
        cursor: last ? cursorOf([last.waitingSince, strayWorkflowId(last.gateway, last.gatewayRef)]) : null,
      },
    }
  })
}

async function getStray({ db, links }: HttpDeps, { params }: { params: Name }): Promise<Answer> {
  return readTogether(db, 'read stray', async (trx) => ({
    status: 200,
    body: { stray: viewIn(await makeBooksReader(trx)(params), params, links) },
  }))
}

function viewIn(books: Books, { gateway, gatewayRef: ref }: Name, links: HttpDeps['links']) {
  const attempt = attemptOf(books, ref)
  if (!attempt) throw new Failure('notFound', `No money is recorded as ${ref} of ${gateway}; check both.`)
  return strayView(books, attempt, links)
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

function afterOf(cursor: string): StrayRow | undefined {
  const fits = ([since = '', saga = '']: readonly string[]) =>
    TIME.test(since) && !Number.isNaN(Date.parse(since)) && strayNamedBy(saga) !== undefined
  const [waitingSince = '', saga = ''] = readCursor(cursor, 2, fits)
  const named = strayNamedBy(saga)
  return named && { waitingSince, ...named }
}

export const strayRoutes: readonly Route[] = [
  route({
    ...at('get', '/strays', PEOPLE),
    summary: 'Money that no order waits for and nobody has decided on, the longest waiting first',
    query: schemas.straysQuery,
    answers: { 200: { description: 'A page', schema: answers.strayPage } },
    errors: REFUSALS,
    handle: getStrays,
  }),
  route({
    ...at('get', '/strays/{kind}/{account}/{gatewayRef}', PEOPLE),
    summary: 'One of them, decided or not; its account and its reference name it',
    params: schemas.strayParams,
    answers: { 200: { description: 'As it stands', schema: answers.oneStray } },
    errors: [...REFUSALS, 'notFound'],
    handle: getStray,
  }),
]

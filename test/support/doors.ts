// The three doors through which people act: the HTTP API, the ops command line, and any Temporal client.
// Must not know: what a test promises. Each door is held to its own form here, so that tests compare what was said.
import { setTimeout } from 'node:timers/promises'
import {
  ApplicationFailure,
  isGrpcServiceError,
  WithStartWorkflowOperation,
  WorkflowUpdateFailedError,
} from '@temporalio/client'
import { z } from 'zod'
import { makeCli } from '../ops/cli.ts'
import { fresh, type Shop } from './shop.ts'

export const DOORS = ['HTTP', 'CLI', 'Temporal'] as const
export type Door = (typeof DOORS)[number]
export type Saga = { readonly kind: 'refund' | 'payment' | 'stray'; readonly id: string }
export type Fields = Readonly<Record<string, string | boolean>>

const answered = z.strictObject({
  answer: z.enum(['done', 'approvalNeeded']),
  state: z.string(),
  sentence: z.string(),
  request: z.string().optional(),
})
const problem = z.looseObject({ status: z.number(), code: z.string(), detail: z.string() })
/** What a person was told: that it is done, that it waits for another person, or why not. */
export type Told = z.infer<typeof answered> | { readonly refused: string; readonly sentence: string }
export type Act = (saga: Saga, name: string, fields?: Fields) => Promise<Told>

export const refundSaga = (id: string): Saga => ({ kind: 'refund', id })
export const paymentSaga = (id: string): Saga => ({ kind: 'payment', id })
export const straySaga = (id: string): Saga => ({ kind: 'stray', id: `iamport/main/${id}` })

export const doorsOf = (shop: Shop, key?: string): Record<Door, Act> => ({
  HTTP: overHttp(shop, key),
  CLI: byCommandLine(shop, key),
  Temporal: (saga, name, fields) => byTemporal(shop, saga, name, fields),
})

const MOVES_MONEY = ['retryTicket', 'resolve', 'accept', 'refund', 'release']
const requests = new Map<string, string>()
const seenIn = z.object({ seen: z.string() })

/**
 * What a person reads before he asks: the mark of what he sees, and the request that waits. A test about these gives
 * them itself.
 */
async function informed({ api }: Pick<Shop, 'api'>, saga: Saga, name: string, fields: Fields, key?: string) {
  const request = requests.get(workflowIdOf(saga)) ?? 'none'
  if (name === 'approve') return { request, ...fields }
  if (!MOVES_MONEY.includes(name) || 'seen' in fields) return fields
  const headers = { ...(key !== undefined && { authorization: `Bearer ${key}` }) }
  const response = await fetch(`${api}/${saga.kind}s/${saga.id}`, { headers })
  const body: unknown = await response.json()
  const shown = seenIn.safeParse(Object(body)[saga.kind])
  return { ...fields, seen: shown.success ? shown.data.seen : 'unknown' }
}

/** Whoever approves next has read what was answered last. */
function noted(saga: Saga, told: Told): Told {
  const request = 'answer' in told ? (told.request ?? / as request (\S+)$/.exec(told.sentence)?.[1]) : undefined
  if (request !== undefined) requests.set(workflowIdOf(saga), request)
  return told
}

/** 200 and 202 with the answer; everything else as problem+json, its status the one that it names. */
export function overHttp(shop: Shop, key?: string, idempotencyKey?: string): Act {
  const { api } = shop
  return async (saga, name, given = {}) => {
    const { kind, id } = saga
    const fields = await informed(shop, saga, name, given, key)
    const path = `/${kind}s/${id}/${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
    const headers = {
      'content-type': 'application/json',
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
    }
    const response = await fetch(api + path, { method: 'POST', headers, body: JSON.stringify(fields) })
    const type = response.headers.get('content-type') ?? ''
    const body: unknown = await response.json()
    if (response.ok) {
      const told = answered.parse(body)
      if (response.status !== (told.answer === 'done' ? 200 : 202)) throw wrongForm(`${response.status}`, body)
      return noted(saga, told)
    }
    const { status, code, detail } = problem.parse(body)
    if (!type.startsWith('application/problem+json') || status !== response.status) throw wrongForm(type, body)
    return { refused: code, sentence: detail }
  }
}

/** Ends with 0 (done) or 2 (waits for another person) and "SENTENCE; state STATE"; with 1 and "SENTENCE (CODE)". */
function byCommandLine(shop: Shop, key?: string): Act {
  const ops = makeCli(shop.api, key)
  return async (saga, name, given = {}) => {
    const { kind, id } = saga
    const fields = await informed(shop, saga, name, given, key)
    const options = Object.entries(fields).flatMap(([field, value]) => {
      const option = `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
      return value === true ? [option] : [option, String(value)]
    })
    const command = name === 'retryTicket' ? 'retry-ticket' : name
    const { code, out, error } = await ops(...(kind === 'refund' ? [] : [kind]), command, id, ...options)
    const [, sentence, state] = /^(.*); state (\w+)\n$/.exec(out) ?? []
    if ((code === 0 || code === 2) && error === '' && sentence !== undefined && state !== undefined)
      return noted(saga, { answer: code === 0 ? 'done' : 'approvalNeeded', state, sentence })
    const [, why, refused] = /^(.*) \((\w+)\)\n$/.exec(error) ?? []
    if (code !== 1 || out !== '' || why === undefined || refused === undefined)
      throw wrongForm(String(code), error || out)
    return { refused, sentence: why }
  }
}

/** As the Temporal UI or any client does it; a saga that has ended is started by the same call. Who asks is only claimed. */
export async function byTemporal(
  shop: Shop,
  saga: Saga,
  name: string,
  given: Fields = {},
  key?: string,
): Promise<Told> {
  const { client } = shop
  const fields = await informed(shop, saga, name, given, key ?? shop.key)
  const updateId = fresh('update')
  const update = () =>
    client.workflow.executeUpdateWithStart(name, { updateId, args: [fields], startWorkflowOperation: startOf(saga) })
  for (let [tries, late] = [1, 0]; ;) {
    try {
      return noted(saga, await toldBy(update()))
    } catch (error) {
      if (!isGrpcServiceError(error)) throw error
      if (error.message.includes('Workflow Task in failed state')) {
        const { failed, said } = await whyNoTaskEnds(shop, saga)
        late += 1
        if (failed || late > MOST_LATE)
          throw new Error(`no task of ${workflowIdOf(saga)} ends: ${said}`, { cause: error })
        await setTimeout(LATER_MS)
      } else {
        // The server gives an update up with a task that fails because news came while the saga ended; by its id it is asked again.
        tries += 1
        if (!error.message.includes('unexpected workflow task failure') || tries > 5) throw error
      }
    }
  }
}

/** Of three tasks in a row that a busy machine does not end in time, the server says what it says of three that fail: for a while. */
const MOST_LATE = 60
const LATER_MS = 1_000

/** Of a saga that goes no further, what its history has of why: its code's own words, or that its worker's time was over. */
async function whyNoTaskEnds({ client }: Pick<Shop, 'client'>, saga: Saga): Promise<{ failed: boolean; said: string }> {
  const { events } = await client.workflow.getHandle(workflowIdOf(saga)).fetchHistory()
  const ends = (events ?? []).flatMap(
    ({ workflowTaskFailedEventAttributes: failed, workflowTaskTimedOutEventAttributes: late }) => {
      // A reset, and news at the end, are told as failures that are nobody's.
      if (failed?.failure && !failed.failure.resetWorkflowFailureInfo)
        return [{ failed: true, said: failed.failure.message ?? '' }]
      return late ? [{ failed: false, said: `over its time (${late.timeoutType})` }] : []
    },
  )
  const said = ends.map((end) => end.said).slice(-3)
  return { failed: ends.some((end) => end.failed), said: said.join('; ') || 'its history says nothing of it' }
}

/** The same on a run that is there, under an id of the caller's: repeated, Temporal knows it again. */
export async function byUpdateId(shop: Shop, saga: Saga, updateId: string, name: string, given: Fields = {}) {
  const fields = await informed(shop, saga, name, given, shop.key)
  return toldBy(shop.client.workflow.getHandle(workflowIdOf(saga)).executeUpdate(name, { updateId, args: [fields] }))
}

async function toldBy(update: Promise<unknown>): Promise<Told> {
  try {
    return answered.parse(await update)
  } catch (error) {
    const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined
    if (!(cause instanceof ApplicationFailure)) throw error
    return { refused: cause.type ?? '', sentence: cause.message }
  }
}

/** iamport/main/imp_1 → stray:iamport/main:imp_1 */
export const workflowIdOf = ({ kind, id }: Saga): string =>
  kind === 'stray' ? `stray:${id.replace(/\/(?=[^/]*$)/, ':')}` : `${kind}:${id}`

function startOf(saga: Saga): WithStartWorkflowOperation<(input: object) => Promise<unknown>> {
  const { kind, id } = saga
  const [gateway = '', gatewayRef = ''] = workflowIdOf(saga)
    .replace(/^stray:/, '')
    .split(':')
  const input =
    kind === 'refund' ? { refundId: id } : kind === 'payment' ? { merchantUid: id } : { gateway, gatewayRef }
  return new WithStartWorkflowOperation(kind, {
    workflowId: workflowIdOf(saga),
    taskQueue: kind === 'refund' ? 'refunds' : 'payments',
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
  })
}

const wrongForm = (what: string, said: unknown): Error =>
  new Error(`a door answered in a form that is not documented (${what}): ${JSON.stringify(said)}`)

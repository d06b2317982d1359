// Prepares a namespace: it is there, keeps closed workflows for 30 days, and knows our search attributes.
// Must not know workflows; never changes the retention of a namespace that is not ours.

import { setTimeout as pause } from 'node:timers/promises'
import { isGrpcServiceError, type Connection } from '@temporalio/client'
import { msToTs, tsToMs } from '@temporalio/common/lib/time.js'
import { SEARCH_ATTRIBUTES } from '../domain/attributes.ts'

export type PrepareNamespace = {
  readonly namespace: string
  /** Whether the server was started by us: then the namespace is ours, too. */
  readonly ownServer: boolean
  readonly log: { readonly info: (line: string) => void; readonly warn: (line: string) => void }
}

const RETENTION_DAYS = 30
const RETENTION_MS = RETENTION_DAYS * 24 * 60 * 60 * 1000
const RPC_MS = 10_000
/** A server needs a moment to see a namespace that was made, or an attribute that another start added, just now. */
const LOOKS = 60
const LOOK_AGAIN_MS = 250
/** The numbers of the API's IndexedValueType. */
export const SEARCH_ATTRIBUTE_TYPE_NUMBERS = { KEYWORD: 2, INT: 3, BOOL: 5, DATETIME: 6 } as const
/** The gRPC status codes that have an answer here; every other one is thrown. */
const INVALID_ARGUMENT = 3
const NOT_FOUND = 5
const ALREADY_EXISTS = 6
const PERMISSION_DENIED = 7
const UNIMPLEMENTED = 12
const BY_HAND = 'Somebody with the right to do so must add them: without them lists cannot be filtered by them.'

/** May be called at every start. Returns the search attributes that workflows cannot use here; normally none. */
export async function prepareNamespace(connection: Connection, options: PrepareNamespace): Promise<string[]> {
  if (options.ownServer) await prepareOwn(connection, options)
  return addSearchAttributes(connection, options)
}

async function prepareOwn(connection: Connection, { namespace, log }: PrepareNamespace): Promise<void> {
  const service = connection.workflowService
  const found = await ask(connection, [NOT_FOUND], () => service.describeNamespace({ namespace }))
  if (!found.ok) {
    const request = { namespace, workflowExecutionRetentionPeriod: msToTs(RETENTION_MS) }
    await ask(connection, [ALREADY_EXISTS], () => service.registerNamespace(request))
    log.info(`made namespace ${namespace}, which keeps closed workflows for ${RETENTION_DAYS} days`)
    return
  }
  const retention = found.value.config?.workflowExecutionRetentionTtl
  if (retention && tsToMs(retention) === RETENTION_MS) return
  const config = { workflowExecutionRetentionTtl: msToTs(RETENTION_MS) }
  await ask(connection, [], () => service.updateNamespace({ namespace, config }))
  log.info(`namespace ${namespace} now keeps closed workflows for ${RETENTION_DAYS} days`)
}

async function addSearchAttributes(connection: Connection, options: PrepareNamespace): Promise<string[]> {
  const { namespace, log } = options
  for (let looksLeft = LOOKS; looksLeft > 0; looksLeft -= 1) {
    const seen = await lookAt(connection, options)
    if (seen === 'not visible yet') {
      await pause(LOOK_AGAIN_MS)
      continue
    }
    const names = seen.missing.map(([name]) => name)
    if (names.length === 0) return seen.clashing
    const searchAttributes = Object.fromEntries(
      seen.missing.map(([name, type]) => [name, SEARCH_ATTRIBUTE_TYPE_NUMBERS[type]]),
    )
    const refusals = [INVALID_ARGUMENT, ALREADY_EXISTS, PERMISSION_DENIED, UNIMPLEMENTED]
    const added = await ask(connection, refusals, () =>
      connection.operatorService.addSearchAttributes({ namespace, searchAttributes }),
    )
    if (added.ok) {
      log.info(`added search attributes to namespace ${namespace}: ${names.join(', ')}`)
      return seen.clashing
    }
    if (added.code !== ALREADY_EXISTS) {
      log.warn(
        `cannot add search attributes to namespace ${namespace} (${added.said}): ${names.join(', ')}. ${BY_HAND}`,
      )
      return [...seen.clashing, ...names]
    }
    await pause(LOOK_AGAIN_MS) // another start was faster: look at what is there now
  }
  throw new Error(`Namespace ${namespace} does not settle on the Temporal server. Look at its log, and start again.`)
}

type Wanted = [name: string, type: keyof typeof SEARCH_ATTRIBUTE_TYPE_NUMBERS]
type Seen = { readonly missing: readonly Wanted[]; readonly clashing: string[] } | 'not visible yet'

/** What is missing, and what is there with another type. Where one may not look, nothing counts as missing. */
async function lookAt(connection: Connection, { namespace, ownServer, log }: PrepareNamespace): Promise<Seen> {
  const refusals = [NOT_FOUND, PERMISSION_DENIED, UNIMPLEMENTED]
  const listed = await ask(connection, refusals, () => connection.operatorService.listSearchAttributes({ namespace }))
  if (listed.ok) {
    const there: Record<string, number> = listed.value.customAttributes
    const wanted: Wanted[] = Object.entries(SEARCH_ATTRIBUTES)
    const clashing = wanted.filter(
      ([name, type]) => name in there && there[name] !== SEARCH_ATTRIBUTE_TYPE_NUMBERS[type],
    )
    for (const [name, type] of clashing) {
      log.warn(`search attribute ${name} of namespace ${namespace} is not of type ${type}, so it is not used`)
    }
    return { missing: wanted.filter(([name]) => !(name in there)), clashing: clashing.map(([name]) => name) }
  }
  if (listed.code !== NOT_FOUND) {
    log.warn(`cannot list the search attributes of namespace ${namespace} (${listed.said}). ${BY_HAND}`)
    return { missing: [], clashing: [] }
  }
  if (ownServer) return 'not visible yet'
  throw new Error(
    `The Temporal server has no namespace ${namespace}. Make it there ` +
      `(temporal operator namespace create -n ${namespace} --retention ${RETENTION_DAYS}d), or set TEMPORAL_NAMESPACE.`,
  )
}

type Answer<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: number; readonly said: string }

/** One call under a deadline. The tolerated refusals are an answer, every other failure is thrown. */
async function ask<T>(connection: Connection, tolerated: number[], call: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { ok: true, value: await connection.withDeadline(Date.now() + RPC_MS, call) }
  } catch (error) {
    if (isGrpcServiceError(error) && tolerated.includes(error.code)) {
      return { ok: false, code: error.code, said: error.details }
    }
    throw error
  }
}

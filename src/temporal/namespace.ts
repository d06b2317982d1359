// Prepares a namespace: it is there, keeps closed workflows for 30 days, and knows our search
// attributes.
// Must not know workflows; never changes the retention of a namespace that is not ours.

import { setTimeout as pause } from 'node:timers/promises'
import type { Connection } from '@temporalio/client'
import { msToTs, tsToMs } from '@temporalio/common/lib/time.js'
import { ask, STATUS, type TemporalAnswer } from './ask.ts'
import { linesToPaste, readAttributes, SEARCH_ATTRIBUTE_TYPE_NUMBERS, type Wanted } from './attributes.ts'

export type PrepareNamespace = {
  readonly namespace: string
  /** Whether the server was started by us: then the namespace is ours, too. */
  readonly ownServer: boolean
  readonly log: { readonly info: (line: string) => void; readonly warn: (line: string) => void }
}

const RETENTION_DAYS = 30
const RETENTION_MS = RETENTION_DAYS * 24 * 60 * 60 * 1000
/**
 * A server needs a moment to see a namespace that was made, or an attribute that another start
 * added, just now.
 */
const LOOKS = 60
const LOOK_AGAIN_MS = 250
const BY_HAND = 'Somebody with the right to do so must add them: without them lists cannot be filtered by them.'

/**
 * May be called at every start. Returns the search attributes that workflows cannot use here;
 * normally none.
 */
export async function prepareNamespace(connection: Connection, options: PrepareNamespace): Promise<string[]> {
  if (options.ownServer) await prepareOwn(connection, options)
  return addSearchAttributes(connection, options)
}

async function prepareOwn(connection: Connection, { namespace, log }: PrepareNamespace): Promise<void> {
  const service = connection.workflowService
  const found = await ask(connection, [STATUS.NOT_FOUND], () => service.describeNamespace({ namespace }))
  if (!found.ok) {
    const request = { namespace, workflowExecutionRetentionPeriod: msToTs(RETENTION_MS) }
    await ask(connection, [STATUS.ALREADY_EXISTS], () => service.registerNamespace(request))
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
    const added = await add(connection, namespace, seen.missing)
    if (added.ok) {
      log.info(`added search attributes to namespace ${namespace}: ${names.join(', ')}`)
      return seen.clashing
    }
    if (added.code !== STATUS.ALREADY_EXISTS) {
      const left = await addSingly(connection, namespace, seen.missing, added.code)
      const why = `cannot add search attributes to namespace ${namespace} (${added.said}): ${left.join(', ')}`
      if (left.length > 0) log.warn(`${why}. ${BY_HAND} ${linesToPaste(namespace, left)}`)
      return [...seen.clashing, ...left]
    }
    await pause(LOOK_AGAIN_MS) // another start was faster: look at what is there now
  }
  throw new Error(`Namespace ${namespace} does not settle on the Temporal server. Look at its log, and start again.`)
}

function add(connection: Connection, namespace: string, wanted: readonly Wanted[]): Promise<TemporalAnswer<unknown>> {
  const searchAttributes = Object.fromEntries(wanted.map(([name, type]) => [name, SEARCH_ATTRIBUTE_TYPE_NUMBERS[type]]))
  const refusals = [STATUS.INVALID_ARGUMENT, STATUS.ALREADY_EXISTS, STATUS.PERMISSION_DENIED, STATUS.UNIMPLEMENTED]
  return ask(connection, refusals, () =>
    connection.operatorService.addSearchAttributes({ namespace, searchAttributes }),
  )
}

/**
 * A server on SQL has ten places for keywords in a namespace and refuses all where one has none:
 * one by one, the first in our list first, those that fit are added. Returns the names of the
 * others.
 */
async function addSingly(
  connection: Connection,
  namespace: string,
  wanted: readonly Wanted[],
  refusedWith: number,
): Promise<string[]> {
  const names = wanted.map(([name]) => name)
  if (refusedWith !== STATUS.INVALID_ARGUMENT || wanted.length === 1) return names
  const left: string[] = []
  for (const each of wanted) {
    const added = await add(connection, namespace, [each])
    if (!added.ok && added.code !== STATUS.ALREADY_EXISTS) left.push(each[0])
  }
  return left
}

type Seen = { readonly missing: readonly Wanted[]; readonly clashing: string[] } | 'not visible yet'

/** Where one may not look, nothing counts as missing. */
async function lookAt(connection: Connection, { namespace, ownServer, log }: PrepareNamespace): Promise<Seen> {
  const found = await readAttributes(connection, namespace)
  if (found.kind === 'seen') {
    for (const [name, type] of found.clashing) {
      log.warn(`search attribute ${name} of namespace ${namespace} is not of type ${type}, so it is not used`)
    }
    return { missing: found.missing, clashing: found.clashing.map(([name]) => name) }
  }
  if (found.kind === 'notAllowed') {
    log.warn(`cannot list the search attributes of namespace ${namespace} (${found.said}). ${BY_HAND}`)
    return { missing: [], clashing: [] }
  }
  if (ownServer) return 'not visible yet'
  throw new Error(
    `The Temporal server has no namespace ${namespace}. Make it there ` +
      `(temporal operator namespace create -n ${namespace} --retention ${RETENTION_DAYS}d), or set TEMPORAL_NAMESPACE.`,
  )
}

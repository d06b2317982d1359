// The typed verbs of our Temporal client: wake a saga, tell whether the server answers. Boots while
// Temporal is down.
// Must not know: databases. Every call has a deadline: the SDK's own is none.
import {
  Client,
  Connection,
  isGrpcServiceError,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type ConnectionOptions,
} from '@temporalio/client'
import { ApplicationFailure, type SearchAttributePair, type Workflow } from '@temporalio/common'
import { startPairs } from '../../workflows/attributePairs.ts'
import type { CommandAnswer } from '../../workflows/people.ts'
import { Failure, FAILURES, type FailureKind } from '../domain/failures.ts'
import { NEWS_SIGNAL } from '../domain/names.ts'
import type { Attributes } from '../domain/shown/attributes.ts'
import { STATUS } from './ask.ts'
import { watchAttributes, type AttributeWatch } from './attributes.ts'
import { lastMemory } from './memory.ts'
import { saidBy } from './said.ts'
import { tracedCalls } from './interceptors/traced.ts'

export type Start = {
  readonly workflowId: string
  readonly workflowType: string
  readonly taskQueue: string
  readonly input: Readonly<Record<string, unknown>>
  /**
   * What a run begins with that is the first of its saga. Left out where the row shows that there
   * was one before, or may have been.
   */
  readonly birth?: Readonly<Record<string, unknown>>
  /** Its runs remember what they have seen of the row; the next one goes on with that. */
  readonly remembers?: true
  readonly attributes: Attributes
  /** For the list in the Temporal UI, at most 200 bytes. */
  readonly summary: string
  /** Beside it, as markdown: what stays readable while no worker runs. */
  readonly details: string
}

export type TemporalClient = {
  readonly client: Client
  readonly connection: Connection
  /**
   * Starts the saga or tells the running one that its row moved. Resolves once Temporal has
   * accepted.
   */
  wake(start: Start): Promise<void>
  /**
   * Carries out a person's command on a saga, starting it where its run has ended. Throws a Failure
   * with the saga's own sentence.
   */
  command(start: Start, name: string, args: object, updateId: string): Promise<CommandAnswer>
  /** Which search attributes starts and steps may carry in this namespace. */
  readonly attributes: AttributeWatch
  /**
   * A heartbeat of an activity that is waited for. False where the server did not take note, or has
   * given the activity up.
   */
  heartbeat(taskToken: Uint8Array, details: object): Promise<boolean>
  ready(): Promise<boolean>
  close(): Promise<void>
}

const DEADLINE_MS = 3_000
/** Of the five seconds in which a call may follow its intent. */
const HEARTBEAT_DEADLINE_MS = 2_000
/** A command waits for a worker, which may have to replay the saga first. */
const COMMAND_DEADLINE_MS = 15_000
const COMMAND_TRIES = 3
/** gRPC's code 9. */
const FAILED_PRECONDITION = 9

export function createTemporalClient(
  options: ConnectionOptions & { namespace: string },
  warn: (line: string) => void = () => undefined,
): TemporalClient {
  const { namespace, ...connecting } = options
  const connection = Connection.lazy(connecting)
  const client = new Client({ connection, namespace, interceptors: { workflow: [tracedCalls] } })
  const soon = <T>(call: () => Promise<T>) => connection.withDeadline(Date.now() + DEADLINE_MS, call)
  const watch = watchAttributes(connection, namespace, warn)
  return {
    client,
    connection,
    attributes: watch,
    wake: (start) =>
      withUsable(watch, start.attributes, async (pairs) => {
        const { birth } = start
        if (birth && (await soon(() => bornNow(client, { ...start, input: birth }, pairs)))) return
        if (!start.remembers) return soon(() => signalWithStart(client, start, pairs))
        if (await soon(() => signalled(client, start))) return
        const recalled = await soon(() => withMemory(client, start))
        await soon(() => signalWithStart(client, recalled, pairs))
      }),
    command: async (start, name, args, updateId) => {
      try {
        return await connection.withDeadline(Date.now() + COMMAND_DEADLINE_MS, () =>
          withUsable(watch, start.attributes, (pairs) =>
            askedAgain(async () =>
              updateWithStart(client, await withMemory(client, start), pairs, updateId, name, args),
            ),
          ),
        )
      } catch (error) {
        throw refusalOf(error)
      }
    },
    heartbeat: async (taskToken, details) => {
      try {
        const beat = () => client.activity.heartbeat(taskToken, details)
        await connection.withDeadline(Date.now() + HEARTBEAT_DEADLINE_MS, beat)
        return true
      } catch (error) {
        warn(`Temporal did not take note of a call: ${saidBy(error)}`)
        return false
      }
    },
    ready: async () => {
      try {
        await soon(() => connection.workflowService.describeNamespace({ namespace }))
        return true
      } catch {
        return false
      }
    },
    close: () => connection.close(),
  }
}

/** Right only because every first step reads the row: a closed saga started again ends at once. */
async function signalWithStart(client: Client, start: Start, pairs: SearchAttributePair[]): Promise<void> {
  await client.workflow.signalWithStart(start.workflowType, {
    ...startOptions(start, pairs),
    signal: NEWS_SIGNAL,
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
  })
}

/** False where any run under this id was there before: then it may remember more than the row. */
async function bornNow(client: Client, start: Start, pairs: SearchAttributePair[]): Promise<boolean> {
  try {
    const options = { ...startOptions(start, pairs), workflowIdReusePolicy: 'REJECT_DUPLICATE' as const }
    await client.workflow.start(start.workflowType, options)
    return true
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false
    throw error
  }
}

/** False where no run of it is under way. */
async function signalled(client: Client, { workflowId }: Start): Promise<boolean> {
  try {
    await client.workflow.getHandle(workflowId).signal(NEWS_SIGNAL)
    return true
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false
    throw error
  }
}

async function withMemory(client: Client, start: Start): Promise<Start> {
  if (!start.remembers) return start
  const memory = await lastMemory(client, start.workflowId)
  return memory ? { ...start, input: { ...start.input, memory } } : start
}

function startOptions(
  { workflowId, taskQueue, input, summary, details }: Start,
  typedSearchAttributes: SearchAttributePair[],
) {
  return {
    workflowId,
    taskQueue,
    args: [input],
    typedSearchAttributes,
    staticSummary: summary,
    staticDetails: details,
  }
}

async function updateWithStart(
  client: Client,
  start: Start,
  typedSearchAttributes: SearchAttributePair[],
  updateId: string,
  name: string,
  args: object,
): Promise<CommandAnswer> {
  const startWorkflowOperation = new WithStartWorkflowOperation(start.workflowType, {
    ...startOptions(start, typedSearchAttributes),
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
  })
  return client.workflow.executeUpdateWithStart<Workflow, CommandAnswer, [object]>(name, {
    args: [args],
    updateId,
    startWorkflowOperation,
  })
}

/**
 * With what this namespace takes. A refusal may mean that this has changed: then it is asked anew,
 * and tried once more.
 */
async function withUsable<T>(
  watch: AttributeWatch,
  attributes: Attributes,
  call: (pairs: SearchAttributePair[]) => Promise<T>,
): Promise<T> {
  const before = await watch.usable()
  try {
    return await call(startPairs(attributes, before))
  } catch (error) {
    if (!isRefused(error)) throw error
    watch.forget()
    const now = await watch.usable()
    if ([...before].every((name) => now.has(name))) throw error
    return await call(startPairs(attributes, now))
  }
}

const isRefused = (error: unknown): boolean =>
  codeOf(error) === STATUS.INVALID_ARGUMENT ||
  (error instanceof Error && codeOf(error.cause) === STATUS.INVALID_ARGUMENT)

/**
 * The server gave the update up with a task of a saga that was ending while news came, or with its
 * run. Asked again by its id, the saga tells what it said.
 */
async function askedAgain<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask()
    } catch (error) {
      if (!diedWithItsRun(error) || tries >= COMMAND_TRIES) throw error
    }
  }
}

const diedWithItsRun = (error: unknown): boolean =>
  codeOf(error) === FAILED_PRECONDITION ||
  error instanceof WorkflowNotFoundError ||
  (error instanceof WorkflowUpdateFailedError &&
    error.cause instanceof ApplicationFailure &&
    error.cause.type === 'AcceptedUpdateCompletedWorkflow')

const codeOf = (error: unknown): number | undefined => (isGrpcServiceError(error) ? error.code : undefined)
const isKind = (type: string): type is FailureKind => type in FAILURES

/**
 * The saga's own sentence where it refused; else that it did not answer, so that asking again
 * tells.
 */
function refusalOf(error: unknown): Failure {
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
    const { type, message } = error.cause
    // Anything else is a fault, or a run that ended under the update: it says nothing of what was
    // done.
    if (type != null && isKind(type)) return new Failure(type, message)
  }
  return new Failure(
    'temporarilyUnavailable',
    `the saga did not answer (${saidBy(error)}); whether the command was carried out is in the journal. Ask again with the same Idempotency-Key, and it is carried out at most once`,
  )
}

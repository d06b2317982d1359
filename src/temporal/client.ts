// The typed verbs of our Temporal client: wake a saga, tell whether the server answers. Boots while Temporal is down.
// Must not know: databases. Every call has a deadline: the SDK's own is none.
import {
  Client,
  Connection,
  isGrpcServiceError,
  WithStartWorkflowOperation,
  WorkflowUpdateFailedError,
  type ConnectionOptions,
} from '@temporalio/client'
import { ApplicationFailure, type SearchAttributePair, type Workflow } from '@temporalio/common'
import { Failure, FAILURES, type FailureKind } from '../domain/failures.ts'
import { NEWS_SIGNAL } from '../domain/queues.ts'
import type { Attributes } from '../domain/shown.ts'
import { STATUS } from './ask.ts'
import { watchAttributes, type AttributeWatch } from './attributes.ts'
import { saidBy } from './said.ts'
import type { CommandAnswer } from '../../workflows/people.ts'
import { startPairs } from '../../workflows/attributePairs.ts'

export type Start = {
  readonly workflowId: string
  readonly workflowType: string
  readonly taskQueue: string
  readonly input: Readonly<Record<string, string>>
  readonly attributes: Attributes
  /** For the list in the Temporal UI, at most 200 bytes. */
  readonly summary: string
  /** Beside it, as markdown: what stays readable while no worker runs. */
  readonly details: string
}

export type TemporalClient = {
  readonly client: Client
  readonly connection: Connection
  /** Starts the saga or tells the running one that its row moved. Resolves once Temporal has accepted. */
  wake(start: Start): Promise<void>
  /** Carries out a person's command on a saga, starting it where its run has ended. Throws a Failure with the saga's own sentence. */
  command(start: Start, name: string, args: object, updateId: string): Promise<CommandAnswer>
  /** Which search attributes starts and steps may carry in this namespace. */
  readonly attributes: AttributeWatch
  ready(): Promise<boolean>
  close(): Promise<void>
}

const DEADLINE_MS = 3_000
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
  const client = new Client({ connection, namespace })
  const soon = <T>(call: () => Promise<T>) => connection.withDeadline(Date.now() + DEADLINE_MS, call)
  const watch = watchAttributes(connection, namespace, warn)
  return {
    client,
    connection,
    attributes: watch,
    wake: ({ workflowType, input, attributes, summary, details, ...ids }) =>
      withUsable(watch, attributes, async (typedSearchAttributes) => {
        const signalling = () =>
          client.workflow.signalWithStart(workflowType, {
            ...ids,
            args: [input],
            signal: NEWS_SIGNAL,
            // Right only because every first step reads the row: a closed saga started again ends at once.
            workflowIdReusePolicy: 'ALLOW_DUPLICATE',
            typedSearchAttributes,
            staticSummary: summary,
            staticDetails: details,
          })
        await soon(signalling)
      }),
    command: async (start, name, args, updateId) => {
      try {
        return await connection.withDeadline(Date.now() + COMMAND_DEADLINE_MS, () =>
          withUsable(watch, start.attributes, (pairs) =>
            askedAgain(() => updateWithStart(client, start, pairs, updateId, name, args)),
          ),
        )
      } catch (error) {
        throw refusalOf(error)
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

async function updateWithStart(
  client: Client,
  start: Start,
  typedSearchAttributes: SearchAttributePair[],
  updateId: string,
  name: string,
  args: object,
): Promise<CommandAnswer> {
  const { workflowId, workflowType, taskQueue, input, summary, details } = start
  const startWorkflowOperation = new WithStartWorkflowOperation(workflowType, {
    workflowId,
    taskQueue,
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    typedSearchAttributes,
    staticSummary: summary,
    staticDetails: details,
  })
  return client.workflow.executeUpdateWithStart<Workflow, CommandAnswer, [object]>(name, {
    args: [args],
    updateId,
    startWorkflowOperation,
  })
}

/** With what this namespace takes. A refusal may mean that this has changed: then it is asked anew, and tried once more. */
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

/** The server gave the update up with a task of a saga that was ending while news came. Asked again by its id, the saga tells what it said. */
async function askedAgain<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask()
    } catch (error) {
      if (codeOf(error) !== FAILED_PRECONDITION || tries >= COMMAND_TRIES) throw error
    }
  }
}

const codeOf = (error: unknown): number | undefined => (isGrpcServiceError(error) ? error.code : undefined)
const isKind = (type: string): type is FailureKind => type in FAILURES

/** The saga's own sentence where it refused; else that it did not answer, so that asking again tells. */
function refusalOf(error: unknown): Failure {
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
    const { type, message } = error.cause
    return new Failure(type != null && isKind(type) ? type : 'updateRejected', message)
  }
  return new Failure(
    'temporarilyUnavailable',
    `the saga did not answer (${saidBy(error)}); whether the command was carried out is in the journal. Ask again with the same Idempotency-Key, and it is carried out at most once`,
  )
}

// People's commands as updates, the same from the Temporal UI, the API and the CLI. Validators
// judge form; state is judged under the lock.
// Must not know: rows, gateways.
import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  currentUpdateInfo,
  defineUpdate,
  setHandler,
} from '@temporalio/workflow'
import type { CommandAnswer } from '../activities/commands/people.ts'
import type { Memory } from '../src/domain/books/memory.ts'
import {
  COMMAND_HELP,
  parsePaymentCommand,
  parseRefundCommand,
  PAYMENT_COMMANDS,
  REFUND_COMMANDS,
} from '../src/domain/moves/people/commands.ts'
import { rows } from './activities.ts'
import { here, type NewsDesk } from './saga.ts'

export type { CommandAnswer }

/**
 * `memory`: what the run has seen of its row by then; a command on a row that went back moves
 * nothing.
 */
export function takeRefundCommands(desk: NewsDesk, workflowId: string, memory: () => Memory | undefined): void {
  for (const name of REFUND_COMMANDS) take(name, { desk, workflowId, memory }, (args) => parseRefundCommand(name, args))
}

/** On a payment, and on money that no order waits for. */
export function takePaymentCommands(desk: NewsDesk, workflowId: string): void {
  for (const name of PAYMENT_COMMANDS) take(name, { desk, workflowId }, (args) => parsePaymentCommand(name, args))
}

type Taker = { readonly desk: NewsDesk; readonly workflowId: string; readonly memory?: () => Memory | undefined }

function take(name: keyof typeof COMMAND_HELP, taker: Taker, parse: (args: unknown) => unknown): void {
  const update = defineUpdate<CommandAnswer, [unknown]>(name)
  const handle = (args: unknown) => CancellationScope.nonCancellable(() => carriedOut(taker, name, args))
  const description = `${COMMAND_HELP[name]}; "person":"your name" beside the rest says who asks`
  setHandler(update, handle, { description, validator: (args) => validated(parse, args) })
}

function validated(parse: (args: unknown) => unknown, args: unknown): void {
  try {
    parse(args)
  } catch (error) {
    throw ApplicationFailure.nonRetryable(
      error instanceof Error ? error.message : 'the input cannot be read',
      'invalidRequest',
    )
  }
}

async function carriedOut(
  { desk, workflowId, memory: seen }: Taker,
  name: string,
  args: unknown,
): Promise<CommandAnswer> {
  try {
    const updateId = currentUpdateInfo()?.id
    const memory = seen?.()
    const asked = { workflowId, name, args, ...(updateId && { updateId }), ...(memory && { memory }), now: here() }
    const answer = await rows.takeCommand(asked)
    if (answer.answer === 'refused') throw ApplicationFailure.nonRetryable(answer.sentence, answer.kind)
    desk.ring()
    return answer
  } catch (error) {
    // In histories from before refusals were results: the refusal itself, not the activity around
    // it, is what the person reads.
    if (error instanceof ActivityFailure && error.cause instanceof ApplicationFailure) throw error.cause
    throw error
  }
}

// People's commands as updates, the same from the Temporal UI, the API and the CLI. Validators judge form; state is judged under the lock.
// Must not know: rows, gateways.
import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  currentUpdateInfo,
  defineUpdate,
  setHandler,
} from '@temporalio/workflow'
import type { CommandAnswer } from '../activities/people.ts'
import {
  COMMAND_HELP,
  parsePaymentCommand,
  parseRefundCommand,
  PAYMENT_COMMANDS,
  REFUND_COMMANDS,
} from '../src/domain/commands.ts'
import { rows } from './activities.ts'
import { here, type NewsDesk } from './news.ts'

export type { CommandAnswer }

export function takeRefundCommands(desk: NewsDesk, workflowId: string): void {
  for (const name of REFUND_COMMANDS) take(name, desk, workflowId, (args) => parseRefundCommand(name, args))
}

export function takePaymentCommands(desk: NewsDesk, workflowId: string): void {
  for (const name of PAYMENT_COMMANDS) take(name, desk, workflowId, (args) => parsePaymentCommand(name, args))
}

export function takeStrayCommands(desk: NewsDesk, workflowId: string): void {
  for (const name of PAYMENT_COMMANDS) take(name, desk, workflowId, (args) => parsePaymentCommand(name, args))
}

function take(
  name: keyof typeof COMMAND_HELP,
  desk: NewsDesk,
  workflowId: string,
  parse: (args: unknown) => unknown,
): void {
  const update = defineUpdate<CommandAnswer, [unknown]>(name)
  const handle = (args: unknown) => CancellationScope.nonCancellable(() => carriedOut(desk, workflowId, name, args))
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

async function carriedOut(desk: NewsDesk, workflowId: string, name: string, args: unknown): Promise<CommandAnswer> {
  try {
    const updateId = currentUpdateInfo()?.id
    const answer = await rows.takeCommand({ workflowId, name, args, ...(updateId && { updateId }), now: here() })
    if (answer.answer === 'refused') throw ApplicationFailure.nonRetryable(answer.sentence, answer.kind)
    desk.ring()
    return answer
  } catch (error) {
    // In histories from before refusals were results: the refusal itself, not the activity around it, is what the person reads.
    if (error instanceof ActivityFailure && error.cause instanceof ApplicationFailure) throw error.cause
    throw error
  }
}

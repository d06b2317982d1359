// Hands a trace on: from what started, told or asked the saga to the steps that it takes because of
// that.
// Must not know: what a trace is. Without the header nothing is added; no command comes, goes or
// moves because of it.
import type { Headers, Payload } from '@temporalio/common'
import type { WorkflowInterceptors } from '@temporalio/workflow'
import { TRACE_HEADER } from '../../src/domain/names.ts'

/** By the workflow's own time. A step after days of waiting is nobody's consequence any more. */
const LASTS_MS = 600_000

export const interceptors = (): WorkflowInterceptors => {
  let heard: { readonly header: Payload; readonly at: number } | undefined
  const hear = <Input extends { readonly headers: Headers }>(input: Input): Input => {
    const header = input.headers[TRACE_HEADER]
    heard = header && { header, at: Date.now() }
    return input
  }
  const handOn = <Input extends { readonly headers: Headers }>(input: Input): Input =>
    heard && Date.now() - heard.at < LASTS_MS
      ? { ...input, headers: { ...input.headers, [TRACE_HEADER]: heard.header } }
      : input
  return {
    inbound: [
      {
        execute: (input, next) => next(hear(input)),
        handleSignal: (input, next) => next(hear(input)),
        handleUpdate: (input, next) => next(hear(input)),
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => next(handOn(input)),
        scheduleLocalActivity: (input, next) => next(handOn(input)),
      },
    ],
  }
}
